#include "cash_book.h"

#include <motcua/sdk/times.h>

#include <algorithm>
#include <cstdlib>

namespace counter {

using namespace motcua::sdk;

namespace {

constexpr int mostTries = 100; // officials who book at the same moment

bool isConflict(const Error& error) {
    return error.status == Status::Conflict;
}

} // namespace

std::string dayOf(std::int64_t ms) {
    return motcua::sdk::vietnamTime(ms, "yyyy-MM-dd");
}

Json Line::json() const {
    Json json = Json::object();
    json.set("n", number).set("refund", kind == SettlementKind::Refund).set("reference", reference);
    json.set("amount", amount).set("at", at).set("paidAt", paidAt).set("series", series);
    return json.set("receipt", receipt).set("key", key);
}

Line Line::of(const Json& json) {
    Line line;
    line.number = json["n"].integer();
    line.kind = json["refund"].boolean() ? SettlementKind::Refund : SettlementKind::Payment;
    line.reference = json["reference"].string();
    line.amount = json["amount"].integer();
    line.at = json["at"].integer();
    line.paidAt = json["paidAt"].integer();
    line.series = json["series"].string();
    line.receipt = json["receipt"].integer();
    line.key = json["key"].string();
    return line;
}

std::string CashBook::indexOf(SettlementKind kind, const std::string& reference) const {
    return key((kind == SettlementKind::Refund ? "back/" : "paid/") + reference);
}

Result<CashBook::Head> CashBook::head() {
    MOTCUA_SDK_TRY(stored, host_.kvGet(call_, key("head")));
    auto json = Json::parse(stored.value);
    return Head{json ? std::move(*json) : Json::object(), stored.version};
}

// Written by whoever comes first; it is the same for everybody.
Result<void> CashBook::once(const std::string& key, const std::string& value) {
    const auto put = host_.kvPut(call_, {key, value, 0, {}});
    if (!put && !isConflict(put.error())) return put.error();
    return {};
}

Result<void> CashBook::spread(const Line& line) {
    const std::string number = std::to_string(line.number);
    MOTCUA_SDK_CHECK(once(key("line/" + number), line.json().dump()));
    MOTCUA_SDK_CHECK(once(key("day/" + dayOf(line.at)), number));
    return once(indexOf(line.kind, line.reference), number);
}

Result<Line> CashBook::append(Line line) {
    for (int i = 0; i < mostTries; ++i) {
        MOTCUA_SDK_TRY(before, head());
        const Line last = Line::of(before.json["last"]);
        if (last.number > 0) MOTCUA_SDK_CHECK(spread(last));
        MOTCUA_SDK_TRY(same, find(line.kind, line.reference));
        if (same) return std::move(*same);
        Json receipts = before.json["receipts"];
        line.number = last.number + 1;
        line.at = std::max(host_.nowMs(), last.at);
        if (line.kind == SettlementKind::Payment) {
            line.receipt = receipts[line.series].integer() + 1;
            receipts.set(line.series, line.receipt);
        }
        const Json next = Json::object().set("last", line.json()).set("receipts", receipts);
        const auto put = host_.kvPut(call_, {key("head"), next.dump(), before.version, {}});
        if (!put && !isConflict(put.error())) return put.error();
        if (!put) continue;
        MOTCUA_SDK_CHECK(spread(line));
        return line;
    }
    return unavailable("payment.provider_down", "the cash book is busy", 1000);
}

Result<std::optional<Line>> CashBook::find(SettlementKind kind, const std::string& reference) {
    MOTCUA_SDK_TRY(stored, host_.kvGet(call_, indexOf(kind, reference)));
    if (!stored.value.empty()) return at(std::atoll(stored.value.c_str()));
    MOTCUA_SDK_TRY(newest, head());
    Line last = Line::of(newest.json["last"]);
    if (last.number > 0 && last.kind == kind && last.reference == reference) return std::optional{last};
    return std::optional<Line>{};
}

Result<std::optional<Line>> CashBook::at(std::int64_t number) {
    MOTCUA_SDK_TRY(stored, host_.kvGet(call_, key("line/" + std::to_string(number))));
    if (const auto json = Json::parse(stored.value)) return std::optional{Line::of(*json)};
    MOTCUA_SDK_TRY(newest, head());
    Line last = Line::of(newest.json["last"]);
    return last.number > 0 && last.number == number ? std::optional{last} : std::nullopt;
}

Result<std::int64_t> CashBook::firstOf(const std::string& day) {
    MOTCUA_SDK_TRY(stored, host_.kvGet(call_, key("day/" + day)));
    if (!stored.value.empty()) return std::int64_t{std::atoll(stored.value.c_str())};
    MOTCUA_SDK_TRY(newest, head());
    const Line last = Line::of(newest.json["last"]);
    return last.number > 0 && dayOf(last.at) == day ? last.number : std::int64_t{0};
}

} // namespace counter
