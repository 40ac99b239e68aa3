#include "signing/dss.h"

#include <zlib.h>

#include <algorithm>

namespace motcua::signing {

namespace {

using pdf::Document;
using pdf::Value;
using Kind = pdf::Value::Kind;

constexpr std::size_t kMostPieces = 64;
constexpr std::size_t kMostBytes = 8u << 20; // of one piece, unpacked

std::string unpacked(const pdf::Object& object) {
    const Value& filter = object.value.at("Filter");
    if (filter.is(Kind::Null)) return std::string{object.data};
    if (!filter.isName("FlateDecode")) return {};
    std::string bytes(std::min(kMostBytes, object.data.size() * 20 + 4096), '\0');
    auto size = static_cast<uLongf>(bytes.size());
    const int done = uncompress(reinterpret_cast<Bytef*>(bytes.data()), &size,
                                reinterpret_cast<const Bytef*>(object.data.data()),
                                static_cast<uLong>(object.data.size()));
    if (done != Z_OK) return {};
    bytes.resize(size);
    return bytes;
}

std::vector<std::string> piecesOf(const Document& document, const Value& list) {
    std::vector<std::string> pieces;
    const Value all = document.resolved(list);
    for (const Value& entry : all.items()) {
        if (pieces.size() >= kMostPieces) break;
        if (!entry.is(Kind::Reference)) continue;
        const pdf::Object object = document.object(entry.ref().number);
        std::string bytes = object.stream ? unpacked(object) : std::string{};
        if (!bytes.empty()) pieces.push_back(std::move(bytes));
    }
    return pieces;
}

// The list that is there, with new streams at its end.
void extendList(pdf::Increment& increment, const Document& document, Value& store, const char* key,
                const std::vector<std::string>& present, const std::vector<std::string>& pieces) {
    Value list = document.resolved(store.at(key));
    if (!list.is(Kind::Array)) list = Value::array();
    for (const std::string& piece : pieces) {
        if (std::find(present.begin(), present.end(), piece) != present.end()) continue;
        const std::int64_t number = increment.reserve();
        increment.put(number,
                      "<< /Length " + std::to_string(piece.size()) + " >>\nstream\n" + piece + "\nendstream");
        list.add(Value::reference(number));
    }
    if (!list.items().empty()) store.set(key, std::move(list));
}

std::string written(const std::string& pdf, const Evidence& evidence) {
    const Document document{pdf};
    pdf::Increment increment{document};
    const Evidence present = evidenceIn(document);
    Value root = document.root();
    Value store = document.resolved(root.at("DSS"));
    if (!store.is(Kind::Dictionary)) {
        store = Value::dictionary();
        store.set("Type", Value::name("DSS"));
    }
    extendList(increment, document, store, "Certs", present.certificates, evidence.certificates);
    extendList(increment, document, store, "OCSPs", present.answers, evidence.answers);
    extendList(increment, document, store, "CRLs", present.lists, evidence.lists);
    // Under a number of its own each time: what was signed with an earlier one stays as it was.
    const std::int64_t number = increment.reserve();
    increment.put(number, store.written());
    root.set("DSS", Value::reference(number));
    increment.put(document.rootRef().number, root.written());
    std::map<std::int64_t, std::size_t> places;
    return increment.file(places);
}

} // namespace

Evidence evidenceIn(const Document& document) {
    const Value store = document.resolved(document.root().at("DSS"));
    if (!store.is(Kind::Dictionary)) return {};
    return {piecesOf(document, store.at("Certs")), piecesOf(document, store.at("OCSPs")),
            piecesOf(document, store.at("CRLs")), false};
}

Result<std::string> withEvidence(const std::string& pdf, const Evidence& evidence) {
    try {
        return written(pdf, evidence);
    } catch (const pdf::Unreadable& problem) {
        Error error = invalid("signing.pdf_" + problem.code());
        error.detail = problem.what();
        return error;
    }
}

} // namespace motcua::signing
