// A paper (giấy tờ, phiếu) that an agency makes for a dossier: what it is, its number, whether it is made and
// signed.
#pragma once

#include "agency/agency_tree.h"
#include "base/civil_day.h"
#include "base/clock.h"
#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::signing {

// The kinds, as dossiers and templates call them.
inline constexpr std::string_view kReceipt = "receipt"; // Mẫu 01: giấy tiếp nhận hồ sơ và hẹn trả kết quả
inline constexpr std::string_view kSupplement =
    "supplement"; // Mẫu 02: phiếu yêu cầu bổ sung, hoàn thiện hồ sơ
inline constexpr std::string_view kRefusal = "refusal"; // Mẫu 03: phiếu từ chối tiếp nhận, giải quyết hồ sơ
inline constexpr std::string_view kResult = "result"; // the result of the procedure

// Why a paper waits that nobody can sign yet.
inline constexpr std::string_view kNoProfile = "signing.no_profile";

// How much a signature proves by itself: that somebody signed, also when, also that his certificate stood
// then (ETSI EN 319 142-1: B-B, B-T, B-LT).
enum class Level { Basic, Timed, Lasting };
std::string_view toWord(Level level);

struct Paper {
    std::string id{};
    std::string dossier{};
    std::string kind{};
    std::string agency{}; // who issues it
    int year = 0;
    std::int64_t number = 0; // from 1 in its register
    std::string checkCode{}; // by which anybody who holds the paper looks it up: "7K2M9QXD4B"
    Instant askedAt{};
    std::string askedBy{};       // account of the official; empty: the system
    std::string batch{};         // signed together with others of it; empty: by itself
    Json facts = Json::object(); // as they stood then: note, due_ms, received_ms
    bool mustSign = false;       // never goes out without a digital signature
    std::string problem{};       // why it is not made yet, as a code; empty: nothing is wrong
    std::string file{};          // empty until it is made
    bool isSigned = false;
    Level level = Level::Basic; // of a signed one
    std::optional<Instant> madeAt{};

    bool made() const { return madeAt.has_value(); }
    std::string shownNumber() const { return std::to_string(number) + "/" + std::to_string(year); }
};

// A result and a refusal decide something: without a signature they are worth nothing. Receipts and requests
// for a supplement are signed wherever the agency can sign (Circular 01/2018/TT-VPCP, article 10.1.d), but
// nobody waits for them.
bool mustBeSigned(std::string_view kind);

// A new check code: 50 random bits in letters and digits that do not look alike.
std::string newCheckCode();
// As a person typed it: capitals, without spaces and hyphens, O read as 0, I and L as 1.
std::string normalCheckCode(std::string_view typed);

// "Bến Nghé", "Quận 1", "Thành phố Hồ Chí Minh": the place that stands before the date (Decree 30/2020, annex
// I, II.4).
std::string placeOf(const agency::Tree& tree, const agency::Agency& agency, const CivilDay& day);
// "16 giờ 00 phút, ngày 27 tháng 11 năm 2026".
std::string wordedMoment(Instant at);
// "ngày 27 tháng 11 năm 2026".
std::string wordedDay(const CivilDay& day);
// What the head of such an agency signs as: "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH" on two lines.
std::string signerTitle(agency::Kind kind);

// The profile that signs for an agency: one that bears its id, or that of the nearest agency above it, else
// "default". Nothing where none of them is switched on. `names` are the profiles' names in their order.
std::optional<std::size_t> profileFor(const std::vector<std::string>& names, const agency::Tree& tree,
                                      const std::string& agency, const CivilDay& day);

} // namespace motcua::signing
