#include "signing/verify.h"

#include "base/log.h"
#include "signing/pades.h"
#include "signing/pdf_document.h"

#include <algorithm>
#include <array>
#include <cmath>
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

bool beginsWith(const Value& longer, const Value& shorter) {
    if (shorter.items().size() > longer.items().size()) return false;
    for (std::size_t i = 0; i < shorter.items().size(); ++i)
        if (!longer.items()[i].sameAs(shorter.items()[i])) return false;
    return true;
}

bool sameBut(Value one, Value other, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
        one.remove(key);
        other.remove(key);
    }
    return one.sameAs(other);
}

// Compares the file as it was signed with the file as it is now: the only change that leaves a signature's
// meaning alone is one more signature (shadow attacks replace objects behind the signed bytes).
class Addition {
public:
    Addition(const Document& before, const Document& after)
        : before_(before), after_(after), formRef_(before.root().at("AcroForm")) {}

    bool onlySigns() {
        if (before_.rootRef() != after_.rootRef()) return false;
        if (!formOnlyGrew()) return false;
        for (const auto& [number, place] : before_.places()) {
            const auto now = after_.places().find(number);
            if (now == after_.places().end()) return false;
            if (now->second != place && !harmless(number, after_.object(number))) return false;
        }
        return nothingHides() && nothingWasWaited();
    }

private:
    // A reference that led nowhere when it was signed must not lead somewhere now.
    bool nothingWasWaited() const {
        for (const auto& [number, place] : before_.places())
            if (!leadsOnlyToOld(before_.object(number).value)) return false;
        return true;
    }

    bool leadsOnlyToOld(const Value& value) const {
        if (value.is(Kind::Reference))
            return before_.places().contains(value.ref().number) ||
                   (!after_.places().contains(value.ref().number) && !hidden_.contains(value.ref().number));
        return std::all_of(value.items().begin(), value.items().end(),
                           [&](const Value& item) { return leadsOnlyToOld(item); });
    }

    Value form(const Document& document) const { return document.resolved(document.root().at("AcroForm")); }

    // New fields are signatures under new numbers, without actions.
    bool formOnlyGrew() {
        const Value was = form(before_);
        const Value is = form(after_);
        if (!was.is(Kind::Dictionary) || !sameBut(was, is, {"Fields", "SigFlags"})) return false;
        const Value fieldsBefore = before_.resolved(was.at("Fields"));
        const Value fieldsAfter = after_.resolved(is.at("Fields"));
        if (!beginsWith(fieldsAfter, fieldsBefore)) return false;
        constexpr std::array<std::string_view, 14> known{"Type", "Subtype", "FT", "T",  "V",    "F",  "Rect",
                                                         "P",    "AP",      "MK", "Ff", "Lock", "SV", "DA"};
        for (std::size_t i = fieldsBefore.items().size(); i < fieldsAfter.items().size(); ++i) {
            const Value& entry = fieldsAfter.items()[i];
            if (!entry.is(Kind::Reference) || before_.places().contains(entry.ref().number)) return false;
            const Value field = after_.resolved(entry);
            if (!field.at("FT").isName("Sig") || !staysSmall(field)) return false;
            // Without one it would be a picture that nobody answers for.
            if (!after_.resolved(field.at("V")).is(Kind::Dictionary)) return false;
            for (const std::string& key : field.keys())
                if (std::find(known.begin(), known.end(), key) == known.end()) return false;
            added_.insert(entry.ref().number);
        }
        return true;
    }

    // A stamp hides what lies beneath it: one that covers a page would be another page.
    bool staysSmall(const Value& field) const {
        constexpr double most = 595.0 * 842.0 / 4; // a quarter of A4, in square points
        const Value rect = after_.resolved(field.at("Rect"));
        if (rect.items().size() != 4) return false;
        std::array<double, 4> sides{};
        for (std::size_t i = 0; i < 4; ++i) {
            const auto side = rect.items()[i].real();
            if (!side) return false;
            sides[i] = *side;
        }
        return std::abs((sides[2] - sides[0]) * (sides[3] - sides[1])) <= most;
    }

