// The cash book (sổ quỹ) of one counter in the host's key-value store: lines in the order of booking, each
// written once, and receipt numbers without gaps.
#pragma once

#include "motcua/sdk/payment.h"

#include <optional>
#include <string>

namespace counter {

struct Line {
    std::int64_t number = 0; // in the book, from 1
    motcua::sdk::SettlementKind kind = motcua::sdk::SettlementKind::Payment;
    std::string reference;
    std::int64_t amount = 0;
    std::int64_t at = 0; // ms UTC of booking; never before the line above it
    std::int64_t paidAt = 0;
    std::string series; // of its receipt; empty for money that went back
    std::int64_t receipt = 0;
    std::string key; // of the order by which money went back

    motcua::sdk::Json json() const;
    static Line of(const motcua::sdk::Json& json);
};

// The head of the book holds the last line itself, so that appending is one compare-and-swap; whoever comes
// next, the writer himself included, first copies it to its own place and to the index of its reference. A
// process that is killed in between leaves nothing half-done.
class CashBook {
public:
    CashBook(const motcua::sdk::Host& host, const motcua::sdk::Call& call) : host_(host), call_(call) {}

    // Appends it with the next numbers, unless its reference has a line of that kind already: then that one.
    motcua::sdk::Result<Line> append(Line line);

    motcua::sdk::Result<std::optional<Line>> find(motcua::sdk::SettlementKind kind,
                                                  const std::string& reference);
    motcua::sdk::Result<std::optional<Line>> at(std::int64_t number);
    // Number of the first line of a day, "2020-07-13"; 0 where it has none.
    motcua::sdk::Result<std::int64_t> firstOf(const std::string& day);

private:
    struct Head {
        motcua::sdk::Json json;
        std::int64_t version = 0;
    };
    motcua::sdk::Result<Head> head();
    motcua::sdk::Result<void> spread(const Line& line);
    motcua::sdk::Result<void> once(const std::string& key, const std::string& value);
    std::string key(const std::string& below) const { return "book/" + call_.profile + "/" + below; }
    std::string indexOf(motcua::sdk::SettlementKind kind, const std::string& reference) const;

    const motcua::sdk::Host& host_;
    const motcua::sdk::Call& call_;
};

// The civil day in Vietnam, "2020-07-13".
std::string dayOf(std::int64_t ms);

} // namespace counter
