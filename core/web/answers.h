// A dossier's answers as rows of a summary list.
#pragma once

#include "forms/display.h"
#include "http/page.h"

#include <string>

namespace motcua::web {

// Appends a section with its rows for each; where `changeBelow` is given, rows link to the page that changes
// them.
void fillSummary(view::List& sections, const http::Page& page,
                 const std::vector<forms::SummarySection>& summary, const std::string& changeBelow = {});

} // namespace motcua::web
