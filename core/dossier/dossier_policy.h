// Who may do what to a dossier.
#pragma once

#include "agency/agency_tree.h"
#include "base/actor.h"
#include "dossier/dossier.h"

namespace motcua::dossier {

// Administrators look after accounts, calendars and settings; people's papers are not theirs to read.
inline constexpr std::string_view administrator = "admin";

// The owner, an official who works for the receiving agency or one above it, and the system. An administrator
// as such does not.
bool maySee(const Actor& actor, const Dossier& dossier, const agency::Tree& tree, const CivilDay& today);

// Who takes in dossiers at the agency's counter (Bộ phận Tiếp nhận và Trả kết quả).
bool mayReceive(const Actor& actor, const std::string& agency, const agency::Tree& tree,
                const CivilDay& today);

// Who acts for the applicant: the owner, and for what was filed in person the desk that took it in, since its
// applicant comes back there. A draft is begun at the counter by one official, and is his while he receives
// there.
bool speaksFor(const Actor& actor, const Dossier& dossier, const agency::Tree& tree, const CivilDay& today);

// Of those who speak for it: while it is a draft; its papers then, and while a supplement is asked for; until
// it is settled.
bool mayEdit(const Actor& actor, const Dossier& dossier, const agency::Tree& tree, const CivilDay& today);
bool mayChangePapers(const Actor& actor, const Dossier& dossier, const agency::Tree& tree,
                     const CivilDay& today);
bool mayAnswerSupplement(const Actor& actor, const Dossier& dossier, const agency::Tree& tree,
                         const CivilDay& today);
bool mayWithdraw(const Actor& actor, const Dossier& dossier, const agency::Tree& tree, const CivilDay& today);

} // namespace motcua::dossier
