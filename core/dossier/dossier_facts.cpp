#include "dossier/dossier_facts.h"

#include "base/log.h"
#include "feel/expression.h"

namespace motcua::dossier {

namespace {

bool holds(const std::string& condition, const Json& answers, Instant now) {
    const auto expression = feel::Expression::parse(condition);
    const auto held = expression ? expression->holds(answers, now) : Result<bool>{expression.error()};
    if (!held)
        log::warning("dossier.condition_failed", {{"condition", condition}, {"error", held.error().code}});
    return held && *held;
}

} // namespace

const catalogue::Case* caseOf(const catalogue::Procedure& procedure, const Json& answers, Instant now) {
    for (const catalogue::Case& one : procedure.cases)
        if (one.when.empty() || holds(one.when, answers, now)) return &one;
    return procedure.cases.empty() ? nullptr : &procedure.cases.front();
}

Money feeOf(const catalogue::Case& oneCase, std::int64_t quantity, bool exempt) {
    const catalogue::Fees& fees = oneCase.feesFor(catalogue::Channel::Online);
    Money total;
    if (!fees || exempt) return total;
    for (const catalogue::Fee& fee : *fees)
        total = total + fee.total(fee.per == catalogue::FeeUnit::Copy ? quantity : 1).value_or(Money{0});
    return total;
}

std::string applicantOf(const Json& answers) {
    for (const auto& [key, value] : answers.members())
        if (const std::string& name = value["full_name"].string(); !name.empty()) return name;
    return answers["full_name"].string();
}

} // namespace motcua::dossier
