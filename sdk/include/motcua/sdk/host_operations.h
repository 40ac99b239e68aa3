// What the host does for a plugin: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/host.json; do not edit.
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

// A request to a server on the manifest's allow list. TLS is always verified; redirects are not followed.
struct HttpRequest {
    std::string method{};                         // GET, POST, PUT, PATCH, DELETE, HEAD
    std::string url{};                            // https://… or http://…
    std::map<std::string, std::string> headers{}; // Host, Content-Length and Connection are the host's (may be absent)
    std::optional<Blob> body{};                   // sent as it is (may be absent)
    std::optional<std::int64_t> timeoutMs{};      // of the whole exchange; never past the deadline of the call (may be absent)
    std::string trust{};                          // PEM certificates to trust instead of the system's (may be absent)
    std::string certificate{};                    // PEM, our own certificate with its chain, where the server asks who we are (mTLS) (may be absent)
    std::string key{};                            // PEM, its private key: a secret of the profile (may be absent)
};

template <>
struct Codec<HttpRequest> {
    static void write(Writer& w, const HttpRequest& v) {
        w.field("method", v.method);
        w.field("url", v.url);
        w.field("headers", v.headers);
        w.field("body", v.body);
        w.field("timeoutMs", v.timeoutMs);
        w.field("trust", v.trust);
        w.field("certificate", v.certificate);
        w.field("key", v.key);
    }
    static void read(Reader& r, HttpRequest& v) {
        r.required("method", v.method);
        r.required("url", v.url, {.length = 8192});
        r.optional("headers", v.headers);
        r.optional("body", v.body);
        r.optional("timeoutMs", v.timeoutMs, {.least = 1, .most = 120000});
        r.optional("trust", v.trust);
        r.optional("certificate", v.certificate, {.length = 65536});
        r.optional("key", v.key, {.length = 16384});
    }
};

// Any answer, whatever its status.
struct HttpResponse {
    std::int64_t status = 0;                      // 200, 404, …
    std::map<std::string, std::string> headers{}; // names in lower case; repeated ones joined by a comma (may be absent)
    std::optional<Blob> body{};                   // at most 16 MiB (may be absent)
};

template <>
struct Codec<HttpResponse> {
    static void write(Writer& w, const HttpResponse& v) {
        w.field("status", v.status);
        w.field("headers", v.headers);
        w.field("body", v.body);
    }
    static void read(Reader& r, HttpResponse& v) {
        r.required("status", v.status, {.least = 100, .most = 999});
        r.optional("headers", v.headers);
        r.optional("body", v.body);
    }
};

struct SecretRequest {
    std::string name{};    // one of the manifest's secrets
    std::string profile{}; // of background work; inside a call it is the call's (may be absent)
};

template <>
struct Codec<SecretRequest> {
    static void write(Writer& w, const SecretRequest& v) {
        w.field("name", v.name);
        w.field("profile", v.profile);
    }
    static void read(Reader& r, SecretRequest& v) {
        r.required("name", v.name);
        r.optional("profile", v.profile);
    }
};

struct SecretValue {
    std::string value{}; // never log it, never put it in an answer
};

template <>
struct Codec<SecretValue> {
    static void write(Writer& w, const SecretValue& v) {
        w.field("value", v.value);
    }
    static void read(Reader& r, SecretValue& v) {
        r.required("value", v.value);
    }
};

struct ConfigRequest {
    std::string profile{}; // name of the profile
};

template <>
struct Codec<ConfigRequest> {
    static void write(Writer& w, const ConfigRequest& v) {
        w.field("profile", v.profile);
    }
    static void read(Reader& r, ConfigRequest& v) {
        r.required("profile", v.profile);
    }
};

struct ConfigValue {
    Json config{}; // the settings of the profile
};

template <>
struct Codec<ConfigValue> {
    static void write(Writer& w, const ConfigValue& v) {
        w.field("config", v.config);
    }
    static void read(Reader& r, ConfigValue& v) {
        r.required("config", v.config);
    }
};

struct ProfileList {
    std::vector<std::string> profiles{}; // the profiles that are switched on (may be absent)
};

template <>
struct Codec<ProfileList> {
    static void write(Writer& w, const ProfileList& v) {
        w.field("profiles", v.profiles);
    }
    static void read(Reader& r, ProfileList& v) {
        r.optional("profiles", v.profiles);
    }
};

