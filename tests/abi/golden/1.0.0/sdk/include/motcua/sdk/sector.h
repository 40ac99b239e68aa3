// Specialised systems (hệ thống chuyên ngành) and the document axis: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/sector.json; do not edit.
#pragma once

#include "motcua/sdk/common.h"
#include "motcua/sdk/plugin.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

// How a dossier stands in the other system.
enum class SectorState {
    Received, // it has it
    Refused, // it does not take it
    Processing, // somebody works on it
    Supplement, // it waits for papers
    Duty, // it waits for money
    Finished, // there is a result
    Stopped, // it was stopped or withdrawn
    Unknown, // it knows no such dossier
};

template <>
struct EnumWords<SectorState> {
    static constexpr std::array<std::pair<SectorState, const char*>, 8> entries{{
        {SectorState::Received, "received"},
        {SectorState::Refused, "refused"},
        {SectorState::Processing, "processing"},
        {SectorState::Supplement, "supplement"},
        {SectorState::Duty, "duty"},
        {SectorState::Finished, "finished"},
        {SectorState::Stopped, "stopped"},
        {SectorState::Unknown, "unknown"},
    }};
};

// How a document stands at its receiver.
enum class DocumentState {
    Sent, // on its way
    Arrived, // in the receiver's system
    Refused, // the receiver sent it back
    Accepted, // registered there
    Assigned, // somebody is to see to it
    Processing, // somebody does
    Finished, // done
    Withdrawn, // the sender took it back
};

template <>
struct EnumWords<DocumentState> {
    static constexpr std::array<std::pair<DocumentState, const char*>, 8> entries{{
        {DocumentState::Sent, "sent"},
        {DocumentState::Arrived, "arrived"},
        {DocumentState::Refused, "refused"},
        {DocumentState::Accepted, "accepted"},
        {DocumentState::Assigned, "assigned"},
        {DocumentState::Processing, "processing"},
        {DocumentState::Finished, "finished"},
        {DocumentState::Withdrawn, "withdrawn"},
    }};
};

// On whose behalf is asked: every look-up is an official's and has a reason, there as here.
struct SectorOfficial {
    std::string account{};    // account name
    std::string name{};       // for people (may be absent)
    std::string agencyCode{}; // 000.00.01.H29
};

template <>
struct Codec<SectorOfficial> {
    static void write(Writer& w, const SectorOfficial& v) {
        w.field("account", v.account);
        w.field("name", v.name);
        w.field("agencyCode", v.agencyCode);
    }
    static void read(Reader& r, SectorOfficial& v) {
        r.required("account", v.account, {.length = 200});
        r.optional("name", v.name, {.length = 200});
        r.required("agencyCode", v.agencyCode, {.length = 50});
    }
};

// A question to a register.
struct LookupRequest {
    std::string query{};                       // name of one of the profile's queries: person, enterprise, parcel
    std::map<std::string, std::string> keys{}; // what is asked for, by the query's own names (may be absent)
    SectorOfficial official{};                 // who asks
    std::string dossier{};                     // what for (may be absent)
    std::string procedureCode{};               // what for (may be absent)
    std::string page{};                        // `next` of the answer before; empty: the first (may be absent)
};

template <>
struct Codec<LookupRequest> {
    static void write(Writer& w, const LookupRequest& v) {
        w.field("query", v.query);
        w.field("keys", v.keys);
        w.field("official", v.official);
        w.field("dossier", v.dossier);
        w.field("procedureCode", v.procedureCode);
        w.field("page", v.page);
    }
    static void read(Reader& r, LookupRequest& v) {
        r.required("query", v.query, {.length = 100});
        r.optional("keys", v.keys);
        r.required("official", v.official);
        r.optional("dossier", v.dossier, {.length = 100});
        r.optional("procedureCode", v.procedureCode, {.length = 50});
        r.optional("page", v.page, {.length = 500});
    }
};

// Personal data: neither logged nor kept.
struct LookupReply {
    std::vector<Json> records{}; // objects with the names of the profile's mapping; none: nothing found (may be absent)
    std::string next{};          // empty: that was all (may be absent)
    std::string reference{};     // the register's own number of this question, for the audit (may be absent)
};

