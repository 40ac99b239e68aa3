// The packets of SMPP 3.4 as pure functions: framing, the fields of what we send and of what we are sent.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace smpp {

enum Command : std::uint32_t {
    submitSm = 0x4,
    deliverSm = 0x5,
    unbind = 0x6,
    bindTransceiver = 0x9,
    enquireLink = 0x15,
    dataSm = 0x103,
    response = 0x80000000, // bit of every answer
    genericNack = 0x80000000,
};

// Command statuses (5.1.3) by which we decide.
enum CommandStatus : std::uint32_t {
    ok = 0x0,
    invalidLength = 0x1,
    invalidCommandLength = 0x2,
    invalidCommand = 0x3,
    systemError = 0x8,
    alreadyBound = 0x5,
    invalidSource = 0xa,
    invalidDestination = 0xb,
    bindFailed = 0xd,
    invalidPassword = 0xe,
    invalidSystemId = 0xf,
    queueFull = 0x14,
    throttled = 0x58,
    temporaryError = 0x64, // ours, to a deliver_sm that we cannot store now
    unknownError = 0xff,
};

enum Tag : std::uint16_t {
    receiptedMessageId = 0x001e,
    sarReference = 0x020c,
    sarTotal = 0x020e,
    sarNumber = 0x020f,
    messagePayload = 0x0424,
    messageState = 0x0427,
};

struct Pdu {
    std::uint32_t command = 0;
    std::uint32_t status = 0;
    std::uint32_t sequence = 0;
    std::string body{};
};

std::string encode(const Pdu& pdu);

// Bytes to packets. A length that cannot be is the end: where the next packet begins is lost.
class Framer {
public:
    void feed(std::string_view bytes) { kept_ += bytes; }
    std::optional<Pdu> next(); // nothing while the packet is not whole
    bool broken() const { return broken_; }

private:
    std::string kept_{};
    bool broken_ = false;
};

struct Address {
    std::uint8_t ton = 0, npi = 0;
    std::string digits{};
};

// submit_sm and deliver_sm have the same fields.
struct ShortMessage {
    Address source{}, destination{};
    std::uint8_t esmClass = 0;
    std::uint8_t dataCoding = 0;
    std::uint8_t registered = 0;
    std::string validity{}; // relative, 7.1.1.2
    std::string octets{};   // short_message; at most 254
    std::map<std::uint16_t, std::string> tlvs{};
};

std::string bodyOf(const ShortMessage& message);
// Nothing where a field runs past the end of the body.
std::optional<ShortMessage> readMessage(std::string_view body);

std::string bindBody(const std::string& systemId, const std::string& password, const std::string& systemType);
// The C-octet string that a body begins with (message_id, system_id); nothing where it does not end.
std::optional<std::string> leadingText(std::string_view body, std::size_t most);

// Brand names are alphanumeric (5, 0), telephone numbers international (1, 1), short codes network specific
// (3, 0).
Address senderOf(const std::string& sender);

std::string bigEndian(std::uint64_t value, std::size_t bytes);

} // namespace smpp
