// What happens to accounts that others may react to.
#pragma once

#include "jobs/event.h"

#include <string>

namespace motcua::identity {

// Someone has to prove that an address is theirs. `link` is the secret part of the address to visit.
struct ConfirmationNeeded {
    std::string accountId;
    std::string email;
    std::string fullName;
    std::string link;
};

// Someone tried to register an address that has an account; its owner is told, the visitor is not.
struct AlreadyRegistered {
    std::string accountId;
    std::string email;
    std::string fullName;
};

struct PasswordResetAsked {
    std::string accountId;
    std::string email;
    std::string fullName;
    std::string link;
};

// An administrator made an account or asks its owner for a new password; the link sets one.
struct Invited {
    std::string accountId;
    std::string email;
    std::string fullName;
    std::string link;
};

struct IdentityEvents {
    jobs::Event<ConfirmationNeeded> confirmationNeeded;
    jobs::Event<AlreadyRegistered> alreadyRegistered;
    jobs::Event<PasswordResetAsked> passwordResetAsked;
    jobs::Event<Invited> invited;
};

} // namespace motcua::identity
