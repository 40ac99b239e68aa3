#include "http/form.h"

#include "base/bytes.h"
#include "base/text.h"

#include <algorithm>

namespace motcua::http {

namespace {

Error badText() {
    return {ErrorKind::Invalid, "http.bad_text"};
}

bool isPlain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
}

// What a client wrote as the one form of text that we keep; nothing for what is no text.
std::optional<std::string> asText(std::string&& raw) {
    if (isPlain(raw)) return std::move(raw);
    if (raw.find('\0') != std::string::npos) return std::nullopt;
    return text::nfc(raw);
}

} // namespace

std::string_view Fields::get(std::string_view name) const {
    for (const auto& [key, value] : all_)
        if (key == name) return value;
    return {};
}

bool Fields::has(std::string_view name) const {
    return std::any_of(all_.begin(), all_.end(), [&](const auto& pair) { return pair.first == name; });
}

std::vector<std::string> Fields::all(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [key, value] : all_)
        if (key == name) values.push_back(value);
    return values;
}

const Upload* Form::upload(std::string_view field) const {
    for (const Upload& one : uploads)
        if (one.field == field) return &one;
    return nullptr;
}

std::string percentDecode(std::string_view text, bool plusIsSpace) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
        const int low = high >= 0 ? hexDigit(text[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i] == '+' && plusIsSpace ? ' ' : text[i];
        }
    }
    return out;
}

std::string percentEncode(std::string_view text, std::string_view keep) {
    static const char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                c == '-' || c == '.' || c == '_' || c == '~';
        if (unreserved || keep.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            out += digits[static_cast<unsigned char>(c) >> 4];
            out += digits[static_cast<unsigned char>(c) & 15];
        }
    }
    return out;
}

Result<Fields> parseUrlEncoded(std::string_view text, const FormLimits& limits) {
    if (text.size() > limits.formBytes) return Error{ErrorKind::TooLarge, "http.form_too_large"};
    Fields fields;
    std::size_t count = 0;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        if (pair.empty()) continue;
        if (++count > limits.fields) return Error{ErrorKind::TooLarge, "http.too_many_fields"};
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto name = asText(percentDecode(pair.substr(0, equals), true));
        auto value = asText(percentDecode(pair.substr(std::min(equals + 1, pair.size())), true));
        if (!name || !value) return badText();
        fields.add(std::move(*name), std::move(*value));
    }
    return fields;
}

Result<Fields> parseCookies(std::string_view header) {
    Fields fields;
    if (!text::isUtf8(header)) return badText();
    while (!header.empty()) {
        const std::string_view pair = header.substr(0, header.find(';'));
        header.remove_prefix(std::min(pair.size() + 1, header.size()));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        fields.add(text::trim(pair.substr(0, equals)), text::trim(pair.substr(equals + 1)));
    }
    return fields;
}

std::string parameter(std::string_view header, std::string_view name) {
    std::size_t at = header.find(';');
    while (at != std::string_view::npos && at < header.size()) {
        at = header.find_first_not_of("; \t", at);
        if (at == std::string_view::npos) break;
        const std::size_t equals = header.find_first_of("=;", at);
        if (equals == std::string_view::npos || header[equals] == ';') {
            at = equals;
            continue;
        }
        const std::string key = text::trim(header.substr(at, equals - at));
        std::string value;
        at = equals + 1;
        if (at < header.size() && header[at] == '"') {
            for (++at; at < header.size() && header[at] != '"'; ++at) {
                // Browsers write %22; a backslash quotes only what needs it, since old ones send whole paths.
                const bool quotes = header[at] == '\\' && at + 1 < header.size() &&
                                    (header[at + 1] == '"' || header[at + 1] == '\\');
                if (quotes) ++at;
                value += header[at];
            }
            at = header.find(';', at);
        } else {
            const std::size_t end = std::min(header.find(';', at), header.size());
            value = text::trim(header.substr(at, end - at));
            at = end;
        }
        if (net::sameWord(key, name)) return value;
    }
    return {};
}

} // namespace motcua::http
