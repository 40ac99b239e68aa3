// A paper of the state as data: what stands on it, in order. write_pdf.h lays it out.
#pragma once

#include "base/clock.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace motcua::documents {

// The head of every paper of an agency (Decree 30/2020, annex I): issuing agency left, the state's name and
// motto (quốc hiệu, tiêu ngữ) right, the number and the place and date beneath.
struct StateHeader {
    std::string parentAgency; // may be empty
    std::string agency;
    std::string number;       // "Số: 12/TLKS"; may be empty
    std::string placeAndDate; // "Quận 1, ngày 23 tháng 11 năm 2026"
};

struct Title {
    std::string text; // set in capitals as given
    std::string subtitle{};
};

enum class Align { Start, Centre, Justify };

struct Paragraph {
    std::string text;
    Align align = Align::Justify;
    bool bold = false;
    bool italic = false;
};

// Labels and values, a line each.
struct Fields {
    std::vector<std::pair<std::string, std::string>> rows;
};

struct Table {
    struct Column {
        std::string title;
        double share = 1; // of the width, against the others
        Align align = Align::Start;
    };
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows; // repeats its head on each page
};

// Who signs, side by side; an empty one leaves its half free.
struct Signatures {
    struct Party {
        std::string title; // "NGƯỜI NỘP HỒ SƠ"
        std::string hint;  // "(Ký và ghi rõ họ tên)"
        std::string name;  // beneath the room for the signature
    };
    Party left;
    Party right;
};

// Where the organisation's digital signature is shown, at the right; the electronic forms of Circular 01/2018
// have it at their head (chữ ký số của tổ chức).
struct SignatureRoom {
    double width = 66; // mm
    double height = 20;
};

// A QR code with its caption beside it; behind a SignatureRoom, or Signatures without a left one, it stands
// in their free half.
struct Code {
    std::string content;
    std::string caption;
};

using Block = std::variant<StateHeader, Title, Paragraph, Fields, Table, Signatures, SignatureRoom, Code>;

enum class Paper { A4, A5 };

struct Document {
    std::string title; // in the file's metadata
    Paper paper = Paper::A4;
    Instant madeAt;
    std::vector<Block> blocks;
    std::string footer{}; // small, on every page, before the page number
};

} // namespace motcua::documents
