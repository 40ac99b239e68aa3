#include "signing/pades.h"

#include "base/bytes.h"
#include "base/civil_day.h"
#include "signing/pdf_document.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <deque>
#include <set>

namespace motcua::signing {

namespace {

using pdf::Document;
using pdf::Increment;
using pdf::Value;
using Kind = pdf::Value::Kind;

// Wide enough for every file that can be; the numbers are filled in when the file's length is known.
constexpr std::string_view kRangeRoom = "[0 0000000000 0000000000 0000000000]";

std::string streamObject(const Value& dictionary, std::string_view data) {
    return dictionary.written() + "\nstream\n" + std::string{data} + "\nendstream";
}

void collectReferences(const Value& value, std::deque<std::int64_t>& into) {
    if (value.is(Kind::Reference)) into.push_back(value.ref().number);
    for (const Value& item : value.items())
        collectReferences(item, into);
}

// The one page of `stamp` as a form that another page can show: its objects come along under new numbers.
std::int64_t importStamp(Increment& increment, const std::string& stamp, double width, double height) {
    const Document source{stamp};
    const Value page = source.object(source.pages().at(0).number).value;
    const Value contents = page.at("Contents");
    if (!contents.is(Kind::Reference)) pdf::malformed("a stamp of several pieces");
    const pdf::Object drawing = source.object(contents.ref().number);

    const std::int64_t last = source.places().rbegin()->first;
    const std::int64_t base = increment.reserve();
    for (std::int64_t i = 0; i < last; ++i)
        increment.reserve();
    const auto moved = [&](Value value) {
        value.moveReferences(base);
        return value;
    };
    std::deque<std::int64_t> wanted;
    std::set<std::int64_t> taken;
    const Value resources = source.resolved(page.at("Resources"));
    collectReferences(resources, wanted);
    for (; !wanted.empty(); wanted.pop_front()) {
        if (!taken.insert(wanted.front()).second) continue;
        const pdf::Object object = source.object(wanted.front());
        collectReferences(object.value, wanted);
        const Value value = moved(object.value);
        increment.put(base + wanted.front(),
                      object.stream ? streamObject(value, object.data) : value.written());
    }

    Value form = Value::dictionary();
    form.set("Type", Value::name("XObject"));
    form.set("Subtype", Value::name("Form"));
    Value box = Value::array();
    for (const double side : {0.0, 0.0, width, height}) {
        char text[32];
        std::snprintf(text, sizeof text, "%.3f", side);
        box.add(Value::word(text));
    }
    form.set("BBox", std::move(box));
    form.set("Resources", moved(resources));
    if (drawing.value.has("Filter")) form.set("Filter", drawing.value.at("Filter"));
    form.set("Length", Value::number(static_cast<std::int64_t>(drawing.data.size())));
    increment.put(base, streamObject(form, drawing.data));
    return base;
}

// The rectangle of `place` as PDF counts, from the lower left corner.
std::string rectangle(const Document& document, const Value& page, const documents::Place& place) {
    const Value box = document.resolved(page.at("MediaBox"));
    const double top = box.items().size() == 4 ? box.items()[3].real().value_or(842) : 842;
    char text[120];
    std::snprintf(text, sizeof text, "[%.3f %.3f %.3f %.3f]", place.x, top - place.y - place.height,
                  place.x + place.width, top - place.y);
    return text;
}

struct Numbers {
    std::int64_t signature, field, stamp = 0;
};

void putField(Increment& increment, const Document& document, const Numbers& numbers,
              const SignatureFacts& facts, std::size_t count) {
    const std::size_t index = facts.place ? static_cast<std::size_t>(facts.place->page) : 0;
    const auto pages = document.pages();
    if (index >= pages.size()) pdf::malformed("no such page");
    const pdf::Ref pageRef = pages[index];
    Value page = document.object(pageRef.number).value;
    std::string field = "<< /Type /Annot /Subtype /Widget /FT /Sig /F 132 /T " +
                        pdf::textString("ChuKySo" + std::to_string(count + 1)) + " /V " +
                        Value::reference(numbers.signature).written() + " /P " +
                        std::to_string(pageRef.number) + " 0 R";
    field += " /Rect " + (facts.place ? rectangle(document, page, *facts.place) : "[0 0 0 0]");
    if (numbers.stamp != 0) field += " /AP << /N " + Value::reference(numbers.stamp).written() + " >>";
    increment.put(numbers.field, field + " >>");

    Value annotations = document.resolved(page.at("Annots"));
    if (!annotations.is(Kind::Array)) annotations = Value::array();
    annotations.add(Value::reference(numbers.field));
    page.set("Annots", std::move(annotations));
    increment.put(pageRef.number, page.written());
}

// Lists the field in the catalogue's form; answers how many signatures were there before.
std::size_t putForm(Increment& increment, const Document& document, std::int64_t field) {
    Value root = document.root();
    const Value present = root.at("AcroForm");
    Value form = document.resolved(present);
    if (!form.is(Kind::Dictionary)) form = Value::dictionary();
    Value fields = document.resolved(form.at("Fields"));
    if (!fields.is(Kind::Array)) fields = Value::array();
    const std::size_t count = fields.items().size();
    fields.add(Value::reference(field));
    form.set("Fields", std::move(fields));
    form.set("SigFlags", Value::number(3));
    if (present.is(Kind::Reference)) {
        increment.put(present.ref().number, form.written());
        return count;
    }
    const std::int64_t number = increment.reserve();
    increment.put(number, form.written());
    root.set("AcroForm", Value::reference(number));
    increment.put(document.rootRef().number, root.written());
    return count;
}

std::string signatureBody(const SignatureFacts& facts, std::size_t room, std::size_t& rangeAt,
                          std::size_t& contentsAt) {
    std::string body =
        "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (" + pdfDate(facts.at) + ")";
    const auto text = [&](const char* key, const std::string& words) {
        if (!words.empty()) body += std::string{" /"} + key + " " + pdf::textString(words);
    };
    text("Name", facts.name);
    text("Reason", facts.reason);
    text("Location", facts.location);
    body += " /ByteRange ";
    rangeAt = body.size();
    body += kRangeRoom;
    body += " /Contents ";
    contentsAt = body.size();
    return body + "<" + std::string(room * 2, '0') + "> >>";
}

// The file with an empty signature, and the bytes [gapFrom, gapTo) that it does not cover.
struct Prepared {
    std::string file;
    std::size_t gapFrom = 0;
    std::size_t gapTo = 0;
};

Prepared prepare(const std::string& bytes, const SignatureFacts& facts, std::size_t room) {
    const Document document{bytes};
    Increment increment{document};
    Numbers numbers{increment.reserve(), increment.reserve()};
    if (facts.place && !facts.lines.empty()) {
        const documents::Place& place = *facts.place;
        const std::string stamp =
            documents::writeStamp({facts.lines, facts.organisation, facts.at}, place.width, place.height);
        numbers.stamp = importStamp(increment, stamp, place.width, place.height);
    }
    putField(increment, document, numbers, facts, putForm(increment, document, numbers.field));
    std::size_t rangeAt = 0;
    std::size_t contentsAt = 0;
    increment.put(numbers.signature, signatureBody(facts, room, rangeAt, contentsAt));

    std::map<std::int64_t, std::size_t> places;
    Prepared made;
    made.file = increment.file(places);
    const std::size_t body = places.at(numbers.signature);
    made.gapFrom = body + contentsAt;
    made.gapTo = made.gapFrom + room * 2 + 2;
    char range[64];
    std::snprintf(range, sizeof range, "[0 %zu %zu %zu]", made.gapFrom, made.gapTo,
                  made.file.size() - made.gapTo);
    std::string padded{range};
    padded.resize(kRangeRoom.size(), ' ');
    made.file.replace(body + rangeAt, kRangeRoom.size(), padded);
    return made;
}

Result<std::string> signedWith(Prepared prepared, const SignerCertificate& signer, std::size_t room,
                               const DigestSigner& sign) {
    const std::string covered =
        prepared.file.substr(0, prepared.gapFrom) + prepared.file.substr(prepared.gapTo);
    MOTCUA_TRY(draft, CmsDraft::make(signer, sha256(covered)));
    MOTCUA_TRY(signature, sign(draft.digestToSign()));
    const std::string hex = toHex(draft.finished(signature));
    if (hex.size() > room * 2) return internal("signing.room", "the signature is longer than its room");
    prepared.file.replace(prepared.gapFrom + 1, hex.size(), hex);
    return std::move(prepared.file);
}

} // namespace

Result<std::string> signPdf(const std::string& pdf, const SignerCertificate& signer,
                            const SignatureFacts& facts, const DigestSigner& sign) {
    MOTCUA_TRY(measure, CmsDraft::make(signer, std::string(32, '\0')));
    // ECDSA signatures differ in length by a few bytes; the room is for the longest.
    const std::size_t room = measure.mostBytes() + 16;
    Prepared prepared;
    try {
        prepared = prepare(pdf, facts, room);
    } catch (const pdf::Unreadable& problem) {
        Error error = invalid("signing.pdf_" + problem.code());
        error.detail = problem.what();
        return error;
    }
    return signedWith(std::move(prepared), signer, room, sign);
}

std::string pdfDate(Instant at) {
    const CivilDay day = civilDay(at);
    const std::int64_t second = (at.ms - day.start().ms) / 1000;
    char text[48];
    std::snprintf(text, sizeof text, "D:%04d%02u%02u%02d%02d%02d+07'00'", day.year, day.month, day.day,
                  static_cast<int>(second / 3600), static_cast<int>(second / 60 % 60),
                  static_cast<int>(second % 60));
    return text;
}

std::string signatureMoment(Instant at) {
    const CivilDay day = civilDay(at);
    const std::int64_t second = (at.ms - day.start().ms) / 1000;
    char text[48];
    std::snprintf(text, sizeof text, "%02u-%02u-%04d %02d:%02d:%02d +07:00", day.day, day.month, day.year,
                  static_cast<int>(second / 3600), static_cast<int>(second / 60 % 60),
                  static_cast<int>(second % 60));
    return text;
}

std::optional<Instant> parsePdfDate(std::string_view text) {
    if (text.starts_with("D:")) text.remove_prefix(2);
    const auto number = [&](std::size_t at, std::size_t count, int otherwise) -> std::optional<int> {
        if (at >= text.size()) return otherwise;
        int value = 0;
        const std::string_view part = text.substr(at, count);
        const auto read = std::from_chars(part.data(), part.data() + part.size(), value);
        if (part.size() != count || read.ptr != part.data() + count || value < 0) return std::nullopt;
        return value;
    };
    const auto year = number(0, 4, -1), month = number(4, 2, 1), day = number(6, 2, 1);
    const auto hour = number(8, 2, 0), minute = number(10, 2, 0), second = number(12, 2, 0);
    if (!year || *year < 1900 || !month || !day || !hour || !minute || !second) return std::nullopt;
    const CivilDay said{*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day)};
    const auto civil = CivilDay::parse(said.iso()); // nothing where there is no such day
    if (!civil || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    int offset = 0;
    if (text.size() > 14 && text[14] != 'Z') {
        const auto hours = number(15, 2, 0);
        const auto minutes = text.size() > 18 ? number(18, 2, 0) : std::optional{0};
        if ((text[14] != '+' && text[14] != '-') || !hours || !minutes || *hours > 14) return std::nullopt;
        offset = (*hours * 60 + *minutes) * (text[14] == '-' ? -1 : 1);
    }
    // The civil day starts at midnight of +07:00.
    const std::int64_t local = civil->start().ms + 7 * 3'600'000;
    return Instant{local + ((*hour * 60 + *minute) * 60 + *second - offset * 60) * std::int64_t{1000}};
}

} // namespace motcua::signing
