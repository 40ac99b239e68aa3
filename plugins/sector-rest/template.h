// The language in which a connector says what goes where, both ways: a JSON value whose texts hold
// {path|filter} expressions. It has no loops but over a list, no calls, no memory: it always ends, and its
// output is bounded.
//
//   "{applicant.name}"                        that value, of its own type; nothing: the member is left out
//   "Hồ sơ {code} của {agencyName|or:?}"      text with values in it
//   {"each": "papers", "as": {"Ten": "{item.name}", "Stt": "{index}"}}
//   {"choose": "TrangThai", "from": {"1": "received"}, "else": "processing"}
//   "{papers.0.file.content|base64}"          papers of a request by their bytes
//
// "{{" is a brace. Filters: see template.cpp.
#pragma once

#include "motcua/sdk/codec.h"

#include <string>
#include <string_view>

namespace connector {

using motcua::sdk::Blobs;
using motcua::sdk::Json;
using motcua::sdk::Result;

// What expressions read. `blobs` belong to a request of ours; an answer has none.
struct Source {
    Json data = Json::object();
    Blobs blobs{};
};

// The value at "a.b.0.c"; null where there is none.
const Json& at(const Json& json, std::string_view path);

// Empty where `pattern` is well-formed; else what is wrong with it, for whoever wrote it.
std::string flawOf(const Json& pattern);

// Invalid "template.wrong_value" whose detail names the path that has a value of the wrong kind, and nothing
// of the value.
Result<Json> fill(const Json& pattern, const Source& source);

// A text whose values are percent-encoded one by one: for addresses. A value that is empty, "." or ".." is
// wrong.
Result<std::string> fillPath(std::string_view pattern, const Source& source);

} // namespace connector
