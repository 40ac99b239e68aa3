#include "signing/paper_signer.h"

#include "base/bytes.h"
#include "base/log.h"
#include "signing/authority_http.h"
#include "signing/dss.h"
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

constexpr std::string_view kSealEnding = "-seal";
constexpr std::int64_t kMostDigests = 500; // as many as a SignRequest holds

// The organisation's mark covers a third of the person's, at its left (Decree 30/2020, annex I, II.8).
std::optional<documents::Place> besideLeft(std::optional<documents::Place> place) {
    if (place) place->x = std::max(30.0, place->x - place->width * 2 / 3);
    return place;
}

sdk::SignatureAlgorithm algorithmFor(KeyKind kind) {
    return kind == KeyKind::Rsa ? sdk::SignatureAlgorithm::RsaPkcs1Sha256
                                : sdk::SignatureAlgorithm::EcdsaSha256;
}

} // namespace

std::optional<std::string> PaperSigner::profileOf(const Context& context, const std::string& agency) const {
    return profileOf(context, agency, {});
}

// Among the profiles whose names end so.
std::optional<std::string> PaperSigner::profileOf(const Context& context, const std::string& agency,
                                                  std::string_view ending) const {
    const auto profiles = signer_.profiles();
    std::vector<std::string> names;
    for (const plugins::ProfileRef& one : profiles) {
        const std::string& name = one.profile;
        names.push_back(name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : std::string{});
    }
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

Result<std::vector<std::string>> PaperSigner::signaturesOf(const Context& context, const Seal& seal,
                                                           const std::string& paper,
                                                           const std::string& reason,
                                                           const std::vector<std::string>& digests) const {
    sdk::SignRequest request;
    request.certificate = seal.certificate.id;
    request.algorithm = algorithmFor(seal.kind);
    request.reason = reason;
    std::string all;
    for (const std::string& digest : digests) {
        request.digests.push_back({digest});
        all += digest;
    }
    const std::string key = digests.size() == 1 ? all : sha256(all);
    MOTCUA_TRY(made, signer_.sign(context, seal.profile, request, {paper + "/" + toHex(key), 1}));
    if (made.signatures.size() != digests.size())
        return internal("plugin.malformed", "another number of signatures than of digests");
    std::vector<std::string> signatures;
    for (sdk::Bytes& signature : made.signatures)
        signatures.push_back(std::move(signature.raw));
    return signatures;
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

// One call of the plugin: a draft of each paper, their digests signed together, each put together by itself.
void PaperSigner::signSome(const Context& context, const Seal& seal, Round round,
                           const std::vector<Work*>& works) const {
    const bool stamped = round == Round::Alone && !settings_.timeAuthority.empty();
    std::vector<std::pair<Work*, PadesDraft>> drafts;
    std::vector<std::string> digests;
    for (Work* work : works) {
        SignatureFacts facts = factsOf(context, work->task.paper, seal);
        facts.place =
            round == Round::Organisation ? besideLeft(work->task.laid.signature) : work->task.laid.signature;
        facts.organisation = round != Round::Leader;
        auto draft = PadesDraft::make(*work->pdf, certificateOf(seal.certificate), facts, stamped);
        if (!draft) {
            work->pdf = draft.error();
            continue;
        }
        digests.push_back(draft->digestToSign());
        drafts.emplace_back(work, std::move(*draft));
    }
    if (drafts.empty()) return;
    const Paper& first = drafts.front().first->task.paper;
    const auto signatures = signaturesOf(context, seal, first.id, reasonOf(first.kind), digests);
    if (signatures && digests.size() > 1)
        log::info("paper.signed_together", {{"papers", std::to_string(digests.size())}});
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        auto& [work, draft] = drafts[i];
        if (!signatures) {
            work->pdf = signatures.error();
            continue;
        }
        Result<std::string> token = std::string{};
        if (stamped) token = stamper(work->level)(sha256((*signatures)[i]));
        work->pdf = token ? draft.finished((*signatures)[i], *token) : Result<std::string>{token.error()};
    }
}

void PaperSigner::signAll(const Context& context, const std::string& profile, Round round,
                          std::vector<Work*> works) const {
    std::erase_if(works, [](const Work* work) { return !work->pdf; });
    if (works.empty()) return;
    const auto seal = sealOf(context, profile);
    if (!seal) {
        for (Work* work : works)
            work->pdf = seal.error();
        return;
    }
    // A key may take fewer digests at once than there are papers.
    const std::size_t most = static_cast<std::size_t>(
        std::clamp<std::int64_t>(seal->certificate.batch.value_or(kMostDigests), 1, kMostDigests));
    for (std::size_t from = 0; from < works.size(); from += most) {
        const auto begin = works.begin() + static_cast<std::ptrdiff_t>(from);
        const auto end = begin + static_cast<std::ptrdiff_t>(std::min(most, works.size() - from));
        signSome(context, *seal, round, {begin, end});
    }
}

std::vector<Result<SignedPaper>> PaperSigner::sign(const Context& context, const std::vector<Task>& tasks,
                                                   const std::string& profile) const {
    std::optional<std::string> seal;
    if (!tasks.empty()) seal = profileOf(context, tasks.front().paper.agency, kSealEnding);
    std::vector<Work> works;
    for (const Task& task : tasks)
        works.push_back({task, task.laid.bytes, seal && mustBeSigned(task.paper.kind)});
    std::vector<Work*> alone, both;
    for (Work& work : works)
        (work.sealed ? both : alone).push_back(&work);
    signAll(context, profile, Round::Alone, alone);
    signAll(context, profile, Round::Leader, both);
    if (seal) signAll(context, *seal, Round::Organisation, both);
    std::vector<Result<SignedPaper>> results;
    for (Work& work : works)
        results.push_back(completed(work));
    return results;
}

Result<SignedPaper> PaperSigner::completed(Work& work) const {
    if (!work.pdf) return work.pdf.error();
    MOTCUA_TRY(made, intact(std::move(*work.pdf), work.level, work.sealed ? 2 : 1));
    if (!work.sealed) return proved(std::move(made));
    // One time-stamp over the file proves the day of both.
    auto whole = extended(made);
    if (whole || settings_.timeRequired) return whole;
    log::warning("signing.no_timestamp", {{"error", whole.error().code}, {"detail", whole.error().detail}});
    made.whole = false;
    return made;
}

Result<SignedPaper> PaperSigner::extended(const SignedPaper& paper) const {
    if (settings_.timeAuthority.empty() || paper.level >= Level::Timed) return proved(paper);
    const std::size_t before = judge(paper.bytes).signatures.size();
    const TimeStamper ask = [&](const std::string& digest) {
        return timestampFrom(settings_.timeAuthority, digest, TrustAnchors::fromFolder(settings_.trustFolder),
                             clock_.now());
    };
    MOTCUA_TRY(bytes, stampPdf(paper.bytes, ask));
    MOTCUA_TRY(stamped, intact(std::move(bytes), Level::Timed, before + 1));
    return proved(std::move(stamped));
}

// With what the authorities say of the certificates, once the time is proved: B-LT.
Result<SignedPaper> PaperSigner::proved(SignedPaper paper) const {
    paper.whole = settings_.timeAuthority.empty() || paper.level >= Level::Timed;
    if (!settings_.revocation || paper.level != Level::Timed) return paper;
    const TrustAnchors anchors = TrustAnchors::fromFolder(settings_.trustFolder);
    Evidence evidence;
    const Verdict before = verify(paper.bytes, {anchors, clock_.now(), {}, &desk_, nullptr, &evidence});
    paper.whole = !evidence.unanswered;
    if (evidence.unanswered || (evidence.answers.empty() && evidence.lists.empty())) return paper;
    MOTCUA_TRY(bytes, withEvidence(paper.bytes, evidence));
    MOTCUA_TRY(made, intact(std::move(bytes), Level::Lasting, before.signatures.size()));
    return made;
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
    return SignedPaper{std::move(bytes), level, true};
}

Verdict PaperSigner::judge(std::string_view pdf, std::optional<Instant> knownAt) const {
    const TrustAnchors anchors = TrustAnchors::fromFolder(settings_.trustFolder);
    return verify(pdf, {anchors, clock_.now(), knownAt, settings_.revocation ? &desk_ : nullptr});
}

} // namespace motcua::signing
