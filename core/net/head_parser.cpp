#include "net/head_parser.h"

#include "base/bytes.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace motcua::net {

namespace {

// RFC 9110 section 5.6.2: what a token may hold.
constexpr std::array<bool, 256> kTokenBytes = [] {
    std::array<bool, 256> allowed{};
    for (const char c : std::string_view{"!#$%&'*+-.^_`|~0123456789"
                                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}) {
        allowed[static_cast<unsigned char>(c)] = true;
    }
    return allowed;
}();

bool isToken(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(),
                                        [](char c) { return kTokenBytes[static_cast<unsigned char>(c)]; });
}

bool isControl(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

std::string_view trimmed(std::string_view value) {
    const auto first = value.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return value.substr(first, value.find_last_not_of(" \t") - first + 1);
}

bool hasWord(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        if (sameWord(trimmed(list.substr(0, comma)), word)) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

// 200 where this front serves the method, else the status that refuses it.
int statusOfMethod(std::string_view method) {
    for (const std::string_view known : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
        if (method == known) return 200;
    }
    return method == "TRACE" || method == "CONNECT" ? 405 : 501;
}

bool isAuthority(std::string_view host) {
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return (kTokenBytes[static_cast<unsigned char>(c)] && c != '%') || c == ':' || c == '[' || c == ']';
    });
}

} // namespace

bool decodePath(std::string_view raw, std::string& path) {
    path.clear();
    path.reserve(raw.size());
    bool high = false;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        char c = raw[i];
        if (c == '%') {
            if (i + 2 >= raw.size()) return false;
            const int upper = hexDigit(raw[i + 1]);
            const int lower = hexDigit(raw[i + 2]);
            if (upper < 0 || lower < 0) return false;
            c = static_cast<char>(upper * 16 + lower);
            i += 2;
        }
        if (isControl(c)) return false;
        high = high || static_cast<unsigned char>(c) >= 0x80;
        path.push_back(c);
    }
    if (high && !text::isUtf8(path)) return false;
    for (auto at = path.find(".."); at != std::string::npos; at = path.find("..", at + 1)) {
        const auto slash = [](char c) { return c == '/' || c == '\\'; };
        if ((at == 0 || slash(path[at - 1])) && (at + 2 == path.size() || slash(path[at + 2]))) return false;
    }
    return true;
}

void HeadParser::reset() {
    *this = HeadParser{limits_};
}

void HeadParser::refuse(int status) {
    state_ = State::Refused;
    status_ = status;
}

std::size_t HeadParser::feed(std::string_view bytes) {
    std::size_t used = 0;
    while (state_ == State::More && used < bytes.size()) {
        const auto end = bytes.find('\n', used);
        const bool whole = end != std::string_view::npos;
        const std::string_view piece = bytes.substr(used, whole ? end + 1 - used : std::string_view::npos);
        used += piece.size();
        if (!admit(piece)) break;
        if (!whole) {
            line_.append(piece);
        } else if (line_.empty()) {
            takeLine(piece.substr(0, piece.size() - 2));
        } else {
            line_.append(piece);
            const std::string line = std::exchange(line_, {});
            takeLine(std::string_view{line}.substr(0, line.size() - 2));
        }
    }
    return used;
}

// Byte by byte, so that the first offence decides, however the bytes are split.
bool HeadParser::admit(std::string_view piece) {
    const std::size_t lineRoom = inFields_ ? std::string_view::npos : limits_.line - line_.size();
    const std::size_t room = limits_.bytes - total_;
    for (std::size_t i = 0; i < piece.size(); ++i) {
        const char c = piece[i];
        if (i >= lineRoom) return refuse(414), false;
        if (i >= room) return refuse(431), false;
        if (afterReturn_ != (c == '\n')) return refuse(400), false; // a bare LF or a bare CR
        afterReturn_ = c == '\r';
        if (isControl(c) && c != '\r' && c != '\n' && c != '\t') return refuse(400), false;
    }
    total_ += piece.size();
    return true;
}

