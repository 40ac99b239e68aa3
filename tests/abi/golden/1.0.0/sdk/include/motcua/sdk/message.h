// Messages to people: e-mail, SMS, app: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/message.json; do not edit.
#pragma once

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

// The way a message goes.
enum class MessageKind {
    Email, // e-mail
    Sms, // short message
    App, // message in an app
};

template <>
struct EnumWords<MessageKind> {
    static constexpr std::array<std::pair<MessageKind, const char*>, 3> entries{{
        {MessageKind::Email, "email"},
        {MessageKind::Sms, "sms"},
        {MessageKind::App, "app"},
    }};
};

// What became of a message.
enum class DeliveryOutcome {
    Delivered, // it arrived
    Read, // it was opened
    Failed, // it will not arrive
    Expired, // it did not arrive in time
    Unknown, // the other side cannot say
};

template <>
struct EnumWords<DeliveryOutcome> {
    static constexpr std::array<std::pair<DeliveryOutcome, const char*>, 5> entries{{
        {DeliveryOutcome::Delivered, "delivered"},
        {DeliveryOutcome::Read, "read"},
        {DeliveryOutcome::Failed, "failed"},
        {DeliveryOutcome::Expired, "expired"},
        {DeliveryOutcome::Unknown, "unknown"},
    }};
};

// Who gets it.
struct Recipient {
    std::string address{}; // e-mail address, phone number as +84…, or the app's user id
    std::string name{};    // shown beside the address (may be absent)
};

template <>
struct Codec<Recipient> {
    static void write(Writer& w, const Recipient& v) {
        w.field("address", v.address);
        w.field("name", v.name);
    }
    static void read(Reader& r, Recipient& v) {
        r.required("address", v.address, {.length = 320});
        r.optional("name", v.name, {.length = 200});
    }
};

// A file that goes with an e-mail.
struct MessageAttachment {
    std::string name{};        // file name, any letters
    std::string contentType{}; // application/pdf
    Blob content{};            // the bytes
};

template <>
struct Codec<MessageAttachment> {
    static void write(Writer& w, const MessageAttachment& v) {
        w.field("name", v.name);
        w.field("contentType", v.contentType);
        w.field("content", v.content);
    }
    static void read(Reader& r, MessageAttachment& v) {
        r.required("name", v.name, {.length = 255});
        r.required("contentType", v.contentType, {.length = 127});
        r.required("content", v.content);
    }
};

// One message. The host has already filled its template.
struct Message {
    MessageKind kind{};                              // the way
    std::vector<Recipient> to{};                     // at least one
    std::string subject{};                           // of an e-mail (may be absent)
    std::string text{};                              // plain words, lines end with \n
    std::string html{};                              // the same for e-mail readers that show it (may be absent)
    std::string replyTo{};                           // an e-mail address (may be absent)
    std::vector<MessageAttachment> attachments{};    // of an e-mail (may be absent)
    std::string templateId{};                        // id of a template registered with the provider (may be absent)
    std::map<std::string, std::string> parameters{}; // its values, by the template's own names or by 1, 2, 3 (may be absent)
    bool withoutMarks = false;                       // of an SMS: send the text without Vietnamese marks, as carriers approve and price it (may be absent)
};

template <>
struct Codec<Message> {
    static void write(Writer& w, const Message& v) {
        w.field("kind", v.kind);
        w.field("to", v.to);
        w.field("subject", v.subject);
        w.field("text", v.text);
        w.field("html", v.html);
        w.field("replyTo", v.replyTo);
        w.field("attachments", v.attachments);
        w.field("templateId", v.templateId);
        w.field("parameters", v.parameters);
        w.field("withoutMarks", v.withoutMarks);
    }
    static void read(Reader& r, Message& v) {
        r.required("kind", v.kind);
        r.required("to", v.to, {.length = 100});
        r.optional("subject", v.subject, {.length = 998});
        r.required("text", v.text, {.length = 262144});
        r.optional("html", v.html, {.length = 1048576});
        r.optional("replyTo", v.replyTo, {.length = 320});
        r.optional("attachments", v.attachments, {.length = 20});
        r.optional("templateId", v.templateId, {.length = 100});
        r.optional("parameters", v.parameters);
        r.optional("withoutMarks", v.withoutMarks);
    }
};

// An address that the other side does not take.
struct RefusedRecipient {
    std::string address{}; // as given
    std::string detail{};  // what the other side said (may be absent)
};

