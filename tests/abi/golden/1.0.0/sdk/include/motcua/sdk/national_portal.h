// The National Public Service Portal (Cổng Dịch vụ công quốc gia): structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/national-portal.json; do not edit.
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

// The ten states of a dossier in the national portal's words; the number is the portal's.
enum class NationalState {
    Registered, // 1, mới đăng ký
    Accepted, // 2, được tiếp nhận
    NotAccepted, // 3, không được tiếp nhận
    Processing, // 4, đang xử lý
    Supplement, // 5, yêu cầu bổ sung giấy tờ
    Duty, // 6, yêu cầu thực hiện nghĩa vụ tài chính
    Withdrawn, // 7, công dân yêu cầu rút
    Stopped, // 8, dừng xử lý
    Processed, // 9, đã xử lý xong
    Returned, // 10, đã trả kết quả
};

template <>
struct EnumWords<NationalState> {
    static constexpr std::array<std::pair<NationalState, const char*>, 10> entries{{
        {NationalState::Registered, "registered"},
        {NationalState::Accepted, "accepted"},
        {NationalState::NotAccepted, "not_accepted"},
        {NationalState::Processing, "processing"},
        {NationalState::Supplement, "supplement"},
        {NationalState::Duty, "duty"},
        {NationalState::Withdrawn, "withdrawn"},
        {NationalState::Stopped, "stopped"},
        {NationalState::Processed, "processed"},
        {NationalState::Returned, "returned"},
    }};
};

// What is pulled.
enum class CatalogueKind {
    Agencies, // cơ quan
    Fields, // lĩnh vực
    Procedures, // thủ tục hành chính
};

template <>
struct EnumWords<CatalogueKind> {
    static constexpr std::array<std::pair<CatalogueKind, const char*>, 3> entries{{
        {CatalogueKind::Agencies, "agencies"},
        {CatalogueKind::Fields, "fields"},
        {CatalogueKind::Procedures, "procedures"},
    }};
};

// How a dossier is handed in or its result fetched.
enum class Channel {
    Counter, // in person
    Online, // on the portal
    Post, // by the public postal service
};

template <>
struct EnumWords<Channel> {
    static constexpr std::array<std::pair<Channel, const char*>, 3> entries{{
        {Channel::Counter, "counter"},
        {Channel::Online, "online"},
        {Channel::Post, "post"},
    }};
};

// Whom a procedure is for.
enum class ProcedureCase {
    Citizen, // công dân Việt Nam
    Overseas, // người Việt Nam định cư ở nước ngoài
    Foreigner, // người nước ngoài
    Official, // cán bộ, công chức, viên chức
    Enterprise, // doanh nghiệp
    Organisation, // tổ chức
};

template <>
struct EnumWords<ProcedureCase> {
    static constexpr std::array<std::pair<ProcedureCase, const char*>, 6> entries{{
        {ProcedureCase::Citizen, "citizen"},
        {ProcedureCase::Overseas, "overseas"},
        {ProcedureCase::Foreigner, "foreigner"},
        {ProcedureCase::Official, "official"},
        {ProcedureCase::Enterprise, "enterprise"},
        {ProcedureCase::Organisation, "organisation"},
    }};
};

// After the sign-in: the core is the OpenID client, the plugin knows what the portal's own answers mean.
struct ClaimsRequest {
    std::string accessToken{}; // from the token endpoint; never logged
    std::string idToken{};     // where there is one, verified by the core (may be absent)
};

template <>
struct Codec<ClaimsRequest> {
    static void write(Writer& w, const ClaimsRequest& v) {
        w.field("accessToken", v.accessToken);
        w.field("idToken", v.idToken);
    }
    static void read(Reader& r, ClaimsRequest& v) {
        r.required("accessToken", v.accessToken, {.length = 8192});
        r.optional("idToken", v.idToken, {.length = 16384});
    }
};

struct CatalogueRequest {
    CatalogueKind kind{}; // what
    std::string page{};   // `next` of the answer before; empty: the first (may be absent)
};

template <>
struct Codec<CatalogueRequest> {
    static void write(Writer& w, const CatalogueRequest& v) {
        w.field("kind", v.kind);
        w.field("page", v.page);
    }
    static void read(Reader& r, CatalogueRequest& v) {
        r.required("kind", v.kind);
        r.optional("page", v.page, {.length = 200});
    }
};

// One line of a catalogue.
struct CatalogueEntry {
    std::string code{};                      // 1.001193, G01-CT, 000.00.01.H29
    std::string name{};                      // for people
    std::string parent{};                    // agencies: above; fields: the branch; procedures: the field (may be absent)
    std::string level{};                     // agencies: cấp đơn vị (may be absent)
    std::optional<std::int64_t> changedAt{}; // ms UTC, where the portal says it (may be absent)
};