    // Readers that find a table broken look for objects and trailers by themselves, wherever they stand, and
    // take the last: none of what was added may be read so as something else.
    bool nothingHides() {
        const std::string_view bytes = after_.bytes();
        const std::size_t from = before_.bytes().size();
        for (std::size_t at = bytes.find("obj", from); at != std::string_view::npos;
             at = bytes.find("obj", at + 3)) {
            const auto head = headBefore(at, from);
            if (!head) continue;
            const pdf::Object object = after_.objectAt(head->place, head->ref);
            const Value& type = object.value.at("Type");
            if (type.isName("XRef") || type.isName("ObjStm")) return false;
            const std::int64_t number = head->ref.number;
            if (before_.places().contains(number) && !harmless(number, object)) return false;
            hidden_.insert(number);
        }
        for (std::size_t at = bytes.find("trailer", from); at != std::string_view::npos;
             at = bytes.find("trailer", at + 7)) {
            const Value trailer = pdf::Parser{bytes, at + 7}.value();
            const Value& root = trailer.at("Root");
            if (!root.is(Kind::Reference) || root.ref() != before_.rootRef()) return false;
        }
        return true;
    }

    struct Head {
        std::size_t place;
        pdf::Ref ref;
    };

    // The "12 0 " before an "obj".
    std::optional<Head> headBefore(std::size_t at, std::size_t from) const {
        const std::string_view bytes = after_.bytes();
        const auto back = [&](std::string_view of) {
            const std::size_t end = at;
            while (at > from && of.find(bytes[at - 1]) != std::string_view::npos)
                --at;
            return bytes.substr(at, end - at);
        };
        constexpr std::string_view digits = "0123456789";
        constexpr std::string_view space{" \t\r\n\f\0", 6};
        Head head{};
        back(space);
        const std::string_view generation = back(digits);
        if (generation.empty() || back(space).empty()) return std::nullopt;
        const std::string_view number = back(digits);
        if (number.empty()) return std::nullopt;
        const auto first = Value::word(std::string{number}).integer();
        const auto second = Value::word(std::string{generation}).integer();
        if (!first || !second) return std::nullopt; // past all bounds for any reader
        head.place = at;
        head.ref = {*first, *second};
        return head;
    }

    bool harmless(std::int64_t number, const pdf::Object& is) const {
        const pdf::Object was = before_.object(number);
        if (was.stream || is.stream) return false;
        if (number == before_.rootRef().number) return sameBut(was.value, is.value, {"AcroForm"});
        if (formRef_.is(Kind::Reference) && formRef_.ref().number == number)
            return sameBut(was.value, is.value, {"Fields", "SigFlags"});
        if (was.value.at("Type").isName("Page")) return pageOnlyShowsSignatures(was.value, is.value);
        return was.value.sameAs(is.value);
    }

    bool pageOnlyShowsSignatures(const Value& was, const Value& is) const {
        if (!sameBut(was, is, {"Annots"})) return false;
        const Value shownBefore = before_.resolved(was.at("Annots"));
        const Value shownAfter = after_.resolved(is.at("Annots"));
        if (!beginsWith(shownAfter, shownBefore)) return false;
        for (std::size_t i = shownBefore.items().size(); i < shownAfter.items().size(); ++i) {
            const Value& entry = shownAfter.items()[i];
            if (!entry.is(Kind::Reference) || !added_.contains(entry.ref().number)) return false;
        }
        return true;
    }

    const Document& before_;
    const Document& after_;
    const Value formRef_;
    std::set<std::int64_t> added_{};
    std::set<std::int64_t> hidden_{}; // every object that stands in what was added
};

bool nothingButSignaturesAfter(const Document& document, std::size_t end) {
    if (end == document.bytes().size()) return true;
    try {
        const Document before{document, end};
        return Addition{before, document}.onlySigns();
    } catch (const pdf::Unreadable&) {
        return false; // what was signed does not stand by itself
    }
}