template <>
struct Codec<LookupReply> {
    static void write(Writer& w, const LookupReply& v) {
        w.field("records", v.records);
        w.field("next", v.next);
        w.field("reference", v.reference);
    }
    static void read(Reader& r, LookupReply& v) {
        r.optional("records", v.records, {.length = 500});
        r.optional("next", v.next, {.length = 500});
        r.optional("reference", v.reference, {.length = 200});
    }
};

// Who applies. Personal data: neither logged nor kept.
struct SectorParty {
    std::string name{};        // of a person or an organisation
    bool organisation = false; // it is one (may be absent)
    std::string idNumber{};    // identity number, business code (may be absent)
    std::string phone{};       // as +84… (may be absent)
    std::string email{};       // where there is one (may be absent)
    std::string address{};     // whole (may be absent)
};

template <>
struct Codec<SectorParty> {
    static void write(Writer& w, const SectorParty& v) {
        w.field("name", v.name);
        w.field("organisation", v.organisation);
        w.field("idNumber", v.idNumber);
        w.field("phone", v.phone);
        w.field("email", v.email);
        w.field("address", v.address);
    }
    static void read(Reader& r, SectorParty& v) {
        r.required("name", v.name, {.length = 300});
        r.optional("organisation", v.organisation);
        r.optional("idNumber", v.idNumber, {.length = 20});
        r.optional("phone", v.phone, {.length = 20});
        r.optional("email", v.email, {.length = 320});
        r.optional("address", v.address, {.length = 500});
    }
};

// A paper of a dossier.
struct HandedPaper {
    std::string code{};                      // of the catalogue (may be absent)
    std::string name{};                      // for people
    std::optional<std::int64_t> originals{}; // số bản chính (may be absent)
    std::optional<std::int64_t> copies{};    // số bản sao (may be absent)
    std::optional<Paper> file{};             // where there is one (may be absent)
};

template <>
struct Codec<HandedPaper> {
    static void write(Writer& w, const HandedPaper& v) {
        w.field("code", v.code);
        w.field("name", v.name);
        w.field("originals", v.originals);
        w.field("copies", v.copies);
        w.field("file", v.file);
    }
    static void read(Reader& r, HandedPaper& v) {
        r.optional("code", v.code, {.length = 50});
        r.required("name", v.name, {.length = 500});
        r.optional("originals", v.originals, {.least = 0});
        r.optional("copies", v.copies, {.least = 0});
        r.optional("file", v.file);
    }
};

// A dossier that another system is to settle.
struct SectorDossier {
    std::string code{};                  // ours, 000.00.01.H29-200713-0001
    std::string procedureCode{};         // of the national catalogue
    std::string procedureName{};         // for people
    std::string agencyCode{};            // who received it
    std::string agencyName{};            // for people (may be absent)
    SectorOfficial receivedBy{};         // who received it
    std::int64_t receivedAt = 0;         // ms UTC
    std::optional<std::int64_t> dueAt{}; // ms UTC, when the citizen was promised the result (may be absent)
    SectorParty applicant{};             // who applies
    Json form{};                         // the electronic form's answers, by its own names (may be absent)
    std::vector<HandedPaper> papers{};   // what was handed in (may be absent)
    std::string note{};                  // for the other side (may be absent)
};

template <>
struct Codec<SectorDossier> {
    static void write(Writer& w, const SectorDossier& v) {
        w.field("code", v.code);
        w.field("procedureCode", v.procedureCode);
        w.field("procedureName", v.procedureName);
        w.field("agencyCode", v.agencyCode);
        w.field("agencyName", v.agencyName);
        w.field("receivedBy", v.receivedBy);
        w.field("receivedAt", v.receivedAt);
        w.field("dueAt", v.dueAt);
        w.field("applicant", v.applicant);
        w.field("form", v.form);
        w.field("papers", v.papers);
        w.field("note", v.note);
    }
    static void read(Reader& r, SectorDossier& v) {
        r.required("code", v.code, {.length = 100});
        r.required("procedureCode", v.procedureCode, {.length = 50});
        r.required("procedureName", v.procedureName, {.length = 500});
        r.required("agencyCode", v.agencyCode, {.length = 50});
        r.optional("agencyName", v.agencyName, {.length = 250});
        r.required("receivedBy", v.receivedBy);
        r.required("receivedAt", v.receivedAt);
        r.optional("dueAt", v.dueAt);
        r.required("applicant", v.applicant);
        r.optional("form", v.form);
        r.optional("papers", v.papers, {.length = 200});
        r.optional("note", v.note, {.length = 2000});
    }
};

