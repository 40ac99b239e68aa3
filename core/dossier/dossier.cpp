#include "dossier/dossier.h"

#include "base/bytes.h"

#include <cstdio>

namespace motcua::dossier {

bool isOpen(State state) {
    return state == State::Filed || state == State::Accepted || state == State::InProcess ||
           state == State::Supplement || state == State::Duty;
}

bool isEnded(State state) {
    return state != State::Draft && !isOpen(state);
}

std::string legalCode(std::string_view agencyIdentifier, const CivilDay& day, std::int64_t number) {
    char last[24];
    std::snprintf(last, sizeof last, "%04lld", static_cast<long long>(number));
    return std::string{agencyIdentifier} + "-" + day.compact() + "-" + last;
}

std::string submissionNumber(const CivilDay& day) {
    static constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's 32
    std::string number = "TN-" + day.compact() + "-";
    for (const unsigned char byte : randomBytes(10))
        number += letters[byte & 31];
    return number;
}

} // namespace motcua::dossier