template <>
struct Codec<CatalogueEntry> {
    static void write(Writer& w, const CatalogueEntry& v) {
        w.field("code", v.code);
        w.field("name", v.name);
        w.field("parent", v.parent);
        w.field("level", v.level);
        w.field("changedAt", v.changedAt);
    }
    static void read(Reader& r, CatalogueEntry& v) {
        r.required("code", v.code, {.length = 50});
        r.required("name", v.name, {.length = 1000});
        r.optional("parent", v.parent, {.length = 50});
        r.optional("level", v.level, {.length = 50});
        r.optional("changedAt", v.changedAt);
    }
};

struct CataloguePage {
    std::vector<CatalogueEntry> entries{}; // in the portal's order (may be absent)
    std::string next{};                    // empty: that was all (may be absent)
};

template <>
struct Codec<CataloguePage> {
    static void write(Writer& w, const CataloguePage& v) {
        w.field("entries", v.entries);
        w.field("next", v.next);
    }
    static void read(Reader& r, CataloguePage& v) {
        r.optional("entries", v.entries, {.length = 20000});
        r.optional("next", v.next, {.length = 200});
    }
};

struct ProcedureRef {
    std::string code{}; // 1.001193
};

template <>
struct Codec<ProcedureRef> {
    static void write(Writer& w, const ProcedureRef& v) {
        w.field("code", v.code);
    }
    static void read(Reader& r, ProcedureRef& v) {
        r.required("code", v.code, {.length = 50});
    }
};

struct ProcedureFee {
    std::string code{};                   // the portal's (may be absent)
    std::optional<std::int64_t> amount{}; // in the unit (may be absent)
    std::string unit{};                   // Đồng (may be absent)
    std::string description{};            // when it is due, and who need not pay (may be absent)
};

template <>
struct Codec<ProcedureFee> {
    static void write(Writer& w, const ProcedureFee& v) {
        w.field("code", v.code);
        w.field("amount", v.amount);
        w.field("unit", v.unit);
        w.field("description", v.description);
    }
    static void read(Reader& r, ProcedureFee& v) {
        r.optional("code", v.code, {.length = 50});
        r.optional("amount", v.amount, {.least = 0});
        r.optional("unit", v.unit, {.length = 50});
        r.optional("description", v.description, {.length = 8000});
    }
};

// A way to hand in, with its time and fees.
struct ProcedureWay {
    Channel channel{};                  // the way
    std::optional<std::int64_t> time{}; // in the unit (may be absent)
    std::string timeUnit{};             // Ngày làm việc, Ngày, Giờ (may be absent)
    std::string description{};          // in words (may be absent)
    std::vector<ProcedureFee> fees{};   // phí, lệ phí (may be absent)
};

template <>
struct Codec<ProcedureWay> {
    static void write(Writer& w, const ProcedureWay& v) {
        w.field("channel", v.channel);
        w.field("time", v.time);
        w.field("timeUnit", v.timeUnit);
        w.field("description", v.description);
        w.field("fees", v.fees);
    }
    static void read(Reader& r, ProcedureWay& v) {
        r.required("channel", v.channel);
        r.optional("time", v.time, {.least = 0});
        r.optional("timeUnit", v.timeUnit, {.length = 50});
        r.optional("description", v.description, {.length = 8000});
        r.optional("fees", v.fees, {.length = 100});
    }
};

struct ProcedurePaper {
    std::string code{};                      // the portal's (may be absent)
    std::string when{};                      // trường hợp: when it is asked for (may be absent)
    std::string name{};                      // in words
    std::optional<std::int64_t> originals{}; // số bản chính (may be absent)
    std::optional<std::int64_t> copies{};    // số bản sao (may be absent)
    std::string formName{};                  // mẫu đơn, tờ khai (may be absent)
    std::string formUrl{};                   // where the form lies (may be absent)
};

template <>
struct Codec<ProcedurePaper> {
    static void write(Writer& w, const ProcedurePaper& v) {
        w.field("code", v.code);
        w.field("when", v.when);
        w.field("name", v.name);
        w.field("originals", v.originals);
        w.field("copies", v.copies);
        w.field("formName", v.formName);
        w.field("formUrl", v.formUrl);
    }
    static void read(Reader& r, ProcedurePaper& v) {
        r.optional("code", v.code, {.length = 50});
        r.optional("when", v.when, {.length = 4000});
        r.required("name", v.name, {.length = 8000});
        r.optional("originals", v.originals, {.least = 0});
        r.optional("copies", v.copies, {.least = 0});
        r.optional("formName", v.formName, {.length = 500});
        r.optional("formUrl", v.formUrl, {.length = 2048});
    }
};

