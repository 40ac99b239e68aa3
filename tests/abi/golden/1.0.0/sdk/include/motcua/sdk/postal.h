// Public postal service (bưu chính công ích): structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/postal.json; do not edit.
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

// Which way a parcel goes.
enum class PostalDirection {
    ToCitizen, // results, from the agency
    FromCitizen, // papers, fetched from the citizen
};

template <>
struct EnumWords<PostalDirection> {
    static constexpr std::array<std::pair<PostalDirection, const char*>, 2> entries{{
        {PostalDirection::ToCitizen, "to_citizen"},
        {PostalDirection::FromCitizen, "from_citizen"},
    }};
};

// How a parcel stands.
enum class PostalState {
    Registered, // the carrier has the order
    Collecting, // somebody is on the way to fetch it
    InTransit, // the carrier has the parcel
    Delivered, // handed over
    Failed, // it could not be handed over; the carrier tries again or waits
    Returned, // back at the sender
    Cancelled, // the order was withdrawn
    Unknown, // the carrier knows no such order
};

template <>
struct EnumWords<PostalState> {
    static constexpr std::array<std::pair<PostalState, const char*>, 8> entries{{
        {PostalState::Registered, "registered"},
        {PostalState::Collecting, "collecting"},
        {PostalState::InTransit, "in_transit"},
        {PostalState::Delivered, "delivered"},
        {PostalState::Failed, "failed"},
        {PostalState::Returned, "returned"},
        {PostalState::Cancelled, "cancelled"},
        {PostalState::Unknown, "unknown"},
    }};
};

// Sender or receiver. Personal data: neither logged nor kept.
struct PostalParty {
    std::string name{};         // of a person or an agency
    std::string phone{};        // as +84…
    std::string email{};        // where there is one (may be absent)
    std::string address{};      // house and street
    std::string ward{};         // phường, xã (may be absent)
    std::string district{};     // quận, huyện (may be absent)
    std::string province{};     // tỉnh, thành phố
    std::string districtCode{}; // of the General Statistics Office, 760; the plugin knows its carrier's own (may be absent)
    std::string provinceCode{}; // of the General Statistics Office, 79 (may be absent)
};

template <>
struct Codec<PostalParty> {
    static void write(Writer& w, const PostalParty& v) {
        w.field("name", v.name);
        w.field("phone", v.phone);
        w.field("email", v.email);
        w.field("address", v.address);
        w.field("ward", v.ward);
        w.field("district", v.district);
        w.field("province", v.province);
        w.field("districtCode", v.districtCode);
        w.field("provinceCode", v.provinceCode);
    }
    static void read(Reader& r, PostalParty& v) {
        r.required("name", v.name, {.length = 200});
        r.required("phone", v.phone, {.length = 20});
        r.optional("email", v.email, {.length = 320});
        r.required("address", v.address, {.length = 300});
        r.optional("ward", v.ward, {.length = 100});
        r.optional("district", v.district, {.length = 100});
        r.required("province", v.province, {.length = 100});
        r.optional("districtCode", v.districtCode, {.length = 10});
        r.optional("provinceCode", v.provinceCode, {.length = 10});
    }
};

// One parcel.
struct PostalOrder {
    std::string number{};                  // ours, unique for ever: letters, digits, . and -
    std::string dossier{};                 // code of the dossier (may be absent)
    PostalDirection direction{};           // which way
    PostalParty sender{};                  // the citizen where papers are fetched
    PostalParty receiver{};                // the agency where papers are fetched
    std::string contents{};                // the papers in it
    std::string note{};                    // for the postman (may be absent)
    std::optional<std::int64_t> collect{}; // đồng to take from the receiver on delivery (may be absent)
    std::optional<std::int64_t> weight{};  // grams (may be absent)
    std::string itemCode{};                // of a barcode that was printed before and stuck on (may be absent)
    std::int64_t orderedAt = 0;            // ms UTC of the stored order: the same for every repetition
};

