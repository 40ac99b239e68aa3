#include "view/words.h"

#include "base/log.h"

#include <mutex>
#include <set>

namespace motcua::view {

namespace {

void logMissing(std::string_view key) {
    static std::mutex guard;
    static std::set<std::string, std::less<>> known;
    const std::lock_guard lock{guard};
    if (known.size() >= 1000 || !known.emplace(key).second) return;
    log::warning("view.word_missing", {{"key", key}});
}

} // namespace

Result<void> Words::add(const Json& json) {
    if (!json.isObject()) return Error{ErrorKind::Invalid, "words.malformed", "not an object"};
    return addBelow("", json);
}

Result<void> Words::addBelow(const std::string& prefix, const Json& json) {
    for (const auto& [name, value] : json.members()) {
        const std::string key = prefix + name;
        if (value.isString()) {
            texts_[key] = value.string();
        } else if (value.isObject()) {
            MOTCUA_CHECK(addBelow(key + ".", value));
        } else {
            return Error{ErrorKind::Invalid, "words.malformed", "\"" + key + "\" is no text"};
        }
    }
    return {};
}

const std::string* Words::find(std::string_view key) const {
    const auto at = texts_.find(key);
    if (at != texts_.end()) return &at->second;
    return fallback_ ? fallback_->find(key) : nullptr;
}

std::string Words::say(std::string_view key, const Params& params) const {
    if (!find(key)) logMissing(key);
    return sayOr(key, key, params);
}

std::string Words::sayOr(std::string_view key, std::string_view otherwise, const Params& params) const {
    const auto count = params.find("count");
    if (count != params.end() && count->second == "1")
        if (const std::string* one = find(std::string{key} + ".one")) return fill(*one, params);
    const std::string* text = find(key);
    return text ? fill(*text, params) : std::string{otherwise};
}

std::string fill(std::string_view text, const Params& params) {
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t brace = std::min(text.find('{', at), text.size());
        out += text.substr(at, brace - at);
        if (brace == text.size()) break;
        const std::size_t end = text.find('}', brace);
        const auto value = end == std::string_view::npos
                               ? params.end()
                               : params.find(std::string{text.substr(brace + 1, end - brace - 1)});
        if (value == params.end()) {
            out += '{';
            at = brace + 1;
        } else {
            out += value->second;
            at = end + 1;
        }
    }
    return out;
}

} // namespace motcua::view
