// The cells that are lists: papers, results, legal documents, paragraphs.
#include "base/text.h"
#include "catalogue/national_cells.h"
#include "catalogue/national_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace motcua::catalogue::national {

namespace {

constexpr std::string_view paperHead = "Tên giấy tờMẫu đơn, tờ khaiSố lượng";
constexpr std::string_view originalsWord = " bản chính";
constexpr std::string_view copiesWord = " bản sao";
constexpr std::string_view legalHead = "Tên văn bản pháp lýMã văn bản";
constexpr std::string_view codeWord = "Mã:";
constexpr std::array<std::string_view, 4> chrome{"Chọn cơ quan thực hiện", "-- Chọn", "Hệ thống chỉ hiển thị",
                                                 "Nộp hồ sơHệ thống"};
constexpr std::array<std::string_view, 8> templateEndings{".doc",  ".docx", ".pdf", ".xls",
                                                          ".xlsx", ".rar",  ".zip", ".png"};
// Who issues documents, as their numbers end. The longer first.
constexpr std::array<std::string_view, 30> issuers{
    "TT-BLĐTBXH", "TT-BNNPTNT", "TT-BVHTTDL", "TT-BTNMT", "TT-BKHCN", "TT-BGTVT", "TT-BGDĐT", "TT-BKHĐT",
    "TT-BTTTT",   "TT-BNNMT",   "TT-NHNN",    "TT-VPCP",  "TT-TTCP",  "TT-UBDT",  "TT-BCA",   "TT-BCT",
    "TT-BNG",     "TT-BNV",     "TT-BQP",     "TT-BTC",   "TT-BTP",   "TT-BXD",   "TT-BYT",   "QĐ-TTg",
    "CT-TTg",     "NĐ-CP",      "NQ-CP",      "QH1",      "UBTVQH1",  "L-CTN"};

// The number that ends just before `end`.
std::string_view digitsBefore(std::string_view text, std::size_t end) {
    std::size_t from = end;
    while (from > 0 && isDigit(text[from - 1]))
        --from;
    return text.substr(from, end - from);
}

// The cell of a count: "1 bản chính", "1 bản chính,2 bản sao" or "1 bản sao", glued to the name before it.
struct Count {
    std::size_t from; // where the digits begin
    std::size_t end;
    std::string_view originals{};
    std::string_view copies{};
    bool doubtful = false; // where the name ends and the count begins cannot be told
};

// Whether nothing stands between the end of a cell and the next one.
bool gluedAfter(std::string_view text, std::size_t end) {
    return end == text.size() ||
           (!isBlank(text[end]) && std::string_view{",;.):"}.find(text[end]) == std::string_view::npos);
}

std::optional<Count> countAt(std::string_view text, std::size_t word, std::size_t nameFrom) {
    const bool original = text.substr(word).starts_with(originalsWord);
    if (!original && !text.substr(word).starts_with(copiesWord)) return std::nullopt;
    const auto digits = digitsBefore(text, word);
    const std::size_t from = word - digits.size();
    if (digits.empty() || from <= nameFrom) return std::nullopt;
    Count count{from, word + (original ? originalsWord : copiesWord).size(), original ? digits : "0",
                original ? "0" : digits};
    if (original && count.end < text.size() && text[count.end] == ',') {
        std::size_t end = count.end + 1;
        while (end < text.size() && isDigit(text[end]))
            ++end;
        if (end > count.end + 1 && text.substr(end).starts_with(copiesWord)) {
            count.copies = text.substr(count.end + 1, end - count.end - 1);
            count.end = end + copiesWord.size();
        }
    }
    // The cell is glued to the name before it. After a space or bracket a count is part of a name ("nộp 01
    // bản chính và …"), unless the next name is glued to it: "Mẫu số 181 bản chínhTờ khai".
    const bool apart = isBlank(text[from - 1]) || text[from - 1] == '(';
    if (apart && !gluedAfter(text, count.end)) return std::nullopt;
    count.doubtful = apart || count.originals.size() > 1 || count.copies.size() > 1;
    return count;
}

std::int64_t numberOf(std::string_view digits) {
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

bool endsWithTemplate(std::string_view name) {
    const std::string lower = text::lower(name.substr(name.size() > 6 ? name.size() - 6 : 0));
    return std::any_of(templateEndings.begin(), templateEndings.end(),
                       [&](std::string_view ending) { return lower.ends_with(ending); });
}

std::string withoutBullet(std::string_view text) {
    std::string line = oneLine(text);
    const auto kept = line.find_first_not_of("-+*. ");
    return kept == std::string::npos ? std::string{} : line.substr(kept);
}

void addPaper(Papers& found, std::string_view text, const Count& count, const Tell& tell) {
    if (const auto head = text.rfind(paperHead); head != std::string_view::npos)
        text = text.substr(head + paperHead.size()); // a new group begins; its heading is no paper
    const std::string name = withoutBullet(text);
    if (name.empty()) return;
    // "Mẫu số 181 bản chính" may be form 18 and 1 original, or form 1 and 81.
    const auto originals = numberOf(count.originals);
    const auto copies = numberOf(count.copies);
    if (!count.doubtful && originals == 0 && copies == 0) {
        found.notes.push_back(name);
        return;
    }
    const std::string all = name + std::string{count.originals} + std::string{originalsWord};
    if (count.doubtful || endsWithTemplate(name)) tell(Reason::RunTogether, all);
    Paper paper;
    paper.id = "giay_to_" + std::to_string(found.papers.size() + 1);
    paper.name = {name, {}};
    if (!count.doubtful) {
        paper.originals = originals;
        paper.copies = copies;
    }
    found.papers.push_back(std::move(paper));
}

bool isResultCode(std::string_view code) { // KQ.G15.000031
    return code.size() >= 12 && code.size() <= 13 && code.starts_with("KQ.") && code[3] >= 'A' &&
           code[3] <= 'Z' && isDigit(code[4]) && isDigit(code[5]) && code[6] == '.' &&
           std::all_of(code.begin() + 7, code.end(), isDigit);
}

// The end of the number of a legal document that begins at `at` ("60/2014/QH13"); npos where none does.
std::size_t legalNumberEnd(std::string_view text, std::size_t at) {
    std::size_t end = at;
    const auto digits = [&](std::size_t most) {
        const std::size_t from = end;
        while (end < text.size() && isDigit(text[end]) && end - from < most)
            ++end;
        return end > from;
    };
    if (!digits(4) || end >= text.size() || text[end] != '/') return std::string_view::npos;
    ++end;
    const std::size_t year = end;
    if (digits(4)) {
        if (end - year != 4 || end >= text.size() || text[end] != '/') return std::string_view::npos;
        ++end;
    }
    for (const auto& issuer : issuers) {
        if (!text.substr(end).starts_with(issuer)) continue;
        end += issuer.size();
        if (issuer.back() == '1' && end < text.size() && isDigit(text[end])) ++end; // QH13, UBTVQH11
        return end;
    }
    return std::string_view::npos;
}

} // namespace

std::size_t chromeAt(std::string_view text) {
    std::size_t first = std::string_view::npos;
    for (const auto& word : chrome)
        first = std::min(first, text.find(word));
    return first;
}

std::string oneLine(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (isBlank(c)) {
            if (!out.empty() && out.back() != ' ') out += ' ';
        } else {
            out += c;
        }
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

bool saysNothing(std::string_view text) {
    const std::string line = oneLine(text);
    return line.empty() || line == "Không có thông tin" || line == "Không" || line == "Không." ||
           line == "Không có" || line == "--";
}

Papers readPapers(std::string_view cell, const Tell& tell) {
    Papers found;
    if (saysNothing(cell)) return found;
    std::size_t nameFrom = 0;
    for (std::size_t at = 0; at < cell.size(); ++at) {
        const auto count = countAt(cell, at, nameFrom);
        if (!count) continue;
        addPaper(found, cell.substr(nameFrom, count->from - nameFrom), *count, tell);
        nameFrom = count->end;
        at = count->end - 1;
    }
    const auto left = cell.substr(nameFrom);
    if (!saysNothing(left)) tell(Reason::RunTogether, left);
    return found;
}

std::vector<ResultType> readResults(std::string_view cell, const Tell& tell) {
    if (const auto at = chromeAt(cell); at != std::string_view::npos) {
        tell(Reason::PageChrome, cell.substr(at));
        cell = cell.substr(0, at);
    }
    cell = cell.substr(0, cell.find("Từ khóa"));
    std::vector<ResultType> results;
    while (!saysNothing(cell)) {
        const auto at = cell.find(codeWord);
        ResultType result;
        result.name = {withoutBullet(cell.substr(0, at)), {}};
        if (at == std::string_view::npos) {
            tell(Reason::Missing, cell); // a result without its code
            if (!result.name.vi.empty()) results.push_back(std::move(result));
            break;
        }
        cell = trimLeft(cell.substr(at + codeWord.size()));
        // A code ends with its digits; where something else stands, it is up to the next code who knows what.
        std::size_t end = std::min<std::size_t>(7, cell.size());
        while (end < cell.size() && isDigit(cell[end]))
            ++end;
        if (isResultCode(cell.substr(0, end))) {
            result.code = cell.substr(0, end);
        } else {
            end = std::min(cell.find(codeWord), cell.size());
            tell(Reason::BadCode, cell.substr(0, end));
        }
        cell.remove_prefix(end);
        if (!result.name.vi.empty()) results.push_back(std::move(result));
    }
    return results;
}

std::vector<LegalDocument> readLegalBasis(std::string_view cell, const Tell& tell) {
    std::vector<LegalDocument> documents;
    if (saysNothing(cell)) return documents;
    take(cell, legalHead);
    std::size_t nameFrom = 0;
    std::size_t last = 0; // where the number before ended
    for (std::size_t at = 0; at < cell.size();) {
        const std::size_t end = isDigit(cell[at]) ? legalNumberEnd(cell, at) : std::string_view::npos;
        if (end == std::string_view::npos) {
            ++at;
            continue;
        }
        const char before = at > 0 ? cell[at - 1] : '\0';
        const bool glued =
            at == nameFrom || at == last || (!isBlank(before) && before != '(' && before != '/');
        if (glued && isDigit(before) && at != last) { // digits of the name and of the number in one
            tell(Reason::RunTogether, cell.substr(nameFrom, end - nameFrom));
            nameFrom = end;
        } else if (glued) {
            const std::string number{cell.substr(at, end - at)};
            const bool known =
                std::any_of(documents.begin(), documents.end(),
                            [&](const LegalDocument& document) { return document.number == number; });
            if (!known) documents.push_back({number, withoutBullet(cell.substr(nameFrom, at - nameFrom))});
            nameFrom = end;
        }
        last = end;
        at = end;
    }
    if (const auto left = cell.substr(nameFrom); !saysNothing(left)) tell(Reason::RunTogether, left);
    return documents;
}

std::vector<std::string> readParagraphs(std::string_view cell, const Tell& tell) {
    if (const auto at = chromeAt(cell); at != std::string_view::npos) {
        tell(Reason::PageChrome, cell.substr(at));
        cell = cell.substr(0, at);
    }
    std::vector<std::string> all;
    if (saysNothing(cell)) return all;
    while (!cell.empty()) {
        const auto end = std::min(cell.find('\n'), cell.size());
        if (auto line = withoutBullet(cell.substr(0, end)); !line.empty()) all.push_back(std::move(line));
        cell.remove_prefix(std::min(end + 1, cell.size()));
    }
    return all;
}

} // namespace motcua::catalogue::national
