// Who signed, and whether he is trusted: the same for every form of a signature; inside this room only.
#pragma once

#include "signing/certificate.h"
#include "signing/cms.h"

namespace motcua::signing {

// What his certificate says of him.
void describe(CmsReport& report, X509* certificate);
// His chain, at the time that the report's time-stamp proves, else at that which he claims.
void judgeSigner(CmsReport& report, X509* certificate, STACK_OF(X509) * others, const Judging& by);

} // namespace motcua::signing
