#include "mime.h"

#include <algorithm>
#include <ctime>

namespace smtp {

namespace {

using namespace motcua::sdk;

constexpr std::size_t lineLength = 76;
constexpr std::size_t wordPayload = 45; // bytes of text whose base64 fits an encoded word of 75 characters

// The length of the character at the front; broken bytes count one by one.
std::size_t characterLength(std::string_view text) {
    return std::max<std::size_t>(1, detail::utf8Length(text));
}

// A display name or subject has no line ends.
std::string oneLine(std::string_view text) {
    std::string line;
    for (const char c : text)
        line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    return line;
}

std::string wrapped(std::string_view bytes) {
    const std::string base64 = toBase64(bytes);
    std::string lines;
    for (std::size_t at = 0; at < base64.size(); at += lineLength)
        lines += base64.substr(at, lineLength) + "\r\n";
    return lines;
}

std::string withCrlf(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
        out += text[i];
    }
    return out;
}

std::string mailbox(std::string_view header, const std::string& name, const std::string& address) {
    if (name.empty()) return address;
    return encodeWords(oneLine(name), header.size() + 2) + "\r\n <" + address + ">";
}

std::string textPart(const char* type, std::string_view text) {
    return std::string{"Content-Type: "} + type +
           "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + wrapped(withCrlf(text));
}

bool isContentType(std::string_view text) {
    const auto token = [](std::string_view part) {
        return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   std::string_view{"!#$&-^_.+"}.find(c) != std::string_view::npos;
        });
    };
    const std::size_t slash = text.find('/');
    return slash != std::string_view::npos && token(text.substr(0, slash)) && token(text.substr(slash + 1));
}

// RFC 2231, in pieces that fit a line, with an ASCII name beside it for old readers.
std::string fileName(std::string_view name) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string plain, encoded;
    for (const char c : oneLine(name)) {
        const auto byte = static_cast<unsigned char>(c);
        const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '.' || c == '-' || c == '_';
        plain += safe ? c : '_';
        if (safe) {
            encoded += c;
        } else {
            ((encoded += '%') += digits[byte >> 4]) += digits[byte & 15];
        }
    }
    if (encoded.size() <= 50) return ";\r\n filename=\"" + plain + "\";\r\n filename*=UTF-8''" + encoded;
    std::string pieces;
    for (std::size_t at = 0, number = 0; at < encoded.size(); ++number) {
        std::size_t end = std::min(at + 50, encoded.size());
        while (end < encoded.size() && end > at && (encoded[end - 1] == '%' || encoded[end - 2] == '%'))
            --end; // never inside %XX
        pieces += ";\r\n filename*" + std::to_string(number) + "*=" + (number == 0 ? "UTF-8''" : "") +
                  encoded.substr(at, end - at);
        at = end;
    }
    return pieces;
}

std::string attachmentPart(const MessageAttachment& attachment) {
    const std::string type =
        isContentType(attachment.contentType) ? attachment.contentType : "application/octet-stream";
    return "Content-Type: " + type +
           "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment" +
           fileName(attachment.name) + "\r\n\r\n" + wrapped(attachment.content.view());
}

// "=_" cannot stand in base64, so no part contains its boundary.
std::string multipart(const char* kind, const std::string& boundary, const std::vector<std::string>& parts) {
    std::string body =
        std::string{"Content-Type: multipart/"} + kind + ";\r\n boundary=\"" + boundary + "\"\r\n\r\n";
    for (const std::string& part : parts)
        body += "--" + boundary + "\r\n" + part + "\r\n";
    return body + "--" + boundary + "--\r\n";
}

} // namespace

bool isAddress(std::string_view text) {
    const std::size_t at = text.rfind('@');
    return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.size() <= 254 &&
           std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '<' || c == '>' ||
                      c == '"' || c == ',';
           });
}

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string encodeWords(std::string_view text, std::size_t column) {
    if (isAscii(text) && text.size() + column <= lineLength &&
        text.find_first_of("=?\"<>(),:;@[]\\") == std::string_view::npos)
        return std::string{text};
    std::string out;
    std::size_t room = column < 30 ? (lineLength - column - 12) / 4 * 3 : wordPayload;
    while (!text.empty()) {
        std::size_t taken = 0;
        while (taken < text.size()) {
            const std::size_t next = characterLength(text.substr(taken));
            if (taken + next > room) break;
            taken += next;
        }
        if (!out.empty()) out += "\r\n ";
        out += "=?UTF-8?B?" + toBase64(text.substr(0, taken)) + "?=";
        text.remove_prefix(taken);
        room = wordPayload;
    }
    return out;
}

std::string dateOf(std::int64_t ms) {
    static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = ms / 1000 + 7 * 3600;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char rest[32];
    std::strftime(rest, sizeof rest, " %Y %H:%M:%S +0700", &parts);
    return std::string{days[parts.tm_wday]} + ", " + std::to_string(parts.tm_mday) + " " +
           months[parts.tm_mon] + rest;
}

std::string compose(const Message& message, const Envelope& envelope) {
    std::string head = "Date: " + dateOf(envelope.atMs) +
                       "\r\nFrom: " + mailbox("From", envelope.fromName, envelope.from) + "\r\n";
    // Several recipients need not know each other.
    head += "To: " +
            (message.to.size() == 1 ? mailbox("To", message.to[0].name, message.to[0].address)
                                    : "undisclosed-recipients:;") +
            "\r\n";
    if (!message.replyTo.empty()) head += "Reply-To: " + message.replyTo + "\r\n";
    head += "Subject: " + encodeWords(oneLine(message.subject), 9) + "\r\nMessage-ID: <" +
            envelope.messageId + ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";

    const std::string boundary = "=_" + envelope.messageId.substr(0, envelope.messageId.find('@'));
    std::string body = textPart("text/plain", message.text);
    if (!message.html.empty())
        body = multipart("alternative", boundary + "_a", {body, textPart("text/html", message.html)});
    if (!message.attachments.empty()) {
        std::vector<std::string> parts{body};
        for (const MessageAttachment& attachment : message.attachments)
            parts.push_back(attachmentPart(attachment));
        body = multipart("mixed", boundary + "_m", parts);
    }
    return head + body;
}

} // namespace smtp
