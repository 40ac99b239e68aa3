#include "signing/signer.h"

#include "signing/revocation.h"

#include <algorithm>

namespace motcua::signing {

void describe(CmsReport& report, X509* certificate) {
    report.signer = partOf(X509_get_subject_name(certificate), NID_commonName);
    report.organisation = partOf(X509_get_subject_name(certificate), NID_organizationName);
    report.issuer = partOf(X509_get_issuer_name(certificate), NID_commonName);
    report.serial = serialOf(certificate);
    report.validFrom = instantOf(X509_get0_notBefore(certificate));
    report.validTo = instantOf(X509_get0_notAfter(certificate));
}

void judgeSigner(CmsReport& report, X509* certificate, STACK_OF(X509) * others, const Judging& by) {
    const bool stamped = report.time && report.time->fits && report.time->trusted;
    const Instant known = stamped ? std::min(report.time->at, by.known()) : by.known();
    const Instant made = stamped ? report.time->at : report.claimedAt.value_or(by.now);
    const auto chain = mayVouch(certificate) ? chainTo(certificate, others, by.anchors, made) : nullptr;
    report.trusted = chain != nullptr;
    report.ended = report.trusted && !chainTo(certificate, others, by.anchors, known);
    if (report.intact && report.trusted) report.state = judgedChain(chain.get(), by, known);
}

} // namespace motcua::signing
