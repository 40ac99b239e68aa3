#include "view/program.h"

#include <algorithm>
#include <cstring>

namespace motcua::view {

namespace {

constexpr std::string_view space = " \t\n\v\f\r";

std::string_view trimmed(std::string_view text) {
    const std::size_t from = text.find_first_not_of(space);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(space) - from + 1);
}

bool isBlank(std::string_view line) {
    return line.find_first_not_of(" \t") == std::string_view::npos;
}

const Value whole{true}; // what {{.}} means at the top

std::string_view entity(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&apos;";
    default:
        return {};
    }
}

constexpr std::uint64_t eachByte(unsigned char byte) {
    return 0x0101010101010101u * byte;
}

// Whether one of the eight bytes is zero.
bool holdsZero(std::uint64_t word) {
    return ((word - eachByte(0x01)) & ~word & eachByte(0x80)) != 0;
}

// Whether one of the eight bytes is escaped. "&" and "'" differ in their lowest bit only, "<" and ">" in the
// next.
bool holdsSpecial(std::uint64_t word) {
    return holdsZero((word | eachByte(1)) ^ eachByte('\'')) ||
           holdsZero((word | eachByte(2)) ^ eachByte('>')) || holdsZero(word ^ eachByte('"'));
}

} // namespace

// Eight bytes at a time: most texts hold nothing to escape.
void appendEscaped(std::string& out, std::string_view text) {
    std::size_t from = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        if (at + 8 <= text.size()) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data() + at, 8);
            if (!holdsSpecial(word)) {
                at += 8;
                continue;
            }
        }
        const std::size_t end = std::min(at + 8, text.size());
        for (; at < end; ++at) {
            const std::string_view written = entity(text[at]);
            if (written.empty()) continue;
            out.append(text.data() + from, at - from);
            out += written;
            from = at + 1;
        }
    }
    out.append(text.data() + from, text.size() - from);
}

class Compiler {
public:
    Compiler(Program& program, const Fixtures& fixtures) : program_(program), fixtures_(fixtures) {}

    Result<void> run(std::string_view source) {
        MOTCUA_CHECK(file(source));
        flush();
        return {};
    }

private:
    struct Delimiters {
        std::string open = "{{";
        std::string close = "}}";
        bool usual() const { return open == "{{" && close == "}}"; }
    };
    struct Open {
        std::string name;
        std::size_t step;
    };

    static Error broken(std::string what) { return {ErrorKind::Invalid, "template.broken", std::move(what)}; }

    // One source: the template itself, or a partial, whose delimiters and sections are its own.
    Result<void> file(std::string_view source) {
        Delimiters delimiters;
        std::vector<Open> open;
        std::size_t at = 0;
        while (at < source.size()) {
            const std::size_t tag = std::min(source.find(delimiters.open, at), source.size());
            literal(source.substr(at, tag - at));
            if (tag == source.size()) break;
            const std::size_t inside = tag + delimiters.open.size();
            const bool triple = delimiters.usual() && inside < source.size() && source[inside] == '{';
            const std::string_view close = triple ? std::string_view{"}}}"} : delimiters.close;
            const std::size_t from = inside + (triple ? 1 : 0);
            const std::size_t end = source.find(close, from);
            if (end == std::string_view::npos) return broken("unclosed tag at " + std::to_string(tag));
            at = end + close.size(); // `close` may be a part of `delimiters`, which the tag may change
            MOTCUA_CHECK(this->tag(trimmed(source.substr(from, end - from)), triple, delimiters, open));
        }
        if (!open.empty()) return broken("unclosed section \"" + open.back().name + "\"");
        return {};
    }

    Result<void> tag(std::string_view content, bool triple, Delimiters& delimiters, std::vector<Open>& open) {
        const char sign = triple || content.empty() ? '\0' : content.front();
        const std::string_view name = sign ? trimmed(content.substr(1)) : content;
        switch (sign) {
        case '=':
            return change(delimiters, content);
        case '!':
            return {};
        case '#':
        case '^':
            flush();
            open.push_back({std::string{name}, program_.steps_.size()});
            push(sign == '#' ? Program::Kind::Section : Program::Kind::Inverted, name);
            return {};
        case '/':
            if (open.empty() || open.back().name != name)
                return broken("section end \"" + std::string{name} + "\" without its beginning");
            flush();
            program_.steps_[open.back().step].next = static_cast<std::uint32_t>(program_.steps_.size());
            open.pop_back();
            return {};
        case '>':
            return partial(name);
        default:
            variable(sign == '&' ? name : content, triple || sign == '&');
            return {};
        }
    }

