// Result<T>: a value, or an Error that the caller was told to expect. Exceptions are for bugs and a broken
// environment.
#pragma once

#include "base/error.h"

#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>

namespace motcua {

template <typename T>
class [[nodiscard]] Result {
public:
    using Value = T;

    Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return held_.index() == 0; }
    explicit operator bool() const { return ok(); }

    // Precondition: ok(); else std::logic_error, which names the error.
    T& value() & { return *checked(); }
    const T& value() const& { return *const_cast<Result*>(this)->checked(); }
    T&& value() && { return std::move(*checked()); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return checked(); }
    const T* operator->() const { return const_cast<Result*>(this)->checked(); }

    // Precondition: !ok().
    const Error& error() const { return std::get<1>(held_); }

private:
    T* checked() {
        if (!ok()) throw std::logic_error("value of a failed Result: " + error().code + " " + error().detail);
        return &std::get<0>(held_);
    }

    std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    using Value = void;

    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool ok() const { return !error_; }
    explicit operator bool() const { return ok(); }
    // Precondition: ok(); else std::logic_error, which names the error.
    void value() const {
        if (!ok()) throw std::logic_error("value of a failed Result: " + error_->code + " " + error_->detail);
    }
    const Error& error() const { return *error_; }

private:
    std::optional<Error> error_;
};

// Makers for the common kinds. `code` is dotted: "dossier.stale".
inline Error invalid(std::string code, std::vector<FieldError> fields = {}) {
    return {ErrorKind::Invalid, std::move(code), {}, {}, std::move(fields)};
}
inline Error invalidField(std::string field, std::string code,
                          std::map<std::string, std::string> params = {}) {
    return invalid("form.invalid", {{std::move(field), std::move(code), std::move(params)}});
}
inline Error notFound(std::string code) {
    return {ErrorKind::NotFound, std::move(code)};
}
inline Error denied(std::string code) {
    return {ErrorKind::Denied, std::move(code)};
}
inline Error conflict(std::string code) {
    return {ErrorKind::Conflict, std::move(code)};
}
inline Error rejected(std::string code) {
    return {ErrorKind::Rejected, std::move(code)};
}
inline Error unavailable(std::string code, std::string detail = {}) {
    return {ErrorKind::Unavailable, std::move(code), std::move(detail)};
}
inline Error internal(std::string code, std::string detail = {}) {
    return {ErrorKind::Internal, std::move(code), std::move(detail)};
}

} // namespace motcua

// MOTCUA_TRY(name, expression): the value of a Result as `name`, or return its error from this function.
#define MOTCUA_CONCAT_(a, b) a##b
#define MOTCUA_CONCAT(a, b) MOTCUA_CONCAT_(a, b)
#define MOTCUA_TRY_(holder, name, ...)                                                                       \
    auto holder = (__VA_ARGS__);                                                                             \
    if (!holder) return holder.error();                                                                      \
    auto name = std::move(*holder)
#define MOTCUA_TRY(name, ...) MOTCUA_TRY_(MOTCUA_CONCAT(tried_, __LINE__), name, __VA_ARGS__)
// MOTCUA_CHECK(expression): return the error of a Result whose value nobody needs.
#define MOTCUA_CHECK(...)                                                                                    \
    do {                                                                                                     \
        auto checked_ = (__VA_ARGS__);                                                                       \
        if (!checked_) return checked_.error();                                                              \
    } while (false)