void HeadParser::takeLine(std::string_view line) {
    if (inFields_) return line.empty() ? finish() : takeField(line);
    if (!line.empty()) return takeRequestLine(line);
    // One empty line before a request is tolerated (RFC 9112 section 2.2).
    if (blankSeen_) return refuse(400);
    blankSeen_ = true;
}

void HeadParser::takeRequestLine(std::string_view line) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return refuse(400);
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);

    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!isToken(method) || version.size() != 8 || !version.starts_with("HTTP/") || !digit(version[5]) ||
        version[6] != '.' || !digit(version[7])) {
        return refuse(400);
    }
    if (version[5] != '1') return refuse(505);
    if (const int status = statusOfMethod(method); status != 200) return refuse(status);
    head_.oldVersion = version[7] == '0';
    head_.keepAlive = !head_.oldVersion;
    head_.method = method;
    inFields_ = true;
    takeTarget(target);
}

void HeadParser::takeTarget(std::string_view target) {
    if (target.find_first_of(" \t#") != std::string_view::npos) return refuse(400);
    if (target == "*") {
        head_.path = "*";
        if (head_.method != "OPTIONS") refuse(400);
        return;
    }
    for (const std::string_view scheme : {"http://", "https://"}) { // the absolute form, as a proxy sends it
        if (!target.starts_with(scheme)) continue;
        target.remove_prefix(scheme.size());
        const auto end = std::min(target.find_first_of("/?"), target.size());
        authority_ = target.substr(0, end);
        if (!isAuthority(authority_)) return refuse(400);
        target.remove_prefix(end);
        if (target.empty() || target.front() != '/') target = target.empty() ? "/" : "";
        break;
    }
    if (!target.starts_with('/')) return refuse(400);
    const auto mark = target.find('?');
    if (mark != std::string_view::npos) head_.query = target.substr(mark + 1);
    if (!decodePath(target.substr(0, mark), head_.path)) refuse(400);
}

void HeadParser::takeField(std::string_view line) {
    if (head_.headers.fields().size() >= limits_.fields) return refuse(431);
    const auto colon = line.find(':');
    // Refuses a folded line and a space before the colon too: neither leaves a token.
    if (colon == std::string_view::npos || !isToken(line.substr(0, colon))) return refuse(400);
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    head_.headers.add(std::string{name}, std::string{value});
    takeFraming(name, value);
}

// The fields that say where the request ends and whom it is for; each at most once.
void HeadParser::takeFraming(std::string_view name, std::string_view value) {
    if (sameWord(name, "Host")) {
        if (++hosts_ > 1 || !isAuthority(value)) refuse(400);
    } else if (sameWord(name, "Content-Length")) {
        const bool digits =
            !value.empty() && value.size() <= 18 &&
            std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (++lengths_ > 1 || !digits) return refuse(400);
        std::from_chars(value.data(), value.data() + value.size(), head_.length);
    } else if (sameWord(name, "Transfer-Encoding")) {
        if (++codings_ > 1 || head_.oldVersion) return refuse(400);
        if (!sameWord(value, "chunked")) return refuse(501);
        head_.chunked = true;
    } else if (sameWord(name, "Connection")) {
        closes_ = closes_ || hasWord(value, "close");
        head_.keepAlive = !closes_ && (!head_.oldVersion || head_.keepAlive || hasWord(value, "keep-alive"));
    } else if (sameWord(name, "Expect")) {
        if (!sameWord(value, "100-continue")) return refuse(417);
        head_.expectsContinue = !head_.oldVersion;
    }
}

void HeadParser::finish() {
    if (lengths_ > 0 && codings_ > 0) return refuse(400);
    if (hosts_ == 0 && !head_.oldVersion) return refuse(400);
    if (!authority_.empty()) head_.headers.set("Host", authority_);
    state_ = State::Done;
}

} // namespace motcua::net