struct ProcedureStep {
    std::string when{}; // trường hợp (may be absent)
    std::string text{}; // in words
};

template <>
struct Codec<ProcedureStep> {
    static void write(Writer& w, const ProcedureStep& v) {
        w.field("when", v.when);
        w.field("text", v.text);
    }
    static void read(Reader& r, ProcedureStep& v) {
        r.optional("when", v.when, {.length = 4000});
        r.required("text", v.text, {.length = 65536});
    }
};

struct LegalBasis {
    std::string number{}; // 61/2018/NĐ-CP (may be absent)
    std::string name{};   // trích yếu
    std::string date{};   // 2018-04-23 (may be absent)
    std::string issuer{}; // who issued it (may be absent)
};

template <>
struct Codec<LegalBasis> {
    static void write(Writer& w, const LegalBasis& v) {
        w.field("number", v.number);
        w.field("name", v.name);
        w.field("date", v.date);
        w.field("issuer", v.issuer);
    }
    static void read(Reader& r, LegalBasis& v) {
        r.optional("number", v.number, {.length = 100});
        r.required("name", v.name, {.length = 2000});
        r.optional("date", v.date, {.length = 10});
        r.optional("issuer", v.issuer, {.length = 200});
    }
};

struct ProcedureResult {
    std::string code{}; // the portal's (may be absent)
    std::string name{}; // in words
};

template <>
struct Codec<ProcedureResult> {
    static void write(Writer& w, const ProcedureResult& v) {
        w.field("code", v.code);
        w.field("name", v.name);
    }
    static void read(Reader& r, ProcedureResult& v) {
        r.optional("code", v.code, {.length = 50});
        r.required("name", v.name, {.length = 2000});
    }
};

// A procedure as the national database publishes it. Words may hold simple HTML: the core cleans it.
struct NationalProcedure {
    std::string code{};                     // 1.001193
    std::string name{};                     // for people
    std::string publisher{};                // agency code of who published it (may be absent)
    std::string decision{};                 // số quyết định công bố (may be absent)
    std::vector<CatalogueEntry> fields{};   // lĩnh vực (may be absent)
    std::string performer{};                // cơ quan thực hiện (may be absent)
    std::vector<ProcedureCase> subjects{};  // whom it is for (may be absent)
    std::vector<ProcedureStep> steps{};     // trình tự thực hiện (may be absent)
    std::vector<ProcedureWay> ways{};       // cách thức thực hiện (may be absent)
    std::vector<ProcedurePaper> papers{};   // thành phần hồ sơ (may be absent)
    std::string requirements{};             // yêu cầu, điều kiện (may be absent)
    std::vector<ProcedureResult> results{}; // kết quả thực hiện (may be absent)
    std::vector<LegalBasis> bases{};        // căn cứ pháp lý (may be absent)
    bool abolished = false;                 // hết hiệu lực (may be absent)
};

template <>
struct Codec<NationalProcedure> {
    static void write(Writer& w, const NationalProcedure& v) {
        w.field("code", v.code);
        w.field("name", v.name);
        w.field("publisher", v.publisher);
        w.field("decision", v.decision);
        w.field("fields", v.fields);
        w.field("performer", v.performer);
        w.field("subjects", v.subjects);
        w.field("steps", v.steps);
        w.field("ways", v.ways);
        w.field("papers", v.papers);
        w.field("requirements", v.requirements);
        w.field("results", v.results);
        w.field("bases", v.bases);
        w.field("abolished", v.abolished);
    }
    static void read(Reader& r, NationalProcedure& v) {
        r.required("code", v.code, {.length = 50});
        r.required("name", v.name, {.length = 1000});
        r.optional("publisher", v.publisher, {.length = 50});
        r.optional("decision", v.decision, {.length = 100});
        r.optional("fields", v.fields, {.length = 20});
        r.optional("performer", v.performer, {.length = 8000});
        r.optional("subjects", v.subjects, {.length = 10});
        r.optional("steps", v.steps, {.length = 200});
        r.optional("ways", v.ways, {.length = 50});
        r.optional("papers", v.papers, {.length = 500});
        r.optional("requirements", v.requirements, {.length = 65536});
        r.optional("results", v.results, {.length = 100});
        r.optional("bases", v.bases, {.length = 200});
        r.optional("abolished", v.abolished);
    }
};

