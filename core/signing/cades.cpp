#include "signing/cades.h"

#include "base/bytes.h"

namespace motcua::signing {

Result<std::string> signDetached(std::string_view content, const SignerCertificate& signer, Instant at,
                                 const DigestSigner& sign, const TimeStamper& stamper) {
    MOTCUA_TRY(draft, CmsDraft::make(signer, sha256(content), at));
    MOTCUA_TRY(signature, sign(draft.digestToSign()));
    std::string token;
    if (stamper) {
        MOTCUA_TRY(got, stamper(sha256(signature)));
        token = std::move(got);
    }
    return draft.finished(signature, token);
}

Verdict verifyDetached(std::string_view signature, std::string_view content, const Judging& by) {
    SignatureReport report;
    report.certificate = judgeCms(signature, digestOf(content), true, by, {});
    if (report.certificate.why == "no CMS") return {Standing::Unknown, "broken", {}, false};
    report.coversWholeFile = true;
    report.claimedAt = report.certificate.claimedAt;
    takeTime(report);
    report = weighed(report, by.now);
    return {report.standing, report.code, {report}, false};
}

} // namespace motcua::signing
