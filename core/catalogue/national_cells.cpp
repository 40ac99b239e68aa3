#include "catalogue/national_cells.h"

#include "base/text.h"
#include "catalogue/national_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace motcua::catalogue::national {

namespace {

constexpr std::string_view channelHead = "Hình thức nộpThời gianPhí, lệ phíMô tả";
constexpr std::string_view nothing = "Không có thông tin";
constexpr std::string_view free_ = "Miễn phí";
constexpr std::array<std::pair<std::string_view, Channel>, 3> channels{
    {{"Trực tuyến", Channel::Online}, {"Dịch vụ bưu chính", Channel::Post}, {"Trực tiếp", Channel::Direct}}};
// The longer first: "Ngày" is the beginning of "Ngày làm việc".
constexpr std::array<std::pair<std::string_view, calendar::Unit>, 4> timeUnits{
    {{"Ngày làm việc", calendar::Unit::WorkingDays},
     {"Ngày", calendar::Unit::Days},
     {"Giờ", calendar::Unit::Hours},
     {"Tháng", calendar::Unit::Months}}};
constexpr std::array<std::string_view, 3> otherTimeUnits{"Tuần", "Năm", "Phút"};
constexpr std::array<std::string_view, 2> dong{"Việt Nam Đồng", "VNĐ"};
constexpr std::array<std::pair<std::string_view, FeeUnit>, 9> feeUnits{{{"/trang", FeeUnit::Page},
                                                                        {"/bản", FeeUnit::Copy},
                                                                        {"/hồ sơ", FeeUnit::Dossier},
                                                                        {"/lần", FeeUnit::Dossier},
                                                                        {"/trường hợp", FeeUnit::Case},
                                                                        {"/giao dịch", FeeUnit::Case},
                                                                        {"/văn bản", FeeUnit::Case},
                                                                        {"/di chúc", FeeUnit::Case},
                                                                        {"/giấy", FeeUnit::Case}}};
constexpr std::int64_t leastFee = 1000; // đồng; smaller amounts on the page have lost their thousands

struct Row {
    Channel channel;
    std::string_view text; // after the channel's name
};

bool rowBegins(std::string_view after) {
    return !after.empty() && (isDigit(after.front()) || after.starts_with(nothing));
}

// A channel's name begins a row only before a number or "nothing": descriptions name channels too.
std::vector<Row> rowsOf(std::string_view cell, std::string_view& before) {
    std::vector<Row> rows;
    std::size_t from = 0;
    before = {};
    for (std::size_t at = 0; at < cell.size(); ++at) {
        for (const auto& [word, channel] : channels) {
            if (!cell.substr(at).starts_with(word) || !rowBegins(cell.substr(at + word.size()))) continue;
            if (rows.empty())
                before = cell.substr(0, at);
            else
                rows.back().text = cell.substr(from, at - from);
            from = at + word.size();
            rows.push_back({channel, cell.substr(from)});
            break;
        }
    }
    if (rows.empty()) before = cell;
    return rows;
}

std::optional<std::int64_t> amountOf(std::string_view digits) {
    std::string plain;
    for (const char c : digits)
        if (c != ',') plain += c;
    std::int64_t value = 0;
    const auto read = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    if (plain.empty() || read.ec != std::errc{} || read.ptr != plain.data() + plain.size())
        return std::nullopt;
    return value;
}

// The number at the front with its thousands' commas, cut off `text`.
std::string_view takeNumber(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && (isDigit(text[end]) || (text[end] == ',' && end > 0)))
        ++end;
    const auto number = text.substr(0, end);
    text.remove_prefix(end);
    return number;
}

bool startsWithMoney(std::string_view text) {
    text = trimLeft(text);
    return text.starts_with("USD") || std::any_of(dong.begin(), dong.end(), [&](std::string_view word) {
               return text.starts_with(word);
           });
}

// Takes the time off the front of a row.
std::optional<Limit> takeTime(std::string_view& row, const Tell& tell) {
    if (take(row, nothing)) return std::nullopt;
    const std::string_view whole = row;
    const auto number = takeNumber(row);
    if (startsWithMoney(row)) { // time and amount in one number
        tell(Reason::RunTogether, whole);
        row = {};
        return std::nullopt;
    }
    row = trimLeft(row);
    for (const auto& [word, unit] : timeUnits) {
        if (!take(row, word)) continue;
        const auto value = amountOf(number);
        if (value && *value >= 1 && *value <= 1000) return Limit{static_cast<int>(*value), unit};
        tell(Reason::BadCode, whole);
        return std::nullopt;
    }
    for (const auto& word : otherTimeUnits) {
        if (!take(row, word)) continue;
        tell(Reason::UnknownUnit, whole);
        return std::nullopt;
    }
    tell(Reason::NoUnit, whole);
    if (row.starts_with('.')) row = {}; // "7.5 …": where the fee begins cannot be told
    return std::nullopt;
}

// Whether a note says that the council or another text sets what the cell calls free.
bool notFreeByNote(std::string_view note) {
    for (const std::string_view word :
         {"Hội đồng nhân dân", "quy định của Luật phí", "Thông tư", "đồng/", "Mức "})
        if (note.find(word) != std::string_view::npos) return true;
    return false;
}

std::string_view noteOf(std::string_view row) {
    row = trimLeft(row);
    return row.starts_with('(') ? row : std::string_view{};
}