template <>
struct Codec<RefusedRecipient> {
    static void write(Writer& w, const RefusedRecipient& v) {
        w.field("address", v.address);
        w.field("detail", v.detail);
    }
    static void read(Reader& r, RefusedRecipient& v) {
        r.required("address", v.address);
        r.optional("detail", v.detail);
    }
};

// The other side has taken the message; it may still not arrive.
struct SentMessage {
    std::string id{};                        // by which receipts name it; the same for the same idempotency key
    std::int64_t parts = 0;                  // how many were charged
    std::vector<RefusedRecipient> refused{}; // those of several recipients who did not get it (may be absent)
};

template <>
struct Codec<SentMessage> {
    static void write(Writer& w, const SentMessage& v) {
        w.field("id", v.id);
        w.field("parts", v.parts);
        w.field("refused", v.refused);
    }
    static void read(Reader& r, SentMessage& v) {
        r.required("id", v.id);
        r.required("parts", v.parts, {.least = 1});
        r.optional("refused", v.refused);
    }
};

// Told later, by the other side.
struct DeliveryReceipt {
    std::string id{};                 // as in the answer to message.send
    std::string address{};            // of several recipients: which one (may be absent)
    DeliveryOutcome outcome{};        // what became of it
    std::optional<std::int64_t> at{}; // ms UTC (may be absent)
    std::string code{};               // the other side's own code (may be absent)
    std::string detail{};             // its own words, for an official; no personal data (may be absent)
};

template <>
struct Codec<DeliveryReceipt> {
    static void write(Writer& w, const DeliveryReceipt& v) {
        w.field("id", v.id);
        w.field("address", v.address);
        w.field("outcome", v.outcome);
        w.field("at", v.at);
        w.field("code", v.code);
        w.field("detail", v.detail);
    }
    static void read(Reader& r, DeliveryReceipt& v) {
        r.required("id", v.id, {.length = 200});
        r.optional("address", v.address, {.length = 320});
        r.required("outcome", v.outcome);
        r.optional("at", v.at);
        r.optional("code", v.code, {.length = 50});
        r.optional("detail", v.detail, {.length = 300});
    }
};

// Somebody wrote to us.
struct InboundMessage {
    MessageKind kind{};               // the way
    std::string id{};                 // the other side's
    std::string from{};               // phone number as +84…, e-mail address or the app's user id
    std::string to{};                 // our number or account (may be absent)
    std::string text{};               // all parts of it
    std::optional<std::int64_t> at{}; // ms UTC (may be absent)
};

template <>
struct Codec<InboundMessage> {
    static void write(Writer& w, const InboundMessage& v) {
        w.field("kind", v.kind);
        w.field("id", v.id);
        w.field("from", v.from);
        w.field("to", v.to);
        w.field("text", v.text);
        w.field("at", v.at);
    }
    static void read(Reader& r, InboundMessage& v) {
        r.required("kind", v.kind);
        r.required("id", v.id, {.length = 200});
        r.required("from", v.from, {.length = 320});
        r.optional("to", v.to, {.length = 320});
        r.required("text", v.text, {.length = 16384});
        r.optional("at", v.at);
    }
};

// The operations.
namespace op {

// Sends one message. With the same idempotency key it may go out twice after a crash, with the same id.
struct MessageSend {
    static constexpr const char* id = "message.send/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = Message;
    using Reply = SentMessage;
};

} // namespace op

// What a plugin hands in with Host::post, or a webhook with eventOf().
namespace event {

// What became of a message; key: the id and the outcome.
struct MessageReceipt {
    static constexpr const char* kind = "message.receipt";
    using Data = ::motcua::sdk::DeliveryReceipt;
};

// A message from outside; key: the other side's id.
struct MessageReceived {
    static constexpr const char* kind = "message.received";
    using Data = ::motcua::sdk::InboundMessage;
};

} // namespace event

// Derive from this to provide "message/1". Calls may overlap up to the manifest's limits.concurrency.
class MessageChannel : public virtual Plugin {
public:
    // Sends one message. With the same idempotency key it may go out twice after a crash, with the same id.
    virtual Result<SentMessage> send(const Message&, const Call&) = 0;

protected:
    MessageChannel() {
        answers<op::MessageSend>([this](const auto& request, const Call& call) { return send(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
