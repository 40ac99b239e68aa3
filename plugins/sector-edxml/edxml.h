// Messages of the document axis (trục liên thông văn bản) as edXML has them (QCVN 102:2016/BTTTT): a document
// with its papers, and the status that its receiver tells. Only the form; signatures are judged by
// xml_signature.h.
#pragma once

#include "shared/xml/xml.h"

#include "motcua/sdk/sector.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace edxml {

using motcua::sdk::AxisDocument;
using motcua::sdk::Blob;
using motcua::sdk::DocumentState;
using motcua::sdk::Paper;
using motcua::sdk::Result;

constexpr std::size_t mostBytes = 48u << 20; // of a message

struct Organisation {
    std::string code{};
    std::string name{};
    std::string address{};
    std::string email{};
    std::string phone{};
};

// How a profile writes: what sources disagree on.
struct Style {
    bool zipped = true;                         // papers as zip archives of one file; else as they are
    std::string datePattern{};                  // of days: yyyy/MM/dd
    Organisation self{};                        // the sender
    std::map<std::string, std::string> names{}; // agency code → name
};

struct OutgoingDocument {
    const AxisDocument& document;
    const std::vector<Paper>& papers;
    std::string documentId{}; // ours, of the message header
    std::int64_t nowMs = 0;
};
// Invalid "sector.keys_invalid" where the envelope cannot be written.
Result<xml::Document> write(const OutgoingDocument& message, const Style& style);

// A status in answer to a document, ours or theirs.
struct Status {
    std::string from{};       // agency code of who tells it
    std::string to{};         // of who sent the document
    std::string documentId{}; // of the document's message header
    std::string code{};       // of the document: 12/UBND-VP
    std::string date{};       // of issue, 2020-07-13
    DocumentState state{};
    std::int64_t at = 0; // ms UTC
    std::string words{};
};
Result<xml::Document> write(const Status& status, const Style& style);

// Where a signature stands in a message; null: it is no message of the axis.
xmlNode* headerOf(const xml::Document& message);

struct Attachment {
    std::string name{};
    std::string contentType{};
    const xmlNode* content = nullptr; // base64, while the message lives
};
struct IncomingDocument {
    AxisDocument document{};
    std::string documentId{};
    std::vector<Attachment> papers{};
};
// Unavailable "sector.unexpected" where it is none; the detail names the place, never a value.
Result<IncomingDocument> readDocument(const xml::Document& message, const Style& style);
Result<Status> readStatus(const xml::Document& message, const Style& style);
// The bytes of a paper.
Result<std::string> open(const Attachment& attachment, const Style& style);

// "12/UBND-VP"
std::string codeOf(const std::string& number, const std::string& notation);

} // namespace edxml
