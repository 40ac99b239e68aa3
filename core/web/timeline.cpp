#include "web/timeline.h"

#include <map>

namespace motcua::web {

namespace {

bool isStep(const dossier::Event& event) {
    return event.kind == "step_done" || event.kind == "step_refused" || event.kind == "timer";
}

} // namespace

void fillTimeline(http::Page& page, const std::vector<dossier::Event>& events, Reader reader,
                  const std::function<std::string(const std::string& account)>& nameOf) {
    std::map<std::string, std::string> names;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const dossier::Event& event = events[i];
        view::Model& row = page.model().add("timeline");
        row.set("text", isStep(event) ? event.step : page.say("event." + event.kind));
        row.set("time", vietnameseMoment(event.at)).set("datetime", toIso8601(event.at));
        if (!event.actor.empty()) {
            const auto [name, fresh] = names.try_emplace(event.actor);
            if (fresh) name->second = nameOf(event.actor);
            row.setUnlessEmpty("who", name->second);
        }
        // A step and what came of it share one note: it stands once, where it came to something.
        const bool again = i + 1 < events.size() && events[i + 1].note == event.note;
        const bool inside = reader == Reader::Applicant && isStep(event);
        if (!again && !inside) row.setUnlessEmpty("note", event.note);
        row.set(i + 1 == events.size() && dossier::isOpen(event.state) ? view::Key{"current"}
                                                                       : view::Key{"done"},
                true);
    }
}

} // namespace motcua::web
