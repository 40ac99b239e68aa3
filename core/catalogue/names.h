// The words by which files and stored JSON call the values of catalogue.h.
#pragma once

#include "catalogue/catalogue.h"

#include <optional>
#include <string_view>
#include <utility>

namespace motcua::catalogue {

inline constexpr std::pair<std::string_view, Level> levelNames[] = {
    {"ministry", Level::Ministry}, {"city", Level::City}, {"department", Level::Department},
    {"district", Level::District}, {"ward", Level::Ward}, {"unit", Level::Unit},
    {"other", Level::Other}};
inline constexpr std::pair<std::string_view, Audience> audienceNames[] = {
    {"citizen", Audience::Citizen},
    {"overseas", Audience::Overseas},
    {"foreigner", Audience::Foreigner},
    {"official", Audience::Official},
    {"enterprise", Audience::Enterprise},
    {"foreign_enterprise", Audience::ForeignEnterprise},
    {"cooperative", Audience::Cooperative},
    {"organisation", Audience::Organisation},
    {"foreign_organisation", Audience::ForeignOrganisation}};
inline constexpr std::pair<std::string_view, Channel> channelNames[] = {
    {"online", Channel::Online}, {"post", Channel::Post}, {"direct", Channel::Direct}};
inline constexpr std::pair<std::string_view, Source> sourceNames[] = {
    {"population", Source::Population}, {"civil_status", Source::CivilStatus},
    {"residence", Source::Residence},   {"land", Source::Land},
    {"business", Source::Business},     {"health", Source::Health}};
inline constexpr std::pair<std::string_view, FeeSetter> feeSetterNames[] = {{"national", FeeSetter::National},
                                                                            {"council", FeeSetter::Council}};
inline constexpr std::pair<std::string_view, FeeUnit> feeUnitNames[] = {
    {"dossier", FeeUnit::Dossier}, {"copy", FeeUnit::Copy}, {"page", FeeUnit::Page}, {"case", FeeUnit::Case}};
inline constexpr std::pair<std::string_view, ResultKind> resultKindNames[] = {
    {"result", ResultKind::Result}, {"notice", ResultKind::Notice}, {"refusal", ResultKind::Refusal}};
inline constexpr std::pair<std::string_view, StepActor> stepActorNames[] = {
    {"applicant", StepActor::Applicant},
    {"one_stop", StepActor::OneStop},
    {"specialist", StepActor::Specialist},
    {"leader", StepActor::Leader},
    {"agency", StepActor::Agency}};

template <typename Enum, std::size_t N>
constexpr std::optional<Enum> valueOf(const std::pair<std::string_view, Enum> (&names)[N],
                                      std::string_view word) {
    for (const auto& [known, value] : names)
        if (known == word) return value;
    return std::nullopt;
}

} // namespace motcua::catalogue
