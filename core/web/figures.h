// Tables of satisfaction: how figures are said, and the periods to choose from.
#pragma once

#include "assessment/assessment.h"
#include "http/page.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::web {

// ?days= of the address: 30, 90 (left out, or anything else) or 365.
int daysOf(const http::Request& request);
// Links to the same page for each period: `path` ends where the number of days goes.
void addPeriods(http::Page& page, const std::string& path, int days);

// A whole number from an address; 0 where it is none.
std::size_t numberOf(std::string_view text);
// "4,3" or "4.3".
std::string decimalText(std::string_view locale, double value, int places);

// One table among the page's "groups", filled row by row, cell by cell. A figure of nobody says that there
// are too few answers.
class FigureTable {
public:
    // Columns by their keys below "ratings.".
    FigureTable(http::Page& page, std::vector<std::string> columns, const std::string& caption = {});

    void row();
    void cell(std::string text, std::string href = {}, std::string note = {});
    void people(std::int64_t number);
    void index(const assessment::Tally& tally);
    void mean(const assessment::Tally& tally);
    void spread(const assessment::Tally& tally);

private:
    void figure(const assessment::Tally& tally, const std::string& text);
    view::Model& place();

    http::Page& page_;
    std::vector<std::string> columns_;
    view::Model* table_;
    view::Model* row_ = nullptr;
    std::size_t column_ = 0;
};

} // namespace motcua::web
