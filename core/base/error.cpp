#include "base/error.h"

namespace motcua {

const char* name(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::Invalid:
        return "invalid";
    case ErrorKind::Unauthenticated:
        return "unauthenticated";
    case ErrorKind::Denied:
        return "denied";
    case ErrorKind::NotFound:
        return "not_found";
    case ErrorKind::Conflict:
        return "conflict";
    case ErrorKind::Rejected:
        return "rejected";
    case ErrorKind::TooLarge:
        return "too_large";
    case ErrorKind::TooMany:
        return "too_many";
    case ErrorKind::Unavailable:
        return "unavailable";
    case ErrorKind::Timeout:
        return "timeout";
    case ErrorKind::Internal:
        return "internal";
    }
    return "internal";
}

} // namespace motcua
