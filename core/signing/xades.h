// XAdES baseline B-B and B-T (ETSI EN 319 132-1): signatures of data packages, inside an XML document or
// beside a file of any kind.
#pragma once

#include "signing/pades.h"
#include "signing/verify.h"

#include <string>
#include <string_view>

namespace motcua::signing {

// The document with a signature over all of it as the last child of its root (enveloped). Errors: Invalid
// "signing.xml_broken" (not well-formed, or with a DOCTYPE), "signing.xml_signed" (there is one already);
// those of `sign` and `stamper`, "signing.certificate_unfit".
Result<std::string> signXml(std::string_view xml, const SignerCertificate& signer, Instant at,
                            const DigestSigner& sign, const TimeStamper& stamper = {});

// A signature of its own over a file's bytes, that calls the file `name` (detached).
Result<std::string> signXmlBeside(std::string_view content, const std::string& name,
                                  const SignerCertificate& signer, Instant at, const DigestSigner& sign,
                                  const TimeStamper& stamper = {});

struct XmlVerdict {
    Verdict verdict{};
    // What the signature covers, in canonical form: read this, never the document that came. Empty unless
    // good.
    std::string covered{};
};

// Exactly one signature, a child of the root, over the whole document; references to parts, to other places,
// and transforms but canonical form are not gone into ("kind_unsupported").
XmlVerdict verifyXml(std::string_view xml, const Judging& by);

// The signature must call the file `name`.
Verdict verifyXmlBeside(std::string_view signature, std::string_view content, std::string_view name,
                        const Judging& by);

} // namespace motcua::signing
