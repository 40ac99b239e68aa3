// Lays a Document out as PDF, in the typography that the state's papers have (Decree 30/2020, annex I).
#pragma once

#include "documents/document.h"

#include <optional>
#include <string>
#include <vector>

namespace motcua::documents {

// A rectangle of a page, in points from the page's upper left corner.
struct Place {
    int page = 0; // from 0
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
};

struct LaidOut {
    std::string bytes;
    std::optional<Place>
        signature{}; // the SignatureRoom, else the room above the name of who signs at the right
};

// As writePdf, and where a digital signature is to be shown.
LaidOut layOut(const Document& document);

// The bytes of a PDF with embedded fonts; the same document gives the same bytes. Throws std::runtime_error
// where Cairo or the fonts are not to be had.
std::string writePdf(const Document& document);

// What a digital signature shows (Decree 30/2020, annex I, section II): a person's in blue, an organisation's
// in red.
struct Stamp {
    std::vector<std::string> lines;
    bool organisation = true;
    Instant madeAt{};
};

// A PDF of one page of that size in points, with nothing behind the words.
std::string writeStamp(const Stamp& stamp, double width, double height);

} // namespace motcua::documents
