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
    std::map<std::string, std::string> parameters{}; // its values (may be absent)
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
