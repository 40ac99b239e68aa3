// The store of a PDF for what proves its signatures later (Document Security Store, ETSI EN 319
// 142-1, 5.4.2): with it a signature is of level B-LT.
#pragma once

#include "base/result.h"
#include "signing/evidence.h"
#include "signing/pdf_document.h"

#include <string>

namespace motcua::signing {

// What the file brings along; nobody has judged it. Throws pdf::Unreadable.
Evidence evidenceIn(const pdf::Document& document);

// The file with this added to what is there, as an increment behind it. Errors: Invalid "signing.pdf_…".
Result<std::string> withEvidence(const std::string& pdf, const Evidence& evidence);

} // namespace motcua::signing
