// The template of a result (kết quả): what its printed paper says, filled with the dossier's answers.
//
// A template is text with one block after the other; Mustache fills it. A line that begins with @ opens a
// block:
//
//     @header parent | agency | number | place and date    head of a paper of the state, with the motto
//     @title TEXT | subtitle
//     text                            lines up to an empty one are a paragraph; @centre, @bold, @italic
//     before a text
//                                     on the same line set it so ("@centre @bold TEXT")
//     @fields                         label | value, a line each, until @end; a line without value is left
//     out
//     @table Title:2 | Title:1        a row a line, cells by |, until @end; the number is the column's share
//     of width
//     @sign left title | hint | name || right title | hint | name
//     @qr content | caption
//     @paper A5                       the sheet; A4 unless said
//     @stamp                          room for the organisation's digital signature, as electronic forms have
//     it
//     @footer text
//     # …                             is a remark
//
// Values cannot open blocks: what Mustache fills in is escaped (\@ \| \\, line ends become spaces) and
// unescaped in the block it landed in.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "documents/document.h"
#include "view/program.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace motcua::forms {

class ResultTemplate {
public:
    // Invalid "result.template_broken"; `detail` says what.
    static Result<ResultTemplate> parse(std::string_view source);
    static Result<ResultTemplate> load(const std::filesystem::path& file);

    // `data`: objects, arrays and texts; answers as displayAll() gives them, under "answers". Invalid
    // "result.template_broken" with the line of the filled text where a block is not right.
    Result<documents::Document> make(const Json& data, Instant madeAt) const;

private:
    explicit ResultTemplate(std::shared_ptr<const view::Program> program) : program_(std::move(program)) {}
    std::shared_ptr<const view::Program> program_;
};

} // namespace motcua::forms
