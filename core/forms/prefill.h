// Answers that need not be typed again: filled from the profile, an earlier dossier or a database, with their
// source.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "forms/definition.h"

#include <map>
#include <string>

namespace motcua::forms {

struct Prefilled {
    Json answers = Json::object();                          // `answers` with what was empty filled in
    std::map<std::string, std::string, std::less<>> from{}; // path of each part filled → name of its source
};

// `sources` by name: {"profile": {"full_name": …, "residence": {…}}, "previous": {…}}. A field's `prefill` is
// a path in it ("profile.phone"); a group's is where its parts are looked up by their own `prefill`. Only
// what passes the field's own check is taken, and nothing that was answered is replaced.
Prefilled prefill(const Definition& definition, const Json& answers, const Json& sources, Instant now);

} // namespace motcua::forms
