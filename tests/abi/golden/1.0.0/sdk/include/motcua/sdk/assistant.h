// Language model: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/assistant.json; do not edit.
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

// Who says something.
enum class SpeakerRole {
    System, // we, how to behave
    User, // the person
    Assistant, // the model
};

template <>
struct EnumWords<SpeakerRole> {
    static constexpr std::array<std::pair<SpeakerRole, const char*>, 3> entries{{
        {SpeakerRole::System, "system"},
        {SpeakerRole::User, "user"},
        {SpeakerRole::Assistant, "assistant"},
    }};
};

// Why the model stopped.
enum class StopReason {
    Done, // it had said all
    Length, // it reached maxTokens
    Filtered, // its provider held words back
};

template <>
struct EnumWords<StopReason> {
    static constexpr std::array<std::pair<StopReason, const char*>, 3> entries{{
        {StopReason::Done, "done"},
        {StopReason::Length, "length"},
        {StopReason::Filtered, "filtered"},
    }};
};

struct Utterance {
    SpeakerRole role{}; // who
    std::string text{}; // what; the core has taken personal data out
};

template <>
struct Codec<Utterance> {
    static void write(Writer& w, const Utterance& v) {
        w.field("role", v.role);
        w.field("text", v.text);
    }
    static void read(Reader& r, Utterance& v) {
        r.required("role", v.role);
        r.required("text", v.text, {.length = 262144});
    }
};

// A conversation so far.
struct AskAssistant {
    std::vector<Utterance> messages{};         // the oldest first; the last is the person's
    std::optional<std::int64_t> maxTokens{};   // of the answer (may be absent)
    std::optional<std::int64_t> temperature{}; // hundredths; 0: the same answer to the same question, as far as the model can (may be absent)
    Json schema{};                             // a JSON Schema that the answer must follow (may be absent)
};

template <>
struct Codec<AskAssistant> {
    static void write(Writer& w, const AskAssistant& v) {
        w.field("messages", v.messages);
        w.field("maxTokens", v.maxTokens);
        w.field("temperature", v.temperature);
        w.field("schema", v.schema);
    }
    static void read(Reader& r, AskAssistant& v) {
        r.required("messages", v.messages, {.length = 200});
        r.optional("maxTokens", v.maxTokens, {.least = 1, .most = 32768});
        r.optional("temperature", v.temperature, {.least = 0, .most = 200});
        r.optional("schema", v.schema);
    }
};

struct AssistantAnswer {
    std::string text{};                      // with a schema: JSON; the core checks it (may be absent)
    StopReason stopped{};                    // why
    std::string model{};                     // which one answered (may be absent)
    std::optional<std::int64_t> tokensIn{};  // what was counted (may be absent)
    std::optional<std::int64_t> tokensOut{}; // what was counted (may be absent)
};

template <>
struct Codec<AssistantAnswer> {
    static void write(Writer& w, const AssistantAnswer& v) {
        w.field("text", v.text);
        w.field("stopped", v.stopped);
        w.field("model", v.model);
        w.field("tokensIn", v.tokensIn);
        w.field("tokensOut", v.tokensOut);
    }
    static void read(Reader& r, AssistantAnswer& v) {
        r.optional("text", v.text, {.length = 262144});
        r.required("stopped", v.stopped);
        r.optional("model", v.model, {.length = 200});
        r.optional("tokensIn", v.tokensIn, {.least = 0});
        r.optional("tokensOut", v.tokensOut, {.least = 0});
    }
};

// The operations.
namespace op {

// Goes on with a conversation.
struct AssistantAsk {
    static constexpr const char* id = "assistant.ask/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = AskAssistant;
    using Reply = AssistantAnswer;
};

} // namespace op

// Derive from this to provide "assistant/1". Calls may overlap up to the manifest's limits.concurrency.
class Assistant : public virtual Plugin {
public:
    // Goes on with a conversation.
    virtual Result<AssistantAnswer> ask(const AskAssistant&, const Call&) = 0;

protected:
    Assistant() {
        answers<op::AssistantAsk>([this](const auto& request, const Call& call) { return ask(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