template <>
struct Codec<PostalOrder> {
    static void write(Writer& w, const PostalOrder& v) {
        w.field("number", v.number);
        w.field("dossier", v.dossier);
        w.field("direction", v.direction);
        w.field("sender", v.sender);
        w.field("receiver", v.receiver);
        w.field("contents", v.contents);
        w.field("note", v.note);
        w.field("collect", v.collect);
        w.field("weight", v.weight);
        w.field("itemCode", v.itemCode);
        w.field("orderedAt", v.orderedAt);
    }
    static void read(Reader& r, PostalOrder& v) {
        r.required("number", v.number, {.length = 100});
        r.optional("dossier", v.dossier, {.length = 100});
        r.required("direction", v.direction);
        r.required("sender", v.sender);
        r.required("receiver", v.receiver);
        r.required("contents", v.contents, {.length = 1000});
        r.optional("note", v.note, {.length = 500});
        r.optional("collect", v.collect, {.least = 0});
        r.optional("weight", v.weight, {.least = 1, .most = 31500});
        r.optional("itemCode", v.itemCode, {.length = 50});
        r.required("orderedAt", v.orderedAt);
    }
};

// By which an order is named later.
struct PostalReference {
    std::string number{};            // ours
    std::string providerReference{}; // theirs, where they gave one (may be absent)
    std::string itemCode{};          // of the barcode on the parcel (may be absent)
};

template <>
struct Codec<PostalReference> {
    static void write(Writer& w, const PostalReference& v) {
        w.field("number", v.number);
        w.field("providerReference", v.providerReference);
        w.field("itemCode", v.itemCode);
    }
    static void read(Reader& r, PostalReference& v) {
        r.required("number", v.number, {.length = 100});
        r.optional("providerReference", v.providerReference, {.length = 100});
        r.optional("itemCode", v.itemCode, {.length = 50});
    }
};

// The carrier has the order.
struct PostalReceipt {
    PostalReference reference{};              // to be kept
    std::optional<std::int64_t> fee{};        // đồng, where the carrier says it (may be absent)
    std::optional<std::int64_t> expectedAt{}; // ms UTC, when it should arrive (may be absent)
};

template <>
struct Codec<PostalReceipt> {
    static void write(Writer& w, const PostalReceipt& v) {
        w.field("reference", v.reference);
        w.field("fee", v.fee);
        w.field("expectedAt", v.expectedAt);
    }
    static void read(Reader& r, PostalReceipt& v) {
        r.required("reference", v.reference);
        r.optional("fee", v.fee, {.least = 0});
        r.optional("expectedAt", v.expectedAt);
    }
};

struct LabelRequest {
    PostalReference reference{}; // of the order
    PostalOrder order{};         // where the carrier draws none, the plugin does
};

template <>
struct Codec<LabelRequest> {
    static void write(Writer& w, const LabelRequest& v) {
        w.field("reference", v.reference);
        w.field("order", v.order);
    }
    static void read(Reader& r, LabelRequest& v) {
        r.required("reference", v.reference);
        r.required("order", v.order);
    }
};

struct ParcelLabel {
    Paper label{}; // to print and stick on: PDF or PNG
};

template <>
struct Codec<ParcelLabel> {
    static void write(Writer& w, const ParcelLabel& v) {
        w.field("label", v.label);
    }
    static void read(Reader& r, ParcelLabel& v) {
        r.required("label", v.label);
    }
};

// Either some orders, or all that changed since `after`.
struct TrackRequest {
    std::vector<PostalReference> references{}; // empty: what changed (may be absent)
    std::string after{};                       // `next` of the answer before; empty: from the beginning (may be absent)
};

template <>
struct Codec<TrackRequest> {
    static void write(Writer& w, const TrackRequest& v) {
        w.field("references", v.references);
        w.field("after", v.after);
    }
    static void read(Reader& r, TrackRequest& v) {
        r.optional("references", v.references, {.length = 100});
        r.optional("after", v.after, {.length = 200});
    }
};

// How one parcel stands.
struct PostalProgress {
    std::string number{};             // ours
    std::string providerReference{};  // theirs (may be absent)
    PostalState state{};              // in the words of ABI 1
    std::string code{};               // the carrier's own code (may be absent)
    std::string detail{};             // the carrier's own words, for an official and the citizen (may be absent)
    std::optional<std::int64_t> at{}; // ms UTC (may be absent)
};

