// What happened to a dossier, as rows of a timeline.
#pragma once

#include "dossier/dossier_service.h"
#include "http/page.h"
#include "identity/identity_service.h"

#include <functional>
#include <string>

namespace motcua::web {

// Whose eyes the timeline is for: what officials write to each other at a step is not for the applicant.
enum class Reader { Applicant, Official };

// `nameOf` gives the name of an account; each is asked for once.
void fillTimeline(http::Page& page, const std::vector<dossier::Event>& events, Reader reader,
                  const std::function<std::string(const std::string& account)>& nameOf);

} // namespace motcua::web
