#include "signing/pades.h"

#include "base/bytes.h"
#include "signing/pdf_date.h"
#include "signing/pdf_digests.h"
#include "signing/pdf_document.h"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <set>

namespace motcua::signing {

namespace {

using pdf::Document;
using pdf::Increment;
using pdf::Value;
using Kind = pdf::Value::Kind;

// A token with its authority's chain takes three to six thousand bytes.
constexpr std::size_t kTokenRoom = 10'000;

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

// A dictionary with gaps that are filled when the file's length is known.
struct SignatureBody {
    std::string text{};
    std::size_t rangeAt = 0;
    std::size_t contentsAt = 0;
    std::size_t room = 0;

    void end(std::size_t bytes) {
        room = bytes;
        text += " /ByteRange ";
        rangeAt = text.size();
        text += kRangeRoom;
        text += " /Contents ";
        contentsAt = text.size();
        text += "<" + std::string(room * 2, '0') + "> >>";
    }
};

SignatureBody signatureBody(const SignatureFacts& facts, std::size_t room) {
    SignatureBody body;
    body.text =
        "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (" + pdfDate(facts.at) + ")";
    const auto text = [&](const char* key, const std::string& words) {
        if (!words.empty()) body.text += std::string{" /"} + key + " " + pdf::textString(words);
    };
    text("Name", facts.name);
    text("Reason", facts.reason);
    text("Location", facts.location);
    body.end(room);
    return body;
}

SignatureBody timestampBody() {
    SignatureBody body;
    body.text = "<< /Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161";
    body.end(kTokenRoom);
    return body;
}

// The file with an empty signature, and the bytes [gapFrom, gapTo) that it does not cover.
struct Prepared {
    std::string file;
    std::size_t gapFrom = 0;
    std::size_t gapTo = 0;
};

Prepared prepare(const std::string& bytes, const SignatureFacts& facts, const SignatureBody& body) {
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
    increment.put(numbers.signature, body.text);

    std::map<std::int64_t, std::size_t> places;
    Prepared made;
    made.file = increment.file(places);
    const std::size_t at = places.at(numbers.signature);
    made.gapFrom = at + body.contentsAt;
    made.gapTo = made.gapFrom + body.room * 2 + 2;
    char range[64];
    std::snprintf(range, sizeof range, "[0 %zu %zu %zu]", made.gapFrom, made.gapTo,
                  made.file.size() - made.gapTo);
    std::string padded{range};
    padded.resize(kRangeRoom.size(), ' ');
    made.file.replace(at + body.rangeAt, kRangeRoom.size(), padded);
    return made;
}

Result<Prepared> prepared(const std::string& bytes, const SignatureFacts& facts, const SignatureBody& body) {
    try {
        return prepare(bytes, facts, body);
    } catch (const pdf::Unreadable& problem) {
        Error error = invalid("signing.pdf_" + problem.code());
        error.detail = problem.what();
        return error;
    }
}

std::string digestAround(const Prepared& file) {
    return CoveredDigests{file.file, {{file.gapFrom, file.gapTo, file.file.size()}}}.sha256Of(0);
}

} // namespace

Result<PadesDraft> PadesDraft::make(const std::string& pdf, const SignerCertificate& signer,
                                    const SignatureFacts& facts, bool stamped) {
    MOTCUA_TRY(measure, CmsDraft::make(signer, std::string(32, '\0')));
    // ECDSA signatures differ in length by a few bytes; the room is for the longest.
    const std::size_t room = measure.mostBytes() + 16 + (stamped ? kTokenRoom : 0);
    MOTCUA_TRY(ready, prepared(pdf, facts, signatureBody(facts, room)));
    MOTCUA_TRY(cms, CmsDraft::make(signer, digestAround(ready)));
    return PadesDraft{std::move(ready.file), ready.gapFrom, ready.gapTo, std::move(cms)};
}

Result<std::string> PadesDraft::finished(const std::string& signature, const std::string& token) {
    const std::string hex = toHex(cms_.finished(signature, token));
    if (hex.size() > gapTo_ - gapFrom_ - 2) {
        if (!token.empty()) return rejected("signing.time_room");
        return internal("signing.room", "the signature is longer than its room");
    }
    file_.replace(gapFrom_ + 1, hex.size(), hex);
    return std::move(file_);
}

Result<std::string> signPdf(const std::string& pdf, const SignerCertificate& signer,
                            const SignatureFacts& facts, const DigestSigner& sign,
                            const TimeStamper& stamper) {
    MOTCUA_TRY(draft, PadesDraft::make(pdf, signer, facts, static_cast<bool>(stamper)));
    MOTCUA_TRY(signature, sign(draft.digestToSign()));
    std::string token;
    if (stamper) {
        MOTCUA_TRY(got, stamper(sha256(signature)));
        token = std::move(got);
    }
    return draft.finished(signature, token);
}

Result<std::string> stampPdf(const std::string& pdf, const TimeStamper& stamper) {
    MOTCUA_TRY(ready, prepared(pdf, {}, timestampBody()));
    MOTCUA_TRY(token, stamper(digestAround(ready)));
    const std::string hex = toHex(token);
    if (hex.size() > ready.gapTo - ready.gapFrom - 2) return rejected("signing.time_room");
    ready.file.replace(ready.gapFrom + 1, hex.size(), hex);
    return std::move(ready.file);
}

} // namespace motcua::signing