// A paper handed in.
struct NationalPaper {
    std::string id{};       // ours, stays the same
    std::string name{};     // file name
    std::string code{};     // mã thành phần hồ sơ (may be absent)
    bool removed = false;   // taken back (may be absent)
    std::string url{};      // where the portal fetches it: good for a short time and for it alone; empty: not shared (may be absent)
    bool digitised = false; // được số hóa (may be absent)
    bool reused = false;    // được tái sử dụng (may be absent)
};

template <>
struct Codec<NationalPaper> {
    static void write(Writer& w, const NationalPaper& v) {
        w.field("id", v.id);
        w.field("name", v.name);
        w.field("code", v.code);
        w.field("removed", v.removed);
        w.field("url", v.url);
        w.field("digitised", v.digitised);
        w.field("reused", v.reused);
    }
    static void read(Reader& r, NationalPaper& v) {
        r.required("id", v.id, {.length = 100});
        r.required("name", v.name, {.length = 500});
        r.optional("code", v.code, {.length = 50});
        r.optional("removed", v.removed);
        r.optional("url", v.url, {.length = 2048});
        r.optional("digitised", v.digitised);
        r.optional("reused", v.reused);
    }
};

struct NationalFee {
    std::string code{};      // mã phí, lệ phí (may be absent)
    std::string name{};      // for people
    bool charge = false;     // phí; else lệ phí (may be absent)
    std::int64_t amount = 0; // đồng
    bool online = false;     // paid online (may be absent)
};

template <>
struct Codec<NationalFee> {
    static void write(Writer& w, const NationalFee& v) {
        w.field("code", v.code);
        w.field("name", v.name);
        w.field("charge", v.charge);
        w.field("amount", v.amount);
        w.field("online", v.online);
    }
    static void read(Reader& r, NationalFee& v) {
        r.optional("code", v.code, {.length = 50});
        r.required("name", v.name, {.length = 250});
        r.optional("charge", v.charge);
        r.required("amount", v.amount, {.least = 0});
        r.optional("online", v.online);
    }
};

// One request for more papers.
struct NationalSupplement {
    std::string id{};                         // ours
    std::string askedBy{};                    // name of the official
    std::string text{};                       // what is missing
    std::int64_t askedAt = 0;                 // ms UTC
    std::string receivedBy{};                 // name of the official (may be absent)
    std::optional<std::int64_t> receivedAt{}; // ms UTC (may be absent)
    std::optional<std::int64_t> dueBefore{};  // ms UTC, the promise before (may be absent)
    std::optional<std::int64_t> dueAfter{};   // ms UTC, the new one (may be absent)
};

template <>
struct Codec<NationalSupplement> {
    static void write(Writer& w, const NationalSupplement& v) {
        w.field("id", v.id);
        w.field("askedBy", v.askedBy);
        w.field("text", v.text);
        w.field("askedAt", v.askedAt);
        w.field("receivedBy", v.receivedBy);
        w.field("receivedAt", v.receivedAt);
        w.field("dueBefore", v.dueBefore);
        w.field("dueAfter", v.dueAfter);
    }
    static void read(Reader& r, NationalSupplement& v) {
        r.required("id", v.id, {.length = 100});
        r.required("askedBy", v.askedBy, {.length = 200});
        r.required("text", v.text, {.length = 4000});
        r.required("askedAt", v.askedAt);
        r.optional("receivedBy", v.receivedBy, {.length = 200});
        r.optional("receivedAt", v.receivedAt);
        r.optional("dueBefore", v.dueBefore);
        r.optional("dueAfter", v.dueAfter);
    }
};

// A paper of the result.
struct NationalResult {
    std::string id{};   // ours
    std::string name{}; // for people
    std::string code{}; // mã kết quả (may be absent)
    std::string url{};  // as of NationalPaper (may be absent)
};

template <>
struct Codec<NationalResult> {
    static void write(Writer& w, const NationalResult& v) {
        w.field("id", v.id);
        w.field("name", v.name);
        w.field("code", v.code);
        w.field("url", v.url);
    }
    static void read(Reader& r, NationalResult& v) {
        r.required("id", v.id, {.length = 100});
        r.required("name", v.name, {.length = 500});
        r.optional("code", v.code, {.length = 50});
        r.optional("url", v.url, {.length = 2048});
    }
};

