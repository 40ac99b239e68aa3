// Other identity providers: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/identity.json; do not edit.
#pragma once

#include "motcua/sdk/common.h"
#include "motcua/sdk/plugin.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

// Somebody wants to sign in.
struct BeginSignIn {
    std::string returnUrl{}; // where the provider sends the browser back to: registered there, never from the request
    std::string state{};     // from the core, bound to this browser; comes back unchanged
    std::string nonce{};     // from the core, to be found in what the provider signs
    std::string assurance{}; // the least that is asked for: LoA2 (may be absent)
};

template <>
struct Codec<BeginSignIn> {
    static void write(Writer& w, const BeginSignIn& v) {
        w.field("returnUrl", v.returnUrl);
        w.field("state", v.state);
        w.field("nonce", v.nonce);
        w.field("assurance", v.assurance);
    }
    static void read(Reader& r, BeginSignIn& v) {
        r.required("returnUrl", v.returnUrl, {.length = 1024});
        r.required("state", v.state, {.length = 200});
        r.required("nonce", v.nonce, {.length = 200});
        r.optional("assurance", v.assurance, {.length = 50});
    }
};

struct SignInPage {
    std::string url{};     // the browser is sent here
    std::string session{}; // opaque; the core keeps it sealed and hands it back (a code verifier) (may be absent)
};

template <>
struct Codec<SignInPage> {
    static void write(Writer& w, const SignInPage& v) {
        w.field("url", v.url);
        w.field("session", v.session);
    }
    static void read(Reader& r, SignInPage& v) {
        r.required("url", v.url, {.length = 8192});
        r.optional("session", v.session, {.length = 4096});
    }
};

// What the browser brought back. The core has compared the state already.
struct FinishSignIn {
    RawHttp request{};       // as it came
    std::string returnUrl{}; // as at identity.begin
    std::string state{};     // as at identity.begin
    std::string nonce{};     // as at identity.begin
    std::string session{};   // from identity.begin (may be absent)
};

template <>
struct Codec<FinishSignIn> {
    static void write(Writer& w, const FinishSignIn& v) {
        w.field("request", v.request);
        w.field("returnUrl", v.returnUrl);
        w.field("state", v.state);
        w.field("nonce", v.nonce);
        w.field("session", v.session);
    }
    static void read(Reader& r, FinishSignIn& v) {
        r.required("request", v.request);
        r.required("returnUrl", v.returnUrl, {.length = 1024});
        r.required("state", v.state, {.length = 200});
        r.required("nonce", v.nonce, {.length = 200});
        r.optional("session", v.session, {.length = 4096});
    }
};

struct SignOut {
    std::string returnUrl{}; // where the browser comes back to
    std::string subject{};   // who
};

template <>
struct Codec<SignOut> {
    static void write(Writer& w, const SignOut& v) {
        w.field("returnUrl", v.returnUrl);
        w.field("subject", v.subject);
    }
    static void read(Reader& r, SignOut& v) {
        r.required("returnUrl", v.returnUrl, {.length = 1024});
        r.required("subject", v.subject, {.length = 200});
    }
};

struct SignOutPage {
    std::string url{}; // the browser is sent here
};

template <>
struct Codec<SignOutPage> {
    static void write(Writer& w, const SignOutPage& v) {
        w.field("url", v.url);
    }
    static void read(Reader& r, SignOutPage& v) {
        r.required("url", v.url, {.length = 8192});
    }
};

// The operations.
namespace op {

// Makes the address where somebody signs in.
struct IdentityBegin {
    static constexpr const char* id = "identity.begin/1";
    static constexpr std::int64_t timeoutMs = 5000;
    using Request = BeginSignIn;
    using Reply = SignInPage;
};

// Verifies what came back and says who it is.
struct IdentityFinish {
    static constexpr const char* id = "identity.finish/1";
    static constexpr std::int64_t timeoutMs = 10000;
    using Request = FinishSignIn;
    using Reply = IdentityClaims;
};

// Makes the address where somebody signs out of the provider.
struct IdentityEnd {
    static constexpr const char* id = "identity.end/1";
    static constexpr std::int64_t timeoutMs = 5000;
    using Request = SignOut;
    using Reply = SignOutPage;
};

} // namespace op

// Derive from this to provide "identity/1". Calls may overlap up to the manifest's limits.concurrency.
class IdentityProvider : public virtual Plugin {
public:
    // Makes the address where somebody signs in.
    virtual Result<SignInPage> begin(const BeginSignIn&, const Call&) = 0;
    // Verifies what came back and says who it is.
    virtual Result<IdentityClaims> finish(const FinishSignIn&, const Call&) = 0;
    // Makes the address where somebody signs out of the provider.
    virtual Result<SignOutPage> end(const SignOut&, const Call&) { return unimplemented(op::IdentityEnd::id); }

protected:
    IdentityProvider() {
        answers<op::IdentityBegin>([this](const auto& request, const Call& call) { return begin(request, call); });
        answers<op::IdentityFinish>([this](const auto& request, const Call& call) { return finish(request, call); });
        answers<op::IdentityEnd>([this](const auto& request, const Call& call) { return end(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
