#include "module.h"

#include <dlfcn.h>

#include <array>
#include <cstdio>

namespace pkcs11 {

namespace {

std::string trimmed(const unsigned char* padded, std::size_t size) {
    std::string text{reinterpret_cast<const char*>(padded), size};
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

unsigned char* writable(const std::string& text) {
    return reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())); // the interface lacks const
}

} // namespace

sdk::Error errorOf(CK_RV code, const char* what) {
    char detail[80];
    std::snprintf(detail, sizeof detail, "%s answered 0x%lx", what, code);
    switch (code) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
        return sdk::denied("signature.pin_refused", detail);
    case CKR_PIN_LOCKED:
    case CKR_PIN_EXPIRED:
        return sdk::denied("signature.pin_locked", detail);
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_TOKEN_NOT_RECOGNIZED:
    case CKR_DEVICE_REMOVED:
    case CKR_SLOT_ID_INVALID:
        return sdk::unavailable("signature.device_missing", detail);
    case CKR_MECHANISM_INVALID:
    case CKR_MECHANISM_PARAM_INVALID:
    case CKR_KEY_TYPE_INCONSISTENT:
    case CKR_KEY_FUNCTION_NOT_PERMITTED:
        return sdk::invalid("signature.algorithm_unsupported", detail);
    default:
        return sdk::unavailable("signature.device_failed", detail);
    }
}

sdk::Result<std::shared_ptr<Module>> Module::load(const std::string& path) {
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library) {
        const char* why = ::dlerror();
        return sdk::unavailable("signature.device_missing", why ? why : path);
    }
    const auto list = reinterpret_cast<CK_RV (*)(CK_FUNCTION_LIST**)>(::dlsym(library, "C_GetFunctionList"));
    if (!list) return sdk::unavailable("signature.device_missing", path + " has no C_GetFunctionList");
    CK_FUNCTION_LIST* functions = nullptr;
    if (const CK_RV code = list(&functions); code != CKR_OK) return errorOf(code, "C_GetFunctionList");
    CK_C_INITIALIZE_ARGS arguments{};
    arguments.flags = CKF_OS_LOCKING_OK;
    const CK_RV code = functions->C_Initialize(&arguments);
    if (code != CKR_OK && code != CKR_CRYPTOKI_ALREADY_INITIALIZED) return errorOf(code, "C_Initialize");
    return std::shared_ptr<Module>{new Module{functions}};
}

sdk::Result<CK_SLOT_ID> Module::slotOf(const std::string& label) const {
    std::array<CK_SLOT_ID, 256> slots{};
    CK_ULONG count = slots.size();
    if (const CK_RV code = functions_->C_GetSlotList(CK_TRUE, slots.data(), &count); code != CKR_OK)
        return errorOf(code, "C_GetSlotList");
    for (CK_ULONG i = 0; i < count; ++i) {
        CK_TOKEN_INFO info{};
        if (functions_->C_GetTokenInfo(slots[i], &info) != CKR_OK) continue;
        if (trimmed(info.label, sizeof info.label) == label) return slots[i];
    }
    return sdk::unavailable("signature.device_missing", "no token bears the label \"" + label + "\"");
}

sdk::Result<Session> Session::open(std::shared_ptr<Module> module, CK_SLOT_ID slot) {
    CK_SESSION_HANDLE handle = 0;
    const CK_RV code = (*module)->C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &handle);
    if (code != CKR_OK) return errorOf(code, "C_OpenSession");
    return Session{std::move(module), slot, handle};
}

Session::Session(Session&& other) noexcept
    : module_(std::move(other.module_)), slot_(other.slot_), handle_(other.handle_) {}

Session::~Session() {
    if (module_) (*module_)->C_CloseSession(handle_);
}

sdk::Result<void> Session::login(const std::string& pin) {
    const CK_RV code = (*module_)->C_Login(handle_, CKU_USER, writable(pin), pin.size());
    if (code != CKR_OK && code != CKR_USER_ALREADY_LOGGED_IN) return errorOf(code, "C_Login");
    return {};
}

sdk::Result<std::vector<CK_OBJECT_HANDLE>> Session::find(std::vector<CK_ATTRIBUTE> pattern) const {
    if (const CK_RV code = (*module_)->C_FindObjectsInit(handle_, pattern.data(), pattern.size());
        code != CKR_OK)
        return errorOf(code, "C_FindObjectsInit");
    std::vector<CK_OBJECT_HANDLE> all;
    std::array<CK_OBJECT_HANDLE, 64> some{};
    CK_ULONG count = 0;
    CK_RV code = CKR_OK;
    while ((code = (*module_)->C_FindObjects(handle_, some.data(), some.size(), &count)) == CKR_OK &&
           count > 0)
        all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
    (*module_)->C_FindObjectsFinal(handle_);
    if (code != CKR_OK) return errorOf(code, "C_FindObjects");
    return all;
}

std::string Session::bytes(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
    CK_ATTRIBUTE wanted{type, nullptr, 0};
    if ((*module_)->C_GetAttributeValue(handle_, object, &wanted, 1) != CKR_OK ||
        wanted.ulValueLen == static_cast<CK_ULONG>(-1))
        return {};
    std::string value(wanted.ulValueLen, '\0');
    wanted.pValue = value.data();
    if ((*module_)->C_GetAttributeValue(handle_, object, &wanted, 1) != CKR_OK) return {};
    value.resize(wanted.ulValueLen);
    return value;
}

std::optional<CK_ULONG> Session::number(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
    CK_ULONG value = 0;
    CK_ATTRIBUTE wanted{type, &value, sizeof value};
    if ((*module_)->C_GetAttributeValue(handle_, object, &wanted, 1) != CKR_OK) return std::nullopt;
    return value;
}

bool Session::flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
    CK_BBOOL value = CK_FALSE;
    CK_ATTRIBUTE wanted{type, &value, sizeof value};
    return (*module_)->C_GetAttributeValue(handle_, object, &wanted, 1) == CKR_OK && value == CK_TRUE;
}

bool Session::signsBy(CK_MECHANISM_TYPE mechanism) const {
    CK_MECHANISM_INFO info{};
    return (*module_)->C_GetMechanismInfo(slot_, mechanism, &info) == CKR_OK && (info.flags & CKF_SIGN) != 0;
}

sdk::Result<std::string> Session::sign(CK_OBJECT_HANDLE key, CK_MECHANISM mechanism, std::string input,
                                       const std::string& pin) const {
    if (const CK_RV code = (*module_)->C_SignInit(handle_, &mechanism, key); code != CKR_OK)
        return errorOf(code, "C_SignInit");
    if (flag(key, CKA_ALWAYS_AUTHENTICATE)) {
        const CK_RV code = (*module_)->C_Login(handle_, CKU_CONTEXT_SPECIFIC, writable(pin), pin.size());
        if (code != CKR_OK) return errorOf(code, "C_Login");
    }
    std::string signature(1024, '\0'); // RSA of 8192 bits
    CK_ULONG size = signature.size();
    const CK_RV code = (*module_)->C_Sign(handle_, writable(input), input.size(), writable(signature), &size);
    if (code != CKR_OK) return errorOf(code, "C_Sign");
    signature.resize(size);
    return signature;
}

} // namespace pkcs11