    Result<void> change(Delimiters& delimiters, std::string_view content) {
        const auto wrong = [&] { return broken("wrong delimiters \"" + std::string{content} + "\""); };
        if (content.size() < 5 || content.back() != '=') return wrong();
        const std::string_view both = trimmed(content.substr(1, content.size() - 2));
        const std::size_t gap = both.find(' ');
        if (gap == std::string_view::npos) return wrong();
        const std::string_view close = both.substr(both.find_first_not_of(' ', gap));
        const std::string_view first = both.substr(0, gap);
        for (const std::string_view one : {first, close})
            if (one.find('=') != std::string_view::npos || one.find_first_of(space) != std::string_view::npos)
                return wrong();
        delimiters = {std::string{first}, std::string{close}};
        return {};
    }

    Result<void> partial(std::string_view name) {
        for (const std::string& above : within_)
            if (above == name) return broken("partial \"" + std::string{name} + "\" includes itself");
        const auto source = fixtures_.partial ? fixtures_.partial(name) : std::nullopt;
        if (!source) return broken("no partial \"" + std::string{name} + "\"");
        within_.emplace_back(name);
        auto done = file(*source);
        within_.pop_back();
        if (!done) return broken("in partial \"" + std::string{name} + "\": " + done.error().detail);
        return {};
    }

    void variable(std::string_view name, bool raw) {
        const auto fixed = fixtures_.text ? fixtures_.text(name) : std::nullopt;
        if (fixed) return fixedText(*fixed, raw);
        flush();
        if (raw && name == "body") return push(Program::Kind::Body, name);
        push(raw ? Program::Kind::Raw : Program::Kind::Escaped, name);
    }

    // A text of the theme: written into the literals, its {placeholders} become variables of the model.
    void fixedText(std::string_view text, bool raw) {
        std::size_t at = 0;
        while (at < text.size()) {
            const std::size_t brace = std::min(text.find('{', at), text.size());
            plain(text.substr(at, brace - at), raw);
            if (brace == text.size()) return;
            const std::size_t end = text.find('}', brace);
            const std::string_view name =
                end == std::string_view::npos ? std::string_view{} : text.substr(brace + 1, end - brace - 1);
            if (name.empty() || name.find_first_of(" {\n") != std::string_view::npos) {
                plain(text.substr(brace, 1), raw);
                at = brace + 1;
                continue;
            }
            flush();
            push(Program::Kind::Escaped, name);
            at = end + 1;
        }
    }

    void plain(std::string_view text, bool raw) {
        if (raw || program_.escape_ == Escape::None) {
            literal_ += text;
        } else {
            appendEscaped(literal_, text);
        }
    }

    // Text of the template. Its line ends matter: a line that held nothing but sections is not written.
    void literal(std::string_view text) {
        std::size_t at = 0;
        while (at < text.size()) {
            const std::size_t line = text.find_first_of("\r\n", at);
            if (line == std::string_view::npos) break;
            const std::size_t end = line + (text.substr(line, 2) == "\r\n" ? 2 : 1);
            literal_ += text.substr(at, line - at);
            const auto before = static_cast<std::uint32_t>(literal_.size());
            literal_ += text.substr(line, end - line);
            const auto after = static_cast<std::uint32_t>(literal_.size());
            if (!step_.hasLine) step_.lineAt = before, step_.lineEnd = after;
            step_.hasLine = true;
            step_.lastStart = after;
            at = end;
        }
        literal_ += text.substr(std::min(at, text.size()));
    }

    void flush() {
        if (!literal_.empty()) {
            step_.at = static_cast<std::uint32_t>(program_.texts_.size());
            step_.size = static_cast<std::uint32_t>(literal_.size());
            program_.texts_ += literal_;
            program_.steps_.push_back(step_);
        }
        literal_.clear();
        step_ = {};
    }

    void push(Program::Kind kind, std::string_view name) {
        Program::Step step;
        step.kind = kind;
        step.name = static_cast<std::uint32_t>(program_.names_.size());
        program_.names_.push_back(path(name));
        program_.steps_.push_back(step);
    }

    static Program::Name path(std::string_view name) {
        Program::Name made;
        if (name == ".") return made;
        do {
            const std::size_t dot = std::min(name.find('.'), name.size());
            made.path.emplace_back(name.substr(0, dot));
            name.remove_prefix(std::min(dot + 1, name.size()));
        } while (!name.empty());
        return made;
    }

    Program& program_;
    const Fixtures& fixtures_;
    std::vector<std::string> within_; // the partials that this place lies in
    std::string literal_;             // text not yet made a step,
    Program::Step step_;              // and what is known of its lines
};

class Renderer {
public:
    Renderer(std::string& out, const Model* outer, const Model& model) : out_(out) {
        if (outer) frames_.push_back({outer, nullptr});
        frames_.push_back({&model, nullptr});
    }

