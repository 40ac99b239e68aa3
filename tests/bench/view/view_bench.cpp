// What rendering a work list of 50 rows costs: our program beside hand-written appending and kainjow, in one
// run. Prints one JSON object a figure; `ratio` is our time over the baseline's (the bar for lent
// texts is 1.5).
#include "base/json.h"
#include "view/program.h"

#include <kainjow/mustache.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace motcua;

struct Row {
    std::string code, procedure, citizen, agency, due, state, href;
};

std::vector<Row> makeRows() {
    std::vector<Row> rows;
    for (int i = 0; i < 50; ++i) {
        const std::string n = std::to_string(i);
        rows.push_back({"H29.15-261123-00" + n,
                        "Đăng ký khai sinh & cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi",
                        "Nguyễn Thị <Én> " + n, "UBND Phường Bến Nghé, Quận 1", "16:30 30/11/2026",
                        "Đang xử lý", "/can-bo/ho-so/0193a7b2-" + n + "?tab=giay-to&back=1"});
    }
    return rows;
}

const std::string head =
    "<table class=\"govuk-table\">\n<thead><tr><th>Mã hồ sơ</th><th>Thủ tục</th><th>Người nộp</th>"
    "<th>Cơ quan</th><th>Hạn</th><th>Trạng thái</th></tr></thead>\n<tbody>\n";
const char* const rowTemplate =
    "<tr class=\"govuk-table__row\">\n<td class=\"govuk-table__cell\"><a class=\"govuk-link\" "
    "href=\"{{href}}\">{{code}}</a></td>\n<td class=\"govuk-table__cell\">{{procedure}}</td>\n"
    "<td class=\"govuk-table__cell\">{{citizen}}</td>\n<td class=\"govuk-table__cell\">{{agency}}</td>\n"
    "<td class=\"govuk-table__cell\">{{due}}</td>\n<td class=\"govuk-table__cell\">"
    "<strong class=\"govuk-tag\">{{state}}</strong></td>\n</tr>\n";
const std::string tail = "</tbody>\n</table>\n";
const std::string source = head + "{{#rows}}\n" + rowTemplate + "{{/rows}}\n" + tail;

// As somebody would write it who writes only this page: the same escaping, one string that has room.
void escape(std::string& out, const std::string& text) {
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char* entity = nullptr;
        switch (text[i]) {
        case '&':
            entity = "&amp;";
            break;
        case '<':
            entity = "&lt;";
            break;
        case '>':
            entity = "&gt;";
            break;
        case '"':
            entity = "&quot;";
            break;
        case '\'':
            entity = "&apos;";
            break;
        default:
            continue;
        }
        out.append(text, from, i - from);
        out += entity;
        from = i + 1;
    }
    out.append(text, from);
}

std::string byHand(const std::vector<Row>& rows) {
    std::string out;
    out.reserve(32 * 1024);
    out += head;
    for (const Row& row : rows) {
        out += "<tr class=\"govuk-table__row\">\n<td class=\"govuk-table__cell\"><a class=\"govuk-link\" "
               "href=\"";
        escape(out, row.href);
        out += "\">";
        escape(out, row.code);
        out += "</a></td>\n<td class=\"govuk-table__cell\">";
        escape(out, row.procedure);
        out += "</td>\n<td class=\"govuk-table__cell\">";
        escape(out, row.citizen);
        out += "</td>\n<td class=\"govuk-table__cell\">";
        escape(out, row.agency);
        out += "</td>\n<td class=\"govuk-table__cell\">";
        escape(out, row.due);
        out += "</td>\n<td class=\"govuk-table__cell\"><strong class=\"govuk-tag\">";
        escape(out, row.state);
        out += "</strong></td>\n</tr>\n";
    }
    out += tail;
    return out;
}

// A controller's way for a hot list: rows lend their texts.
std::string ours(const view::Program& program, const std::vector<Row>& rows) {
    view::Model model;
    view::List& list = model.list("rows");
    list.reserve(rows.size());
    for (const Row& row : rows) {
        view::Model item;
        item.reserve(7);
        item.set("href", view::Lent{row.href})
            .set("code", view::Lent{row.code})
            .set("procedure", view::Lent{row.procedure})
            .set("citizen", view::Lent{row.citizen})
            .set("agency", view::Lent{row.agency})
            .set("due", view::Lent{row.due})
            .set("state", view::Lent{row.state});
        list.emplace_back(std::move(item));
    }
    return program.render(model);
}

// The plain way: every text is copied into the model.
std::string oursCopied(const view::Program& program, const std::vector<Row>& rows) {
    view::Model model;
    for (const Row& row : rows)
        model.add("rows")
            .set("href", row.href)
            .set("code", row.code)
            .set("procedure", row.procedure)
            .set("citizen", row.citizen)
            .set("agency", row.agency)
            .set("due", row.due)
            .set("state", row.state);
    return program.render(model);
}

std::string kainjows(kainjow::mustache::mustache& parsed, const std::vector<Row>& rows) {
    kainjow::mustache::data list{kainjow::mustache::data::type::list};
    for (const Row& row : rows) {
        kainjow::mustache::data item;
        item.set("href", row.href);
        item.set("code", row.code);
        item.set("procedure", row.procedure);
        item.set("citizen", row.citizen);
        item.set("agency", row.agency);
        item.set("due", row.due);
        item.set("state", row.state);
        list.push_back(item);
    }
    return parsed.render({"rows", list});
}

// Microseconds a call: the best of many short rounds, so that a busy machine does not count.
double measure(int rounds, const std::function<std::string()>& make) {
    double best = 1e9;
    std::size_t bytes = 0;
    for (int round = 0; round < rounds; ++round) {
        const auto began = std::chrono::steady_clock::now();
        for (int i = 0; i < 100; ++i)
            bytes += make().size();
        const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
        best = std::min(best, took.count() / 100);
    }
    return bytes > 0 ? best : 0;
}

void print(const char* name, double value, double baseline) {
    Json json = Json::object();
    json.set("name", name)
        .set("value", value)
        .set("unit", "us")
        .set("baseline", baseline)
        .set("ratio", value / baseline);
    std::printf("%s\n", json.dump().c_str());
}

} // namespace

int main() {
    const std::vector<Row> rows = makeRows();
    const auto program = *view::Program::compile(source, {});
    kainjow::mustache::mustache parsed{source};
    const std::string expected = byHand(rows);
    if (ours(*program, rows) != expected || oursCopied(*program, rows) != expected ||
        kainjows(parsed, rows) != expected) {
        std::fprintf(stderr, "the three pages differ: nothing to compare\n");
        return 1;
    }
    const double hand = measure(60, [&] { return byHand(rows); });
    const double lent = measure(60, [&] { return ours(*program, rows); });
    const double copied = measure(60, [&] { return oursCopied(*program, rows); });
    const double kainjow = measure(20, [&] { return kainjows(parsed, rows); });
    print("view.table_50_rows.by_hand", hand, hand);
    print("view.table_50_rows.lent", lent, hand);
    print("view.table_50_rows.copied", copied, hand);
    print("view.table_50_rows.kainjow", kainjow, hand);
    return lent <= 1.5 * hand ? 0 : 1;
}