template <>
struct Codec<PostalProgress> {
    static void write(Writer& w, const PostalProgress& v) {
        w.field("number", v.number);
        w.field("providerReference", v.providerReference);
        w.field("state", v.state);
        w.field("code", v.code);
        w.field("detail", v.detail);
        w.field("at", v.at);
    }
    static void read(Reader& r, PostalProgress& v) {
        r.required("number", v.number, {.length = 100});
        r.optional("providerReference", v.providerReference, {.length = 100});
        r.required("state", v.state);
        r.optional("code", v.code, {.length = 50});
        r.optional("detail", v.detail, {.length = 300});
        r.optional("at", v.at);
    }
};

struct Tracking {
    std::vector<PostalProgress> parcels{}; // the latest of each (may be absent)
    std::string next{};                    // to go on from; empty: nothing more now (may be absent)
};

template <>
struct Codec<Tracking> {
    static void write(Writer& w, const Tracking& v) {
        w.field("parcels", v.parcels);
        w.field("next", v.next);
    }
    static void read(Reader& r, Tracking& v) {
        r.optional("parcels", v.parcels, {.length = 1000});
        r.optional("next", v.next, {.length = 200});
    }
};

struct CancelPostal {
    PostalReference reference{}; // of the order
    std::string reason{};        // no personal data (may be absent)
};

template <>
struct Codec<CancelPostal> {
    static void write(Writer& w, const CancelPostal& v) {
        w.field("reference", v.reference);
        w.field("reason", v.reason);
    }
    static void read(Reader& r, CancelPostal& v) {
        r.required("reference", v.reference);
        r.optional("reason", v.reason, {.length = 255});
    }
};

// The operations.
namespace op {

// Orders a parcel, once for each number.
struct PostalCreate {
    static constexpr const char* id = "postal.create/1";
    static constexpr std::int64_t timeoutMs = 20000;
    using Request = PostalOrder;
    using Reply = PostalReceipt;
};

// The label to print.
struct PostalLabel {
    static constexpr const char* id = "postal.label/1";
    static constexpr std::int64_t timeoutMs = 15000;
    using Request = LabelRequest;
    using Reply = ParcelLabel;
};

// Asks how parcels stand.
struct PostalTrack {
    static constexpr const char* id = "postal.track/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = TrackRequest;
    using Reply = Tracking;
};

// Withdraws an order that nobody has fetched yet; a second time is well too.
struct PostalCancel {
    static constexpr const char* id = "postal.cancel/1";
    static constexpr std::int64_t timeoutMs = 15000;
    using Request = CancelPostal;
    using Reply = PostalProgress;
};

} // namespace op

// What a plugin hands in with Host::post, or a webhook with eventOf().
namespace event {

// A parcel has moved; key: our number and the carrier's code and time.
struct PostalProgress {
    static constexpr const char* kind = "postal.progress";
    using Data = ::motcua::sdk::PostalProgress;
};

} // namespace event

// Derive from this to provide "postal/1". Calls may overlap up to the manifest's limits.concurrency.
class PostalCarrier : public virtual Plugin {
public:
    // Orders a parcel, once for each number.
    virtual Result<PostalReceipt> create(const PostalOrder&, const Call&) = 0;
    // The label to print.
    virtual Result<ParcelLabel> label(const LabelRequest&, const Call&) { return unimplemented(op::PostalLabel::id); }
    // Asks how parcels stand.
    virtual Result<Tracking> track(const TrackRequest&, const Call&) = 0;
    // Withdraws an order that nobody has fetched yet; a second time is well too.
    virtual Result<PostalProgress> cancel(const CancelPostal&, const Call&) = 0;

protected:
    PostalCarrier() {
        answers<op::PostalCreate>([this](const auto& request, const Call& call) { return create(request, call); });
        answers<op::PostalLabel>([this](const auto& request, const Call& call) { return label(request, call); });
        answers<op::PostalTrack>([this](const auto& request, const Call& call) { return track(request, call); });
        answers<op::PostalCancel>([this](const auto& request, const Call& call) { return cancel(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
