#include "inbound.h"

#include "message-shared/letters.h"
#include "message-shared/phone.h"

#include "motcua/sdk/message.h"

#include <algorithm>
#include <optional>

namespace smpp {

namespace {

using namespace motcua::sdk;

constexpr std::int64_t joiningMs = 10 * 60 * 1000;
constexpr std::size_t mostJoining = 1000;
constexpr std::size_t longestText = 16'384;
constexpr std::uint8_t udhIndicator = 0x40;

struct Piece {
    std::string octets{};
    int reference = 0, number = 1, total = 1;
};

unsigned at(std::string_view bytes, std::size_t i) {
    return static_cast<unsigned char>(bytes[i]);
}

// Nothing where the header runs past the text.
std::optional<Piece> readHeader(std::string_view octets) {
    if (octets.empty() || at(octets, 0) + 1 > octets.size()) return std::nullopt;
    const std::string_view header = octets.substr(1, at(octets, 0));
    Piece piece;
    piece.octets = octets.substr(header.size() + 1);
    for (std::size_t i = 0; i + 2 <= header.size();) {
        const std::size_t length = at(header, i + 1);
        if (i + 2 + length > header.size()) return std::nullopt;
        const std::string_view value = header.substr(i + 2, length);
        if ((at(header, i) == 0 && length == 3) || (at(header, i) == 8 && length == 4)) {
            piece.reference = static_cast<int>(length == 3 ? at(value, 0) : at(value, 0) << 8 | at(value, 1));
            piece.total = static_cast<int>(at(value, length - 2));
            piece.number = static_cast<int>(at(value, length - 1));
        }
        i += 2 + length;
    }
    return piece;
}

std::optional<Piece> pieceOf(const ShortMessage& message) {
    const auto payload = message.tlvs.find(messagePayload);
    const std::string& octets =
        message.octets.empty() && payload != message.tlvs.end() ? payload->second : message.octets;
    if ((message.esmClass & udhIndicator) != 0) return readHeader(octets);
    Piece piece;
    piece.octets = octets;
    const auto tlv = [&](Tag tag, std::size_t size) -> std::optional<unsigned> {
        const auto found = message.tlvs.find(tag);
        if (found == message.tlvs.end() || found->second.size() != size) return std::nullopt;
        return size == 1 ? at(found->second, 0) : at(found->second, 0) << 8 | at(found->second, 1);
    };
    const auto reference = tlv(sarReference, 2), total = tlv(sarTotal, 1), number = tlv(sarNumber, 1);
    if (reference && total && number) {
        piece.reference = static_cast<int>(*reference);
        piece.total = static_cast<int>(*total);
        piece.number = static_cast<int>(*number);
    }
    return piece;
}

// Nothing for what is not text.
std::optional<std::string> textOf(const std::string& octets, std::uint8_t dataCoding) {
    switch (dataCoding) {
    case 0:
        return sms::fromGsm7(octets);
    case 1:   // ASCII
    case 3: { // Latin-1
        std::string wide;
        for (const char c : octets)
            (wide += '\0') += c;
        return sms::fromUcs2(wide);
    }
    case 8:
        return sms::fromUcs2(octets);
    default:
        return std::nullopt;
    }
}

} // namespace

Inbound::Inbound(const Host& host, std::string profile) : host_(host) {
    call_.profile = std::move(profile);
}

Link::Taken Inbound::take(const ShortMessage& message) {
    const auto piece = pieceOf(message);
    if (!piece || piece->total < 1 || piece->number < 1 || piece->number > piece->total ||
        !textOf("", message.dataCoding)) {
        host_.log(call_, LogLevel::Warning, "smpp.inbound_unreadable",
                  {{"data_coding", std::int64_t{message.dataCoding}}});
        return Link::Taken::Yes;
    }
    if (piece->total == 1) return tell(message, *textOf(piece->octets, message.dataCoding));

    std::erase_if(joining_, [](const auto& one) { return one.second.until.leftMs() == 0; });
    const std::string key = message.source.digits + "|" + std::to_string(piece->reference) + "|" +
                            std::to_string(piece->total) + "|" + std::to_string(message.dataCoding);
    if (!joining_.contains(key) && joining_.size() >= mostJoining) return Link::Taken::Later;
    Joining& joining = joining_[key];
    if (joining.parts.empty()) joining.until = Deadline::in(joiningMs);
    joining.parts[piece->number] = piece->octets;
    if (joining.parts.size() < static_cast<std::size_t>(piece->total)) return Link::Taken::Yes;
    std::string whole; // an escape or a pair may stand across two parts of a careless phone
    for (const auto& part : joining.parts)
        whole += part.second;
    const Link::Taken taken = tell(message, *textOf(whole, message.dataCoding));
    if (taken == Link::Taken::Yes) joining_.erase(key);
    return taken;
}

// The protocol has no id for it: the same words from the same phone within five minutes are a repetition.
Link::Taken Inbound::tell(const ShortMessage& message, const std::string& text) const {
    constexpr std::int64_t repetitionMs = 300'000;
    InboundMessage told;
    told.kind = MessageKind::Sms;
    const auto phone = sms::phoneOf((message.source.ton == 1 ? "+" : "") +
                                    message.source.digits.substr(message.source.digits.rfind('+', 0) == 0));
    told.from = phone ? "+" + *phone : message.source.digits;
    told.to = message.destination.digits;
    std::size_t end = std::min(text.size(), longestText);
    while (end < text.size() && (at(text, end) & 0xc0) == 0x80) // never in the middle of a letter
        --end;
    told.text = text.substr(0, end);
    told.at = host_.nowMs();
    told.id = sms::digestOf(call_.profile + "|" + message.source.digits + "|" + message.destination.digits +
                            "|" + text + "|" + std::to_string(*told.at / repetitionMs));
    return host_.post<event::MessageReceived>(call_, told.id, told) ? Link::Taken::Yes : Link::Taken::Later;
}

} // namespace smpp
