// Delivery receipts: read from deliver_sm, matched with what was submitted, told to the host once all parts
// of a message are known.
#pragma once

#include "link.h"

#include "motcua/sdk/message.h"

#include <optional>
#include <string>

namespace smpp {

enum class ReceiptIds { Same, Decimal, Hex };

// What became of one part, as the centre tells it.
struct Receipt {
    std::string id{};
    char state = '-';    // 'd' delivered, 'e' expired, 'f' failed, 'u' unknown, '-' under way
    std::string word{};  // "DELIVRD"
    std::string error{}; // the carrier's own code: "000"
    std::optional<std::int64_t> at{};
};

// Whether esm_class says that a deliver_sm is a receipt; a citizen's text may look like one and is none.
bool isReceipt(const ShortMessage& message);
// From the TLVs where there are some, else from the text "id:… stat:…". Nothing where it names no message.
std::optional<Receipt> readReceipt(const ShortMessage& message, int utcOffsetMinutes);

// A receipt's id as it stood in submit_sm_resp.
std::string submittedId(const std::string& id, ReceiptIds form);

// What a submitted part belongs to.
struct Place {
    std::string message{}; // our id
    int recipient = 0, recipients = 1;
    int part = 0, parts = 1;

    std::string note() const;
    static std::optional<Place> read(const std::string& note);
};

// Remembers what was submitted and which parts have arrived, in the host's store.
class Receipts {
public:
    Receipts(const sdk::Host& host, std::string profile, ReceiptIds form, int utcOffsetMinutes);

    void remember(const std::string& note, const std::string& messageId) const;
    Link::Taken take(const ShortMessage& message) const;

private:
    std::optional<sdk::DeliveryOutcome> outcomeOf(const std::string& states) const;
    Link::Taken settle(const Receipt& receipt, const Place& place, const ShortMessage& message) const;

    const sdk::Host host_;
    sdk::Call call_{};
    const ReceiptIds form_;
    const int utcOffsetMinutes_;
};

} // namespace smpp
