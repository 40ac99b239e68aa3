#include "forms/result_template.h"

#include "base/text.h"
#include "forms/template_data.h"

#include <charconv>
#include <fstream>
#include <sstream>

namespace motcua::forms {

namespace {

Error broken(std::string detail) {
    Error error{ErrorKind::Invalid, "result.template_broken", std::move(detail)};
    error.params = {{"reason", error.detail}};
    return error;
}

std::string escaped(std::string_view text) {
    std::string made;
    for (const char c : text) {
        if (c == '\\' || c == '|' || c == '@' || c == '#') made += '\\';
        made += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
    }
    return made;
}

std::string unescaped(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        made += text[i];
    }
    return text::trim(made);
}

// The parts between marks that are not escaped, still escaped themselves.
std::vector<std::string_view> split(std::string_view text, std::string_view mark) {
    std::vector<std::string_view> parts;
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text.substr(i, mark.size()) == mark) {
            parts.push_back(text.substr(from, i - from));
            from = i + mark.size();
            i = from - 1;
        }
    }
    parts.push_back(text.substr(from));
    return parts;
}

std::vector<std::string> cells(std::string_view text) {
    std::vector<std::string> all;
    for (const std::string_view part : split(text, "|"))
        all.push_back(unescaped(part));
    return all;
}

std::string cell(const std::vector<std::string>& all, std::size_t index) {
    return index < all.size() ? all[index] : std::string{};
}

bool takeWord(std::string_view& line, std::string_view word) {
    if (!line.starts_with(word)) return false;
    if (line.size() > word.size() && line[word.size()] != ' ') return false;
    line.remove_prefix(word.size());
    while (!line.empty() && line.front() == ' ')
        line.remove_prefix(1);
    return true;
}

class Blocks {
public:
    Blocks(std::string_view text, documents::Document& document) : document_(document) {
        std::size_t from = 0;
        while (from <= text.size()) {
            const std::size_t end = std::min(text.find('\n', from), text.size());
            lines_.push_back(text.substr(from, end - from));
            from = end + 1;
        }
    }

    Result<void> run() {
        while (at_ < lines_.size()) {
            const std::string trimmed = text::trim(lines_[at_]);
            std::string_view line = trimmed;
            if (line.empty() || line.starts_with('#')) {
                ++at_;
            } else if (line.front() == '@') {
                MOTCUA_CHECK(block(line));
            } else {
                documents::Paragraph paragraph;
                addText(line, paragraph);
            }
        }
        return {};
    }

private:
    Result<void> block(std::string_view line) {
        if (takeWord(line, "@header")) {
            const auto all = cells(line);
            document_.blocks.push_back(
                documents::StateHeader{cell(all, 0), cell(all, 1), cell(all, 2), cell(all, 3)});
        } else if (takeWord(line, "@title")) {
            const auto all = cells(line);
            document_.blocks.push_back(documents::Title{cell(all, 0), cell(all, 1)});
            if (document_.title.empty()) document_.title = cell(all, 0);
        } else if (takeWord(line, "@fields")) {
            return fields();
        } else if (takeWord(line, "@table")) {
            return table(line);
        } else if (takeWord(line, "@sign")) {
            signatures(line);
        } else if (takeWord(line, "@qr")) {
            const auto all = cells(line);
            document_.blocks.push_back(documents::Code{cell(all, 0), cell(all, 1)});
        } else if (takeWord(line, "@stamp")) {
            document_.blocks.push_back(documents::SignatureRoom{});
        } else if (takeWord(line, "@paper")) {
            if (line != "A4" && line != "A5") return wrong("a paper is A4 or A5");
            document_.paper = line == "A5" ? documents::Paper::A5 : documents::Paper::A4;
        } else if (takeWord(line, "@footer")) {
            document_.footer = unescaped(line);
        } else {
            return styled(line);
        }
        ++at_;
        return {};
    }

    Result<void> styled(std::string_view line) {
        documents::Paragraph paragraph;
        bool any = true;
        while (any) {
            any = false;
            if (takeWord(line, "@centre")) paragraph.align = documents::Align::Centre, any = true;
            if (takeWord(line, "@bold")) paragraph.bold = any = true;
            if (takeWord(line, "@italic")) paragraph.italic = any = true;
        }
        if (line.starts_with('@')) return wrong("unknown block " + std::string{line.substr(0, 20)});
        addText(line, paragraph);
        return {};
    }

