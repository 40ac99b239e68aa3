#include "session.h"

#include "mime.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace smtp {

namespace {

using namespace motcua::sdk;

constexpr int mostReplyLines = 100;

std::string upper(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return out;
}

// Lines that begin with a dot get another; the end is a line of one dot (RFC 5321 4.5.2).
std::string stuffed(const std::string& text) {
    std::string out;
    out.reserve(text.size() + 64);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find("\r\n", at), text.size());
        if (text[at] == '.') out += '.';
        out.append(text, at, end - at) += "\r\n";
        at = end + 2;
    }
    return out += ".\r\n";
}

// What breaks on the way is the other side's to mend.
Error lost(const Error& error) {
    if (error.status == Status::Timeout || error.status == Status::Denied) return error;
    return unavailable("message.provider_down", error.code + " " + error.detail);
}

} // namespace

bool isThisMachine(const std::string& host) {
    in_addr four{};
    in6_addr six{};
    if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
    if (::inet_pton(AF_INET6, host.c_str(), &six) == 1) return IN6_IS_ADDR_LOOPBACK(&six);
    return host == "localhost";
}

std::string Session::Reply::brief() const {
    std::string text = std::to_string(code);
    const std::string_view first = lines.empty() ? std::string_view{} : std::string_view{lines.front()};
    const std::string_view status = first.substr(0, first.find(' '));
    if (!status.empty() && status.find_first_not_of("0123456789.") == std::string_view::npos)
        (text += ' ') += status;
    return text;
}

