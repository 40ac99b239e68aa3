#include "forms/reachable.h"

#include <algorithm>
#include <functional>

namespace motcua::forms {

namespace {

constexpr std::size_t mostCombinations = 4096;
constexpr Instant anyInstant{1'593'536'400'000}; // 2020-07-01 at midnight in Ho Chi Minh City

bool isFinite(const Field& field) {
    return field.type == FieldType::Choice || field.type == FieldType::YesNo;
}

class Combinations {
public:
    Combinations(const Program& program, const std::vector<const feel::Expression*>& judged)
        : program_(program) {
        for (const feel::Expression* expression : judged)
            if (expression) addAll(expression->names());
        std::size_t count = 1;
        for (const std::size_t index : program_.order) {
            const Slot& slot = program_.slots[index];
            if (!wanted_.count(slot.field->key)) continue;
            if (!isFinite(*slot.field)) {
                judgeable_ = false;
                return;
            }
            needed_.push_back(&slot);
            count *= slot.field->options.size() + 1;
            if (count > mostCombinations) {
                judgeable_ = false;
                return;
            }
        }
    }

    bool judgeable() const { return judgeable_; }

    // Whether `test` answers true for any combination that a citizen can reach.
    bool any(const std::function<bool(const Values&)>& test) {
        Values values;
        return tryFrom(0, values, test);
    }

private:
    void addAll(const std::vector<std::string>& names) {
        for (const std::string& name : names) {
            const Slot* slot = program_.slot(name);
            if (!slot || !wanted_.insert(name).second) continue;
            addAll({slot->needs.begin(), slot->needs.end()});
        }
    }

    bool tryFrom(std::size_t at, Values& values, const std::function<bool(const Values&)>& test) {
        if (at == needed_.size()) return test(values);
        const Slot& slot = *needed_[at];
        const Field& field = *slot.field;
        const auto with = [&](feel::Value value) {
            values.insert_or_assign(field.key, std::move(value));
            return tryFrom(at + 1, values, test);
        };
        const bool shown = holds(program_.conditionOf(*slot.section), values, nullptr, anyInstant) &&
                           holds(slot.when, values, nullptr, anyInstant);
        if (!shown) return with({});
        if (!field.required && with({})) return true;
        if (field.type == FieldType::YesNo) return with(true) || with(false);
        return std::any_of(field.options.begin(), field.options.end(),
                           [&](const Option& option) { return with(option.value); });
    }

    const Program& program_;
    std::set<std::string, std::less<>> wanted_{};
    std::vector<const Slot*> needed_{};
    bool judgeable_ = true;
};

bool canHold(const Program& program, const std::vector<const feel::Expression*>& all) {
    if (std::all_of(all.begin(), all.end(), [](const auto* one) { return !one; })) return true;
    Combinations combinations{program, all};
    return !combinations.judgeable() || combinations.any([&](const Values& values) {
        return std::all_of(all.begin(), all.end(),
                           [&](const auto* one) { return holds(one, values, nullptr, anyInstant); });
    });
}

const feel::Expression* pointer(const Condition& condition) {
    return condition ? &*condition : nullptr;
}

} // namespace

std::vector<std::string> neverShown(const Program& program) {
    std::vector<std::string> found;
    for (const Section& section : program.form.sections)
        if (!canHold(program, {program.conditionOf(section)})) found.push_back(section.key);
    for (const Slot& slot : program.slots)
        if (slot.when && !canHold(program, {program.conditionOf(*slot.section), pointer(slot.when)}))
            found.push_back(slot.section->key + "." + slot.field->key);
    for (const PaperSlot& slot : program.papers) {
        if (!canHold(program, {pointer(slot.when)})) found.push_back("papers." + slot.paper->key);
        if (slot.requiredWhen && !canHold(program, {pointer(slot.when), pointer(slot.requiredWhen)}))
            found.push_back("papers." + slot.paper->key + ".required_when");
    }
    return found;
}

std::vector<std::string> neverRight(const Program& program) {
    std::vector<std::string> found;
    for (const Slot& slot : program.slots) {
        if (!isFinite(*slot.field)) continue;
        for (const CompiledRule& rule : slot.rules) {
            // The rule's own field is among its names or makes no difference.
            const std::vector<const feel::Expression*> all{program.conditionOf(*slot.section),
                                                           pointer(slot.when), &rule.check};
            if (!canHold(program, all)) found.push_back(slot.section->key + "." + slot.field->key + ".rules");
        }
    }
    return found;
}

} // namespace motcua::forms
