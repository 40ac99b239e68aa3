#include "forms/notices.h"

#include "base/text.h"
#include "forms/template_data.h"
#include "yaml/reader.h"

#include <algorithm>
#include <set>

namespace motcua::forms {

namespace {

const std::set<std::string, std::less<>> known{
    "applicant", "procedure", "submission", "code",   "agency",  "due",    "link",    "reason",
    "items",     "text",      "reply_by",   "amount", "paid_at", "result", "hotline", "rate"};

std::string oneLine(std::string_view text) {
    std::string made{text};
    std::replace_if(
        made.begin(), made.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text::trim(made);
}

// Sections that say nothing leave their line ends behind: one empty line stands for several.
std::string tidied(std::string_view text) {
    std::string made;
    for (const char c : text) {
        if (c == '\n' && made.ends_with("\n\n")) continue;
        made += c;
    }
    return text::trim(made) + "\n";
}

std::string asIs(std::string_view text) {
    return std::string{text};
}

} // namespace

class NoticesReader {
public:
    explicit NoticesReader(const yaml::Document& document) : problems_(&document) {
        yaml::Mapping map{document.root(), "", problems_};
        map.integer("notices", 1, 1, 1); // the shape's version
        for (const std::string_view event : noticeEvents) {
            yaml::Mapping languages{map.raw(event), std::string{event}, problems_};
            for (const std::string_view language : {"vi", "en"})
                read(languages, event, language);
        }
    }

    Result<Notices> take() {
        if (!problems_.empty()) return problems_.error();
        return std::move(notices_);
    }

private:
    void read(yaml::Mapping& languages, std::string_view event, std::string_view language) {
        yaml::Mapping notice{languages.raw(language), languages.path(language), problems_};
        Notices::Templates made{compile(notice, "subject"), compile(notice, "text")};
        notices_.templates_.emplace(std::string{event} + "." + std::string{language}, std::move(made));
    }

    std::shared_ptr<const view::Program> compile(yaml::Mapping& notice, std::string_view key) {
        const std::string source = notice.text(key);
        checkNames(notice, key, source);
        auto program = view::Program::compile(source, {}, view::Escape::None);
        if (program) return std::move(*program);
        notice.wrong(key, "a template (" + program.error().detail + ")");
        return nullptr;
    }

    static void checkNames(yaml::Mapping& notice, std::string_view key, std::string_view source) {
        for (std::size_t at = 0; (at = source.find("{{", at)) != std::string_view::npos;) {
            const std::size_t end = std::min(source.find("}}", at), source.size());
            std::string name = text::trim(source.substr(at + 2, end - at - 2));
            if (!name.empty() && std::string_view{"#^/"}.find(name[0]) != std::string_view::npos)
                name.erase(0, 1);
            if (!known.count(name)) notice.wrong(key, "a name that notices have, not " + name);
            at = end;
        }
    }

    yaml::Problems problems_;
    Notices notices_{};
};

Result<Notices> Notices::load(const std::filesystem::path& file) {
    MOTCUA_TRY(document, yaml::load(file));
    return NoticesReader{document}.take();
}

Result<Notices> Notices::parse(std::string_view yaml, const std::string& file) {
    MOTCUA_TRY(document, yaml::parse(yaml, file));
    return NoticesReader{document}.take();
}

Result<Notice> Notices::make(std::string_view event, std::string_view locale, const Json& data) const {
    const auto found = templates_.find(std::string{event} + (locale == "en" ? ".en" : ".vi"));
    if (found == templates_.end()) return notFound("notice.unknown_event");
    const view::Model model = templateData(data, asIs);
    return Notice{oneLine(found->second.subject->render(model)), tidied(found->second.text->render(model))};
}

} // namespace motcua::forms
