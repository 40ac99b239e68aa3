// The built-in functions of FEEL, by name.
#pragma once

#include "feel/value.h"

#include "base/clock.h"

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::feel {

// What a built-in may use beside its arguments.
struct Call {
    Budget& budget;
    std::optional<Instant> now;
    // Calls a function value, for sort().
    std::function<Value(const Function&, std::vector<Value>)> invoke;
};

// The kind of a parameter: a value of another kind makes the call null; a list of one item stands for that
// item, and one value stands for a list of it.
enum class Kind {
    Any,
    Number,
    Text,
    Boolean,
    List,
    Date,
    Time,
    DateTime,
    Moment,
    Duration,
    Context,
    Function
};

struct Parameter {
    std::string_view name;
    Kind kind = Kind::Any;
    bool optional = false; // may be left out, and may be null
};

using Arguments = std::span<const Value>; // as many as there are parameters; null where left out

struct Builtin {
    std::string_view name;
    std::vector<Parameter> parameters;
    Value (*run)(Call& call, Arguments arguments);
    bool variadic = false; // any number of arguments makes the list that is its one parameter
};

const std::vector<Builtin>& stringBuiltins();
const std::vector<Builtin>& listBuiltins();
const std::vector<Builtin>& numberBuiltins();
const std::vector<Builtin>& temporalBuiltins();
const std::vector<Builtin>& contextBuiltins();

bool isBuiltin(std::string_view name);
// Null where no variant of the function takes these arguments. `names` is empty for arguments by position.
Value callBuiltin(std::string_view name, const std::vector<std::string>& names, std::vector<Value> arguments,
                  Call& call);

} // namespace motcua::feel
