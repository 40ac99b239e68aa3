// The cells of a page of the national portal, whose text a crawl has run together. Each reader takes what
// stands there without doubt and names the rest; nothing is guessed, and a bare number is not a unit.
#pragma once

#include "catalogue/catalogue.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::catalogue::national {

enum class Reason {
    RunTogether,   // two cells without a border that can be seen
    PageChrome,    // buttons and menus of the page stand in the cell
    NoUnit,        // a number without its unit
    UnknownUnit,   // a unit that a limit or fee cannot have here (weeks, dollars)
    Contradiction, // the cell says one thing and its note another
    TooSmall,      // an amount no fee can be: thousands were lost
    UnknownWord,   // a level, channel or audience that we do not know
    BadCode,       // no code of the form it should have
    Missing,       // what every procedure must have is not there
    NotJson,
    Twice // the code stood in this file before
};
const char* name(Reason reason); // "run_together", …

// Tells of one thing that could not be read, and the text that stood there.
using Tell = std::function<void(Reason, std::string_view text)>;

// "Hình thức nộp": rows of channel, time, fee and note. A second row of a channel is a further case.
std::vector<Case> readChannels(std::string_view cell, const Tell& tell);

struct Papers {
    std::vector<Paper> papers{};
    std::vector<std::string> notes{}; // rows of which no paper is asked
};
Papers readPapers(std::string_view cell, const Tell& tell);

std::vector<ResultType> readResults(std::string_view cell, const Tell& tell);
std::vector<LegalDocument> readLegalBasis(std::string_view cell, const Tell& tell);
std::vector<Audience> readAudiences(std::string_view cell, const Tell& tell);
std::vector<Level> readLevels(std::string_view cell, const Tell& tell);

// Paragraphs, without bullets; the page's chrome at the end is cut off and told of.
std::vector<std::string> readParagraphs(std::string_view cell, const Tell& tell);

// Spaces and line ends as one space, ends trimmed.
std::string oneLine(std::string_view text);
// "Không có thông tin" and its likes.
bool saysNothing(std::string_view text);

} // namespace motcua::catalogue::national
