// What a browser posts, read back to answers: "child.full_name=…", "child.birth_date_day=…",
// "members.0.share=…".
#pragma once

#include "base/json.h"
#include "forms/definition.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace motcua::forms {

using PostFields = std::vector<std::pair<std::string, std::string>>; // decoded, in the order sent

// `before` with the answers of one section replaced by what was posted. What cannot be read as its type stays
// as it was typed, so that validation refuses it and the page shows it again. Numbers are read as people in
// Vietnam write them (1.250.000 and 85,5); spaces and dots in numbers of phones and papers fall away; rows of
// a table that hold nothing are dropped. Names that belong to no field of the section are ignored: buttons
// and tokens are not answers.
Json readPost(const Definition& definition, std::string_view section, const PostFields& fields,
              const Json& before);

// One typed text as the field's type, for readPost and for imports of tables.
Json readTyped(const Field& field, std::string_view typed);

} // namespace motcua::forms