// What has changed here since the dossier was handed over.
struct SectorChange {
    std::string code{};                  // ours
    std::string reference{};             // theirs (may be absent)
    std::string change{};                // one of the profile's: supplemented, paid, returned, wrong_result, withdrawn
    std::int64_t at = 0;                 // ms UTC
    SectorOfficial by{};                 // who
    std::string note{};                  // for the other side (may be absent)
    std::vector<HandedPaper> papers{};   // what came in addition (may be absent)
    std::optional<std::int64_t> dueAt{}; // ms UTC, the new promise (may be absent)
};

template <>
struct Codec<SectorChange> {
    static void write(Writer& w, const SectorChange& v) {
        w.field("code", v.code);
        w.field("reference", v.reference);
        w.field("change", v.change);
        w.field("at", v.at);
        w.field("by", v.by);
        w.field("note", v.note);
        w.field("papers", v.papers);
        w.field("dueAt", v.dueAt);
    }
    static void read(Reader& r, SectorChange& v) {
        r.required("code", v.code, {.length = 100});
        r.optional("reference", v.reference, {.length = 200});
        r.required("change", v.change, {.length = 50});
        r.required("at", v.at);
        r.required("by", v.by);
        r.optional("note", v.note, {.length = 2000});
        r.optional("papers", v.papers, {.length = 200});
        r.optional("dueAt", v.dueAt);
    }
};

// The other system has taken it.
struct SectorAnswer {
    std::string reference{}; // theirs (may be absent)
    std::string detail{};    // their own words, for an official (may be absent)
};

template <>
struct Codec<SectorAnswer> {
    static void write(Writer& w, const SectorAnswer& v) {
        w.field("reference", v.reference);
        w.field("detail", v.detail);
    }
    static void read(Reader& r, SectorAnswer& v) {
        r.optional("reference", v.reference, {.length = 200});
        r.optional("detail", v.detail, {.length = 500});
    }
};

struct SectorRef {
    std::string code{};      // ours
    std::string reference{}; // theirs (may be absent)
};

template <>
struct Codec<SectorRef> {
    static void write(Writer& w, const SectorRef& v) {
        w.field("code", v.code);
        w.field("reference", v.reference);
    }
    static void read(Reader& r, SectorRef& v) {
        r.required("code", v.code, {.length = 100});
        r.optional("reference", v.reference, {.length = 200});
    }
};

// A file that lies at the other side; sector.paper fetches it.
struct PaperLink {
    std::string name{};   // for people
    std::string code{};   // of the catalogue, where it is known (may be absent)
    std::string handle{}; // opaque
};

template <>
struct Codec<PaperLink> {
    static void write(Writer& w, const PaperLink& v) {
        w.field("name", v.name);
        w.field("code", v.code);
        w.field("handle", v.handle);
    }
    static void read(Reader& r, PaperLink& v) {
        r.required("name", v.name, {.length = 500});
        r.optional("code", v.code, {.length = 50});
        r.required("handle", v.handle, {.length = 2048});
    }
};

// How a dossier stands over there.
struct SectorProgress {
    std::string code{};                   // ours
    std::string reference{};              // theirs (may be absent)
    SectorState state{};                  // in the words of ABI 1
    std::string stateCode{};              // in their own (may be absent)
    std::optional<std::int64_t> at{};     // ms UTC (may be absent)
    std::string by{};                     // who, in their words (may be absent)
    std::string note{};                   // for an official; with supplement or duty: what is missing (may be absent)
    std::optional<std::int64_t> dueAt{};  // ms UTC, until when (may be absent)
    std::optional<std::int64_t> amount{}; // with duty: đồng (may be absent)
    std::vector<PaperLink> papers{};      // results, notices of tax (may be absent)
};

