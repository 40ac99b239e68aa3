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

catalogue::Channel channelOf(const Dossier& dossier) {
    return dossier.inPerson() ? catalogue::Channel::Direct : catalogue::Channel::Online;
}

std::vector<FeeLine> feeLinesOf(const catalogue::Case& oneCase, catalogue::Channel channel,
                                std::int64_t quantity) {
    std::vector<FeeLine> lines;
    const catalogue::Fees& fees = oneCase.feesFor(channel);
    if (!fees) return lines;
    for (const catalogue::Fee& fee : *fees) {
        const std::int64_t units = fee.per == catalogue::FeeUnit::Copy ? quantity : 1;
        if (const auto amount = fee.total(units); amount && amount->dong > 0)
            lines.push_back({fee, units, *amount});
    }
    return lines;
}

Money feeOf(const catalogue::Case& oneCase, catalogue::Channel channel, std::int64_t quantity, bool exempt) {
    Money total;
    if (exempt) return total;
    for (const FeeLine& line : feeLinesOf(oneCase, channel, quantity))
        total = total + line.amount;
    return total;
}

std::string applicantOf(const Json& answers) {
    for (const auto& [key, value] : answers.members())
        if (const std::string& name = value["full_name"].string(); !name.empty()) return name;
    return answers["full_name"].string();
}

} // namespace motcua::dossier
