#include "forms/forms_policy.h"

#include "agency/agency_policy.h"

namespace motcua::forms {

bool mayChange(const Actor& actor, const agency::Tree& agencies, const CivilDay& today) {
    return agency::administersCity(actor, agencies, today);
}

} // namespace motcua::forms
