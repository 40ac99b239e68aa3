// Who people are to the system: accounts of citizens, organisations and officials, and what they may do
// where.
#pragma once

#include "base/actor.h"
#include "base/clock.h"

#include <optional>
#include <string>
#include <vector>

namespace motcua::identity {

enum class AccountKind { Citizen = 1, Organisation = 2, Official = 3 };
enum class AccountState { Unconfirmed = 0, Active = 1, Disabled = 2 };

struct Account {
    std::string id;
    AccountKind kind = AccountKind::Citizen;
    AccountState state = AccountState::Unconfirmed;
    std::string email;
    std::string fullName; // họ và tên
    std::string phone;
    std::string nationalId; // số định danh cá nhân, 12 digits
    Instant madeAt;
    std::optional<Instant> confirmedAt;
    bool demo = false;
};

// Phân quyền theo vùng dữ liệu (O18): the role holds for the agency and everything below it.
struct Role {
    std::string role; // "receiver", "specialist", "leader", "admin"
    std::string agencyId;

    auto operator<=>(const Role&) const = default;
};

} // namespace motcua::identity
