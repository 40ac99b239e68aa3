#include "web/timeline.h"

namespace motcua::web {

void fillTimeline(http::Page& page, const std::vector<dossier::Event>& events,
                  const std::function<std::string(const std::string& account)>& nameOf) {
    for (std::size_t i = 0; i < events.size(); ++i) {
        const dossier::Event& event = events[i];
        view::Model& row = page.model().add("timeline");
        row.set("text", event.kind == "step_done" || event.kind == "timer" ? event.step
                                                                           : page.say("event." + event.kind));
        row.set("time", vietnameseMoment(event.at)).set("datetime", toIso8601(event.at));
        row.setUnlessEmpty("who", event.actor.empty() ? std::string{} : nameOf(event.actor));
        // A step and what came of it share one note: it stands once, where it came to something.
        const bool again = i + 1 < events.size() && events[i + 1].note == event.note;
        if (!again) row.setUnlessEmpty("note", event.note);
        row.set(i + 1 == events.size() && dossier::isOpen(event.state) ? view::Key{"current"}
                                                                       : view::Key{"done"},
                true);
    }
}

} // namespace motcua::web
