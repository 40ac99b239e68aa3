#include "signing/addition.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

namespace motcua::signing {

namespace {

using pdf::Document;
using pdf::Value;
using Kind = pdf::Value::Kind;

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
        if (annotationLists().contains(number)) return onlyShowsMore(was.value, is.value);
        if (wasEmptyField(was.value)) return onlyFilled(was.value, is.value);
        return was.value.sameAs(is.value);
    }

    bool pageOnlyShowsSignatures(const Value& was, const Value& is) const {
        if (!sameBut(was, is, {"Annots"})) return false;
        return onlyShowsMore(before_.resolved(was.at("Annots")), after_.resolved(is.at("Annots")));
    }

    // The list of a page with the fields of new signatures behind what was there.
    bool onlyShowsMore(const Value& was, const Value& is) const {
        if (!beginsWith(is, was)) return false;
        for (std::size_t i = was.items().size(); i < is.items().size(); ++i) {
            const Value& entry = is.items()[i];
            if (!entry.is(Kind::Reference) || !added_.contains(entry.ref().number)) return false;
        }
        return true;
    }

    // Pages may keep their annotations in an object of its own.
    const std::set<std::int64_t>& annotationLists() const {
        if (!lists_) {
            lists_.emplace();
            for (const pdf::Ref& page : before_.pages()) {
                const Value list = before_.object(page.number).value.at("Annots");
                if (list.is(Kind::Reference)) lists_->insert(list.ref().number);
            }
        }
        return *lists_;
    }

    // A place for a signature that was prepared before the first one signed: who signs there later changes
    // nothing that the first has seen but that place.
    bool wasEmptyField(const Value& was) const {
        return was.at("FT").isName("Sig") && !was.has("Kids") && before_.resolved(was.at("V")).is(Kind::Null);
    }
    bool onlyFilled(const Value& was, const Value& is) const {
        return sameBut(was, is, {"V", "AP", "M"}) && staysSmall(is) && is.at("V").is(Kind::Reference) &&
               !before_.places().contains(is.at("V").ref().number) &&
               after_.resolved(is.at("V")).is(Kind::Dictionary);
    }

    const Document& before_;
    const Document& after_;
    const Value formRef_;
    std::set<std::int64_t> added_{};
    mutable std::optional<std::set<std::int64_t>> lists_{};
    std::set<std::int64_t> hidden_{}; // every object that stands in what was added
};

} // namespace

bool nothingButSignaturesAfter(const Document& document, std::size_t end) {
    if (end == document.bytes().size()) return true;
    try {
        const Document before{document, end};
        return Addition{before, document}.onlySigns();
    } catch (const pdf::Unreadable&) {
        return false; // what was signed does not stand by itself
    }
}

} // namespace motcua::signing