// A dossier as the national portal shows it to its owner. Personal data: neither logged nor kept.
struct NationalDossier {
    std::string code{};                            // mã hồ sơ, 000.00.01.H29-200713-0001
    std::string procedureCode{};                   // mã thủ tục
    std::string procedureName{};                   // tên thủ tục
    std::string fieldCode{};                       // mã lĩnh vực
    std::string fieldName{};                       // tên lĩnh vực
    std::string receiptNumber{};                   // số biên nhận (may be absent)
    std::string owner{};                           // chủ hồ sơ
    bool organisation = false;                     // the owner is an organisation (may be absent)
    std::string subject{};                         // TechID, where the owner signed in with it (may be absent)
    std::string idNumber{};                        // of the owner (may be absent)
    std::string email{};                           // of the owner (may be absent)
    std::string phone{};                           // as +84… (may be absent)
    std::string summary{};                         // trích yếu (may be absent)
    Channel channel{};                             // how it was handed in
    NationalState state{};                         // now
    std::optional<std::int64_t> filedAt{};         // ms UTC, ngày nộp (may be absent)
    std::optional<std::int64_t> receivedAt{};      // ms UTC, ngày tiếp nhận (may be absent)
    std::optional<std::int64_t> dueAt{};           // ms UTC, ngày hẹn trả (may be absent)
    std::optional<std::int64_t> processedAt{};     // ms UTC, ngày kết thúc xử lý (may be absent)
    std::optional<std::int64_t> returnedAt{};      // ms UTC, ngày trả (may be absent)
    std::optional<Channel> returnedBy{};           // hình thức trả (may be absent)
    std::string agencyName{};                      // đơn vị xử lý
    std::string agencyCode{};                      // its code
    std::string note{};                            // ghi chú (may be absent)
    std::vector<NationalPaper> papers{};           // tài liệu nộp (may be absent)
    std::vector<NationalFee> fees{};               // lệ phí (may be absent)
    std::vector<NationalSupplement> supplements{}; // hồ sơ bổ sung (may be absent)
    std::vector<NationalResult> results{};         // giấy tờ kết quả (may be absent)
    bool digitised = false;                        // hồ sơ có thành phần số hóa (may be absent)
    bool signedIn = false;                         // the owner signed in with a proven account (may be absent)
    bool paidOnline = false;                       // được thanh toán trực tuyến (may be absent)
};

template <>
struct Codec<NationalDossier> {
    static void write(Writer& w, const NationalDossier& v) {
        w.field("code", v.code);
        w.field("procedureCode", v.procedureCode);
        w.field("procedureName", v.procedureName);
        w.field("fieldCode", v.fieldCode);
        w.field("fieldName", v.fieldName);
        w.field("receiptNumber", v.receiptNumber);
        w.field("owner", v.owner);
        w.field("organisation", v.organisation);
        w.field("subject", v.subject);
        w.field("idNumber", v.idNumber);
        w.field("email", v.email);
        w.field("phone", v.phone);
        w.field("summary", v.summary);
        w.field("channel", v.channel);
        w.field("state", v.state);
        w.field("filedAt", v.filedAt);
        w.field("receivedAt", v.receivedAt);
        w.field("dueAt", v.dueAt);
        w.field("processedAt", v.processedAt);
        w.field("returnedAt", v.returnedAt);
        w.field("returnedBy", v.returnedBy);
        w.field("agencyName", v.agencyName);
        w.field("agencyCode", v.agencyCode);
        w.field("note", v.note);
        w.field("papers", v.papers);
        w.field("fees", v.fees);
        w.field("supplements", v.supplements);
        w.field("results", v.results);
        w.field("digitised", v.digitised);
        w.field("signedIn", v.signedIn);
        w.field("paidOnline", v.paidOnline);
    }
    static void read(Reader& r, NationalDossier& v) {
        r.required("code", v.code, {.length = 100});
        r.required("procedureCode", v.procedureCode, {.length = 50});
        r.required("procedureName", v.procedureName, {.length = 1000});
        r.required("fieldCode", v.fieldCode, {.length = 50});
        r.required("fieldName", v.fieldName, {.length = 500});
        r.optional("receiptNumber", v.receiptNumber, {.length = 100});
        r.required("owner", v.owner, {.length = 300});
        r.optional("organisation", v.organisation);
        r.optional("subject", v.subject, {.length = 200});
        r.optional("idNumber", v.idNumber, {.length = 20});
        r.optional("email", v.email, {.length = 320});
        r.optional("phone", v.phone, {.length = 20});
        r.optional("summary", v.summary, {.length = 2000});
        r.required("channel", v.channel);
        r.required("state", v.state);
        r.optional("filedAt", v.filedAt);
        r.optional("receivedAt", v.receivedAt);
        r.optional("dueAt", v.dueAt);
        r.optional("processedAt", v.processedAt);
        r.optional("returnedAt", v.returnedAt);
        r.optional("returnedBy", v.returnedBy);
        r.required("agencyName", v.agencyName, {.length = 250});
        r.required("agencyCode", v.agencyCode, {.length = 50});
        r.optional("note", v.note, {.length = 2000});
        r.optional("papers", v.papers, {.length = 500});
        r.optional("fees", v.fees, {.length = 50});
        r.optional("supplements", v.supplements, {.length = 50});
        r.optional("results", v.results, {.length = 50});
        r.optional("digitised", v.digitised);
        r.optional("signedIn", v.signedIn);
        r.optional("paidOnline", v.paidOnline);
    }
};

