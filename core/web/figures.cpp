#include "web/figures.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace motcua::web {

namespace {

constexpr int kPeriods[]{30, 90, 365};
constexpr int kUsual = 90;

bool isNumber(const std::string& column) {
    return column == "people" || column == "index" || column == "mean" || column == "spread" ||
           column == "times";
}

} // namespace

int daysOf(const http::Request& request) {
    for (const int days : kPeriods)
        if (request.query("days") == std::to_string(days)) return days;
    return kUsual;
}

void addPeriods(http::Page& page, const std::string& path, int days) {
    for (const int period : kPeriods) {
        view::Model& item = page.model().object("periods").add("items");
        item.set("text", page.say("ratings.period", {{"days", std::to_string(period)}}));
        item.set("href", path + std::to_string(period));
        if (period == days) item.set("current", true);
    }
}

std::size_t numberOf(std::string_view text) {
    std::size_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? number : 0;
}

std::string decimalText(std::string_view locale, double value, int places) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", places, value);
    std::string made{text};
    if (locale != "en") std::replace(made.begin(), made.end(), '.', ',');
    return made;
}

FigureTable::FigureTable(http::Page& page, std::vector<std::string> columns, const std::string& caption)
    : page_(page), columns_(std::move(columns)), table_(&page.model().add("groups").object("table")) {
    table_->set("caption", caption.empty() ? page.say("ratings.caption") : caption);
    for (const std::string& column : columns_) {
        view::Model& head = table_->add("columns");
        head.set("text", page.say("ratings." + column));
        if (isNumber(column)) head.set("numeric", true);
    }
}

void FigureTable::row() {
    row_ = &table_->add("rows");
    column_ = 0;
}

view::Model& FigureTable::place() {
    const std::string& column = columns_.at(column_++);
    view::Model& cell = row_->add("cells");
    cell.set("column", page_.say("ratings." + column));
    if (isNumber(column)) cell.set("numeric", true);
    return cell;
}

void FigureTable::cell(std::string text, std::string href, std::string note) {
    view::Model& cell = place();
    cell.set("text", std::move(text));
    cell.setUnlessEmpty("href", std::move(href));
    cell.setUnlessEmpty("note", std::move(note));
}

void FigureTable::people(std::int64_t number) {
    place().set("text", number == 0 ? page_.say("ratings.too_few") : std::to_string(number));
}

void FigureTable::figure(const assessment::Tally& tally, const std::string& text) {
    place().set("text", tally.count() == 0 ? std::string{"–"} : text);
}

void FigureTable::index(const assessment::Tally& tally) {
    const double percent = static_cast<double>(tally.permille()) / 10;
    figure(tally, decimalText(page_.locale(), percent, 1) + " %");
}

void FigureTable::mean(const assessment::Tally& tally) {
    figure(tally, decimalText(page_.locale(), tally.mean(), 2));
}

void FigureTable::spread(const assessment::Tally& tally) {
    figure(tally, decimalText(page_.locale(), tally.spread(), 2));
}

} // namespace motcua::web
