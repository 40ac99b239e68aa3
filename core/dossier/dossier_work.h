// An official's work list (danh sách công việc): what is asked of it, and a page of it.
#pragma once

#include "dossier/dossier.h"
#include "process/process.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace motcua::dossier {

// A step is due soon (sắp đến hạn) from here on.
inline constexpr Millis kDueSoon = std::chrono::hours{8};

enum class Urgency { Any, Late, Soon, InTime };

struct WorkAsked {
    enum class Show {
        All,     // every open step at the official's desks
        Mine,    // those that the official holds
        Waiting, // dossiers of the official's region that wait for their applicant
    };
    Show show = Show::All;
    Urgency urgency = Urgency::Any; // of steps
    // A number or code, or its beginning, finds those dossiers of the region whatever their state; other
    // words narrow the list to the procedures that they find.
    std::string words{};
    std::string after{};  // WorkPage::last of the page before
    std::string before{}; // WorkPage::first of the page behind
    int limit = 50;
};

struct WorkRow {
    std::string dossier; // its id
    std::string number;
    std::string code;
    std::string procedureName;
    std::string applicant;
    State state = State::Filed;
    std::optional<Instant> submittedAt;
    std::optional<process::Task> step; // none where the dossier waits, or has ended
};

// The most urgent first; of those that wait, the longest waiting.
struct WorkPage {
    std::vector<WorkRow> rows;
    std::string first;
    std::string last;
    bool hasBefore = false;
    bool hasAfter = false;
};

// How much there is, counted up to kCountedWork.
inline constexpr std::int64_t kCountedWork = 100;
struct WorkCounts {
    std::int64_t all = 0;
    std::int64_t mine = 0;
    std::int64_t late = 0;
    std::int64_t soon = 0;
    std::int64_t inTime = 0;
    std::int64_t waiting = 0;
};

} // namespace motcua::dossier
