#include "receipts.h"

#include "message-shared/phone.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>

namespace smpp {

namespace {

using namespace motcua::sdk;

constexpr std::int64_t rememberedMs =
    std::int64_t{7} * 24 * 3600 * 1000; // carriers try for three days at most

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

// The word after "name:", in any case of letters.
std::string wordAfter(const std::string& text, const std::string& name) {
    const std::string haystack = lower(text);
    for (std::size_t at = 0; (at = haystack.find(name, at)) != std::string::npos; ++at) {
        if (at > 0 && haystack[at - 1] != ' ') continue; // "id:" in "submitid:"
        const std::size_t begin = at + name.size();
        return text.substr(begin, text.find(' ', begin) - begin);
    }
    return {};
}

// YYMMDDhhmm or YYMMDDhhmmss of the centre's zone.
std::optional<std::int64_t> momentOf(const std::string& text, int utcOffsetMinutes) {
    if ((text.size() != 10 && text.size() != 12) || text.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
    using namespace std::chrono;
    const year_month_day day{year{2000 + two(0)}, month{static_cast<unsigned>(two(2))},
                             std::chrono::day{static_cast<unsigned>(two(4))}};
    const int seconds = text.size() == 12 ? two(10) : 0;
    if (!day.ok() || two(6) > 23 || two(8) > 59 || seconds > 60) return std::nullopt;
    const std::int64_t days = sys_days{day}.time_since_epoch().count();
    return ((days * 24 + two(6)) * 3600 + (two(8) - utcOffsetMinutes) * std::int64_t{60} + seconds) * 1000;
}

struct State {
    const char* word;
    char state;
};
constexpr State stateWords[] = {{"", '-'}, // by message_state
                                {"ENROUTE", '-'}, {"DELIVRD", 'd'}, {"EXPIRED", 'e'}, {"DELETED", 'f'},
                                {"UNDELIV", 'f'}, {"ACCEPTD", '-'}, {"UNKNOWN", 'u'}, {"REJECTD", 'f'}};

template <typename T>
bool parse(std::string_view text, T& value, int base = 10) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && !text.empty();
}

const char* nameOf(DeliveryOutcome outcome) {
    for (const auto& [value, word] : EnumWords<DeliveryOutcome>::entries)
        if (value == outcome) return word;
    return "";
}

std::string printable(std::string text, std::size_t most) {
    std::erase_if(text, [](char c) { return c < ' ' || c > '~'; });
    return text.substr(0, most);
}

} // namespace

bool isReceipt(const ShortMessage& message) {
    const int type = (message.esmClass >> 2) & 0xf;
    return type == 1 || type == 8; // receipt, intermediate notification
}

std::optional<Receipt> readReceipt(const ShortMessage& message, int utcOffsetMinutes) {
    Receipt receipt;
    const auto payload = message.tlvs.find(messagePayload);
    const std::string& text =
        message.octets.empty() && payload != message.tlvs.end() ? payload->second : message.octets;
    receipt.id = wordAfter(text, "id:");
    receipt.word = wordAfter(text, "stat:");
    receipt.error = printable(wordAfter(text, "err:"), 10);
    receipt.at = momentOf(wordAfter(text, "done date:"), utcOffsetMinutes);
    if (const auto id = message.tlvs.find(receiptedMessageId); id != message.tlvs.end())
        receipt.id = id->second.substr(0, id->second.find('\0'));
    if (const auto state = message.tlvs.find(messageState);
        state != message.tlvs.end() && state->second.size() == 1 &&
        static_cast<unsigned char>(state->second[0]) < std::size(stateWords))
        receipt.word = stateWords[static_cast<unsigned char>(state->second[0])].word;
    const std::string word = lower(receipt.word);
    const auto known = std::find_if(std::begin(stateWords) + 1, std::end(stateWords),
                                    [&](const State& one) { return lower(one.word) == word; });
    receipt.state = known == std::end(stateWords) ? '-' : known->state;
    receipt.word = printable(receipt.word, 20);
    if (receipt.id.empty() || receipt.id.size() > 64) return std::nullopt;
    return receipt;
}

std::string submittedId(const std::string& id, ReceiptIds form) {
    std::uint64_t value = 0;
    if (form == ReceiptIds::Same || !parse(id, value, form == ReceiptIds::Decimal ? 10 : 16)) return id;
    char out[24];
    const auto end = std::to_chars(out, out + sizeof out, value, form == ReceiptIds::Decimal ? 16 : 10).ptr;
    return {out, end};
}

std::string Place::note() const {
    return message + " " + std::to_string(recipient) + " " + std::to_string(recipients) + " " +
           std::to_string(part) + " " + std::to_string(parts);
}

std::optional<Place> Place::read(const std::string& note) {
    Place place;
    std::size_t at = note.find(' ');
    place.message = note.substr(0, at);
    for (int* field : {&place.recipient, &place.recipients, &place.part, &place.parts}) {
        if (at == std::string::npos) return std::nullopt;
        const std::size_t end = std::min(note.find(' ', at + 1), note.size());
        if (!parse(std::string_view{note}.substr(at + 1, end - at - 1), *field)) return std::nullopt;
        at = end == note.size() ? std::string::npos : end;
    }
    const bool sound = place.part >= 0 && place.part < place.parts && place.parts <= 255;
    return sound ? std::optional{place} : std::nullopt;
}

Receipts::Receipts(const Host& host, std::string profile, ReceiptIds form, int utcOffsetMinutes)
    : host_(host), form_(form), utcOffsetMinutes_(utcOffsetMinutes) {
    call_.profile = std::move(profile);
}

// Where the id is one more number a centre may write it with leading zeros, or in capitals.
static std::string keyOf(const std::string& profile, std::string id, ReceiptIds form) {
    if (form != ReceiptIds::Same) {
        id = lower(id);
        id.erase(0, std::min(id.find_first_not_of('0'), id.size()));
    }
    return "part/" + sms::digestOf(profile + "|" + id);
}

void Receipts::remember(const std::string& note, const std::string& messageId) const {
    const std::string key = keyOf(call_.profile, messageId, form_);
    const auto before = host_.kvGet(call_, key);
    const auto put =
        host_.kvPut(call_, {key, note, before ? before->version : 0, host_.nowMs() + rememberedMs});
    if (!put) host_.log(call_, LogLevel::Warning, "smpp.not_remembered", {{"why", put.error().code}});
}

Link::Taken Receipts::take(const ShortMessage& message) const {
    const auto receipt = readReceipt(message, utcOffsetMinutes_);
    if (!receipt) {
        host_.log(call_, LogLevel::Warning, "smpp.receipt_without_id");
        return Link::Taken::Yes;
    }
    const auto note = host_.kvGet(call_, keyOf(call_.profile, submittedId(receipt->id, form_), form_));
    if (!note) return Link::Taken::Later;
    const auto place = Place::read(note->value);
    if (!place) return Link::Taken::Unknown;
    if (receipt->state == '-') return Link::Taken::Yes; // under way: nothing that anybody waits for
    return settle(*receipt, *place, message);
}

// The first part that will not arrive decides; else it has arrived when the last part has.
std::optional<DeliveryOutcome> Receipts::outcomeOf(const std::string& states) const {
    const std::size_t bad = states.find_first_of("feu");
    if (bad != std::string::npos)
        return states[bad] == 'f'   ? DeliveryOutcome::Failed
               : states[bad] == 'e' ? DeliveryOutcome::Expired
                                    : DeliveryOutcome::Unknown;
    if (states.find('-') != std::string::npos) return std::nullopt;
    return DeliveryOutcome::Delivered;
}

Link::Taken Receipts::settle(const Receipt& receipt, const Place& place, const ShortMessage& message) const {
    const std::string key = "seen/" + place.message + "/" + std::to_string(place.recipient);
    const auto held = host_.kvGet(call_, key);
    if (!held) return Link::Taken::Later;
    std::string states = held->value;
    states.resize(static_cast<std::size_t>(place.parts), '-');
    if (outcomeOf(states)) return Link::Taken::Yes; // told already
    char& state = states[static_cast<std::size_t>(place.part)];
    if (state != '-') return Link::Taken::Yes; // once more; the first word holds
    state = receipt.state;
    if (const auto outcome = outcomeOf(states)) {
        DeliveryReceipt told;
        told.id = place.message;
        told.outcome = *outcome;
        told.at = receipt.at;
        told.code = receipt.error;
        told.detail = receipt.word;
        if (place.recipients > 1) {
            const auto phone = sms::phoneOf(
                "+" + message.source.digits.substr(message.source.digits.rfind('+', 0) == 0 ? 1 : 0));
            if (phone) told.address = "+" + *phone;
        }
        const std::string unique =
            place.message + " " + std::to_string(place.recipient) + " " + nameOf(*outcome);
        const auto posted = host_.post<event::MessageReceipt>(call_, unique, told);
        if (!posted) return Link::Taken::Later;
    }
    const auto put = host_.kvPut(call_, {key, states, held->version, host_.nowMs() + rememberedMs});
    return put ? Link::Taken::Yes : Link::Taken::Later;
}

} // namespace smpp