    // `first` and the lines after it, up to an empty one or a block.
    void addText(std::string_view first, documents::Paragraph paragraph) {
        paragraph.text = unescaped(first);
        for (++at_; at_ < lines_.size(); ++at_) {
            const std::string line = text::trim(lines_[at_]);
            if (line.empty() || line.front() == '@' || line.front() == '#') break;
            paragraph.text += " " + unescaped(line);
        }
        if (!paragraph.text.empty()) document_.blocks.push_back(std::move(paragraph));
    }

    Result<void> fields() {
        documents::Fields block;
        MOTCUA_TRY(rows, rowsToEnd("@fields"));
        for (const std::string& row : rows) {
            const auto all = cells(row);
            if (all.size() > 2) return wrong("a line of @fields has one |");
            if (!cell(all, 1).empty()) block.rows.emplace_back(all[0], all[1]);
        }
        if (!block.rows.empty()) document_.blocks.push_back(std::move(block));
        return {};
    }

    Result<void> table(std::string_view head) {
        documents::Table block;
        for (const std::string_view part : split(head, "|")) {
            const std::size_t colon = part.rfind(':');
            int share = 0;
            const std::string number = text::trim(part.substr(std::min(colon + 1, part.size())));
            const auto read = std::from_chars(number.data(), number.data() + number.size(), share);
            if (colon == std::string_view::npos || read.ec != std::errc{} || share < 1)
                return wrong("a column of @table is Title:share");
            block.columns.push_back({unescaped(part.substr(0, colon)), static_cast<double>(share)});
        }
        MOTCUA_TRY(rows, rowsToEnd("@table"));
        for (const std::string& row : rows) {
            auto all = cells(row);
            if (all.size() != block.columns.size())
                return wrong("a row of @table has a cell for each column");
            block.rows.push_back(std::move(all));
        }
        document_.blocks.push_back(std::move(block));
        return {};
    }

    Result<std::vector<std::string>> rowsToEnd(const std::string& of) {
        std::vector<std::string> rows;
        for (++at_; at_ < lines_.size(); ++at_) {
            std::string line = text::trim(lines_[at_]);
            if (line == "@end") {
                ++at_;
                return rows;
            }
            if (line.starts_with('@')) break;
            if (!line.empty() && line.front() != '#') rows.push_back(std::move(line));
        }
        return wrong(of + " has no @end");
    }

    void signatures(std::string_view line) {
        const auto parties = split(line, "||");
        const auto party = [](std::string_view text) {
            const auto all = cells(text);
            return documents::Signatures::Party{cell(all, 0), cell(all, 1), cell(all, 2)};
        };
        documents::Signatures block;
        block.left = party(parties[0]);
        if (parties.size() > 1) block.right = party(parties[1]);
        document_.blocks.push_back(std::move(block));
    }

    Error wrong(const std::string& what) const {
        return broken("line " + std::to_string(std::min(at_, lines_.size() - 1) + 1) + ": " + what);
    }

    documents::Document& document_;
    std::vector<std::string_view> lines_{};
    std::size_t at_ = 0;
};

} // namespace

Result<ResultTemplate> ResultTemplate::parse(std::string_view source) {
    auto program = view::Program::compile(source, {}, view::Escape::None);
    if (!program) return broken(program.error().detail);
    return ResultTemplate{std::move(*program)};
}

Result<ResultTemplate> ResultTemplate::load(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    if (in) text << in.rdbuf();
    if (!in) {
        Error error = notFound("result.no_template");
        error.detail = file.string();
        return error;
    }
    return parse(text.str());
}

Result<documents::Document> ResultTemplate::make(const Json& data, Instant madeAt) const {
    documents::Document document;
    document.madeAt = madeAt;
    const std::string text = program_->render(templateData(data, escaped));
    Blocks blocks{text, document};
    MOTCUA_CHECK(blocks.run());
    return document;
}

} // namespace motcua::forms
