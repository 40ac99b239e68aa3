// What a dossier's answers mean for its procedure: the case, the fee, the name of the applicant.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "base/money.h"
#include "catalogue/catalogue.h"
#include "dossier/dossier.h"

#include <string>
#include <vector>

namespace motcua::dossier {

// The first case (trường hợp) whose condition holds of the answers; the first of all where none does.
const catalogue::Case* caseOf(const catalogue::Procedure& procedure, const Json& answers, Instant now);

// As the catalogue has limits and fees for it.
catalogue::Channel channelOf(const Dossier& dossier);

// One row of what a dossier costs.
struct FeeLine {
    catalogue::Fee fee;
    std::int64_t units = 1; // copies, where the fee is by copies
    Money amount;
};

// What the case costs on that channel for `quantity` copies, fee by fee; none where no amount is known.
std::vector<FeeLine> feeLinesOf(const catalogue::Case& oneCase, catalogue::Channel channel,
                                std::int64_t quantity);
// Their sum; 0 where it is free or exempt.
Money feeOf(const catalogue::Case& oneCase, catalogue::Channel channel, std::int64_t quantity, bool exempt);

// The name in the form's first group that has one; "" where nobody has filled it yet.
std::string applicantOf(const Json& answers);

} // namespace motcua::dossier
