// The words of one language: texts under dotted keys, with {placeholders} that are filled when said.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace motcua::view {

using Params = std::map<std::string, std::string>;

class Words {
public:
    // `json` is an object of texts and of objects of texts; {"a": {"b": "x"}} and {"a.b": "x"} are the same.
    // Keys that are there already are replaced: a theme is loaded over its parent. Invalid "words.malformed"
    // names the key.
    Result<void> add(const Json& json);
    // Where a key is asked for next when this language lacks it.
    void fallBackTo(std::shared_ptr<const Words> other) { fallback_ = std::move(other); }

    const std::string* find(std::string_view key) const;
    bool has(std::string_view key) const { return find(key) != nullptr; }
    // The filled text; the key itself where no language has it, which is logged once a key and process run of
    // these words. With a "count" of 1, "<key>.one" is said where there is one. [thread-safe]
    std::string say(std::string_view key, const Params& params = {}) const;
    // As say(), but for text that is not there: `otherwise`.
    std::string sayOr(std::string_view key, std::string_view otherwise, const Params& params = {}) const;

    const std::map<std::string, std::string, std::less<>>& all() const { return texts_; }

private:
    Result<void> addBelow(const std::string& prefix, const Json& json);

    std::map<std::string, std::string, std::less<>> texts_;
    std::shared_ptr<const Words> fallback_;
};

// `text` with every {name} that is in `params` replaced; others stay as they are.
std::string fill(std::string_view text, const Params& params);

} // namespace motcua::view