struct KvKey {
    std::string key{}; // inside the plugin's own space
};

template <>
struct Codec<KvKey> {
    static void write(Writer& w, const KvKey& v) {
        w.field("key", v.key);
    }
    static void read(Reader& r, KvKey& v) {
        r.required("key", v.key, {.length = 200});
    }
};

struct KvValue {
    std::string value{};      // empty where there is none (may be absent)
    std::int64_t version = 0; // 0 where there is none
};

template <>
struct Codec<KvValue> {
    static void write(Writer& w, const KvValue& v) {
        w.field("value", v.value);
        w.field("version", v.version);
    }
    static void read(Reader& r, KvValue& v) {
        r.optional("value", v.value, {.length = 65536});
        r.required("version", v.version);
    }
};

// Writes only where the stored version is still `version` (0: there is none); else CONFLICT.
struct KvWrite {
    std::string key{};                       // inside the plugin's own space
    std::string value{};                     // empty removes it (may be absent)
    std::int64_t version = 0;                // what was read
    std::optional<std::int64_t> expiresAt{}; // ms UTC; then it is gone (may be absent)
};

template <>
struct Codec<KvWrite> {
    static void write(Writer& w, const KvWrite& v) {
        w.field("key", v.key);
        w.field("value", v.value);
        w.field("version", v.version);
        w.field("expiresAt", v.expiresAt);
    }
    static void read(Reader& r, KvWrite& v) {
        r.required("key", v.key, {.length = 200});
        r.optional("value", v.value, {.length = 65536});
        r.required("version", v.version);
        r.optional("expiresAt", v.expiresAt);
    }
};

struct KvVersion {
    std::int64_t version = 0; // of what is stored now
};

template <>
struct Codec<KvVersion> {
    static void write(Writer& w, const KvVersion& v) {
        w.field("version", v.version);
    }
    static void read(Reader& r, KvVersion& v) {
        r.required("version", v.version);
    }
};

// Something that came by another way than HTTP: a delivery receipt, an inbound SMS, a ticket taken.
struct Event {
    std::string kind{};    // dotted: "message.receipt"
    std::string key{};     // the provider's unique key: the same event may come twice and counts once
    std::string profile{}; // of background work; inside a call it is the call's (may be absent)
    Json data{};           // as the capability defines it (may be absent)
};

template <>
struct Codec<Event> {
    static void write(Writer& w, const Event& v) {
        w.field("kind", v.kind);
        w.field("key", v.key);
        w.field("profile", v.profile);
        w.field("data", v.data);
    }
    static void read(Reader& r, Event& v) {
        r.required("kind", v.kind, {.length = 100});
        r.required("key", v.key, {.length = 200});
        r.optional("profile", v.profile);
        r.optional("data", v.data);
    }
};

// An empty object.
struct HostNothing {
};

template <>
struct Codec<HostNothing> {
    static void write(Writer&, const HostNothing&) {
    }
    static void read(Reader&, HostNothing&) {
    }
};

// The operations.
namespace op {

// Exchanges one HTTP request.
struct HttpSend {
    static constexpr const char* id = "http.send/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = HttpRequest;
    using Reply = HttpResponse;
};

// One secret of the profile.
struct SecretGet {
    static constexpr const char* id = "secret.get/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = SecretRequest;
    using Reply = SecretValue;
};

// The settings of a profile, for background work.
struct ConfigGet {
    static constexpr const char* id = "config.get/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = ConfigRequest;
    using Reply = ConfigValue;
};

// The profiles that are switched on.
struct ConfigProfiles {
    static constexpr const char* id = "config.profiles/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = HostNothing;
    using Reply = ProfileList;
};

// Reads the plugin's own store.
struct KvGet {
    static constexpr const char* id = "kv.get/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = KvKey;
    using Reply = KvValue;
};

// Writes it, compare and swap.
struct KvPut {
    static constexpr const char* id = "kv.put/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = KvWrite;
    using Reply = KvVersion;
};

// Hands an event in; answered once it is safely stored.
struct EventPost {
    static constexpr const char* id = "event.post/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = Event;
    using Reply = HostNothing;
};

} // namespace op

} // namespace v1
} // namespace motcua::sdk