    void run(const Program& program, const Program* body) {
        const Program* const wasProgram = std::exchange(program_, &program);
        const Program* const wasBody = std::exchange(body_, body);
        const std::size_t wasLine = std::exchange(line_, out_.size());
        const bool wasTouched = std::exchange(touched_, false);
        std::vector<Hint> hints(program.names_.size());
        std::swap(hints, hints_);
        steps(0, static_cast<std::uint32_t>(program.steps_.size()));
        if (touched_ && isBlank(std::string_view{out_}.substr(line_))) out_.resize(line_);
        std::swap(hints, hints_);
        program_ = wasProgram;
        body_ = wasBody;
        line_ = wasLine;
        touched_ = wasTouched;
    }

private:
    using Kind = Program::Kind;
    using Step = Program::Step;
    struct Frame {
        const Model* model; // nullptr where the section is over a text or a truth
        const Value* value; // what {{.}} means; nullptr at the top
    };

    void steps(std::uint32_t from, std::uint32_t to) {
        for (std::uint32_t at = from; at < to;) {
            const Step& step = program_->steps_[at++];
            switch (step.kind) {
            case Kind::Text:
                text(step);
                break;
            case Kind::Body:
                if (body_) {
                    run(*body_, nullptr);
                    break;
                }
                [[fallthrough]];
            case Kind::Raw:
            case Kind::Escaped:
                variable(step);
                break;
            case Kind::Section:
            case Kind::Inverted:
                section(step, at);
                at = step.next;
                break;
            }
        }
    }

    // A line that held a section that was entered, and else only blanks, is not written (kainjow decides this
    // while rendering, so a section that is not entered leaves its line end).
    void text(const Step& step) {
        std::string_view text{program_->texts_.data() + step.at, step.size};
        if (step.hasLine && touched_ && isBlank(text.substr(0, step.lineAt)) &&
            isBlank(std::string_view{out_}.substr(line_))) {
            out_.resize(line_);
            out_ += text.substr(step.lineEnd);
        } else {
            out_ += text;
        }
        if (!step.hasLine) return;
        touched_ = false;
        line_ = out_.size() - (step.size - step.lastStart);
    }

    void variable(const Step& step) {
        const Value* value = find(step.name);
        if (!value) return;
        const auto text = value->text();
        if (!text) return;
        if (step.kind == Kind::Escaped && program_->escape_ == Escape::Html) {
            appendEscaped(out_, *text);
        } else {
            out_ += *text;
        }
    }

    void section(const Step& step, std::uint32_t first) {
        const Value* value = find(step.name);
        const bool isFalse = !value || value->isFalse();
        if (isFalse != (step.kind == Kind::Inverted)) return;
        const List* list = value ? value->list() : nullptr;
        if (list && !list->empty()) {
            for (const Value& item : *list)
                inside(&item, first, step.next);
        } else {
            inside(value, first, step.next);
        }
    }

    void inside(const Value* value, std::uint32_t first, std::uint32_t end) {
        touched_ = true;
        if (value) frames_.push_back({value->model(), value});
        steps(first, end);
        if (value) frames_.pop_back();
        touched_ = true;
    }

    const Value* find(std::uint32_t index) {
        const auto& path = program_->names_[index].path;
        if (path.empty()) return frames_.back().value ? frames_.back().value : &whole;
        for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
            if (!frame->model) continue;
            const Value* value = frame->model->find(path.front(), hints_[index]);
            for (std::size_t i = 1; value && i < path.size(); ++i)
                value = value->model() ? value->model()->find(path[i]) : nullptr;
            if (value) return value;
        }
        return nullptr;
    }

    std::string& out_;
    std::vector<Frame> frames_;
    const Program* program_ = nullptr;
    const Program* body_ = nullptr;
    std::vector<Hint> hints_; // for each name, where the last model had it
    std::size_t line_ = 0;    // where the current line begins in out_
    bool touched_ = false;    // a section began or ended on it
};

Result<std::shared_ptr<const Program>> Program::compile(std::string_view source, const Fixtures& fixtures,
                                                        Escape escape) {
    std::shared_ptr<Program> program{new Program};
    program->escape_ = escape;
    MOTCUA_CHECK(Compiler{*program, fixtures}.run(source));
    return std::shared_ptr<const Program>{std::move(program)};
}

bool Program::mentions(std::string_view name) const {
    return std::any_of(names_.begin(), names_.end(),
                       [&](const Name& one) { return !one.path.empty() && one.path.front() == name; });
}

std::string Program::render(const Model& model, const Model* outer, const Program* body) const {
    std::string out;
    out.reserve(usualSize_.load(std::memory_order_relaxed) * 9 / 8);
    Renderer{out, outer, model}.run(*this, body);
    usualSize_.store(out.size(), std::memory_order_relaxed);
    return out;
}

} // namespace motcua::view