Fees takeFee(std::string_view row, const Tell& tell) {
    const std::string_view whole = row;
    if (row.empty() || take(row, nothing)) return std::nullopt;
    if (take(row, free_)) {
        if (!notFreeByNote(noteOf(row))) return std::vector<Fee>{};
        tell(Reason::Contradiction, whole);
        return std::nullopt;
    }
    const auto number = takeNumber(row);
    row = trimLeft(row);
    const bool isDong =
        std::any_of(dong.begin(), dong.end(), [&](std::string_view word) { return take(row, word); });
    if (number.empty() || !isDong) {
        tell(startsWithMoney(row) ? Reason::UnknownUnit : Reason::RunTogether, whole);
        return std::nullopt;
    }
    const auto amount = amountOf(number);
    if (!amount || *amount < leastFee) {
        tell(Reason::TooSmall, whole);
        return std::nullopt;
    }
    const auto note = noteOf(row);
    for (const auto& [word, unit] : feeUnits) {
        if (note.substr(0, 40).find(word) == std::string_view::npos) continue;
        Fee fee;
        fee.id = "phi";
        fee.name = {"Phí, lệ phí", {}};
        fee.amount = Money{*amount};
        fee.per = unit;
        return std::vector<Fee>{fee};
    }
    tell(Reason::NoUnit, whole);
    return std::nullopt;
}

void addRow(std::vector<Case>& cases, const Row& row, const Tell& tell) {
    std::size_t at = 0;
    while (at < cases.size() && cases[at].rule(row.channel))
        ++at;
    if (at == cases.size()) {
        const std::string number = std::to_string(at + 1);
        cases.emplace_back();
        cases.back().id = "truong_hop_" + number;
        cases.back().name = {"Trường hợp " + number, {}};
    }
    ChannelRule rule;
    rule.channel = row.channel;
    std::string_view rest = row.text;
    rule.limit = takeTime(rest, tell);
    rule.fees = takeFee(rest, tell);
    cases[at].channels.push_back(std::move(rule));
}

} // namespace

const char* name(Reason reason) {
    switch (reason) {
    case Reason::RunTogether:
        return "run_together";
    case Reason::PageChrome:
        return "page_chrome";
    case Reason::NoUnit:
        return "no_unit";
    case Reason::UnknownUnit:
        return "unknown_unit";
    case Reason::Contradiction:
        return "contradiction";
    case Reason::TooSmall:
        return "too_small";
    case Reason::UnknownWord:
        return "unknown_word";
    case Reason::BadCode:
        return "bad_code";
    case Reason::Missing:
        return "missing";
    case Reason::NotJson:
        return "not_json";
    case Reason::Twice:
        return "twice";
    }
    return "";
}

std::vector<Case> readChannels(std::string_view cell, const Tell& tell) {
    std::vector<Case> cases;
    if (saysNothing(cell)) return cases;
    take(cell, channelHead);
    std::string_view before;
    const auto rows = rowsOf(cell, before);
    if (!oneLine(before).empty()) tell(Reason::RunTogether, before);
    for (const auto& row : rows)
        addRow(cases, row, tell);
    if (cases.size() == 1) cases.front().name = {"Mọi trường hợp", {}};
    return cases;
}

std::vector<Audience> readAudiences(std::string_view cell, const Tell& tell) {
    // The longer first, since some are the beginning of others.
    static constexpr std::array<std::pair<std::string_view, Audience>, 11> known{
        {{"Doanh nghiệp có vốn đầu tư nước ngoài", Audience::ForeignEnterprise},
         {"Doanh nghiệp Việt Nam", Audience::Enterprise},
         {"Doanh nghiệp", Audience::Enterprise},
         {"Tổ chức (không bao gồm doanh nghiệp, HTX)", Audience::Organisation},
         {"Tổ chức nước ngoài", Audience::ForeignOrganisation},
         {"Công dân Việt Nam", Audience::Citizen},
         {"Hợp tác xã", Audience::Cooperative},
         {"Người nước ngoài cư trú tại Việt Nam", Audience::Foreigner},
         {"Người nước ngoài", Audience::Foreigner},
         {"Người Việt Nam định cư ở nước ngoài", Audience::Overseas},
         {"Cán bộ, công chức, viên chức", Audience::Official}}};
    std::vector<Audience> all;
    while (!(cell = trimLeft(cell)).empty() && !saysNothing(cell)) {
        const auto at = std::find_if(known.begin(), known.end(), [&](const auto& each) {
            return cell.starts_with(each.first) &&
                   (cell.size() == each.first.size() || cell[each.first.size()] == ',');
        });
        const std::size_t end = at != known.end() ? at->first.size() : std::min(cell.find(','), cell.size());
        if (at == known.end())
            tell(Reason::UnknownWord, cell.substr(0, end));
        else if (std::find(all.begin(), all.end(), at->second) == all.end())
            all.push_back(at->second);
        cell.remove_prefix(std::min(end + 1, cell.size()));
    }
    return all;
}

std::vector<Level> readLevels(std::string_view cell, const Tell& tell) {
    // "Cấp tỉnh" is the city with its departments; they are who receives.
    static constexpr std::array<std::pair<std::string_view, Level>, 5> known{
        {{"Cấp bộ", Level::Ministry},
         {"Cấp tỉnh", Level::Department},
         {"Cấp huyện", Level::District},
         {"Cấp xã", Level::Ward},
         {"Cơ quan khác", Level::Other}}};
    std::vector<Level> all;
    while (!cell.empty()) {
        const auto end = std::min(cell.find(','), cell.size());
        const std::string word = oneLine(cell.substr(0, end));
        const auto at =
            std::find_if(known.begin(), known.end(), [&](const auto& each) { return each.first == word; });
        if (at != known.end())
            all.push_back(at->second);
        else if (!word.empty())
            tell(Reason::UnknownWord, word);
        cell.remove_prefix(std::min(end + 1, cell.size()));
    }
    return all;
}

} // namespace motcua::catalogue::national
