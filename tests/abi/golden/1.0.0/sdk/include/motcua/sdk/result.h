// Result<T>: a value, or the error that a plugin tells the host. The statuses are those of abi.h.
#pragma once

#include "motcua/abi.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>

namespace motcua::sdk {
inline namespace v1 {

enum class Status : motcua_status {
    Ok = MOTCUA_OK,
    Invalid = MOTCUA_INVALID,
    Denied = MOTCUA_DENIED,
    NotFound = MOTCUA_NOT_FOUND,
    Conflict = MOTCUA_CONFLICT,
    Rejected = MOTCUA_REJECTED,
    Unavailable = MOTCUA_UNAVAILABLE,
    Timeout = MOTCUA_TIMEOUT,
    Unimplemented = MOTCUA_UNIMPLEMENTED,
    Internal = MOTCUA_INTERNAL,
};

// `code` is dotted and names the user's sentence; `detail` is for the log: no personal data, no secret.
struct Error {
    Status status = Status::Internal;
    std::string code{};
    std::string detail{};
    std::map<std::string, std::string> params{};
    std::int64_t retryAfterMs = 0; // with Unavailable: when to try again, 0 = no opinion
};

inline Error invalid(std::string code, std::string detail = {}) {
    return {Status::Invalid, std::move(code), std::move(detail)};
}
inline Error denied(std::string code, std::string detail = {}) {
    return {Status::Denied, std::move(code), std::move(detail)};
}
inline Error notFound(std::string code, std::string detail = {}) {
    return {Status::NotFound, std::move(code), std::move(detail)};
}
inline Error rejected(std::string code, std::string detail = {}) {
    return {Status::Rejected, std::move(code), std::move(detail)};
}
inline Error unavailable(std::string code, std::string detail = {}, std::int64_t retryAfterMs = 0) {
    return {Status::Unavailable, std::move(code), std::move(detail), {}, retryAfterMs};
}
inline Error timeout(std::string code, std::string detail = {}) {
    return {Status::Timeout, std::move(code), std::move(detail)};
}
inline Error internal(std::string code, std::string detail = {}) {
    return {Status::Internal, std::move(code), std::move(detail)};
}
inline Error unimplemented(std::string operation) {
    return {Status::Unimplemented, "plugin.unimplemented", std::move(operation)};
}

template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return held_.index() == 0; }
    explicit operator bool() const { return ok(); }

    // Precondition: ok(); else std::bad_variant_access.
    T& operator*() & { return std::get<0>(held_); }
    const T& operator*() const& { return std::get<0>(held_); }
    T&& operator*() && { return std::get<0>(std::move(held_)); }
    T* operator->() { return &std::get<0>(held_); }
    const T* operator->() const { return &std::get<0>(held_); }

    // Precondition: !ok().
    const Error& error() const { return std::get<1>(held_); }

private:
    std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)), failed_(true) {}

    bool ok() const { return !failed_; }
    explicit operator bool() const { return ok(); }
    const Error& error() const { return error_; }

private:
    Error error_{};
    bool failed_ = false;
};

} // namespace v1
} // namespace motcua::sdk

// MOTCUA_SDK_TRY(name, expression): the value of a Result as `name`, or return its error from this function.
#define MOTCUA_SDK_CONCAT_(a, b) a##b
#define MOTCUA_SDK_CONCAT(a, b) MOTCUA_SDK_CONCAT_(a, b)
#define MOTCUA_SDK_TRY_(holder, name, ...)                                                                   \
    auto holder = (__VA_ARGS__);                                                                             \
    if (!holder) return holder.error();                                                                      \
    auto name = std::move(*holder)
#define MOTCUA_SDK_TRY(name, ...) MOTCUA_SDK_TRY_(MOTCUA_SDK_CONCAT(tried_, __LINE__), name, __VA_ARGS__)
// MOTCUA_SDK_CHECK(expression): return the error of a Result whose value nobody needs.
#define MOTCUA_SDK_CHECK(...)                                                                                \
    do {                                                                                                     \
        auto checked_ = (__VA_ARGS__);                                                                       \
        if (!checked_) return checked_.error();                                                              \
    } while (false)
