// multipart/form-data over a body that may lie in a file: only heads and values are copied, files stay
// ranges.
#include "http/form.h"

#include "base/text.h"

namespace motcua::http {

namespace {

constexpr std::uint64_t nowhere = UINT64_MAX;
constexpr std::size_t piece = 64 * 1024;

Error badForm(const char* what) {
    return {ErrorKind::Invalid, "http.bad_form", what};
}

// Bytes [from, from + size) of another body.
class Range final : public net::Body {
public:
    Range(std::shared_ptr<const net::Body> whole, std::uint64_t from, std::uint64_t size)
        : whole_(std::move(whole)), from_(from), size_(size) {}

    std::uint64_t size() const override { return size_; }
    std::string read(std::uint64_t offset, std::size_t count) const override {
        if (offset >= size_) return {};
        return whole_->read(from_ + offset,
                            static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset)));
    }

private:
    std::shared_ptr<const net::Body> whole_;
    std::uint64_t from_;
    std::uint64_t size_;
};

// The body through a window, so that a search reads each piece once.
class Scanner {
public:
    explicit Scanner(const net::Body& body) : body_(body) {}

    // Where `pattern` begins at or after `from`, at the latest before `limit`.
    std::uint64_t find(std::string_view pattern, std::uint64_t from, std::uint64_t limit = nowhere) {
        while (from < limit) {
            load(from, pattern.size());
            const std::size_t found = window_.find(pattern, static_cast<std::size_t>(from - start_));
            if (found != std::string::npos) return start_ + found < limit ? start_ + found : nowhere;
            const std::uint64_t end = start_ + window_.size();
            if (end >= body_.size()) return nowhere;
            from = end - (pattern.size() - 1);
        }
        return nowhere;
    }

    bool startsWith(std::string_view pattern, std::uint64_t at) {
        load(at, pattern.size());
        return std::string_view{window_}.substr(static_cast<std::size_t>(at - start_)).starts_with(pattern);
    }

    std::string copy(std::uint64_t from, std::uint64_t to) {
        return body_.read(from, static_cast<std::size_t>(to - from));
    }

private:
    void load(std::uint64_t from, std::size_t count) {
        const bool inside = from >= start_ && from + count <= start_ + window_.size();
        if (inside) return;
        window_ = body_.read(from, std::max(piece, count));
        start_ = from;
    }

    const net::Body& body_;
    std::string window_;
    std::uint64_t start_ = 0;
};

// A name that may be shown and offered for saving; never used as a path.
std::string safeFileName(std::string_view raw) {
    const std::size_t slash = raw.find_last_of("/\\");
    if (slash != std::string_view::npos) raw.remove_prefix(slash + 1);
    std::string name = text::clean(raw).value_or("");
    std::erase_if(name, [](char c) { return c == '\n' || c == '\t' || c == '"'; });
    while (name.starts_with('.'))
        name.erase(0, 1);
    const std::size_t dot = name.rfind('.');
    const std::string ending = dot == std::string::npos || name.size() - dot > 12 ? "" : name.substr(dot);
    name = text::trim(text::shorten(name.substr(0, name.size() - ending.size()), 150 - ending.size()));
    return (name.empty() ? "file" : name) + ending;
}

class Multipart {
public:
    Multipart(std::shared_ptr<const net::Body> body, const std::string& boundary, const FormLimits& limits)
        : body_(std::move(body)), scan_(*body_), delimiter_("\r\n--" + boundary), limits_(limits) {}

    Result<Form> run() {
        if (!scan_.startsWith(std::string_view{delimiter_}.substr(2), 0))
            return badForm("does not begin with its boundary");
        std::uint64_t at = delimiter_.size() - 2;
        for (std::size_t parts = 0; !scan_.startsWith("--", at); ++parts) {
            if (parts == limits_.parts) return Error{ErrorKind::TooLarge, "http.too_many_parts"};
            if (!scan_.startsWith("\r\n", at)) return badForm("a boundary line goes on");
            MOTCUA_TRY(next, part(at + 2));
            at = next;
        }
        return std::move(form_);
    }

private:
    // Reads the part whose head begins at `at`; gives the place after the boundary that ends it.
    Result<std::uint64_t> part(std::uint64_t at) {
        const std::uint64_t head = scan_.find("\r\n\r\n", at, at + limits_.partHeadBytes);
        if (head == nowhere) return badForm("the head of a part has no end or is too long");
        const std::string lines = scan_.copy(at, head);
        const std::uint64_t content = head + 4;
        // The delimiter's own line end may be the second of the head's when the part is empty.
        const std::uint64_t end = scan_.find(delimiter_, content - 2);
        if (end == nowhere) return badForm("the last boundary is missing");
        MOTCUA_CHECK(take(lines, content, std::max(end, content)));
        return end + delimiter_.size();
    }

    Result<void> take(const std::string& head, std::uint64_t from, std::uint64_t to) {
        if (!text::isUtf8(head) || head.find('\0') != std::string::npos)
            return Error{ErrorKind::Invalid, "http.bad_text"};
        const std::string disposition = headerOf(head, "Content-Disposition");
        const std::string name = text::nfc(unquoted(parameter(disposition, "name"))).value_or("");
        if (!disposition.starts_with("form-data") || name.empty()) return badForm("a part without a name");
        if (hasFileName(disposition)) {
            const std::string raw = unquoted(parameter(disposition, "filename"));
            if (raw.empty() && from == to) return {}; // a file input that was left empty
            form_.uploads.push_back({name, safeFileName(raw), headerOf(head, "Content-Type"),
                                     std::make_shared<Range>(body_, from, to - from)});
            return {};
        }
        if (to - from > limits_.valueBytes) return Error{ErrorKind::TooLarge, "http.form_too_large"};
        const std::string raw = scan_.copy(from, to);
        auto value = raw.find('\0') == std::string::npos ? text::nfc(raw) : std::nullopt;
        if (!value) return Error{ErrorKind::Invalid, "http.bad_text"};
        form_.fields.add(name, std::move(*value));
        return {};
    }

    static bool hasFileName(std::string_view disposition) {
        return text::lower(disposition).find("filename=") != std::string::npos;
    }

    // Browsers write a quote and line ends in names as %22, %0D, %0A (HTML, section 4.10.21.8), and only
    // these.
    static std::string unquoted(std::string raw) {
        for (const auto& [written, meant] : {std::pair{"%22", "\""}, {"%0D", ""}, {"%0A", ""}})
            for (std::size_t at = raw.find(written); at != std::string::npos; at = raw.find(written, at))
                raw.replace(at, 3, meant);
        return raw;
    }

    static std::string headerOf(std::string_view head, std::string_view name) {
        while (!head.empty()) {
            const std::string_view line = head.substr(0, head.find("\r\n"));
            head.remove_prefix(std::min(line.size() + 2, head.size()));
            const std::size_t colon = line.find(':');
            if (colon != std::string_view::npos && net::sameWord(line.substr(0, colon), name))
                return text::trim(line.substr(colon + 1));
        }
        return {};
    }

    std::shared_ptr<const net::Body> body_;
    Scanner scan_;
    std::string delimiter_;
    const FormLimits& limits_;
    Form form_;
};

} // namespace

Result<Form> parseMultipart(const std::shared_ptr<const net::Body>& body, std::string_view contentType,
                            const FormLimits& limits) {
    const std::string boundary = parameter(contentType, "boundary");
    // RFC 2046 section 5.1.1: 1 to 70 characters.
    if (boundary.empty() || boundary.size() > 70) return badForm("no boundary");
    return Multipart{body, boundary, limits}.run();
}

} // namespace motcua::http
