// How times, limits, money and states are said on pages: one way for every controller.
#pragma once

#include "calendar/calendar.h"
#include "catalogue/catalogue.h"
#include "dossier/dossier.h"
#include "dossier/dossier_work.h"
#include "http/page.h"
#include "payment/payment.h"

#include <optional>
#include <string>

namespace motcua::web {

// "3 ngày làm việc", "trong ngày".
std::string limitText(const http::Page& page, const calendar::Limit& limit);
// Of a case and channel; "" where the source does not say.
std::string limitText(const http::Page& page, const std::optional<calendar::Limit>& limit);
// "Miễn phí", "8.000 đ", "theo nghị quyết của Hội đồng nhân dân (mức thử nghiệm: 5.000 đ)".
std::string feesText(const http::Page& page, const catalogue::Fees& fees);

// { kind: "state-5", text } for a tag.
view::Model stateTag(const http::Page& page, dossier::State state);
// { kind: "done", text: "Đã nhận tiền" }.
view::Model paymentTag(const http::Page& page, payment::State state);
// { kind: "due-amber", text: "Sắp đến hạn: còn 3 giờ" }; nothing where there is no deadline.
std::optional<view::Model> dueTag(const http::Page& page, std::optional<Instant> due, Instant now);
// "green", "amber", "red": an amber one has less than a working day left.
const char* lightOf(Instant due, Instant now);

// "1,4 MB".
std::string sizeText(std::int64_t bytes);

view::Model link(std::string text, std::string href);

} // namespace motcua::web
