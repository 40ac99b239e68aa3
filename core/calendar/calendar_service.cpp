#include "calendar/calendar_service.h"

#include "base/id.h"
#include "calendar/calendar_policy.h"

namespace motcua::calendar {

namespace {

constexpr Millis freshFor{1000};

const StoredCalendar* inForce(const std::vector<StoredCalendar>& book, std::string_view agency,
                              const CivilDay& day) {
    const StoredCalendar* found = nullptr;
    for (const auto& stored : book) {
        if (stored.agency != agency || stored.validFrom > day) continue;
        if (found == nullptr || found->validFrom < stored.validFrom) found = &stored;
    }
    return found;
}

} // namespace

Result<const WorkingCalendar*> Calendars::of(const std::string& agency, const CivilDay& day) const {
    const StoredCalendar* found = inForce(*book_, agency, day);
    if (found == nullptr) {
        for (const auto* above : tree_->ancestors(agency, day)) {
            found = inForce(*book_, above->id, day);
            if (found != nullptr) break;
        }
    }
    if (found != nullptr) return &found->calendar;
    Error error = notFound("calendar.none");
    error.params = {{"agency", agency}, {"day", day.iso()}};
    return error;
}

std::shared_ptr<const std::vector<StoredCalendar>> CalendarService::book(const Context& context) {
    const std::lock_guard lock(mutex_);
    const Instant now = clock_.now();
    if (book_ && now - checked_ < freshFor && now >= checked_) return book_;
    database_.read(context, [&](db::Reader& reader) {
        const std::int64_t version = stateVersion(reader);
        if (book_ && version == version_) return;
        book_ = std::make_shared<const std::vector<StoredCalendar>>(readCalendars(reader));
        version_ = version;
    });
    checked_ = now;
    return book_;
}

Calendars CalendarService::calendars(const Context& context) {
    return {book(context), agencies_.tree(context)};
}

Result<void> CalendarService::put(const Context& context, const std::string& agency, const CivilDay& from,
                                  const WorkingCalendar& calendar) {
    const auto tree = agencies_.tree(context);
    if (tree->find(agency) == nullptr) return notFound("agency.unknown");
    if (!mayChange(context.actor, *tree, agency, civilDay(clock_.now()))) return denied("calendar.denied");
    const StoredCalendar stored{newId(clock_), agency, from, calendar};
    const auto done = database_.write(context, [&](db::Writer& writer) -> Result<void> {
        for (const StoredCalendar& held : readCalendars(writer))
            if (held.agency == agency && held.validFrom == from && held.calendar.data() == calendar.data())
                return {};
        putCalendar(writer, stored);
        raiseStateVersion(writer);
        audit_.record(writer, context, "agency:" + agency, "calendar.written",
                      Json::object().set("calendar", stored.id).set("from", from.iso()));
        return {};
    });
    const std::lock_guard lock(mutex_);
    checked_ = Instant{0};
    return done;
}

} // namespace motcua::calendar
