#include "net/response_writer.h"

#include "base/log.h"
#include "net/head_parser.h"

#include <Poco/Net/HTTPResponse.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>

namespace motcua::net {

namespace {

constexpr std::size_t kFilePiece = 1 << 20; // one turn of the loop

const std::string& reasonOf(int status) {
    return Poco::Net::HTTPResponse::getReasonForStatus(
        static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status));
}

bool mayBeSent(const Response& response) {
    const auto breaks = [](std::string_view text) {
        return std::any_of(text.begin(), text.end(),
                           [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    };
    return response.status >= 200 && response.status <= 599 &&
           std::none_of(response.headers.fields().begin(), response.headers.fields().end(),
                        [&](const auto& field) {
                            return field.first.empty() || breaks(field.first) || breaks(field.second);
                        });
}

// Fields whose truth only the front knows.
bool isOurs(std::string_view name) {
    return sameWord(name, "Content-Length") || sameWord(name, "Transfer-Encoding") ||
           sameWord(name, "Date") || sameWord(name, "Connection");
}

void appendNumber(std::string& out, std::uint64_t number) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

} // namespace

std::string_view httpDate(Instant at) {
    struct Cache {
        std::int64_t second = INT64_MIN;
        char text[32] = {};
        std::size_t size = 0;
    };
    thread_local Cache cache;
    const std::int64_t second = at.ms / 1000;
    if (second != cache.second) {
        static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        std::tm utc{};
        const std::time_t time = second;
        ::gmtime_r(&time, &utc);
        const int size = std::snprintf(cache.text, sizeof cache.text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                       kDays[utc.tm_wday], utc.tm_mday, kMonths[utc.tm_mon],
                                       (utc.tm_year + 1900) % 10000, utc.tm_hour, utc.tm_min, utc.tm_sec);
        cache.size = static_cast<std::size_t>(size);
        cache.second = second;
    }
    return {cache.text, cache.size};
}

Response refusal(int status) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    if (status == 405) response.headers.add("Allow", std::string{kMethods});
    if (status == 503) response.headers.add("Retry-After", "1");
    response.body = std::to_string(status) + " " + reasonOf(status) + "\n";
    return response;
}

Outgoing::Outgoing(Response response, const Manner& manner, Instant now) {
    if (!mayBeSent(response)) {
        log::error("net.bad_response", {{"status", response.status}});
        response = refusal(500);
    }
    if (!response.file.empty()) openFile(response);
    keepAlive_ = manner.keepAlive && !sameWord(response.headers.get("Connection"), "close");
    if (!file_) bodySize_ = response.shared ? response.shared->size() : response.body.size();
    begin(response, manner, now);
    const bool bare = manner.headOnly || response.status == 204 || response.status == 304;
    if (bare) {
        bodySize_ = 0;
        file_.close();
    } else if (!response.topics.empty()) { // what follows is appended, so all of it is one run of bytes
        bodySize_ = 0;
        head_.append(response.body);
    } else {
        body_ = std::move(response.body);
        shared_ = std::move(response.shared);
    }
}

void Outgoing::openFile(Response& response) {
    Descriptor file{::open(response.file.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat facts {};
    if (!file || ::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        log::error("net.file_missing", {{"cause", std::strerror(errno)}});
        response = refusal(404);
        return;
    }
    response.body.clear();
    response.shared.reset();
    file_ = std::move(file);
    bodySize_ = static_cast<std::uint64_t>(facts.st_size);
}

void Outgoing::begin(const Response& response, const Manner& manner, Instant now) {
    head_.reserve(256);
    head_.append("HTTP/1.1 ");
    appendNumber(head_, static_cast<std::uint64_t>(response.status));
    head_.append(1, ' ')
        .append(reasonOf(response.status))
        .append("\r\nDate: ")
        .append(httpDate(now))
        .append("\r\n");
    for (const auto& [name, value] : response.headers.fields()) {
        if (!isOurs(name)) head_.append(name).append(": ").append(value).append("\r\n");
    }
    const bool stream = !response.topics.empty();
    if (stream) keepAlive_ = false;
    if (!stream && response.status != 204 && response.status != 304) {
        head_.append("Content-Length: ");
        appendNumber(head_, bodySize_);
        head_.append("\r\n");
    }
    if (!keepAlive_)
        head_.append("Connection: close\r\n");
    else if (manner.oldVersion)
        head_.append("Connection: keep-alive\r\n");
    head_.append("\r\n");
}

Outgoing::State Outgoing::send(Transport& transport) {
    while (headSent_ < head_.size() || bodySent_ < bodySize_) {
        const std::string_view head = std::string_view{head_}.substr(headSent_);
        const bool fromFile = static_cast<bool>(file_);
        ssize_t done = 0;
        if (fromFile && head.empty()) {
            const auto count = std::min<std::uint64_t>(bodySize_ - bodySent_, kFilePiece);
            done = transport.sendFile(file_.get(), static_cast<off_t>(bodySent_),
                                      static_cast<std::size_t>(count));
        } else {
            const std::string_view rest = fromFile || bodySent_ == bodySize_
                                              ? std::string_view{}
                                              : body().substr(static_cast<std::size_t>(bodySent_));
            done = head.empty() ? transport.write(rest, {}) : transport.write(head, rest);
        }
        if (done == kBlocked) return State::Blocked;
        if (done < 0) return State::Broken;
        const auto count = static_cast<std::size_t>(done);
        const std::size_t ofHead = std::min(count, head.size());
        headSent_ += ofHead;
        bodySent_ += count - ofHead;
        sent_ += count;
    }
    return State::Sent;
}

void Outgoing::append(std::string_view bytes) {
    if (headSent_ == head_.size() || headSent_ > 64 * 1024) {
        head_.erase(0, headSent_);
        headSent_ = 0;
    }
    head_.append(bytes);
}

} // namespace motcua::net
