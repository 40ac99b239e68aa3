// Between typed structs and JSON: what the generated codecs are written in. A value that breaks its contract
// is named by the path of its field.
#pragma once

#include "motcua/sdk/blob.h"
#include "motcua/sdk/json.h"
#include "motcua/sdk/result.h"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

// A few bytes (digest, signature, certificate), as base64 in the JSON. Larger ones are a Blob.
struct Bytes {
    std::string raw{};
    bool operator==(const Bytes&) const = default;
};

std::string toBase64(std::string_view bytes);
std::optional<std::string> fromBase64(std::string_view text); // strict: padded, nothing else between

// Generated for every struct of sdk/schema: write(Writer&, const T&) and read(Reader&, T&).
template <typename T>
struct Codec;

// Generated for every enumeration: `entries` of {value, word}.
template <typename E>
struct EnumWords;

struct Bounds {
    std::int64_t least = std::numeric_limits<std::int64_t>::min(); // of a number
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    std::size_t length = 1 << 20; // of a text, in bytes; of a list, in items
};

class Writer {
public:
    explicit Writer(Blobs& blobs) : blobs_(blobs) {}

    // Empty texts, lists, maps and optionals are left out.
    template <typename T>
    void field(std::string_view name, const T& value) {
        if (!blank(value)) object_.set(name, json(value));
    }
    Json take() { return std::move(object_); }

    template <typename T>
    requires std::is_class_v<T> Json json(const T& value) {
        Writer inner{blobs_};
        Codec<T>::write(inner, value);
        return inner.take();
    }
    template <typename E>
    requires std::is_enum_v<E> Json json(E value) {
        for (const auto& [known, word] : EnumWords<E>::entries)
            if (known == value) return Json{word};
        return Json{};
    }
    Json json(const std::string& value) { return Json{value}; }
    Json json(std::int64_t value) { return Json{value}; }
    Json json(bool value) { return Json{value}; }
    Json json(const Json& value) { return value; }
    Json json(const Bytes& value) { return Json{toBase64(value.raw)}; }
    Json json(const Blob& value) {
        blobs_.push_back(value);
        return Json::object().set("blob", static_cast<std::int64_t>(blobs_.size() - 1));
    }
    template <typename T>
    Json json(const std::optional<T>& value) {
        return json(*value);
    }
    template <typename T>
    Json json(const std::vector<T>& values) {
        Json all = Json::array();
        for (const T& value : values)
            all.add(json(value));
        return all;
    }
    template <typename T>
    Json json(const std::map<std::string, T>& values) {
        Json all = Json::object();
        for (const auto& [name, value] : values)
            all.set(name, json(value));
        return all;
    }

private:
    template <typename T>
    static bool blank(const T&) {
        return false;
    }
    static bool blank(const std::string& value) { return value.empty(); }
    static bool blank(const Json& value) { return value.isNull(); }
    static bool blank(const Bytes& value) { return value.raw.empty(); }
    template <typename T>
    static bool blank(const std::optional<T>& value) {
        return !value;
    }
    template <typename T>
    static bool blank(const std::vector<T>& value) {
        return value.empty();
    }
    template <typename T>
    static bool blank(const std::map<std::string, T>& value) {
        return value.empty();
    }

    Json object_ = Json::object();
    Blobs& blobs_;
};

class Reader {
public:
    Reader(const Json& object, const Blobs& blobs, std::string path, std::string& problem)
        : object_(object), blobs_(blobs), path_(std::move(path)), problem_(problem) {
        if (!object.isObject()) fail("", "is not an object");
    }

    template <typename T>
    void required(std::string_view name, T& into, const Bounds& bounds = {}) {
        const Json& value = object_[name];
        if (value.isNull()) return fail(name, "is missing");
        // What the writer leaves out as blank does not count as given either.
        if ((value.isString() && value.string().empty()) || (value.isArray() && value.items().empty()))
            return fail(name, "is empty");
        take(object_[name], into, bounds, name);
    }
    template <typename T>
    void optional(std::string_view name, T& into, const Bounds& bounds = {}) {
        if (!object_[name].isNull()) take(object_[name], into, bounds, name);
    }

private:
    void fail(std::string_view name, std::string_view what) {
        if (!problem_.empty()) return; // the first one is told
        problem_ = path_;
        if (!path_.empty() && !name.empty()) problem_ += '.';
        (problem_ += name) += ' ';
        problem_ += what;
    }

