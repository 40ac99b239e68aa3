#include "catalogue/catalogue.h"

#include "catalogue/names.h"

#include <algorithm>

namespace motcua::catalogue {

namespace {

template <typename Enum, std::size_t N>
const char* wordOf(const std::pair<std::string_view, Enum> (&names)[N], Enum value) {
    for (const auto& [word, known] : names)
        if (known == value) return word.data();
    return "";
}

const Fees unknownFees;

} // namespace

const char* name(Level value) {
    return wordOf(levelNames, value);
}
const char* name(Audience value) {
    return wordOf(audienceNames, value);
}
const char* name(Channel value) {
    return wordOf(channelNames, value);
}
const char* name(Source value) {
    return wordOf(sourceNames, value);
}
const char* name(FeeSetter value) {
    return wordOf(feeSetterNames, value);
}
const char* name(FeeUnit value) {
    return wordOf(feeUnitNames, value);
}
const char* name(ResultKind value) {
    return wordOf(resultKindNames, value);
}
const char* name(StepActor value) {
    return wordOf(stepActorNames, value);
}

std::optional<Level> levelOf(std::string_view word) {
    return valueOf(levelNames, word);
}

std::optional<Money> Fee::total(std::int64_t quantity) const {
    const auto& first = amount ? amount : demo;
    if (!first || quantity < 0) return std::nullopt;
    Money sum{0};
    std::int64_t from = 1;
    Money price = *first;
    for (const auto& tier : tiers) { // in growing order of `from`
        const std::int64_t until = std::min(tier.from - 1, quantity);
        if (until >= from) sum = sum + price * (until - from + 1);
        from = tier.from;
        price = tier.amount;
    }
    if (quantity >= from) sum = sum + price * (quantity - from + 1);
    return most && *most < sum ? *most : sum;
}

const ChannelRule* Case::rule(Channel channel) const {
    const auto at = std::find_if(channels.begin(), channels.end(),
                                 [&](const ChannelRule& rule) { return rule.channel == channel; });
    return at == channels.end() ? nullptr : &*at;
}

std::optional<Limit> Case::limitFor(Channel channel) const {
    const auto* own = rule(channel);
    if (!own) return std::nullopt;
    return own->limit ? own->limit : limit;
}

const Fees& Case::feesFor(Channel channel) const {
    const auto* own = rule(channel);
    if (!own) return unknownFees;
    return own->fees ? own->fees : fees;
}

const Case* Procedure::findCase(std::string_view id) const {
    const auto at = std::find_if(cases.begin(), cases.end(), [&](const Case& each) { return each.id == id; });
    return at == cases.end() ? nullptr : &*at;
}

const Paper* Procedure::findPaper(std::string_view id) const {
    const auto at =
        std::find_if(papers.begin(), papers.end(), [&](const Paper& each) { return each.id == id; });
    return at == papers.end() ? nullptr : &*at;
}

bool Procedure::canBeFiled(Channel channel) const {
    return std::any_of(cases.begin(), cases.end(),
                       [&](const Case& each) { return each.rule(channel) != nullptr; });
}

bool isProcedureCode(std::string_view text) {
    return text.size() == 8 && text[0] >= '1' && text[0] <= '9' && text[1] == '.' &&
           std::all_of(text.begin() + 2, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace motcua::catalogue
