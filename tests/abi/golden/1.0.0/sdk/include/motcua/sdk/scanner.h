// Malware scanner: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/scanner.json; do not edit.
#pragma once

#include "motcua/sdk/common.h"
#include "motcua/sdk/plugin.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

// What the scanner found. Not knowing is an error, never clean.
enum class ScanVerdict {
    Clean, // nothing
    Infected, // malware
    Unwanted, // what the scanner will not let through: encrypted, too deep, a macro
};

template <>
struct EnumWords<ScanVerdict> {
    static constexpr std::array<std::pair<ScanVerdict, const char*>, 3> entries{{
        {ScanVerdict::Clean, "clean"},
        {ScanVerdict::Infected, "infected"},
        {ScanVerdict::Unwanted, "unwanted"},
    }};
};

struct ScanRequest {
    Paper file{}; // what to look at
};

template <>
struct Codec<ScanRequest> {
    static void write(Writer& w, const ScanRequest& v) {
        w.field("file", v.file);
    }
    static void read(Reader& r, ScanRequest& v) {
        r.required("file", v.file);
    }
};

struct ScanReport {
    ScanVerdict verdict{}; // in the words of ABI 1
    std::string threat{};  // the scanner's name of it (may be absent)
    std::string engine{};  // name and version of scanner and signatures (may be absent)
};

template <>
struct Codec<ScanReport> {
    static void write(Writer& w, const ScanReport& v) {
        w.field("verdict", v.verdict);
        w.field("threat", v.threat);
        w.field("engine", v.engine);
    }
    static void read(Reader& r, ScanReport& v) {
        r.required("verdict", v.verdict);
        r.optional("threat", v.threat, {.length = 300});
        r.optional("engine", v.engine, {.length = 200});
    }
};

// The operations.
namespace op {

// Looks at a file.
struct ScannerScan {
    static constexpr const char* id = "scanner.scan/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = ScanRequest;
    using Reply = ScanReport;
};

} // namespace op

// Derive from this to provide "scanner/1". Calls may overlap up to the manifest's limits.concurrency.
class Scanner : public virtual Plugin {
public:
    // Looks at a file.
    virtual Result<ScanReport> scan(const ScanRequest&, const Call&) = 0;

protected:
    Scanner() {
        answers<op::ScannerScan>([this](const auto& request, const Call& call) { return scan(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
