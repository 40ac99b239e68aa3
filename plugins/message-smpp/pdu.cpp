#include "pdu.h"

#include <algorithm>

namespace smpp {

namespace {

constexpr std::size_t headBytes = 16;
constexpr std::size_t largestPdu = 70'000; // message_payload holds 64 KB

std::uint32_t numberAt(std::string_view bytes, std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

// Reads fields until one is not there; from then on everything is empty and ok() false.
class Fields {
public:
    explicit Fields(std::string_view body) : left_(body) {}

    std::uint8_t byte() {
        const std::string_view one = take(1);
        return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one[0]);
    }
    std::string text(std::size_t most) { // without its NUL
        const std::size_t end = left_.substr(0, most + 1).find('\0');
        if (end == std::string_view::npos) return fail(), std::string{};
        std::string value{left_.substr(0, end)};
        left_.remove_prefix(end + 1);
        return value;
    }
    std::string_view take(std::size_t count) {
        if (left_.size() < count) return fail(), std::string_view{};
        const std::string_view taken = left_.substr(0, count);
        left_.remove_prefix(count);
        return taken;
    }
    bool ok() const { return ok_; }
    bool more() const { return ok_ && !left_.empty(); }

private:
    void fail() {
        ok_ = false;
        left_ = {};
    }
    std::string_view left_;
    bool ok_ = true;
};

Address addressFrom(Fields& fields) {
    Address address;
    address.ton = fields.byte();
    address.npi = fields.byte();
    address.digits = fields.text(20);
    return address;
}

void append(std::string& out, const Address& address) {
    (out += static_cast<char>(address.ton)) += static_cast<char>(address.npi);
    (out += address.digits) += '\0';
}

} // namespace

std::string bigEndian(std::uint64_t value, std::size_t bytes) {
    std::string out(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i)
        out[bytes - 1 - i] = static_cast<char>((value >> (8 * i)) & 0xff);
    return out;
}

std::string encode(const Pdu& pdu) {
    return bigEndian(headBytes + pdu.body.size(), 4) + bigEndian(pdu.command, 4) + bigEndian(pdu.status, 4) +
           bigEndian(pdu.sequence, 4) + pdu.body;
}

std::optional<Pdu> Framer::next() {
    if (broken_ || kept_.size() < 4) return std::nullopt;
    const std::size_t length = numberAt(kept_, 0, 4);
    if (length < headBytes || length > largestPdu) {
        broken_ = true;
        return std::nullopt;
    }
    if (kept_.size() < length) return std::nullopt;
    Pdu pdu{numberAt(kept_, 4, 4), numberAt(kept_, 8, 4), numberAt(kept_, 12, 4),
            kept_.substr(headBytes, length - headBytes)};
    kept_.erase(0, length);
    return pdu;
}

std::string bodyOf(const ShortMessage& message) {
    std::string out(1, '\0'); // service_type
    append(out, message.source);
    append(out, message.destination);
    out += static_cast<char>(message.esmClass);
    out += std::string(3, '\0'); // protocol_id, priority_flag, schedule_delivery_time
    (out += message.validity) += '\0';
    out += static_cast<char>(message.registered);
    out += '\0'; // replace_if_present_flag
    out += static_cast<char>(message.dataCoding);
    out += '\0'; // sm_default_msg_id
    out += static_cast<char>(message.octets.size());
    out += message.octets;
    for (const auto& [tag, value] : message.tlvs)
        out += bigEndian(tag, 2) + bigEndian(value.size(), 2) + value;
    return out;
}

std::optional<ShortMessage> readMessage(std::string_view body) {
    Fields fields{body};
    ShortMessage message;
    fields.text(5); // service_type
    message.source = addressFrom(fields);
    message.destination = addressFrom(fields);
    message.esmClass = fields.byte();
    fields.take(2);  // protocol_id, priority_flag
    fields.text(16); // schedule_delivery_time
    message.validity = fields.text(16);
    message.registered = fields.byte();
    fields.byte(); // replace_if_present_flag
    message.dataCoding = fields.byte();
    fields.byte(); // sm_default_msg_id
    message.octets = fields.take(fields.byte());
    while (fields.more()) {
        const std::string_view head = fields.take(4);
        if (!fields.ok()) break;
        const auto tag = static_cast<std::uint16_t>(numberAt(head, 0, 2));
        message.tlvs[tag] = fields.take(numberAt(head, 2, 2));
    }
    if (!fields.ok()) return std::nullopt;
    return message;
}

std::string bindBody(const std::string& systemId, const std::string& password,
                     const std::string& systemType) {
    constexpr char version = 0x34;
    std::string out;
    for (const std::string* text : {&systemId, &password, &systemType})
        (out += *text) += '\0';
    out += version;
    return out += std::string(3, '\0'); // addr_ton, addr_npi, address_range
}

std::optional<std::string> leadingText(std::string_view body, std::size_t most) {
    Fields fields{body};
    std::string text = fields.text(most);
    if (!fields.ok()) return std::nullopt;
    return text;
}

Address senderOf(const std::string& sender) {
    constexpr std::size_t longestShortCode = 8;
    const std::string digits = sender.substr(sender.rfind('+', 0) == 0 ? 1 : 0);
    if (digits.find_first_not_of("0123456789") != std::string::npos) return {5, 0, sender};
    if (digits.size() <= longestShortCode) return {3, 0, digits};
    return {1, 1, digits};
}

} // namespace smpp
