#include "signing/verify.h"

#include "base/log.h"
#include "signing/addition.h"
#include "signing/pdf_date.h"
#include "signing/pdf_digests.h"
#include "signing/pdf_document.h"

#include <algorithm>
#include <array>
#include <set>

namespace motcua::signing {

namespace {

using pdf::Document;
using pdf::Value;
using Kind = pdf::Value::Kind;

constexpr std::size_t kMostSignatures = 50;
constexpr Millis kClockSlack = std::chrono::minutes{10};

// A signature dictionary as it stands in the file.
struct Found {
    Value dictionary{};
    std::size_t end = 0; // of what it covers
    bool rangeRight = false;
    std::size_t range = 0; // among those that are right
};

void collectFields(const Document& document, const Value& fields, std::set<std::int64_t>& seen,
                   std::vector<Value>& into, int depth) {
    if (depth > 20) pdf::malformed("fields inside each other without end");
    const Value all = document.resolved(fields);
    for (const Value& entry : all.items()) {
        if (!entry.is(Kind::Reference) || !seen.insert(entry.ref().number).second) continue;
        const Value field = document.resolved(entry);
        if (field.has("Kids")) collectFields(document, field.at("Kids"), seen, into, depth + 1);
        const Value signature = field.at("FT").isName("Sig") ? document.resolved(field.at("V")) : Value{};
        if (!signature.is(Kind::Dictionary)) continue;
        if (into.size() >= kMostSignatures) pdf::malformed("too many signatures");
        into.push_back(signature);
    }
}

// Everything from the first byte on but for the signature's own hex text: nothing may hide in the gap, and
// nothing may be left out at the beginning.
Found located(const Document& document, const Value& dictionary) {
    Found found;
    found.dictionary = dictionary;
    const Value& range = dictionary.at("ByteRange");
    const Value& contents = dictionary.at("Contents");
    if (range.items().size() != 4 || !contents.is(Kind::Text) || contents.to() <= contents.from())
        return found;
    std::array<std::int64_t, 4> numbers{};
    for (std::size_t i = 0; i < 4; ++i) {
        const auto number = range.items()[i].integer();
        if (!number || *number < 0) return found;
        numbers[i] = *number;
    }
    const auto size = static_cast<std::int64_t>(document.bytes().size());
    if (numbers[0] != 0 || numbers[2] > size || numbers[3] > size - numbers[2]) return found;
    if (numbers[1] != static_cast<std::int64_t>(contents.from()) ||
        numbers[2] != static_cast<std::int64_t>(contents.to()) || document.bytes()[contents.from()] != '<')
        return found;
    const std::string_view hex =
        document.bytes().substr(contents.from() + 1, contents.to() - contents.from() - 2);
    if (hex.size() % 2 != 0 || hex.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
        return found;
    found.end = static_cast<std::size_t>(numbers[2] + numbers[3]);
    found.rangeRight = true;
    return found;
}

// The signatures of one file, the oldest first, with all that judging them takes.
class Judge {
public:
    Judge(const Document& document, std::vector<Found> found, const Judging& by)
        : document_(document),
          found_(std::move(found)),
          digests_(document.bytes(), rangesOf(found_)),
          by_(by) {}

    // From the newest to the oldest: a time-stamp over the file proves when what lies before it was there.
    std::vector<SignatureReport> reports() {
        std::vector<SignatureReport> reports(found_.size());
        for (std::size_t i = found_.size(); i-- > 0;) {
            const Value& dictionary = found_[i].dictionary;
            reports[i] = dictionary.at("SubFilter").isName("ETSI.RFC3161") ? timestamp(i) : signature(i);
            reports[i].coversWholeFile = found_[i].end == document_.bytes().size();
        }
        return reports;
    }

private:
    static std::vector<Covered> rangesOf(std::vector<Found>& found) {
        std::vector<Covered> ranges;
        std::size_t end = 0;
        for (Found& one : found) {
            const Value& contents = one.dictionary.at("Contents");
            // Increments follow each other; a signature inside what another one signs is none.
            if (contents.from() < end) one.rangeRight = false;
            if (one.rangeRight) {
                one.range = ranges.size();
                ranges.push_back({contents.from(), contents.to(), one.end});
                end = one.end;
            }
        }
        return ranges;
    }

    ContentDigest covered(const Found& found) {
        return [this, range = found.range](int nid) { return digests_.of(range, nid); };
    }

    SignatureReport timestamp(std::size_t index) {
        const Found& found = found_[index];
        SignatureReport report;
        report.isTimestamp = true;
        if (!found.rangeRight) return said(report, Standing::Changed, "bad_range");
        const TimeReport time =
            judgeToken(found.dictionary.at("Contents").text(), covered(found), by_.anchors, by_.known());
        report.timeAuthority = time.authority;
        if (!time.fits) return said(report, Standing::Changed, "changed");
        if (!nothingButSignaturesAfter(document_, found.end))
            return said(report, Standing::Changed, "added_after");
        if (!time.trusted) return said(report, Standing::Unknown, "time_untrusted");
        if (time.at > by_.now + kClockSlack) return said(report, Standing::Unknown, "time");
        report.provedAt = time.at;
        if (!stampedAt_ || time.at < *stampedAt_) {
            stampedAt_ = time.at;
            stampedBy_ = time.authority;
            by_.knownAt = std::min(time.at, by_.known());
        }
        return said(report, Standing::Good, "good");
    }

    SignatureReport signature(std::size_t index) {
        const Found& found = found_[index];
        const Value& dictionary = found.dictionary;
        SignatureReport report;
        if (dictionary.at("M").is(Kind::Text)) report.claimedAt = parsePdfDate(dictionary.at("M").text());
        if (!found.rangeRight) return said(report, Standing::Changed, "bad_range");
        const bool cades = dictionary.at("SubFilter").isName("ETSI.CAdES.detached");
        if (!cades && !dictionary.at("SubFilter").isName("adbe.pkcs7.detached"))
            return said(report, Standing::Unknown, "kind_unsupported");
        report.certificate =
            judgeCms(dictionary.at("Contents").text(), covered(found), cades, by_, report.claimedAt);
        report.claimedAt = report.certificate.claimedAt;
        report.provedAt = stampedAt_;
        report.timeAuthority = stampedBy_;
        takeTime(report);
        if (report.certificate.intact && !nothingButSignaturesAfter(document_, found.end))
            return said(report, Standing::Changed, "added_after");
        return weighed(report, by_.now);
    }

    const Document& document_;
    std::vector<Found> found_;
    CoveredDigests digests_;
    Judging by_;
    std::optional<Instant> stampedAt_{}; // by a time-stamp over the file
    std::string stampedBy_{};
};

int gravity(Standing standing) {
    return standing == Standing::Good ? 0 : standing == Standing::Unknown ? 1 : 2;
}

Verdict judged(std::string_view bytes, const Judging& by) {
    const Document document{bytes};
    std::set<std::int64_t> seen;
    std::vector<Value> signatures;
    collectFields(document, document.resolved(document.root().at("AcroForm")).at("Fields"), seen, signatures,
                  0);
    Verdict verdict;
    std::vector<Found> found;
    for (const Value& one : signatures)
        found.push_back(located(document, one));
    std::stable_sort(found.begin(), found.end(),
                     [](const Found& a, const Found& b) { return a.end < b.end; });
    verdict.signatures = Judge{document, std::move(found), by}.reports();
    const bool somebody = std::any_of(verdict.signatures.begin(), verdict.signatures.end(),
                                      [](const SignatureReport& one) { return !one.isTimestamp; });
    if (!somebody) {
        verdict.code = verdict.signatures.empty() ? "no_signature" : "only_time";
        return verdict;
    }
    verdict.standing = Standing::Good;
    verdict.code = "good";
    for (const SignatureReport& report : verdict.signatures) {
        if (gravity(report.standing) <= gravity(verdict.standing)) continue;
        verdict.standing = report.standing;
        verdict.code = report.code;
    }
    // What stands behind the last signature is nobody's word.
    if (verdict.standing == Standing::Good && !verdict.signatures.back().coversWholeFile) {
        verdict.standing = Standing::Changed;
        verdict.code = "added_after";
    }
    return verdict;
}

} // namespace

void takeTime(SignatureReport& report) {
    const auto& time = report.certificate.time;
    if (!time || !time->fits || !time->trusted) return;
    if (report.provedAt && *report.provedAt <= time->at) return;
    report.provedAt = time->at;
    report.timeAuthority = time->authority;
}

SignatureReport said(SignatureReport report, Standing standing, const char* code) {
    report.standing = standing;
    report.code = code;
    return report;
}

SignatureReport weighed(const SignatureReport& report, Instant now) {
    const CmsReport& by = report.certificate;
    if (!by.intact) return said(report, Standing::Changed, "changed");
    if (by.weak) return said(report, Standing::Unknown, "weak");
    if (!by.trusted) return said(report, Standing::Unknown, "untrusted");
    if (by.time && !by.time->fits) return said(report, Standing::Unknown, "bad_timestamp");
    // Nobody signs later than the proof that he has.
    const Instant latest = std::min(report.provedAt.value_or(now), now);
    if (report.claimedAt && *report.claimedAt > latest + kClockSlack)
        return said(report, Standing::Unknown, "time");
    // Without a time-stamp the day of signing is the signer's word alone: who holds the key of a certificate
    // that has ended can write any day.
    if (by.ended) return said(report, Standing::Unknown, "ended");
    return said(report, Standing::Good, "good");
}

Verdict verify(std::string_view pdf, const Judging& by) {
    if (!pdf.starts_with("%PDF-")) return {Standing::Unknown, "not_pdf", {}};
    try {
        return judged(pdf, by);
    } catch (const pdf::Unreadable& problem) {
        log::info("signing.unreadable", {{"why", problem.what()}});
        return {Standing::Unknown, problem.code() == "malformed" ? "broken" : problem.code(), {}};
    }
}

} // namespace motcua::signing