Error Session::refused(const Reply& reply, const char* code) {
    if (reply.code >= 400 && reply.code < 500)
        return unavailable("message.provider_down", reply.brief(), 60'000);
    return {std::string_view{code} == "message.login_refused" ? Status::Denied : Status::Rejected, code,
            reply.brief()};
}

Result<Session> Session::open(const Host& host, const Call& call, const Server& server) {
    if (server.security == "none" && !server.user.empty())
        return denied("message.not_secure", "a password does not go over an open line");
    if (server.security == "none" && !isThisMachine(server.host))
        return denied("message.not_secure", "without TLS to a server on this machine only");
    auto socket = host.connect(call, server.host, server.port);
    if (!socket) {
        const Error& error = socket.error();
        if (error.status == Status::Unavailable || error.status == Status::NotFound)
            return unavailable("message.provider_down", error.code + " " + error.detail);
        return error;
    }
    const Deadline deadline = Deadline::in(host.remainingMs(call));
    std::unique_ptr<Stream> stream;
    std::string protocol;
    if (server.security == "tls") {
        auto tls = TlsStream::open(std::move(*socket), server.host, server.trust, deadline);
        if (!tls) return lost(tls.error());
        protocol = (*tls)->protocol();
        stream = std::move(*tls);
    } else {
        stream = std::make_unique<Stream>(std::move(*socket), deadline);
    }
    Session session{std::move(stream)};
    session.protocol_ = std::move(protocol);

    MOTCUA_SDK_TRY(greeting, session.read());
    if (greeting.code != 220) return unavailable("message.provider_down", greeting.brief(), 60'000);
    MOTCUA_SDK_CHECK(session.hello(server.hello));
    if (server.security == "starttls") MOTCUA_SDK_CHECK(session.startTls(server));
    if (!server.user.empty()) MOTCUA_SDK_CHECK(session.login(server.user, server.password));
    return session;
}

Result<Session::Reply> Session::read() {
    Reply reply;
    for (int i = 0; i < mostReplyLines; ++i) {
        auto line = stream_->readLine();
        if (!line) return lost(line.error());
        int code = 0;
        const auto parsed =
            std::from_chars(line->data(), line->data() + std::min<std::size_t>(3, line->size()), code);
        if (parsed.ec != std::errc{} || code < 200 || code > 599 || (reply.code != 0 && code != reply.code))
            return unavailable("message.provider_down", "no SMTP reply");
        reply.code = code;
        reply.lines.push_back(line->size() > 4 ? line->substr(4) : "");
        if (line->size() < 4 || (*line)[3] != '-') return reply;
    }
    return unavailable("message.provider_down", "an endless reply");
}

Result<Session::Reply> Session::command(const std::string& line) {
    const auto sent = stream_->write(line + "\r\n");
    if (!sent) return lost(sent.error());
    return read();
}

Result<void> Session::hello(const std::string& name) {
    MOTCUA_SDK_TRY(reply, command("EHLO " + name));
    if (reply.code != 250) return unavailable("message.provider_down", "EHLO " + reply.brief());
    extensions_.clear();
    for (std::size_t i = 1; i < reply.lines.size(); ++i) {
        const std::string& line = reply.lines[i];
        const std::size_t space = std::min(line.find(' '), line.size());
        extensions_[upper(line.substr(0, space))] = space < line.size() ? line.substr(space + 1) : "";
    }
    return {};
}

Result<void> Session::startTls(const Server& server) {
    if (!extensions_.contains("STARTTLS"))
        return denied("message.not_secure", "the server offers no STARTTLS");
    MOTCUA_SDK_TRY(reply, command("STARTTLS"));
    if (reply.code != 220) return denied("message.not_secure", "STARTTLS " + reply.brief());
    // Words sent before TLS would count as said under it (CVE-2011-0411 and its kind).
    if (stream_->hasUnread()) return denied("message.not_secure", "the server spoke on before TLS");
    const Deadline deadline = stream_->deadline();
    auto tls = TlsStream::open(stream_->release(), server.host, server.trust, deadline);
    if (!tls) return lost(tls.error());
    protocol_ = (*tls)->protocol();
    stream_ = std::move(*tls);
    return hello(server.hello); // what was said in the clear is forgotten
}

Result<void> Session::login(const std::string& user, const std::string& password) {
    const std::string ways = " " + upper(extensions_["AUTH"]) + " ";
    Reply last;
    if (ways.find(" PLAIN ") != std::string::npos) {
        MOTCUA_SDK_TRY(reply, command("AUTH PLAIN " + toBase64(std::string{'\0'} + user + '\0' + password)));
        last = std::move(reply);
    } else if (ways.find(" LOGIN ") != std::string::npos) {
        MOTCUA_SDK_TRY(begun, command("AUTH LOGIN"));
        last = begun;
        for (const std::string& word : {user, password}) {
            if (last.code != 334) break;
            MOTCUA_SDK_TRY(reply, command(toBase64(word)));
            last = std::move(reply);
        }
    } else {
        return denied("message.login_refused", "the server offers neither PLAIN nor LOGIN");
    }
    if (last.code == 235) return {};
    return refused(last, "message.login_refused");
}

Result<std::vector<RefusedRecipient>> Session::send(const std::string& from, const std::vector<Recipient>& to,
                                                    const std::string& text) {
    std::string options;
    if (const auto size = extensions_.find("SIZE"); size != extensions_.end()) {
        std::uint64_t most = 0;
        std::from_chars(size->second.data(), size->second.data() + size->second.size(), most);
        if (most > 0 && text.size() > most)
            return rejected("message.too_large",
                            std::to_string(text.size()) + " bytes, the server takes " + std::to_string(most));
        options = " SIZE=" + std::to_string(text.size());
    }
    const bool international = !isAscii(from) || std::any_of(to.begin(), to.end(), [](const Recipient& one) {
        return !isAscii(one.address);
    });
    if (international && !extensions_.contains("SMTPUTF8"))
        return invalid("message.recipient_invalid", "the server takes no address with such letters");
    if (international) options += " SMTPUTF8 BODY=8BITMIME";
    MOTCUA_SDK_TRY(mail, command("MAIL FROM:<" + from + ">" + options));
    if (mail.code != 250) return refused(mail, mail.code == 552 ? "message.too_large" : "message.refused");

    std::vector<RefusedRecipient> notTaken;
    Reply last;
    for (const Recipient& one : to) {
        MOTCUA_SDK_TRY(reply, command("RCPT TO:<" + one.address + ">"));
        if (reply.code < 250 || reply.code > 259) {
            notTaken.push_back({one.address, reply.brief()});
            last = std::move(reply);
        }
    }
    if (notTaken.size() == to.size()) return refused(last, "message.recipient_refused");
    MOTCUA_SDK_TRY(data, command("DATA"));
    if (data.code != 354) return refused(data, "message.refused");
    const auto written = stream_->write(stuffed(text));
    if (!written) return lost(written.error());
    MOTCUA_SDK_TRY(taken, read());
    if (taken.code != 250) return refused(taken, taken.code == 552 ? "message.too_large" : "message.refused");
    return notTaken;
}

void Session::quit() {
    // The message is handed over already: how the goodbye goes changes nothing.
    static_cast<void>(command("QUIT").ok());
}

} // namespace smtp