struct DossierBatch {
    std::vector<NationalDossier> dossiers{}; // each as it stands now: it replaces what the portal has
};

template <>
struct Codec<DossierBatch> {
    static void write(Writer& w, const DossierBatch& v) {
        w.field("dossiers", v.dossiers);
    }
    static void read(Reader& r, DossierBatch& v) {
        r.required("dossiers", v.dossiers, {.length = 100});
    }
};

// One step of a dossier's way.
struct NationalStep {
    std::string code{};                    // mã hồ sơ
    std::string official{};                // người xử lý
    std::string title{};                   // chức danh (may be absent)
    std::string office{};                  // phòng ban xử lý (may be absent)
    std::string text{};                    // nội dung xử lý (may be absent)
    NationalState state{};                 // after it
    std::int64_t at = 0;                   // ms UTC, thời điểm xử lý
    std::optional<std::int64_t> beganAt{}; // ms UTC, ngày bắt đầu (may be absent)
    std::optional<std::int64_t> dueAt{};   // ms UTC, ngày kết thúc theo quy định (may be absent)
};

template <>
struct Codec<NationalStep> {
    static void write(Writer& w, const NationalStep& v) {
        w.field("code", v.code);
        w.field("official", v.official);
        w.field("title", v.title);
        w.field("office", v.office);
        w.field("text", v.text);
        w.field("state", v.state);
        w.field("at", v.at);
        w.field("beganAt", v.beganAt);
        w.field("dueAt", v.dueAt);
    }
    static void read(Reader& r, NationalStep& v) {
        r.required("code", v.code, {.length = 100});
        r.required("official", v.official, {.length = 200});
        r.optional("title", v.title, {.length = 200});
        r.optional("office", v.office, {.length = 250});
        r.optional("text", v.text, {.length = 2000});
        r.required("state", v.state);
        r.required("at", v.at);
        r.optional("beganAt", v.beganAt);
        r.optional("dueAt", v.dueAt);
    }
};

struct StepBatch {
    std::vector<NationalStep> steps{}; // the oldest first
};

template <>
struct Codec<StepBatch> {
    static void write(Writer& w, const StepBatch& v) {
        w.field("steps", v.steps);
    }
    static void read(Reader& r, StepBatch& v) {
        r.required("steps", v.steps, {.length = 500});
    }
};

struct PushRefusal {
    std::string id{};     // of what was pushed: dossier code, question, rating
    std::string code{};   // the portal's own code (may be absent)
    std::string detail{}; // its own words, for an official (may be absent)
};

template <>
struct Codec<PushRefusal> {
    static void write(Writer& w, const PushRefusal& v) {
        w.field("id", v.id);
        w.field("code", v.code);
        w.field("detail", v.detail);
    }
    static void read(Reader& r, PushRefusal& v) {
        r.required("id", v.id, {.length = 100});
        r.optional("code", v.code, {.length = 50});
        r.optional("detail", v.detail, {.length = 500});
    }
};

// All but the refused were taken.
struct Pushed {
    std::vector<PushRefusal> refused{}; // with why; they are not repeated without a change (may be absent)
};

template <>
struct Codec<Pushed> {
    static void write(Writer& w, const Pushed& v) {
        w.field("refused", v.refused);
    }
    static void read(Reader& r, Pushed& v) {
        r.optional("refused", v.refused, {.length = 500});
    }
};

struct QuestionsRequest {
    std::string page{}; // `next` of the answer before; empty: the first (may be absent)
};

template <>
struct Codec<QuestionsRequest> {
    static void write(Writer& w, const QuestionsRequest& v) {
        w.field("page", v.page);
    }
    static void read(Reader& r, QuestionsRequest& v) {
        r.optional("page", v.page, {.length = 200});
    }
};

// A question that somebody asked on the national portal, or one that it publishes with its answer.
struct NationalQuestion {
    std::string id{};                      // the portal's
    std::string text{};                    // nội dung
    std::string fieldCode{};               // mã lĩnh vực (may be absent)
    std::string procedureCode{};           // mã thủ tục (may be absent)
    std::string agencyCode{};              // who is asked (may be absent)
    std::string askedBy{};                 // name; empty where it is published (may be absent)
    std::string email{};                   // of who asked (may be absent)
    std::string phone{};                   // as +84… (may be absent)
    std::optional<std::int64_t> askedAt{}; // ms UTC (may be absent)
    std::string answer{};                  // empty: it waits for one (may be absent)
};

