#include "session.h"

namespace clamd {

using namespace sdk;

namespace {

constexpr std::size_t chunk = 64 * 1024;
constexpr std::size_t longestAnswer = 4096;

// What breaks on the way is the scanner's to mend; how long it may take is the caller's.
Error lost(const Error& error) {
    if (error.status == Status::Timeout || error.status == Status::Denied) return error;
    return unavailable("scanner.provider_down", error.code + " " + error.detail);
}

// Four bytes, the most significant first.
std::string lengthOf(std::size_t size) {
    std::string bytes;
    for (const int shift : {24, 16, 8, 0})
        bytes += static_cast<char>((size >> shift) & 0xff);
    return bytes;
}

} // namespace

Result<Session> Session::open(const Host& host, const Call& call) {
    const std::string& file = call.config["socket"].string();
    auto socket = file.empty() ? host.connect(call, call.config["host"].string(),
                                              static_cast<std::uint16_t>(call.config["port"].integer(3310)))
                               : host.connect(call, "unix:" + file, 0);
    if (!socket) return lost(socket.error());
    return Session{std::make_unique<Stream>(std::move(*socket), Deadline::in(host.remainingMs(call)))};
}

// Words up to a NUL. An answer that ends before it is half of one; what follows it makes both doubtful.
Result<std::string> Session::answer() {
    std::string words;
    while (words.find('\0') == std::string::npos) {
        if (words.size() > longestAnswer) return unavailable("scanner.failed", "an endless answer");
        const auto more = stream_->read(longestAnswer);
        if (!more) return lost(more.error());
        if (more->empty()) return unavailable("scanner.provider_down", "clamd closed the connection");
        words += *more;
    }
    if (words.find('\0') != words.size() - 1) return unavailable("scanner.failed", "two answers to one file");
    words.pop_back();
    return words;
}

Result<std::string> Session::ask(std::string_view command) {
    const auto sent = stream_->write("z" + std::string{command} + '\0');
    if (!sent) return lost(sent.error());
    return answer();
}

Result<std::string> Session::scan(std::string_view bytes) {
    using namespace std::string_view_literals;
    auto sent = stream_->write("zINSTREAM\0"sv);
    while (sent && !bytes.empty()) {
        const std::string_view part = bytes.substr(0, chunk);
        sent = stream_->write(lengthOf(part.size()));
        if (sent) sent = stream_->write(part);
        bytes.remove_prefix(part.size());
    }
    if (sent) sent = stream_->write(lengthOf(0));
    if (!sent && sent.error().status == Status::Timeout) return sent.error();
    // clamd says that the file is too large and closes while we still write: its words count, if they came.
    auto words = answer();
    if (words && words->find("size limit exceeded") != std::string::npos)
        return rejected("scanner.too_large", "over clamd's StreamMaxLength");
    if (!sent) return lost(sent.error());
    return words;
}

} // namespace clamd
