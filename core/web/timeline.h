// What happened to a dossier, as rows of a timeline.
#pragma once

#include "dossier/dossier_service.h"
#include "http/page.h"
#include "identity/identity_service.h"

#include <functional>
#include <string>

namespace motcua::web {

// `nameOf` gives the name of an account; notes are shown to those who may read them.
void fillTimeline(http::Page& page, const std::vector<dossier::Event>& events,
                  const std::function<std::string(const std::string& account)>& nameOf);

} // namespace motcua::web
