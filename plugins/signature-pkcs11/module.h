// A vendor's PKCS#11 library and sessions with one token of it, as C++ that cannot leak a session.
#pragma once

#include "motcua/sdk/result.h"

#include <p11-kit/pkcs11.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pkcs11 {

namespace sdk = motcua::sdk;

// The capability's error for what a library answered; `what` names the function.
sdk::Error errorOf(CK_RV code, const char* what);

class Module {
public:
    // Loads the library and initialises it for use by several threads. It stays loaded for ever.
    static sdk::Result<std::shared_ptr<Module>> load(const std::string& path);

    CK_FUNCTION_LIST* operator->() const { return functions_; }
    // The slot whose token bears this label; Unavailable "signature.device_missing".
    sdk::Result<CK_SLOT_ID> slotOf(const std::string& label) const;

private:
    explicit Module(CK_FUNCTION_LIST* functions) : functions_(functions) {}
    CK_FUNCTION_LIST* functions_;
};

class Session {
public:
    static sdk::Result<Session> open(std::shared_ptr<Module> module, CK_SLOT_ID slot);
    Session(Session&& other) noexcept;
    Session& operator=(Session&&) = delete;
    ~Session();

    sdk::Result<void> login(const std::string& pin);
    sdk::Result<std::vector<CK_OBJECT_HANDLE>> find(std::vector<CK_ATTRIBUTE> pattern) const;
    std::string bytes(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const; // "" where there is none
    std::optional<CK_ULONG> number(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
    bool flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
    // Whether the token signs by this mechanism.
    bool signsBy(CK_MECHANISM_TYPE mechanism) const;
    // `pin` is asked for again where the key wants it for each signature.
    sdk::Result<std::string> sign(CK_OBJECT_HANDLE key, CK_MECHANISM mechanism, std::string input,
                                  const std::string& pin) const;

private:
    Session(std::shared_ptr<Module> module, CK_SLOT_ID slot, CK_SESSION_HANDLE handle)
        : module_(std::move(module)), slot_(slot), handle_(handle) {}

    std::shared_ptr<Module> module_;
    CK_SLOT_ID slot_;
    CK_SESSION_HANDLE handle_;
};

} // namespace pkcs11
