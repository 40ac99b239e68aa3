#include "calendar/calendar_repository.h"

#include "base/json.h"

#include <map>
#include <stdexcept>

namespace motcua::calendar {

namespace {

constexpr db::Query kVersion{"calendar.state_version", "SELECT version FROM calendar_state WHERE id = 1"};
constexpr db::Query kRaise{"calendar.raise_state_version",
                           "UPDATE calendar_state SET version = version + 1 WHERE id = 1"};
constexpr db::Query kAll{"calendar.all",
                         "SELECT id, agency_id, valid_from, week, years FROM calendar ORDER BY id"};
constexpr db::Query kDays{
    "calendar.days",
    "SELECT calendar_id, day, kind, name, other_day FROM calendar_day ORDER BY calendar_id, day"};
constexpr db::Query kDropDays{"calendar.drop_days",
                              "DELETE FROM calendar_day WHERE calendar_id IN "
                              "(SELECT id FROM calendar WHERE agency_id = ? AND valid_from = ?)"};
constexpr db::Query kDrop{"calendar.drop", "DELETE FROM calendar WHERE agency_id = ? AND valid_from = ?"};
constexpr db::Query kPut{
    "calendar.put", "INSERT INTO calendar (id, agency_id, valid_from, week, years) VALUES (?, ?, ?, ?, ?)"};
constexpr db::Query kPutDay{
    "calendar.put_day",
    "INSERT INTO calendar_day (calendar_id, day, kind, name, other_day) VALUES (?, ?, ?, ?, ?)"};

constexpr const char* worked = "worked";

const char* name(OffReason reason) {
    switch (reason) {
    case OffReason::Holiday:
        return "holiday";
    case OffReason::Compensation:
        return "compensation";
    case OffReason::Swapped:
        return "swapped";
    }
    return "";
}

OffReason reasonOf(std::string_view name) {
    if (name == "compensation") return OffReason::Compensation;
    return name == "swapped" ? OffReason::Swapped : OffReason::Holiday;
}

Json toJson(const std::vector<Session>& sessions) {
    Json made = Json::array();
    for (const auto& session : sessions)
        made.add(Json{Json::Array{session.from, session.to}});
    return made;
}

std::vector<Session> sessionsOf(const Json& json) {
    std::vector<Session> made;
    for (const auto& item : json.items()) {
        made.push_back({static_cast<int>(item.at(0).integer()), static_cast<int>(item.at(1).integer())});
    }
    return made;
}

Json weekOf(const CalendarData& data) {
    Json made = Json::array();
    for (std::size_t i = 0; i < 7; ++i) {
        Json day;
        day.set("working", static_cast<bool>(data.working[i]));
        day.set("sessions", toJson(data.sessions[i]));
        day.set("reception", toJson(data.reception[i]));
        made.add(std::move(day));
    }
    return made;
}

// What this room wrote; anything else is a broken database.
Json stored(std::string_view text) {
    auto json = Json::parse(text);
    if (!json) throw db::DatabaseError("calendar: unreadable JSON: " + std::string{text});
    return std::move(*json);
}

CivilDay dayOf(std::string_view text) {
    const auto day = CivilDay::parse(text);
    if (!day) throw db::DatabaseError("calendar: unreadable day: " + std::string{text});
    return *day;
}

struct Held {
    std::string id;
    std::string agency;
    CivilDay from;
    CalendarData data;
};

Held readHeld(const db::Row& row) {
    Held held{row.string(0), row.string(1), dayOf(row.text(2)), {}};
    const Json week = stored(row.text(3));
    for (std::size_t i = 0; i < 7; ++i) {
        held.data.working[i] = week.at(i)["working"].boolean();
        held.data.sessions[i] = sessionsOf(week.at(i)["sessions"]);
        held.data.reception[i] = sessionsOf(week.at(i)["reception"]);
    }
    const Json years = stored(row.text(4));
    for (const auto& year : years.items())
        held.data.years.insert(static_cast<int>(year.integer()));
    return held;
}

} // namespace

std::int64_t stateVersion(db::Reader& reader) {
    return reader.one(kVersion, [](const db::Row& row) { return row.integer(0); }).value_or(0);
}

std::vector<StoredCalendar> readCalendars(db::Reader& reader) {
    auto held = reader.all(kAll, readHeld);
    std::map<std::string, CalendarData*, std::less<>> byId;
    for (auto& each : held)
        byId[each.id] = &each.data;
    reader.each(kDays, {}, [&](const db::Row& row) {
        CalendarData& data = *byId.at(row.string(0));
        const CivilDay day = dayOf(row.text(1));
        const auto other = row.optionalString(4);
        if (row.text(2) == worked) {
            data.swappedIn[day] = dayOf(*other);
        } else {
            data.off[day] = {reasonOf(row.text(2)), row.string(3),
                             other ? std::optional{dayOf(*other)} : std::nullopt};
        }
    });
    std::vector<StoredCalendar> made;
    for (auto& each : held) {
        auto calendar = WorkingCalendar::make(std::move(each.data));
        if (!calendar) throw db::DatabaseError("calendar " + each.id + ": " + calendar.error().code);
        made.push_back({each.id, each.agency, each.from, std::move(*calendar)});
    }
    return made;
}

void putCalendar(db::Writer& writer, const StoredCalendar& held) {
    const CalendarData& data = held.calendar.data();
    Json years = Json::array();
    for (const int year : data.years)
        years.add(year);
    const std::string from = held.validFrom.iso();
    writer.run(kDropDays, held.agency, from);
    writer.run(kDrop, held.agency, from);
    writer.run(kPut, held.id, held.agency, from, weekOf(data).dump(), years.dump());
    for (const auto& [day, off] : data.off) {
        const auto other = off.of ? std::optional{off.of->iso()} : std::nullopt;
        writer.run(kPutDay, held.id, day.iso(), name(off.reason), off.name, other);
    }
    for (const auto& [day, off] : data.swappedIn) {
        writer.run(kPutDay, held.id, day.iso(), worked, "", std::optional{off.iso()});
    }
}

void raiseStateVersion(db::Writer& writer) {
    writer.run(kRaise);
}

} // namespace motcua::calendar
