#include "feel/expression.h"

#include "feel/evaluator.h"
#include "feel/node.h"

namespace motcua::feel {

namespace {

Value run(const Node& root, const ScopePtr& scope, std::optional<Instant> now, Budget& budget) {
    Evaluator evaluator(budget, now);
    return evaluator.evaluate(root, scope);
}

Error limitError(const LimitReached& reached) {
    Error error = rejected("feel.limit");
    error.params = {{"limit", reached.limit}};
    return error;
}

ScopePtr rootScope(const Value& context) {
    return std::make_shared<const Scope>(Scope{{}, {}, context});
}

} // namespace

Result<Expression> Expression::parse(std::string_view text, const ParseOptions& options) {
    MOTCUA_TRY(parsed, parseExpression(text, options.known, options.limits));
    Expression made;
    made.text_ = text;
    made.names_ = std::move(parsed.free);
    made.root_ = std::move(parsed.root);
    made.limits_ = options.limits;
    return made;
}

Result<Value> Expression::evaluateValue(const Value& context, std::optional<Instant> now) const {
    Budget budget(limits_);
    try {
        return run(*root_, rootScope(context), now, budget);
    } catch (const LimitReached& reached) {
        return limitError(reached);
    }
}

Result<Json> Expression::evaluate(const Json& context, std::optional<Instant> now) const {
    Budget budget(limits_);
    try {
        return toJson(run(*root_, rootScope(Value::fromJson(context)), now, budget), budget);
    } catch (const LimitReached& reached) {
        return limitError(reached);
    }
}

Result<bool> Expression::holds(const Json& context, std::optional<Instant> now) const {
    MOTCUA_TRY(value, evaluateValue(Value::fromJson(context), now));
    return value.isTrue();
}

Result<UnaryTests> UnaryTests::parse(std::string_view text, const ParseOptions& options) {
    MOTCUA_TRY(parsed, parseUnaryTests(text, options.known, options.limits));
    UnaryTests made;
    made.expression_.text_ = text;
    made.expression_.names_ = std::move(parsed.free);
    made.expression_.root_ = std::move(parsed.root);
    made.expression_.limits_ = options.limits;
    return made;
}

Result<bool> UnaryTests::matchesValue(const Value& input, const Value& context,
                                      std::optional<Instant> now) const {
    Budget budget(expression_.limits_);
    try {
        const auto scope = std::make_shared<const Scope>(Scope{rootScope(context), "?", input});
        return run(*expression_.root_, scope, now, budget).isTrue();
    } catch (const LimitReached& reached) {
        return limitError(reached);
    }
}

Result<bool> UnaryTests::matches(const Json& input, const Json& context, std::optional<Instant> now) const {
    return matchesValue(Value::fromJson(input), Value::fromJson(context), now);
}

} // namespace motcua::feel