template <>
struct Codec<NationalQuestion> {
    static void write(Writer& w, const NationalQuestion& v) {
        w.field("id", v.id);
        w.field("text", v.text);
        w.field("fieldCode", v.fieldCode);
        w.field("procedureCode", v.procedureCode);
        w.field("agencyCode", v.agencyCode);
        w.field("askedBy", v.askedBy);
        w.field("email", v.email);
        w.field("phone", v.phone);
        w.field("askedAt", v.askedAt);
        w.field("answer", v.answer);
    }
    static void read(Reader& r, NationalQuestion& v) {
        r.required("id", v.id, {.length = 100});
        r.required("text", v.text, {.length = 65536});
        r.optional("fieldCode", v.fieldCode, {.length = 50});
        r.optional("procedureCode", v.procedureCode, {.length = 50});
        r.optional("agencyCode", v.agencyCode, {.length = 50});
        r.optional("askedBy", v.askedBy, {.length = 200});
        r.optional("email", v.email, {.length = 320});
        r.optional("phone", v.phone, {.length = 20});
        r.optional("askedAt", v.askedAt);
        r.optional("answer", v.answer, {.length = 65536});
    }
};

struct QuestionsPage {
    std::vector<NationalQuestion> questions{}; // in the portal's order (may be absent)
    std::string next{};                        // empty: that was all (may be absent)
};

template <>
struct Codec<QuestionsPage> {
    static void write(Writer& w, const QuestionsPage& v) {
        w.field("questions", v.questions);
        w.field("next", v.next);
    }
    static void read(Reader& r, QuestionsPage& v) {
        r.optional("questions", v.questions, {.length = 5000});
        r.optional("next", v.next, {.length = 200});
    }
};

// An answer to a question of the portal's, or a question and answer of our own for it to publish.
struct AnsweredQuestion {
    std::string id{};            // the portal's, or ours where it is our own
    bool own = false;            // it is ours (may be absent)
    std::string text{};          // the question
    std::string answer{};        // the answer
    std::string fieldCode{};     // mã lĩnh vực (may be absent)
    std::string procedureCode{}; // mã thủ tục (may be absent)
    std::string answeredBy{};    // name of the official
    std::string title{};         // chức vụ (may be absent)
    std::int64_t answeredAt = 0; // ms UTC
};

template <>
struct Codec<AnsweredQuestion> {
    static void write(Writer& w, const AnsweredQuestion& v) {
        w.field("id", v.id);
        w.field("own", v.own);
        w.field("text", v.text);
        w.field("answer", v.answer);
        w.field("fieldCode", v.fieldCode);
        w.field("procedureCode", v.procedureCode);
        w.field("answeredBy", v.answeredBy);
        w.field("title", v.title);
        w.field("answeredAt", v.answeredAt);
    }
    static void read(Reader& r, AnsweredQuestion& v) {
        r.required("id", v.id, {.length = 100});
        r.optional("own", v.own);
        r.required("text", v.text, {.length = 65536});
        r.required("answer", v.answer, {.length = 65536});
        r.optional("fieldCode", v.fieldCode, {.length = 50});
        r.optional("procedureCode", v.procedureCode, {.length = 50});
        r.required("answeredBy", v.answeredBy, {.length = 200});
        r.optional("title", v.title, {.length = 200});
        r.required("answeredAt", v.answeredAt);
    }
};

struct AnswerBatch {
    std::vector<AnsweredQuestion> answers{}; // each replaces what the portal has
};

template <>
struct Codec<AnswerBatch> {
    static void write(Writer& w, const AnswerBatch& v) {
        w.field("answers", v.answers);
    }
    static void read(Reader& r, AnswerBatch& v) {
        r.required("answers", v.answers, {.length = 100});
    }
};

// What somebody thinks of how a dossier was settled; no name.
struct DossierRating {
    std::string dossier{};   // mã hồ sơ
    std::string criterion{}; // the portal's code of what is rated
    std::int64_t score = 0;  // points
    std::string comment{};   // in words (may be absent)
    std::int64_t at = 0;     // ms UTC
};