template <>
struct Codec<SectorProgress> {
    static void write(Writer& w, const SectorProgress& v) {
        w.field("code", v.code);
        w.field("reference", v.reference);
        w.field("state", v.state);
        w.field("stateCode", v.stateCode);
        w.field("at", v.at);
        w.field("by", v.by);
        w.field("note", v.note);
        w.field("dueAt", v.dueAt);
        w.field("amount", v.amount);
        w.field("papers", v.papers);
    }
    static void read(Reader& r, SectorProgress& v) {
        r.required("code", v.code, {.length = 100});
        r.optional("reference", v.reference, {.length = 200});
        r.required("state", v.state);
        r.optional("stateCode", v.stateCode, {.length = 100});
        r.optional("at", v.at);
        r.optional("by", v.by, {.length = 200});
        r.optional("note", v.note, {.length = 2000});
        r.optional("dueAt", v.dueAt);
        r.optional("amount", v.amount, {.least = 0});
        r.optional("papers", v.papers, {.length = 100});
    }
};

struct PaperRef {
    std::string handle{}; // of a PaperLink
};

template <>
struct Codec<PaperRef> {
    static void write(Writer& w, const PaperRef& v) {
        w.field("handle", v.handle);
    }
    static void read(Reader& r, PaperRef& v) {
        r.required("handle", v.handle, {.length = 2048});
    }
};

struct FetchedPaper {
    Paper paper{}; // the file
};

template <>
struct Codec<FetchedPaper> {
    static void write(Writer& w, const FetchedPaper& v) {
        w.field("paper", v.paper);
    }
    static void read(Reader& r, FetchedPaper& v) {
        r.required("paper", v.paper);
    }
};

// An official document (văn bản điện tử), with its files or links to them.
struct AxisDocument {
    std::string from{};            // agency code of the sender, 000.00.01.H29
    std::vector<std::string> to{}; // agency codes of the receivers
    std::string number{};          // số (may be absent)
    std::string notation{};        // ký hiệu (may be absent)
    std::string date{};            // 2020-07-13, of issue (may be absent)
    std::string place{};           // of issue (may be absent)
    std::string kind{};            // loại văn bản: Công văn, Quyết định (may be absent)
    std::string subject{};         // trích yếu
    std::string signer{};          // name (may be absent)
    std::string signerTitle{};     // chức vụ (may be absent)
    std::string dueDate{};         // 2020-07-31, until when an answer is asked for (may be absent)
    std::string repliesTo{};       // id of the document that this one answers (may be absent)
    std::string dossier{};         // our code, where it belongs to one (may be absent)
};

template <>
struct Codec<AxisDocument> {
    static void write(Writer& w, const AxisDocument& v) {
        w.field("from", v.from);
        w.field("to", v.to);
        w.field("number", v.number);
        w.field("notation", v.notation);
        w.field("date", v.date);
        w.field("place", v.place);
        w.field("kind", v.kind);
        w.field("subject", v.subject);
        w.field("signer", v.signer);
        w.field("signerTitle", v.signerTitle);
        w.field("dueDate", v.dueDate);
        w.field("repliesTo", v.repliesTo);
        w.field("dossier", v.dossier);
    }
    static void read(Reader& r, AxisDocument& v) {
        r.required("from", v.from, {.length = 50});
        r.required("to", v.to, {.length = 200});
        r.optional("number", v.number, {.length = 50});
        r.optional("notation", v.notation, {.length = 100});
        r.optional("date", v.date, {.length = 10});
        r.optional("place", v.place, {.length = 200});
        r.optional("kind", v.kind, {.length = 200});
        r.required("subject", v.subject, {.length = 1000});
        r.optional("signer", v.signer, {.length = 200});
        r.optional("signerTitle", v.signerTitle, {.length = 200});
        r.optional("dueDate", v.dueDate, {.length = 10});
        r.optional("repliesTo", v.repliesTo, {.length = 200});
        r.optional("dossier", v.dossier, {.length = 100});
    }
};

struct SendDocument {
    AxisDocument document{};     // its envelope
    std::vector<Paper> papers{}; // the document itself first
};

template <>
struct Codec<SendDocument> {
    static void write(Writer& w, const SendDocument& v) {
        w.field("document", v.document);
        w.field("papers", v.papers);
    }
    static void read(Reader& r, SendDocument& v) {
        r.required("document", v.document);
        r.required("papers", v.papers, {.length = 50});
    }
};

