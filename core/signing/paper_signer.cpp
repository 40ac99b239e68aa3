#include "signing/paper_signer.h"

#include "base/bytes.h"
#include "base/log.h"
#include "signing/authority_http.h"
#include "signing/pdf_date.h"

#include <algorithm>

namespace motcua::signing {

namespace {

std::string reasonOf(std::string_view kind) {
    if (kind == kReceipt) return "Tiếp nhận hồ sơ";
    if (kind == kSupplement) return "Yêu cầu bổ sung hồ sơ";
    return kind == kRefusal ? "Từ chối hồ sơ" : "Phát hành kết quả";
}

SignerCertificate certificateOf(const sdk::SigningCertificate& from) {
    SignerCertificate signer{from.certificate.raw, {}};
    for (const sdk::Bytes& issuer : from.chain)
        signer.chain.push_back(issuer.raw);
    return signer;
}

sdk::SignatureAlgorithm algorithmFor(KeyKind kind) {
    return kind == KeyKind::Rsa ? sdk::SignatureAlgorithm::RsaPkcs1Sha256
                                : sdk::SignatureAlgorithm::EcdsaSha256;
}

} // namespace

std::optional<std::string> PaperSigner::profileOf(const Context& context, const std::string& agency) const {
    const auto profiles = signer_.profiles();
    std::vector<std::string> names;
    for (const plugins::ProfileRef& one : profiles)
        names.push_back(one.profile);
    const auto tree = agencies_.tree(context);
    const auto chosen = profileFor(names, *tree, agency, civilDay(clock_.now()));
    if (!chosen) return std::nullopt;
    return profiles[*chosen].text();
}

// The first certificate that may sign now.
Result<PaperSigner::Seal> PaperSigner::sealOf(const Context& context, const std::string& profile) const {
    MOTCUA_TRY(list, signer_.certificates(context, profile));
    for (sdk::SigningCertificate& one : list.certificates) {
        const auto kind = fitFor({one.certificate.raw}, clock_.now());
        if (!kind) continue;
        if (std::find(one.algorithms.begin(), one.algorithms.end(), algorithmFor(*kind)) !=
            one.algorithms.end())
            return Seal{profile, std::move(one), *kind};
    }
    return rejected("signing.no_certificate");
}

SignatureFacts PaperSigner::factsOf(const Context& context, const Paper& paper, const Seal& seal) const {
    const auto tree = agencies_.tree(context);
    SignatureFacts facts;
    facts.name = commonName(seal.certificate.certificate.raw);
    facts.reason = reasonOf(paper.kind);
    facts.at = clock_.now();
    if (const agency::Agency* agency = tree->find(paper.agency))
        facts.location = placeOf(*tree, *agency, civilDay(facts.at));
    facts.lines = {"Ký bởi: " + facts.name, "Thời gian ký: " + signatureMoment(facts.at)};
    return facts;
}

Result<std::string> PaperSigner::signatureOf(const Context& context, const Paper& paper, const Seal& seal,
                                             const std::string& reason, const std::string& digest) const {
    sdk::SignRequest request;
    request.certificate = seal.certificate.id;
    request.algorithm = algorithmFor(seal.kind);
    request.digests.push_back({digest});
    request.reason = reason;
    MOTCUA_TRY(made, signer_.sign(context, seal.profile, request, {paper.id + "/" + toHex(digest), 1}));
    if (made.signatures.size() != 1)
        return internal("plugin.malformed", "one digest, another number of signatures");
    return std::move(made.signatures.front().raw);
}

// Where a time-stamp may come later, an authority that is down holds nobody up.
TimeStamper PaperSigner::stamper(Level& reached) const {
    if (settings_.timeAuthority.empty()) return {};
    return [this, &reached](const std::string& digest) -> Result<std::string> {
        auto token = timestampFrom(settings_.timeAuthority, digest,
                                   TrustAnchors::fromFolder(settings_.trustFolder), clock_.now());
        if (token) {
            reached = Level::Timed;
            return token;
        }
        log::warning("signing.no_timestamp",
                     {{"error", token.error().code}, {"detail", token.error().detail}});
        if (settings_.timeRequired) return token.error();
        return std::string{};
    };
}

Result<SignedPaper> PaperSigner::sign(const Context& context, const Paper& paper, const std::string& profile,
                                      const documents::LaidOut& laid) const {
    MOTCUA_TRY(seal, sealOf(context, profile));
    SignatureFacts facts = factsOf(context, paper, seal);
    facts.place = laid.signature;
    Level level = Level::Basic;
    MOTCUA_TRY(bytes, signPdf(
                          laid.bytes, certificateOf(seal.certificate), facts,
                          [&](const std::string& digest) {
                              return signatureOf(context, paper, seal, facts.reason, digest);
                          },
                          stamper(level)));
    return intact(std::move(bytes), level, 1);
}

Result<SignedPaper> PaperSigner::extended(const SignedPaper& paper) const {
    if (isWhole(paper.level)) return paper;
    const std::size_t before = judge(paper.bytes).signatures.size();
    Level level = paper.level;
    const TimeStamper ask = [&](const std::string& digest) {
        level = Level::Timed;
        return timestampFrom(settings_.timeAuthority, digest, TrustAnchors::fromFolder(settings_.trustFolder),
                             clock_.now());
    };
    MOTCUA_TRY(bytes, stampPdf(paper.bytes, ask));
    return intact(std::move(bytes), level, before + 1);
}

// Nothing goes out that would not be found intact.
Result<SignedPaper> PaperSigner::intact(std::string bytes, Level level, std::size_t signatures) const {
    const Verdict own = judge(bytes);
    const bool all =
        std::all_of(own.signatures.begin(), own.signatures.end(), [](const SignatureReport& one) {
            return one.isTimestamp ? one.provedAt.has_value() : one.certificate.intact;
        });
    if (own.signatures.size() != signatures || !all || own.standing == Standing::Changed)
        return internal("signing.not_intact", own.code);
    return SignedPaper{std::move(bytes), level};
}

Verdict PaperSigner::judge(std::string_view pdf, std::optional<Instant> knownAt) const {
    const TrustAnchors anchors = TrustAnchors::fromFolder(settings_.trustFolder);
    return verify(pdf, {anchors, clock_.now(), knownAt});
}

} // namespace motcua::signing
