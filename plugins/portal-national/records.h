// The national portal's records as pure functions: ours into theirs, theirs into ours. No network, no
// settings.
#pragma once

#include "motcua/sdk/national_portal.h"

#include <optional>
#include <string>
#include <string_view>

namespace portal {

using motcua::sdk::Json;

// A member of an object in whatever letters the portal writes its name; null where there is none.
const Json& field(const Json& object, std::string_view name);

// A text, or a number as one; "" for anything else.
std::string word(const Json& object, std::string_view name);

Json dossierRecord(const motcua::sdk::NationalDossier& dossier);
Json stepRecord(const motcua::sdk::NationalStep& step);
Json answerRecord(const motcua::sdk::AnsweredQuestion& answer, const std::string& agencyCode);
Json ratingRecord(const motcua::sdk::DossierRating& rating);

// Nothing where the portal's record lacks what makes it one.
std::optional<motcua::sdk::CatalogueEntry> catalogueEntry(const Json& item, motcua::sdk::CatalogueKind kind);
std::optional<motcua::sdk::NationalProcedure> procedure(const Json& item);
std::optional<motcua::sdk::NationalQuestion> question(const Json& item);
std::optional<motcua::sdk::IdentityClaims> claims(const Json& userinfo);

} // namespace portal
