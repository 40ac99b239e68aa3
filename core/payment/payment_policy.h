// Who may see payments and order money back.
#pragma once

#include "agency/agency_tree.h"
#include "base/actor.h"
#include "payment/payment.h"

#include <string>
#include <vector>

namespace motcua::payment {

// The agencies whose payments the actor sees: those of the regions where he works on dossiers. An agency that
// is no more stays in its region, as its money does.
std::vector<std::string> agenciesOf(const Actor& actor, const agency::Tree& tree, const CivilDay& today);

// An official who works on dossiers in the region of the agency, and the system.
bool maySee(const Actor& actor, const Payment& payment, const agency::Tree& tree, const CivilDay& today);

// Who takes money at the agency's counter: those who receive dossiers there.
bool mayTakeMoney(const Actor& actor, const std::string& agency, const agency::Tree& tree,
                  const CivilDay& today);

// A leader (lãnh đạo) of that region: giving public money back is his decision.
bool mayRefund(const Actor& actor, const Payment& payment, const agency::Tree& tree, const CivilDay& today);

} // namespace motcua::payment