    template <typename T>
    requires std::is_class_v<T>
    void take(const Json& json, T& into, const Bounds&, std::string_view name) {
        std::string path = path_;
        if (!path.empty()) path += '.';
        Reader inner{json, blobs_, path.append(name), problem_};
        if (problem_.empty()) Codec<T>::read(inner, into);
    }
    template <typename E>
    requires std::is_enum_v<E>
    void take(const Json& json, E& into, const Bounds&, std::string_view name) {
        for (const auto& [value, word] : EnumWords<E>::entries)
            if (json.isString() && json.string() == word) return void(into = value);
        fail(name, "is not one of its words");
    }
    void take(const Json& json, std::string& into, const Bounds& bounds, std::string_view name) {
        if (!json.isString()) return fail(name, "is not a text");
        if (json.string().size() > bounds.length) return fail(name, "is too long");
        into = json.string();
    }
    void take(const Json& json, std::int64_t& into, const Bounds& bounds, std::string_view name) {
        if (!json.isInteger()) return fail(name, "is not a whole number");
        if (json.integer() < bounds.least || json.integer() > bounds.most)
            return fail(name, "is out of range");
        into = json.integer();
    }
    void take(const Json& json, bool& into, const Bounds&, std::string_view name) {
        if (!json.isBool()) return fail(name, "is neither true nor false");
        into = json.boolean();
    }
    void take(const Json& json, Json& into, const Bounds&, std::string_view) { into = json; }
    void take(const Json& json, Bytes& into, const Bounds&, std::string_view name) {
        auto raw = json.isString() ? fromBase64(json.string()) : std::nullopt;
        if (!raw) return fail(name, "is not base64");
        into.raw = std::move(*raw);
    }
    void take(const Json& json, Blob& into, const Bounds&, std::string_view name) {
        const std::int64_t index = json["blob"].integer(-1);
        if (index < 0 || static_cast<std::size_t>(index) >= blobs_.size())
            return fail(name, "names no attachment");
        into = blobs_[static_cast<std::size_t>(index)];
    }
    template <typename T>
    void take(const Json& json, std::optional<T>& into, const Bounds& bounds, std::string_view name) {
        take(json, into.emplace(), bounds, name);
    }
    template <typename T>
    void take(const Json& json, std::vector<T>& into, const Bounds& bounds, std::string_view name) {
        if (!json.isArray()) return fail(name, "is not a list");
        if (json.items().size() > bounds.length) return fail(name, "has too many items");
        for (std::size_t i = 0; i < json.items().size(); ++i)
            take(json.items()[i], into.emplace_back(), Bounds{},
                 std::string{name} + "[" + std::to_string(i) + "]");
    }
    template <typename T>
    void take(const Json& json, std::map<std::string, T>& into, const Bounds&, std::string_view name) {
        if (!json.isObject()) return fail(name, "is not an object");
        for (const auto& [key, value] : json.members())
            take(value, into[key], Bounds{}, std::string{name} + "." + key);
    }

    const Json& object_;
    const Blobs& blobs_;
    std::string path_;
    std::string& problem_;
};

struct Encoded {
    std::string json{};
    Blobs blobs{};
};

template <typename T>
Encoded encode(const T& value) {
    Encoded made;
    made.json = Writer{made.blobs}.json(value).dump();
    return made;
}

// Invalid "plugin.malformed", whose detail names the first field that breaks the contract.
template <typename T>
Result<T> decode(std::string_view text, const Blobs& blobs = {}) {
    const auto json = Json::parse(text);
    if (!json) return invalid("plugin.malformed", "not JSON");
    T value{};
    std::string problem;
    Reader reader{*json, blobs, "", problem};
    if (problem.empty()) Codec<T>::read(reader, value);
    if (!problem.empty()) return invalid("plugin.malformed", std::move(problem));
    return value;
}

namespace detail {
inline constexpr std::string_view base64Letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}

inline std::string toBase64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            out += i + k > bytes.size() ? '=' : detail::base64Letters[group >> (18 - 6 * k) & 63];
    }
    return out;
}

inline std::optional<std::string> fromBase64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const bool pad = i + k >= text.size() - padding;
            const auto value = pad ? 0 : detail::base64Letters.find(text[i + k]);
            if (value == std::string_view::npos) return std::nullopt;
            group = group << 6 | static_cast<std::uint32_t>(value);
        }
        for (std::size_t k = 0; k < 3; ++k)
            out += static_cast<char>(group >> (16 - 8 * k) & 255);
    }
    out.resize(out.size() - padding);
    return out;
}

} // namespace v1
} // namespace motcua::sdk
