// See edxml.h.
#include "edxml.h"

#include "archive.h"

#include "motcua/sdk/times.h"

#include <algorithm>
#include <set>

namespace edxml {

using namespace motcua::sdk;

namespace {

constexpr const char* space = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
constexpr const char* timePattern = "yyyy/MM/dd HH:mm:ss"; // without a zone: Vietnam's
constexpr std::size_t mostPapers = 50;

struct Word {
    const char* code;
    DocumentState state;
    const char* words;
};
constexpr Word words[] = {
    {"01", DocumentState::Arrived, "Đã đến"},        {"02", DocumentState::Refused, "Từ chối tiếp nhận"},
    {"03", DocumentState::Accepted, "Đã tiếp nhận"}, {"04", DocumentState::Assigned, "Phân công"},
    {"05", DocumentState::Processing, "Đang xử lý"}, {"06", DocumentState::Finished, "Hoàn thành"},
    {"13", DocumentState::Withdrawn, "Lấy lại"},     {"15", DocumentState::Withdrawn, "Đồng ý cho lấy lại"}};

Error unexpected(const std::string& place) {
    return unavailable("sector.unexpected", place);
}

// ---- writing
// ----------------------------------------------------------------------------------------------------

struct Frame {
    xml::Document message{};
    xmlNode* root = nullptr;
    xmlNode* envelope = nullptr;
    xmlNode* header = nullptr;
};

// <edXML xmlns="…"><edXML:edXMLEnvelope><edXML:edXMLHeader>: the outermost without a prefix, as others write
// it.
Frame framed() {
    Frame frame;
    frame.message.reset(xmlNewDoc(xml::chars("1.0")));
    frame.root = xmlNewNode(nullptr, xml::chars("edXML"));
    xmlDocSetRootElement(frame.message.get(), frame.root);
    xmlSetNs(frame.root, xmlNewNs(frame.root, xml::chars(space), nullptr));
    frame.envelope = xml::add(frame.root, nullptr, "edXMLEnvelope");
    xmlSetNs(frame.envelope, xmlNewNs(frame.envelope, xml::chars(space), xml::chars("edXML")));
    frame.header = xml::add(frame.envelope, "edXMLHeader");
    return frame;
}

void addOrganisation(xmlNode* parent, const char* name, const Organisation& organisation) {
    xmlNode* node = xml::add(parent, name);
    const auto text = [&](const char* field, const std::string& value) {
        if (!value.empty()) xml::add(node, field, value);
    };
    text("OrganId", organisation.code);
    text("OrganizationInCharge", organisation.name);
    text("OrganName", organisation.name.empty() ? organisation.code : organisation.name);
    text("OrganAdd", organisation.address);
    text("Email", organisation.email);
    text("Telephone", organisation.phone);
}

// "2020-07-13" as the profile writes days; "" stays "".
std::optional<std::string> dayOf(const std::string& day, const std::string& pattern) {
    if (day.empty()) return day;
    const auto ms = parseVietnamTime(day, "yyyy-MM-dd");
    return ms ? std::optional{vietnamTime(*ms, pattern)} : std::nullopt;
}

void addCode(xmlNode* parent, const std::string& number, const std::string& notation) {
    xmlNode* code = xml::add(parent, "Code");
    xml::add(code, "CodeNumber", number);
    xml::add(code, "CodeNotation", notation);
}

Result<void> addHeader(xmlNode* parent, const OutgoingDocument& message, const Style& style) {
    const AxisDocument& document = message.document;
    const auto date = dayOf(document.date, style.datePattern);
    const auto due = dayOf(document.dueDate, style.datePattern);
    if (!date) return invalid("sector.keys_invalid", "date");
    if (!due) return invalid("sector.keys_invalid", "dueDate");
    xmlNode* header = xml::add(parent, "MessageHeader");
    addOrganisation(header, "From", style.self);
    for (const std::string& code : document.to) {
        const auto name = style.names.find(code);
        addOrganisation(header, "To", {code, name == style.names.end() ? "" : name->second, {}, {}, {}});
    }
    xml::add(header, "DocumentId", message.documentId);
    addCode(header, document.number, document.notation);
    xmlNode* promulgation = xml::add(header, "PromulgationInfo");
    xml::add(promulgation, "Place", document.place);
    xml::add(promulgation, "PromulgationDate", *date);
    xmlNode* type = xml::add(header, "DocumentType");
    xml::add(type, "Type", "1"); // an administrative document (văn bản hành chính)
    xml::add(type, "TypeName", document.kind);
    xml::add(header, "Subject", document.subject);
    xmlNode* signer = xml::add(header, "SignerInfo");
    xml::add(signer, "Position", document.signerTitle);
    xml::add(signer, "FullName", document.signer);
    if (!due->empty()) xml::add(header, "DueDate", *due);
    xmlNode* other = xml::add(header, "OtherInfo");
    xml::add(other, "Priority", "0");
    if (!document.dossier.empty()) xml::add(other, "ReferenceCodes", document.dossier);
    if (!document.repliesTo.empty()) {
        xmlNode* answered = xml::add(header, "ResponseFor");
        xml::add(answered, "OrganId", document.to.front());
        xml::add(answered, "DocumentId", document.repliesTo);
    }
    xml::add(header, "SteeringType", "0");
    return {};
}

void addTrace(xmlNode* parent, const OutgoingDocument& message) {
    xmlNode* list = xml::add(parent, "TraceHeaderList");
    xmlNode* trace = xml::add(list, "TraceHeader");
    xml::add(trace, "OrganId", message.document.from);
    xml::add(trace, "Timestamp", vietnamTime(message.nowMs, timePattern));
    xmlNode* business = xml::add(list, "Bussiness"); // the standard's own spelling
    xml::add(business, "BussinessDocType", "0");     // a new document
    xml::add(business, "BussinessDocReason", "Văn bản điện tử mới");
    xml::add(business, "Paper", "0"); // nothing follows on paper
}

Result<void> addPapers(const Frame& frame, const OutgoingDocument& message, const Style& style) {
    xmlNode* manifest = xml::add(xml::add(frame.envelope, "edXMLBody"), "edXMLManifest");
    xmlNewProp(manifest, xml::chars("version"), xml::chars("1.0"));
    xmlNode* encoded = xml::add(frame.root, "AttachmentEncoded");
    std::size_t index = 0;
    for (const Paper& paper : message.papers) {
        const std::string id = "cid:" + std::to_string(++index) + "." + message.documentId;
        const auto packed = style.zipped ? archive::pack(xml::storable(paper.name), paper.content.view())
                                         : std::optional{std::string{paper.content.view()}};
        if (!packed || packed->empty()) return invalid("sector.keys_invalid", "papers");
        xmlNode* reference = xml::add(manifest, "Reference");
        xml::add(reference, "ContentId", id);
        xml::add(reference, "ContentType", paper.contentType);
        xml::add(reference, "AttachmentName", paper.name);
        xmlNode* attachment = xml::add(encoded, "Attachment");
        xml::add(attachment, "ContentId", id);
        xml::add(attachment, "AttachmentName", paper.name);
        xml::add(attachment, "ContentType", paper.contentType);
        xml::add(attachment, "ContentTransferEncoded", toBase64(*packed));
    }
    return {};
}

// ---- reading
// ----------------------------------------------------------------------------------------------------

xmlNode* in(const xmlNode* parent, const char* name) {
    return xml::child(parent, space, name);
}

// Text of a field; nothing where it is longer than the capability takes.
std::optional<std::string> textOf(const xmlNode* parent, const char* name, std::size_t most) {
    std::string text = xml::trimmed(in(parent, name));
    if (text.size() > most) return std::nullopt;
    return text;
}

// The same, cut between letters: what people wrote at length is no reason to refuse a document.
std::string cutTextOf(const xmlNode* parent, const char* name, std::size_t most) {
    constexpr std::string_view dots = "…";
    std::string text = xml::trimmed(in(parent, name));
    if (text.size() <= most) return text;
    std::size_t end = most - dots.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    return text.substr(0, end).append(dots);
}

// A day as either of the forms in use → 2020-07-13; "" stays "".
std::optional<std::string> dayFrom(const std::string& text, const std::string& pattern) {
    if (text.empty()) return text;
    for (const std::string& form :
         {pattern, std::string{"yyyy/MM/dd"}, std::string{"yyyy-MM-dd"}, std::string{"dd/MM/yyyy"}})
        if (const auto ms = parseVietnamTime(text, form)) return vietnamTime(*ms, "yyyy-MM-dd");
    return std::nullopt;
}

std::optional<std::int64_t> timeFrom(const std::string& text) {
    for (const char* form : {timePattern, "yyyy-MM-dd HH:mm:ss", "dd/MM/yyyy HH:mm:ss"})
        if (const auto ms = parseVietnamTime(text, form)) return ms;
    return parseIsoTime(text);
}

// Fills `fields` in turn and names the first that is too long.
struct Field {
    const xmlNode* parent;
    const char* name;
    std::string& value;
    std::size_t most;
};
Result<void> fill(std::initializer_list<Field> fields) {
    for (const Field& field : fields) {
        auto text = textOf(field.parent, field.name, field.most);
        if (!text) return unexpected(field.name);
        field.value = std::move(*text);
    }
    return {};
}

Result<void> readReceivers(const xmlNode* header, AxisDocument& document) {
    for (const xmlNode* to : xml::children(header, space, "To")) {
        const auto code = textOf(to, "OrganId", 50);
        if (!code || code->empty() || document.to.size() == 200) return unexpected("To");
        document.to.push_back(*code);
    }
    if (document.to.empty()) return unexpected("To");
    return {};
}

std::string safeName(std::string name) {
    for (char& c : name)
        if (static_cast<unsigned char>(c) < 0x20 || c == '/' || c == '\\') c = '_';
    if (name.empty() || name.size() > 255 || name == "." || name == "..") return "file";
    return name;
}

std::string safeType(const std::string& type) {
    const bool plain = std::all_of(type.begin(), type.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    return type.empty() || type.size() > 127 || !plain ? "application/octet-stream" : type;
}

// Each reference of the manifest has one attachment of its own, and no attachment lacks one.
Result<std::vector<Attachment>> readPapers(const xml::Document& message) {
    const xmlNode* root = xmlDocGetRootElement(message.get());
    const auto attachments = xml::children(in(root, "AttachmentEncoded"), space, "Attachment");
    const xmlNode* manifest = in(in(in(root, "edXMLEnvelope"), "edXMLBody"), "edXMLManifest");
    const auto references = xml::children(manifest, space, "Reference");
    if (references.size() > mostPapers || references.size() != attachments.size())
        return unexpected("edXMLManifest");
    std::map<std::string, const xmlNode*> byId;
    for (const xmlNode* attachment : attachments)
        byId[xml::trimmed(in(attachment, "ContentId"))] = in(attachment, "ContentTransferEncoded");
    std::vector<Attachment> papers;
    std::set<std::string> seen;
    for (const xmlNode* reference : references) {
        const std::string id = xml::trimmed(in(reference, "ContentId"));
        const auto found = byId.find(id);
        if (id.empty() || found == byId.end() || !found->second || !seen.insert(id).second)
            return unexpected("edXMLManifest");
        papers.push_back({safeName(xml::trimmed(in(reference, "AttachmentName"))),
                          safeType(xml::trimmed(in(reference, "ContentType"))), found->second});
    }
    return papers;
}

} // namespace

std::string codeOf(const std::string& number, const std::string& notation) {
    return number.empty() || notation.empty() ? number + notation : number + "/" + notation;
}

Result<xml::Document> write(const OutgoingDocument& message, const Style& style) {
    Frame frame = framed();
    MOTCUA_SDK_CHECK(addHeader(frame.header, message, style));
    addTrace(frame.header, message);
    MOTCUA_SDK_CHECK(addPapers(frame, message, style));
    return std::move(frame.message);
}

Result<xml::Document> write(const Status& status, const Style& style) {
    Frame frame = framed();
    const auto date = dayOf(status.date, style.datePattern);
    const auto* word = std::find_if(std::begin(words), std::end(words),
                                    [&](const Word& one) { return one.state == status.state; });
    if (!date || word == std::end(words)) return invalid("sector.keys_invalid", "status");
    xmlNode* node = xml::add(frame.header, "Status");
    xmlNode* answered = xml::add(node, "ResponseFor");
    xml::add(answered, "OrganId", status.to);
    xml::add(answered, "Code", status.code);
    xml::add(answered, "PromulgationDate", *date);
    xml::add(answered, "DocumentId", status.documentId);
    addOrganisation(node, "From", style.self);
    xml::add(node, "StatusCode", word->code);
    xml::add(node, "Description", status.words.empty() ? word->words : status.words);
    xml::add(node, "Timestamp", vietnamTime(status.at, timePattern));
    return std::move(frame.message);
}

xmlNode* headerOf(const xml::Document& message) {
    const xmlNode* root = message ? xmlDocGetRootElement(message.get()) : nullptr;
    return xml::isNamed(root, space, "edXML") ? in(in(root, "edXMLEnvelope"), "edXMLHeader") : nullptr;
}

Result<IncomingDocument> readDocument(const xml::Document& message, const Style& style) {
    const xmlNode* header = in(headerOf(message), "MessageHeader");
    if (!header) return unexpected("MessageHeader");
    IncomingDocument read;
    AxisDocument& document = read.document;
    std::string date, due;
    const xmlNode* code = in(header, "Code");
    const xmlNode* promulgation = in(header, "PromulgationInfo");
    const xmlNode* signer = in(header, "SignerInfo");
    MOTCUA_SDK_CHECK(fill({{in(header, "From"), "OrganId", document.from, 50},
                           {header, "DocumentId", read.documentId, 200},
                           {code, "CodeNumber", document.number, 50},
                           {code, "CodeNotation", document.notation, 100},
                           {promulgation, "Place", document.place, 200},
                           {promulgation, "PromulgationDate", date, 40},
                           {in(header, "DocumentType"), "TypeName", document.kind, 200},
                           {signer, "FullName", document.signer, 200},
                           {signer, "Position", document.signerTitle, 200},
                           {header, "DueDate", due, 40},
                           {in(header, "ResponseFor"), "DocumentId", document.repliesTo, 200},
                           {in(header, "OtherInfo"), "ReferenceCodes", document.dossier, 100}}));
    MOTCUA_SDK_CHECK(readReceivers(header, document));
    document.subject = cutTextOf(header, "Subject", 1000);
    if (document.from.empty()) return unexpected("From");
    if (read.documentId.empty()) return unexpected("DocumentId");
    if (document.subject.empty()) return unexpected("Subject");
    const auto day = dayFrom(date, style.datePattern), dueDay = dayFrom(due, style.datePattern);
    if (!day) return unexpected("PromulgationDate");
    if (!dueDay) return unexpected("DueDate");
    document.date = *day;
    document.dueDate = *dueDay;
    MOTCUA_SDK_TRY(papers, readPapers(message));
    read.papers = std::move(papers);
    return read;
}

Result<Status> readStatus(const xml::Document& message, const Style& style) {
    const xmlNode* node = in(headerOf(message), "Status");
    if (!node) return unexpected("Status");
    Status status;
    std::string code, date, time;
    const xmlNode* answered = in(node, "ResponseFor");
    MOTCUA_SDK_CHECK(fill({{in(node, "From"), "OrganId", status.from, 50},
                           {answered, "OrganId", status.to, 50},
                           {answered, "DocumentId", status.documentId, 200},
                           {answered, "Code", status.code, 150},
                           {answered, "PromulgationDate", date, 40},
                           {node, "StatusCode", code, 10},
                           {node, "Timestamp", time, 40}}));
    const auto* word =
        std::find_if(std::begin(words), std::end(words), [&](const Word& one) { return code == one.code; });
    if (word == std::end(words)) return unexpected("StatusCode");
    const auto day = dayFrom(date, style.datePattern);
    const auto at = timeFrom(time);
    if (!day) return unexpected("PromulgationDate");
    if (!at) return unexpected("Timestamp");
    if (status.from.empty() || status.to.empty() || status.documentId.empty())
        return unexpected("ResponseFor");
    status.words = cutTextOf(node, "Description", 500);
    status.state = word->state;
    status.date = *day;
    status.at = *at;
    return status;
}

Result<std::string> open(const Attachment& attachment, const Style& style) {
    std::string text = xml::content(attachment.content);
    text.erase(std::remove_if(text.begin(), text.end(),
                              [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }),
               text.end());
    auto bytes = fromBase64(text);
    if (!bytes || bytes->empty()) return unexpected("ContentTransferEncoded is not base64");
    if (!style.zipped) return std::move(*bytes);
    auto paper = archive::unpack(*bytes);
    if (!paper || paper->empty()) return unexpected("ContentTransferEncoded is no archive of one file");
    return std::move(*paper);
}

} // namespace edxml