SignatureReport judge(const Document& document, const Found& found, const TrustAnchors& anchors, Instant now,
                      std::optional<Instant> knownAt) {
    SignatureReport report;
    const auto said = [&](Standing standing, const char* code) {
        report.standing = standing;
        report.code = code;
        return report;
    };
    const Value& dictionary = found.dictionary;
    if (dictionary.at("M").is(Kind::Text)) report.claimedAt = parsePdfDate(dictionary.at("M").text());
    if (!found.rangeRight) return said(Standing::Changed, "bad_range");
    const bool cades = dictionary.at("SubFilter").isName("ETSI.CAdES.detached");
    if (!cades && !dictionary.at("SubFilter").isName("adbe.pkcs7.detached"))
        return said(Standing::Unknown, "kind_unsupported");
    report.coversWholeFile = found.end == document.bytes().size();
    const Value& contents = dictionary.at("Contents");
    const std::string covered =
        std::string{document.bytes().substr(0, contents.from())} +
        std::string{document.bytes().substr(contents.to(), found.end - contents.to())};
    report.certificate = judgeCms(contents.text(), covered, cades, anchors,
                                  {report.claimedAt.value_or(now), knownAt.value_or(now)});
    if (!report.certificate.intact) return said(Standing::Changed, "changed");
    if (!nothingButSignaturesAfter(document, found.end)) return said(Standing::Changed, "added_after");
    if (report.certificate.weak) return said(Standing::Unknown, "weak");
    if (!report.certificate.trusted) return said(Standing::Unknown, "untrusted");
    if (report.claimedAt && *report.claimedAt > now + kClockSlack) return said(Standing::Unknown, "time");
    // The day of signing is the signer's word alone: who holds the key of a certificate that has ended can
    // write any day.
    if (report.certificate.ended) return said(Standing::Unknown, "ended");
    return said(Standing::Good, "good");
}

int gravity(Standing standing) {
    return standing == Standing::Good ? 0 : standing == Standing::Unknown ? 1 : 2;
}

Verdict judged(std::string_view bytes, const TrustAnchors& anchors, Instant now,
               std::optional<Instant> knownAt) {
    const Document document{bytes};
    std::set<std::int64_t> seen;
    std::vector<Value> signatures;
    collectFields(document, document.resolved(document.root().at("AcroForm")).at("Fields"), seen, signatures,
                  0);
    Verdict verdict;
    if (signatures.empty()) {
        verdict.code = "no_signature";
        return verdict;
    }
    std::vector<Found> found;
    for (const Value& one : signatures)
        found.push_back(located(document, one));
    std::stable_sort(found.begin(), found.end(),
                     [](const Found& a, const Found& b) { return a.end < b.end; });
    verdict.standing = Standing::Good;
    verdict.code = "good";
    for (const Found& one : found) {
        verdict.signatures.push_back(judge(document, one, anchors, now, knownAt));
        const SignatureReport& report = verdict.signatures.back();
        if (gravity(report.standing) <= gravity(verdict.standing)) continue;
        verdict.standing = report.standing;
        verdict.code = report.code;
    }
    // What stands behind the last signature is nobody's word.
    if (verdict.standing == Standing::Good && found.back().end != bytes.size()) {
        verdict.standing = Standing::Changed;
        verdict.code = "added_after";
    }
    return verdict;
}

} // namespace

Verdict verify(std::string_view pdf, const TrustAnchors& anchors, Instant now,
               std::optional<Instant> knownAt) {
    if (!pdf.starts_with("%PDF-")) return {Standing::Unknown, "not_pdf", {}};
    try {
        return judged(pdf, anchors, now, knownAt);
    } catch (const pdf::Unreadable& problem) {
        log::info("signing.unreadable", {{"why", problem.what()}});
        return {Standing::Unknown, problem.code() == "malformed" ? "broken" : problem.code(), {}};
    }
}

} // namespace motcua::signing