struct DocumentRef {
    std::string id{}; // the axis's id of the document
};

template <>
struct Codec<DocumentRef> {
    static void write(Writer& w, const DocumentRef& v) {
        w.field("id", v.id);
    }
    static void read(Reader& r, DocumentRef& v) {
        r.required("id", v.id, {.length = 200});
    }
};

struct ReceiverState {
    std::string agencyCode{};         // of the receiver
    DocumentState state{};            // in the words of ABI 1
    std::optional<std::int64_t> at{}; // ms UTC (may be absent)
    std::string detail{};             // the receiver's own words (may be absent)
};

template <>
struct Codec<ReceiverState> {
    static void write(Writer& w, const ReceiverState& v) {
        w.field("agencyCode", v.agencyCode);
        w.field("state", v.state);
        w.field("at", v.at);
        w.field("detail", v.detail);
    }
    static void read(Reader& r, ReceiverState& v) {
        r.required("agencyCode", v.agencyCode, {.length = 50});
        r.required("state", v.state);
        r.optional("at", v.at);
        r.optional("detail", v.detail, {.length = 500});
    }
};

// How a sent document stands.
struct DocumentDelivery {
    std::string id{};                       // the axis's
    std::vector<ReceiverState> receivers{}; // the latest of each (may be absent)
};

template <>
struct Codec<DocumentDelivery> {
    static void write(Writer& w, const DocumentDelivery& v) {
        w.field("id", v.id);
        w.field("receivers", v.receivers);
    }
    static void read(Reader& r, DocumentDelivery& v) {
        r.required("id", v.id, {.length = 200});
        r.optional("receivers", v.receivers, {.length = 200});
    }
};

struct ReceiveDocuments {
    std::string after{}; // `next` of the answer before; empty: from the beginning. What stands before it has been stored (may be absent)
};

template <>
struct Codec<ReceiveDocuments> {
    static void write(Writer& w, const ReceiveDocuments& v) {
        w.field("after", v.after);
    }
    static void read(Reader& r, ReceiveDocuments& v) {
        r.optional("after", v.after, {.length = 500});
    }
};

// A document for us, whose package and signature were verified.
struct ReceivedDocument {
    std::string id{};                // the axis's
    AxisDocument document{};         // its envelope
    std::string signedBy{};          // subject of the certificate over the package (may be absent)
    std::vector<PaperLink> papers{}; // the document itself first (may be absent)
};

template <>
struct Codec<ReceivedDocument> {
    static void write(Writer& w, const ReceivedDocument& v) {
        w.field("id", v.id);
        w.field("document", v.document);
        w.field("signedBy", v.signedBy);
        w.field("papers", v.papers);
    }
    static void read(Reader& r, ReceivedDocument& v) {
        r.required("id", v.id, {.length = 200});
        r.required("document", v.document);
        r.optional("signedBy", v.signedBy, {.length = 500});
        r.optional("papers", v.papers, {.length = 50});
    }
};

struct ReceivedDocuments {
    std::vector<ReceivedDocument> documents{}; // the oldest first (may be absent)
    std::string next{};                        // to go on from (may be absent)
};

template <>
struct Codec<ReceivedDocuments> {
    static void write(Writer& w, const ReceivedDocuments& v) {
        w.field("documents", v.documents);
        w.field("next", v.next);
    }
    static void read(Reader& r, ReceivedDocuments& v) {
        r.optional("documents", v.documents, {.length = 100});
        r.optional("next", v.next, {.length = 500});
    }
};

