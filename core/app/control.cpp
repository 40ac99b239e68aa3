#include "app/control.h"

#include "base/json.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace motcua::app {

namespace {

constexpr std::size_t kLongestCall = 64 * 1024;

sockaddr_un addressOf(const std::string& file) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (file.size() >= sizeof address.sun_path)
        throw std::runtime_error("the path of the control socket is too long: " + file);
    std::memcpy(address.sun_path, file.c_str(), file.size() + 1);
    return address;
}

int openSocket() {
    const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0) throw std::runtime_error(std::string{"no control socket: "} + std::strerror(errno));
    return made;
}

void sendAll(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return; // the caller has gone; what it asked for is carried out all the same
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

// Up to and without the line's end; nothing at the connection's end.
std::optional<std::string> readLine(int connection, std::string& buffer) {
    while (true) {
        if (const std::size_t end = buffer.find('\n'); end != std::string::npos) {
            std::string line = buffer.substr(0, end);
            buffer.erase(0, end + 1);
            return line;
        }
        char piece[4096];
        const auto got = ::recv(connection, piece, sizeof piece, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0 || buffer.size() > kLongestCall) return std::nullopt;
        buffer.append(piece, static_cast<std::size_t>(got));
    }
}

bool connectTo(int socket, const std::string& file) {
    const sockaddr_un address = addressOf(file);
    return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

} // namespace

ControlServer::ControlServer(std::string socketFile, Run run)
    : file_(std::move(socketFile)), run_(std::move(run)) {
    if (serverRuns(file_)) throw std::runtime_error("another server uses this data folder (" + file_ + ")");
    ::unlink(file_.c_str());
    socket_ = openSocket();
    const sockaddr_un address = addressOf(file_);
    const mode_t before = ::umask(0177);
    const bool bound = ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::umask(before);
    if (!bound || ::listen(socket_, 8) != 0) {
        ::close(socket_);
        throw std::runtime_error(file_ + ": " + std::strerror(errno));
    }
    thread_ = std::thread{[this] { listen(); }};
}

ControlServer::~ControlServer() {
    stopping_ = true;
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
    ::unlink(file_.c_str());
}

void ControlServer::listen() {
    while (!stopping_) {
        const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        answer(connection);
        ::close(connection);
    }
}

void ControlServer::answer(int connection) {
    const timeval patience{5, 0};
    ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::string buffer;
    const auto line = readLine(connection, buffer);
    const auto call = line ? Json::parse(*line) : Result<Json>{invalid("json.malformed")};
    if (!call) return;
    std::vector<std::string> words;
    for (const Json& word : (*call)["words"].items())
        words.push_back(word.string());
    const auto say = [&](const std::string& text) {
        sendAll(connection, Json::object().set("line", text).dump() + "\n");
    };
    int code = 1;
    try {
        code = run_(words, (*call)["folder"].string(), say);
    } catch (const std::exception& problem) {
        say(std::string{"error: "} + problem.what());
    }
    sendAll(connection, Json::object().set("exit", code).dump() + "\n");
}

bool serverRuns(const std::string& socketFile) {
    const int probe = openSocket();
    const bool runs = connectTo(probe, socketFile);
    ::close(probe);
    return runs;
}

std::optional<int> runInServer(const std::string& socketFile, const std::vector<std::string>& words,
                               const Say& say) {
    const int connection = openSocket();
    if (!connectTo(connection, socketFile)) {
        ::close(connection);
        return std::nullopt;
    }
    Json call = Json::object();
    call.set("folder", std::filesystem::current_path().string()).set("words", Json::array());
    for (const std::string& word : words)
        call.find("words")->add(word);
    sendAll(connection, call.dump() + "\n");
    int code = 1;
    std::string buffer;
    while (const auto line = readLine(connection, buffer)) {
        const auto answer = Json::parse(*line);
        if (!answer) break;
        if (answer->has("exit")) {
            code = static_cast<int>((*answer)["exit"].integer(1));
            break;
        }
        say((*answer)["line"].string());
    }
    ::close(connection);
    return code;
}

} // namespace motcua::app
