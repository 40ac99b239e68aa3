#include "web/answers.h"

#include "web/wording.h"

namespace motcua::web {

void fillSummary(view::List& sections, const http::Page& page,
                 const std::vector<forms::SummarySection>& summary, const std::string& changeBelow) {
    for (const forms::SummarySection& section : summary) {
        const bool papers = section.key == "papers";
        view::Model made;
        made.set("text", papers ? page.say("upload.title") : section.title);
        for (const forms::SummaryRow& row : section.rows) {
            view::Model& line = made.add("rows");
            const bool empty = row.value.empty() && row.lines.empty();
            line.set("label", row.label).set("value", empty ? page.say("common.none") : row.value);
            for (const std::string& text : row.lines)
                line.add("lines").set("text", text);
            if (changeBelow.empty()) continue;
            const std::string path = papers ? "/giay-to" : "/phan/" + section.key;
            line.set("change", link(page.say("common.change"), changeBelow + path));
        }
        sections.emplace_back(std::move(made));
    }
}

} // namespace motcua::web