// The operations.
namespace op {

// Asks a register.
struct SectorLookup {
    static constexpr const char* id = "sector.lookup/1";
    static constexpr std::int64_t timeoutMs = 15000;
    using Request = LookupRequest;
    using Reply = LookupReply;
};

// Hands a dossier over, once for each code.
struct SectorHandOver {
    static constexpr const char* id = "sector.hand-over/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = SectorDossier;
    using Reply = SectorAnswer;
};

// Tells what changed here, once for each idempotency key.
struct SectorUpdate {
    static constexpr const char* id = "sector.update/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = SectorChange;
    using Reply = SectorAnswer;
};

// Asks how a dossier stands over there.
struct SectorState {
    static constexpr const char* id = "sector.state/1";
    static constexpr std::int64_t timeoutMs = 15000;
    using Request = SectorRef;
    using Reply = SectorProgress;
};

// Fetches a file from the other side.
struct SectorPaper {
    static constexpr const char* id = "sector.paper/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = PaperRef;
    using Reply = FetchedPaper;
};

// Sends an official document, once for each idempotency key.
struct SectorSend {
    static constexpr const char* id = "sector.send/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = SendDocument;
    using Reply = DocumentRef;
};

// Asks how a sent document stands.
struct SectorDelivery {
    static constexpr const char* id = "sector.delivery/1";
    static constexpr std::int64_t timeoutMs = 15000;
    using Request = DocumentRef;
    using Reply = DocumentDelivery;
};

// Takes documents that came for us.
struct SectorReceive {
    static constexpr const char* id = "sector.receive/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = ReceiveDocuments;
    using Reply = ReceivedDocuments;
};

} // namespace op

// What a plugin hands in with Host::post, or a webhook with eventOf().
namespace event {

// A dossier has moved over there; key: our code, their state and time.
struct SectorProgress {
    static constexpr const char* kind = "sector.progress";
    using Data = ::motcua::sdk::SectorProgress;
};

// A document has moved at a receiver; key: its id, the receiver, state and time.
struct SectorDelivery {
    static constexpr const char* kind = "sector.delivery";
    using Data = ::motcua::sdk::DocumentDelivery;
};

} // namespace event

// A register or a system that settles dossiers. What a profile has not configured answers sector.not_configured.
// Derive from this to provide "sector/1". Calls may overlap up to the manifest's limits.concurrency.
class SectorSystem : public virtual Plugin {
public:
    // Asks a register.
    virtual Result<LookupReply> lookup(const LookupRequest&, const Call&) { return unimplemented(op::SectorLookup::id); }
    // Hands a dossier over, once for each code.
    virtual Result<SectorAnswer> handOver(const SectorDossier&, const Call&) { return unimplemented(op::SectorHandOver::id); }
    // Tells what changed here, once for each idempotency key.
    virtual Result<SectorAnswer> update(const SectorChange&, const Call&) { return unimplemented(op::SectorUpdate::id); }
    // Asks how a dossier stands over there.
    virtual Result<SectorProgress> state(const SectorRef&, const Call&) { return unimplemented(op::SectorState::id); }
    // Fetches a file from the other side.
    virtual Result<FetchedPaper> paper(const PaperRef&, const Call&) { return unimplemented(op::SectorPaper::id); }

protected:
    SectorSystem() {
        answers<op::SectorLookup>([this](const auto& request, const Call& call) { return lookup(request, call); });
        answers<op::SectorHandOver>([this](const auto& request, const Call& call) { return handOver(request, call); });
        answers<op::SectorUpdate>([this](const auto& request, const Call& call) { return update(request, call); });
        answers<op::SectorState>([this](const auto& request, const Call& call) { return state(request, call); });
        answers<op::SectorPaper>([this](const auto& request, const Call& call) { return paper(request, call); });
    }
};

// Official documents between agencies (trục liên thông văn bản).
// Derive from this to provide "sector/1". Calls may overlap up to the manifest's limits.concurrency.
class DocumentAxis : public virtual Plugin {
public:
    // Sends an official document, once for each idempotency key.
    virtual Result<DocumentRef> send(const SendDocument&, const Call&) = 0;
    // Asks how a sent document stands.
    virtual Result<DocumentDelivery> delivery(const DocumentRef&, const Call&) = 0;
    // Takes documents that came for us.
    virtual Result<ReceivedDocuments> receive(const ReceiveDocuments&, const Call&) = 0;
    // Fetches a file from the other side.
    virtual Result<FetchedPaper> paper(const PaperRef&, const Call&) { return unimplemented(op::SectorPaper::id); }

protected:
    DocumentAxis() {
        answers<op::SectorSend>([this](const auto& request, const Call& call) { return send(request, call); });
        answers<op::SectorDelivery>([this](const auto& request, const Call& call) { return delivery(request, call); });
        answers<op::SectorReceive>([this](const auto& request, const Call& call) { return receive(request, call); });
        answers<op::SectorPaper>([this](const auto& request, const Call& call) { return paper(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
