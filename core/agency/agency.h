// An agency (cơ quan) of the city: what it is, what it is called, when it exists.
#pragma once

#include "base/civil_day.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::agency {

// Levels of the state, highest first.
enum class Kind {
    City,       // thành phố
    Department, // sở, ban, ngành
    District,   // quận, huyện, thành phố thuộc thành phố
    Ward,       // phường, xã, thị trấn
    Unit,       // phòng, trung tâm, đơn vị sự nghiệp below any of these
};
const char* name(Kind kind); // "city", "department", …
std::optional<Kind> kindOf(std::string_view name);

inline constexpr CivilDay always{0, 1, 1};        // valid_from of what has always been
inline constexpr CivilDay unending{9999, 12, 31}; // valid_to of what has no known end

struct Agency {
    std::string id{}; // a word that stays: "so-tu-phap"
    Kind kind = Kind::Unit;
    std::string name{};
    std::string nameEn{};
    std::string shortName{}; // "Quận 1"; empty where the name is short enough
    std::string
        identifier{}; // mã định danh, Decision 20/2020/QĐ-TTg: "H29.15"; empty where none is published
    std::string oldIdentifier{}; // QCVN 102:2016/BTTTT: "000.00.15.H29"
    bool derived = false;        // the identifiers were made by us
    CivilDay from = always;
    CivilDay to = unending;
    std::string successor{};            // who took over; empty where none
    std::vector<std::string> aliases{}; // further identifiers by which others know it
    std::string address{};              // where people go; empty where none is published
    std::string phone{};

    bool validOn(const CivilDay& day) const { return from <= day && day <= to; }
    const std::string& label(std::string_view locale) const;
    bool operator==(const Agency&) const = default;
};

// Below which parent an agency stands from a day on.
struct Place {
    std::string agency;
    CivilDay from = always;
    std::string parent;
    bool operator==(const Place&) const = default;
};

} // namespace motcua::agency
