// One Mustache template, parsed once into a flat list of steps with its partials inlined.
#pragma once

#include "base/result.h"
#include "view/model.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::view {

enum class Escape {
    Html, // & < > " ' become entities: right for text and quoted attributes, wrong inside script and style
    None, // plain-text messages
};

// Where a template finds what is fixed when it is loaded.
struct Fixtures {
    // The source of a partial; nothing is an error that names it.
    std::function<std::optional<std::string>(std::string_view name)> partial;
    // Names that stand for a text of the theme ("t.home.title", "asset.main_css"): the text, in which {name}
    // is filled from the model, escaped. Nothing: the name is the model's.
    std::function<std::optional<std::string>(std::string_view name)> text;
};

// Immutable once made. Syntax and semantics are those of kainjow's Mustache 4.1 without lambdas.
class Program {
public:
    // Invalid "template.broken"; `detail` says what and where.
    static Result<std::shared_ptr<const Program>> compile(std::string_view source, const Fixtures& fixtures,
                                                          Escape escape = Escape::Html);

    // Names are looked for in `model`, then in `outer`. Where the template says {{{body}}} and `body` is
    // given, that program is rendered in its place with the same models. [thread-safe]
    std::string render(const Model& model, const Model* outer = nullptr, const Program* body = nullptr) const;

    // Whether the template or one of its partials names `name`.
    bool mentions(std::string_view name) const;

private:
    friend class Compiler;
    friend class Renderer;

    enum class Kind : std::uint8_t { Text, Escaped, Raw, Body, Section, Inverted };
    struct Step {
        Kind kind = Kind::Text;
        bool hasLine = false;        // Text: holds a line end of the template
        std::uint32_t at = 0;        // Text: its place in texts_
        std::uint32_t size = 0;      //
        std::uint32_t lineAt = 0;    // Text: where its first line ends, before and after the line end,
        std::uint32_t lineEnd = 0;   //
        std::uint32_t lastStart = 0; // and where its last line begins
        std::uint32_t name = 0;      // others: index into names_
        std::uint32_t next = 0;      // Section, Inverted: the step after its end
    };
    struct Name {
        std::vector<std::string> path; // empty for {{.}}
    };

    Program() = default;

    std::vector<Step> steps_;
    std::string texts_;
    std::vector<Name> names_;
    Escape escape_ = Escape::Html;
    mutable std::atomic<std::size_t> usualSize_{256}; // of the last rendering, so that the next grows once
};

void appendEscaped(std::string& out, std::string_view text);

} // namespace motcua::view