template <>
struct Codec<DossierRating> {
    static void write(Writer& w, const DossierRating& v) {
        w.field("dossier", v.dossier);
        w.field("criterion", v.criterion);
        w.field("score", v.score);
        w.field("comment", v.comment);
        w.field("at", v.at);
    }
    static void read(Reader& r, DossierRating& v) {
        r.required("dossier", v.dossier, {.length = 100});
        r.required("criterion", v.criterion, {.length = 50});
        r.required("score", v.score, {.least = 0, .most = 10});
        r.optional("comment", v.comment, {.length = 2000});
        r.required("at", v.at);
    }
};

struct RatingBatch {
    std::vector<DossierRating> ratings{}; // once for each dossier and criterion
};

template <>
struct Codec<RatingBatch> {
    static void write(Writer& w, const RatingBatch& v) {
        w.field("ratings", v.ratings);
    }
    static void read(Reader& r, RatingBatch& v) {
        r.required("ratings", v.ratings, {.length = 500});
    }
};

// The operations.
namespace op {

// Who signed in, asked of the portal with the token.
struct NationalPortalClaims {
    static constexpr const char* id = "national-portal.claims/1";
    static constexpr std::int64_t timeoutMs = 8000;
    using Request = ClaimsRequest;
    using Reply = IdentityClaims;
};

// Pulls a catalogue.
struct NationalPortalCatalogue {
    static constexpr const char* id = "national-portal.catalogue/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = CatalogueRequest;
    using Reply = CataloguePage;
};

// Pulls one procedure whole.
struct NationalPortalProcedure {
    static constexpr const char* id = "national-portal.procedure/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = ProcedureRef;
    using Reply = NationalProcedure;
};

// Pushes dossiers, new and changed.
struct NationalPortalDossiers {
    static constexpr const char* id = "national-portal.dossiers/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = DossierBatch;
    using Reply = Pushed;
};

// Pushes progress; a step that the portal has already is well too.
struct NationalPortalSteps {
    static constexpr const char* id = "national-portal.steps/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = StepBatch;
    using Reply = Pushed;
};

// Pulls questions and answers.
struct NationalPortalQuestions {
    static constexpr const char* id = "national-portal.questions/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = QuestionsRequest;
    using Reply = QuestionsPage;
};

// Pushes answers.
struct NationalPortalReplies {
    static constexpr const char* id = "national-portal.replies/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = AnswerBatch;
    using Reply = Pushed;
};

// Pushes ratings.
struct NationalPortalRatings {
    static constexpr const char* id = "national-portal.ratings/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = RatingBatch;
    using Reply = Pushed;
};

} // namespace op

// Derive from this to provide "national-portal/1". Calls may overlap up to the manifest's limits.concurrency.
class NationalPortal : public virtual Plugin {
public:
    // Who signed in, asked of the portal with the token.
    virtual Result<IdentityClaims> claims(const ClaimsRequest&, const Call&) = 0;
    // Pulls a catalogue.
    virtual Result<CataloguePage> catalogue(const CatalogueRequest&, const Call&) = 0;
    // Pulls one procedure whole.
    virtual Result<NationalProcedure> procedure(const ProcedureRef&, const Call&) = 0;
    // Pushes dossiers, new and changed.
    virtual Result<Pushed> dossiers(const DossierBatch&, const Call&) = 0;
    // Pushes progress; a step that the portal has already is well too.
    virtual Result<Pushed> steps(const StepBatch&, const Call&) = 0;
    // Pulls questions and answers.
    virtual Result<QuestionsPage> questions(const QuestionsRequest&, const Call&) { return unimplemented(op::NationalPortalQuestions::id); }
    // Pushes answers.
    virtual Result<Pushed> replies(const AnswerBatch&, const Call&) { return unimplemented(op::NationalPortalReplies::id); }
    // Pushes ratings.
    virtual Result<Pushed> ratings(const RatingBatch&, const Call&) { return unimplemented(op::NationalPortalRatings::id); }

protected:
    NationalPortal() {
        answers<op::NationalPortalClaims>([this](const auto& request, const Call& call) { return claims(request, call); });
        answers<op::NationalPortalCatalogue>([this](const auto& request, const Call& call) { return catalogue(request, call); });
        answers<op::NationalPortalProcedure>([this](const auto& request, const Call& call) { return procedure(request, call); });
        answers<op::NationalPortalDossiers>([this](const auto& request, const Call& call) { return dossiers(request, call); });
        answers<op::NationalPortalSteps>([this](const auto& request, const Call& call) { return steps(request, call); });
        answers<op::NationalPortalQuestions>([this](const auto& request, const Call& call) { return questions(request, call); });
        answers<op::NationalPortalReplies>([this](const auto& request, const Call& call) { return replies(request, call); });
        answers<op::NationalPortalRatings>([this](const auto& request, const Call& call) { return ratings(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
