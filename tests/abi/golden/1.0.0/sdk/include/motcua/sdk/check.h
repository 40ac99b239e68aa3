// What every plugin answers: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/plugin.json; do not edit.
#pragma once

#include "motcua/sdk/codec.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

// One thing that a check of the configuration found wrong.
struct Finding {
    std::string field{};  // key of the configuration it is about; empty: the whole (may be absent)
    std::string code{};   // dotted code, names the user's sentence
    std::string detail{}; // what the other side said; shown to administrators (may be absent)
};

template <>
struct Codec<Finding> {
    static void write(Writer& w, const Finding& v) {
        w.field("field", v.field);
        w.field("code", v.code);
        w.field("detail", v.detail);
    }
    static void read(Reader& r, Finding& v) {
        r.optional("field", v.field);
        r.required("code", v.code);
        r.optional("detail", v.detail);
    }
};

// The answer of the "test connection" button. No findings: all is well.
struct CheckedConfig {
    std::vector<Finding> findings{}; // what is wrong (may be absent)
    std::string summary{};           // what was reached, for an administrator: "mail.example.vn, TLSv1.3" (may be absent)
};

template <>
struct Codec<CheckedConfig> {
    static void write(Writer& w, const CheckedConfig& v) {
        w.field("findings", v.findings);
        w.field("summary", v.summary);
    }
    static void read(Reader& r, CheckedConfig& v) {
        r.optional("findings", v.findings);
        r.optional("summary", v.summary);
    }
};

// An empty object.
struct Nothing {
};

template <>
struct Codec<Nothing> {
    static void write(Writer&, const Nothing&) {
    }
    static void read(Reader&, Nothing&) {
    }
};

// The operations.
namespace op {

// Judges the settings of a profile by trying them, without any lasting effect.
struct ConfigCheck {
    static constexpr const char* id = "config.check/1";
    static constexpr std::int64_t timeoutMs = 10000;
    using Request = Nothing;
    using Reply = CheckedConfig;
};

} // namespace op

} // namespace v1
} // namespace motcua::sdk
