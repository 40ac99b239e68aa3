// What came into a PDF behind a signature: more signatures and what proves them, or something that nobody who
// signed has seen (shadow attacks).
#pragma once

#include "signing/pdf_document.h"

#include <cstddef>

namespace motcua::signing {

// Behind `end` only signatures were added, or empty fields of what was signed were filled by them.
bool nothingButSignaturesAfter(const pdf::Document& document, std::size_t end);

} // namespace motcua::signing
