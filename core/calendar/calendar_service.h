// Working calendars for every other room: kept in memory, read again when another node changed them.
#pragma once

#include "agency/agency_service.h"
#include "calendar/calendar.h"
#include "calendar/calendar_repository.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace motcua::calendar {

// All calendars and the tree of agencies as they stood at one moment. It needs no database, so it may be used
// inside any transaction: take it before you open one.
class Calendars {
public:
    Calendars(std::shared_ptr<const std::vector<StoredCalendar>> book,
              std::shared_ptr<const agency::Tree> tree)
        : book_(std::move(book)), tree_(std::move(tree)) {}

    // The calendar by which a deadline of that agency goes that begins on the day: its own, else that of the
    // nearest agency above it; of several the one that took effect last. NotFound "calendar.none". It lives
    // as long as this.
    Result<const WorkingCalendar*> of(const std::string& agency, const CivilDay& day) const;

    const agency::Tree& agencies() const { return *tree_; }
    const std::vector<StoredCalendar>& all() const { return *book_; }

private:
    std::shared_ptr<const std::vector<StoredCalendar>> book_;
    std::shared_ptr<const agency::Tree> tree_;
};

class CalendarService {
public:
    CalendarService(db::Database& database, agency::AgencyService& agencies, const Clock& clock)
        : database_(database), agencies_(agencies), clock_(clock) {}

    // At most a second old. [thread-safe]
    Calendars calendars(const Context& context);

    // Puts a calendar in force for the agency and all below it without their own, from the day on; the same
    // agency and day replaces. What is due already keeps its date. Denied "calendar.denied", NotFound
    // "agency.unknown".
    Result<void> put(const Context& context, const std::string& agency, const CivilDay& from,
                     const WorkingCalendar& calendar);

private:
    std::shared_ptr<const std::vector<StoredCalendar>> book(const Context& context);

    db::Database& database_;
    agency::AgencyService& agencies_;
    const Clock& clock_;
    std::mutex mutex_{};
    std::shared_ptr<const std::vector<StoredCalendar>> book_{};
    std::int64_t version_ = -1;
    Instant checked_{0};
};

} // namespace motcua::calendar
