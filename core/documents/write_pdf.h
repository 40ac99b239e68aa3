// Lays a Document out as PDF, in the typography that the state's papers have (Decree 30/2020, annex I).
#pragma once

#include "documents/document.h"

#include <string>

namespace motcua::documents {

// The bytes of a PDF with embedded fonts; the same document gives the same bytes. Throws std::runtime_error
// where Cairo or the fonts are not to be had.
std::string writePdf(const Document& document);

} // namespace motcua::documents
