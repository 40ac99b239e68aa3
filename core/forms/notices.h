// What a procedure's dossiers tell people by e-mail, in both languages (notices.yaml of a package).
#pragma once

#include "base/json.h"
#include "forms/form.h"
#include "view/program.h"

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace motcua::forms {

// The events that every package has a notice for.
constexpr std::array<std::string_view, 7> noticeEvents{
    "submitted", "accepted", "supplement_requested", "refused", "approved", "returned", "payment"};

// What a notice may name: applicant, procedure, submission (number), code, agency, due, link, reason, items:
// [{text}], reply_by, amount, paid_at, result, hotline, rate (where to rate the service). Anything else is a
// mistake of the file.
struct Notice {
    std::string subject; // one line
    std::string text;    // plain
};

class Notices {
public:
    // Invalid "yaml.invalid" for missing events and languages, broken templates and names that no notice has.
    static Result<Notices> load(const std::filesystem::path& file);
    static Result<Notices> parse(std::string_view yaml, const std::string& file);

    // NotFound "notice.unknown_event". What `data` lacks is left out.
    Result<Notice> make(std::string_view event, std::string_view locale, const Json& data) const;

private:
    struct Templates {
        std::shared_ptr<const view::Program> subject;
        std::shared_ptr<const view::Program> text;
    };
    friend class NoticesReader;
    std::map<std::string, Templates, std::less<>> templates_{}; // by event.language
};

} // namespace motcua::forms
