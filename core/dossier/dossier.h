// The dossier (hồ sơ): one person's case of one procedure, from the draft to the returned result.
#pragma once

#include "base/civil_day.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/money.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::dossier {

// The ten national codes of a dossier's state (regulations 5.4), and the draft before them.
enum class State {
    Draft = 0,
    Filed = 1,       // mới đăng ký
    Accepted = 2,    // được tiếp nhận
    NotAccepted = 3, // không được tiếp nhận
    InProcess = 4,   // đang xử lý
    Supplement = 5,  // yêu cầu bổ sung giấy tờ
    Duty = 6,        // yêu cầu thực hiện nghĩa vụ tài chính
    Withdrawn = 7,   // công dân yêu cầu rút hồ sơ
    Stopped = 8,     // dừng xử lý
    Settled = 9,     // đã xử lý xong
    Returned = 10,   // đã trả kết quả
};

// A draft that nobody touched for so many days is thrown away (the page of the draft says until when).
inline constexpr int draftDays = 90;

// Channels of submission (kênh thực hiện), as statistics tell them apart.
inline constexpr std::string_view kOnline = "online"; // trực tuyến
inline constexpr std::string_view kDirect = "direct"; // trực tiếp, at the counter

bool isOpen(State state);  // somebody still has something to do
bool isEnded(State state); // nothing will happen any more, but for the result's return

// mã hồ sơ: agency-YYMMDD-XXXX (Circular 01/2018/TT-VPCP, article 19). `number` counts from 1 within agency
// and day; past 9,999 the last group grows.
std::string legalCode(std::string_view agencyIdentifier, const CivilDay& day, std::int64_t number);

// The number of an online submission, known before any legal code is: "TN-261123-7K2M9QXD4B". Its end is
// random, so that nobody can count through them (50 bits), and holds no letters that look alike.
std::string submissionNumber(const CivilDay& day);

// A code or number as people type and scan it, in the form that is stored: without its dots and hyphens, in
// small letters, with O for 0 and I or L for 1 (X5). Anything else comes back as it came, but for its spaces.
std::string normalCode(std::string_view typed);

struct Dossier {
    std::string id;
    std::string number; // of the submission; empty in a draft
    std::string code;   // the legal one; empty until accepted
    std::string owner;  // account; empty where the applicant, who came in person, has none
    std::string procedureCode;
    std::string procedureName;
    std::int64_t procedureVersion = 0;
    std::int64_t formVersion = 0;
    std::string agency; // id of the receiving agency
    std::string channel{kOnline};
    std::string caseId;
    State state = State::Draft;
    std::string phase;
    std::int64_t version = 0;
    Json answers = Json::object();
    std::string applicant; // name of who applies
    std::int64_t quantity = 1;
    Money fee;
    std::optional<Instant> feePaidAt;
    Instant madeAt;
    Instant changedAt;
    std::optional<Instant> submittedAt;
    std::optional<Instant> acceptedAt;
    std::optional<Instant> dueAt;
    std::optional<Instant> endedAt;
    std::string key; // of the vault, that its words are sealed by; "" before they were

    bool inPerson() const { return channel == kDirect; }
    bool feeDue() const { return fee.dong > 0 && !feePaidAt; }
};

// A row of a list: nothing sealed but the applicant's name, which officials need.
struct Summary {
    std::string id;
    std::string number;
    std::string code;
    std::string procedureName;
    std::string agency;
    State state = State::Draft;
    Instant changedAt;
    std::optional<Instant> dueAt;
};

struct Event {
    std::int64_t number = 0;
    Instant at;
    std::string kind; // "submitted", "accepted", "step_done", "step_refused" (a step that turns it down), …
    State state = State::Draft;
    std::string actor;  // account; empty for the system
    std::string agency; // where it happened
    std::string step;   // its name as drawn
    std::string note;
};

// What anybody with the code may see: the code and how far it is (Circular 01/2018, article 16.2.d).
struct PublicView {
    std::string code;
    State state = State::Filed;
    std::string phase;
};

} // namespace motcua::dossier
