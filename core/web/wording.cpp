#include "web/wording.h"

#include <cstdio>

namespace motcua::web {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

// "3 ngày", "5 giờ", "20 phút": the largest unit that is at least one.
std::string span(const http::Page& page, Millis time) {
    const auto count = [&](const char* word, std::int64_t number) {
        return page.say(word, {{"count", std::to_string(number)}});
    };
    if (time >= hours{48}) return count("common.days", time / hours{24});
    if (time >= hours{1}) return count("common.hours", time / hours{1});
    return count("common.minutes", std::max<std::int64_t>(1, time / minutes{1}));
}

std::string feeText(const http::Page& page, const catalogue::Fee& fee) {
    const std::string per = page.say(fee.per == catalogue::FeeUnit::Copy   ? "fee.per_copy"
                                     : fee.per == catalogue::FeeUnit::Page ? "fee.per_page"
                                     : fee.per == catalogue::FeeUnit::Case ? "fee.per_case"
                                                                           : "fee.per_dossier");
    if (fee.amount) return format(*fee.amount) + per;
    if (fee.isDemo()) return page.say("fee.council_demo", {{"amount", format(*fee.demo) + per}});
    return page.say("fee.council");
}

} // namespace

std::string limitText(const http::Page& page, const calendar::Limit& limit) {
    const char* word = nullptr;
    switch (limit.unit) {
    case calendar::Unit::Hours:
        word = "common.working_hours";
        break;
    case calendar::Unit::WorkingDays:
        word = "common.working_days";
        break;
    case calendar::Unit::Days:
        word = "common.days";
        break;
    case calendar::Unit::Months:
        word = "common.months";
        break;
    case calendar::Unit::SameDay:
        return page.say("common.same_day");
    }
    return page.say(word, {{"count", std::to_string(limit.count)}});
}

std::string limitText(const http::Page& page, const std::optional<calendar::Limit>& limit) {
    return limit ? limitText(page, *limit) : page.say("common.not_said");
}

std::string feesText(const http::Page& page, const catalogue::Fees& fees) {
    if (!fees) return page.say("common.not_said");
    if (fees->empty()) return page.say("common.free");
    std::string text;
    for (const catalogue::Fee& fee : *fees)
        text += (text.empty() ? "" : "; ") + feeText(page, fee);
    return text;
}

view::Model stateTag(const http::Page& page, dossier::State state) {
    const std::string number = std::to_string(static_cast<int>(state));
    view::Model tag;
    tag.set("kind", "state-" + number).set("text", page.say("status." + number));
    return tag;
}

view::Model paymentTag(const http::Page& page, payment::State state) {
    const auto kind = [state] {
        switch (state) {
        case payment::State::Paid:
            return "done";
        case payment::State::Created:
        case payment::State::Pending:
        case payment::State::Refunding:
            return "doing";
        case payment::State::Refunded:
            return "info";
        default:
            return "failed";
        }
    };
    view::Model tag;
    tag.set("kind", kind()).set("text", page.say(std::string{"payment.state."} + payment::name(state)));
    return tag;
}

const char* lightOf(Instant due, Instant now) {
    return due < now ? "red" : due - now < dossier::kDueSoon ? "amber" : "green";
}

std::optional<view::Model> dueTag(const http::Page& page, std::optional<Instant> due, Instant now) {
    if (!due) return std::nullopt;
    const std::string light = lightOf(*due, now);
    const Millis left = *due < now ? now - *due : *due - now;
    view::Model tag;
    tag.set("kind", "due-" + light).set("text", page.say("due." + light, {{"time", span(page, left)}}));
    return tag;
}

std::string sizeText(std::int64_t bytes) {
    char text[32];
    if (bytes < 1 << 20) {
        std::snprintf(text, sizeof text, "%lld KB", static_cast<long long>((bytes + 1023) / 1024));
        return text;
    }
    std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / (1 << 20));
    for (char& c : text)
        if (c == '.') c = ',';
    return text;
}

view::Model link(std::string text, std::string href) {
    view::Model made;
    made.set("text", std::move(text)).set("href", std::move(href));
    return made;
}

} // namespace motcua::web
