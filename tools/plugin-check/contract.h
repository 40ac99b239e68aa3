// The contract of every operation of ABI 1, from sdk/json-schema/ (compiled in): what to ask, and what may be
// answered.
#pragma once

#include "base/json.h"
#include "motcua/sdk/blob.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::check {

struct Operation {
    std::string id{};         // "payment.create/1"
    std::string capability{}; // "payment"; "plugin" of what every plugin answers
    Json request{};           // schemas: {"$ref": …}
    Json reply{};
};

struct Sample {
    Json request{};
    sdk::Blobs blobs{};
};

// A personal word or number of every full sample: none may be found in a log.
const std::vector<std::string>& personalWords();

class Contracts {
public:
    Contracts();

    const Operation* find(std::string_view id) const; // null: of no capability
    std::vector<const Operation*> of(std::string_view capability) const;
    // Only what must be there, or everything.
    Sample sample(const Operation& operation, bool full) const;
    // Requests that break the contract, each in one place, with what is wrong.
    std::vector<std::pair<std::string, Sample>> broken(const Operation& operation) const;
    // What is wrong with a reply; empty: nothing.
    std::string problem(const Operation& operation, const Json& reply, std::size_t blobs) const;
    // What is wrong with a request; fields that no contract knows are ignored, as plugins do.
    std::string requestProblem(const Operation& operation, const Json& request, std::size_t blobs) const;
    // The same of an event that was handed in; events of other plugins' own kinds are theirs to define.
    std::string eventProblem(const std::string& kind, const Json& data) const;
    // The status that belongs to a code ("INVALID"), empty where the code is nobody's.
    std::string statusOf(const std::string& code) const;
    const Json& script(const std::string& capability) const; // a list of steps

private:
    Json make(const Json& file, const Json& schema, std::string_view name, bool full,
              sdk::Blobs& blobs) const;
    // `lenient`: as a plugin reads a request, without what it does not know and what is null.
    std::string judge(const Json& file, const Json& schema, const Json& value, const std::string& where,
                      std::size_t blobs, bool lenient = false) const;

    std::map<std::string, Json> files_; // by capability
    std::vector<Operation> operations_;
};

} // namespace motcua::check
