// The manifest of a plugin: what it is, what it provides and what it may do, read without running any of its
// code.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "plugins/config_schema.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::plugins {

struct Limits {
    int concurrency = 1;                                   // calls at the same time
    int memoryMb = 256;                                    // of the process
    int descriptors = 256;                                 // open files and sockets
    Millis timeout{30'000};                                // of an operation that names none
    std::map<std::string, Millis, std::less<>> timeouts{}; // by operation id
};

enum class Instances {
    One,
    PerNode
}; // One: a single node of a cluster runs it (an SMPP account allows one bind)

// A route of its own under /x/<plugin>/.
struct ManifestRoute {
    std::string path{}; // "/board/{name}"
    std::vector<std::string> methods{};
    std::string audience{}; // "public", "citizen", "officer", "admin"
    int bodyKb = 64;        // what a request may bring
};

// Work at its time: every so often, or each day at a time of the civil day.
struct ManifestJob {
    std::string name{};
    int everySeconds = 0;
    int dailyMinute = -1; // since midnight; -1: not daily
};

struct Manifest {
    std::string id{}; // "vn.motcua.message-smtp", for ever
    LocalText name{};
    LocalText summary{};
    std::string version{}; // "1.0.0"
    int abi = 0;
    std::vector<std::string> provides{}; // "message/1"
    ConfigSchema config{};
    std::vector<std::string> secrets{}; // names
    // "host:port", "*.example.vn:443", and "${field}" of the profile's settings, as host or as a whole URL.
    std::vector<std::string> network{};
    std::vector<ManifestRoute> routes{}; // of http/1
    std::vector<std::string> webhooks{}; // of webhook/1, by name
    std::vector<ManifestJob> jobs{};     // of job/1
    Limits limits{};
    Instances instances = Instances::PerNode;
    std::string maintainer{};
    std::string license{};
    std::string docs{};
    std::string text{}; // as it was read

    bool offers(std::string_view capability) const; // "message": any revision
    Millis timeoutOf(std::string_view operation) const;

    // Unknown keys are errors: a misspelt restriction must not pass for none. Invalid "plugin.manifest",
    // whose detail names the place; Rejected "plugin.abi" for another ABI, which names found, needed and what
    // to do.
    static Result<Manifest> parse(std::string_view json);
    // From the ELF section .motcua_manifest of a library, which must equal plugin.json beside it where there
    // is one.
    static Result<Manifest> read(const std::string& library);
};

} // namespace motcua::plugins
