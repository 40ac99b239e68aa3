// What can be expected to go wrong, as one closed set that http maps to statuses in one place.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace motcua {

enum class ErrorKind {
    Invalid,         // the input breaks a rule; `fields` says where
    Unauthenticated, // nobody is signed in, or the session is over
    Denied,          // signed in, but not allowed
    NotFound,        // no such thing, or not for this actor's eyes
    Conflict,        // the thing has changed since it was read, or stands in another state
    Rejected,        // a business "no" that repeating does not change
    TooLarge,
    TooMany,     // a rate or quota is used up
    Unavailable, // something this needs is down or busy; may be tried again
    Timeout,     // the deadline passed; may be tried again
    Internal,    // a bug or a broken environment
};

// A rule broken by one field: `field` is its path in the form, `code` an i18n key below "error.".
struct FieldError {
    std::string field;
    std::string code;
    std::map<std::string, std::string> params{};
};

// `code` is for the machine and names the user's sentence (i18n key "error.<code>", filled with `params`);
// `detail` is for the log only and never reaches a user.
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    std::string code;
    std::string detail{};
    std::map<std::string, std::string> params{};
    std::vector<FieldError> fields{};
};

inline bool mayRetry(const Error& error) {
    return error.kind == ErrorKind::Unavailable || error.kind == ErrorKind::Timeout;
}

// Lower-case word for logs and the JSON API: "not_found".
const char* name(ErrorKind kind);

} // namespace motcua
