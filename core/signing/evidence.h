// What proves later that a certificate stood when it signed: lists (CRL, RFC 5280) and answers (OCSP, RFC
// 6960) of authorities. They are signed, so it does not matter where they come from.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace motcua::signing {

struct Evidence {
    std::vector<std::string> certificates{}; // DER, as all of it
    std::vector<std::string> answers{};      // OCSPResponse
    std::vector<std::string> lists{};        // CertificateList
    bool unanswered = false;                 // an authority names an address and says nothing there

    bool empty() const { return certificates.empty() && answers.empty() && lists.empty(); }
    void add(const Evidence& other); // what is there already is not taken again
};

// How a certificate stood at a moment.
struct CertificateState {
    enum class Word { Untold, Good, Revoked } word = Word::Untold;
    std::optional<Instant> revokedAt{};
};

// Asks authorities at the addresses that certificates name; remembers answers for ten minutes and silence for
// one. Only http and https, no redirects, at most 8 MB; hosts inside the own machine or network only where
// they are among `inside` ("10.1.2.3", "ocsp.city.example:8080", as the certificates have them).
// [thread-safe]
class AuthorityDesk {
public:
    explicit AuthorityDesk(const Clock& clock, std::vector<std::string> inside = {})
        : clock_(clock), inside_(std::move(inside)) {}

    // By POST of `body` where there is one, else by GET; "" where nothing comes within `time`.
    std::string ask(const std::string& url, const std::string& type, const std::string& body, Millis time);

private:
    struct Known {
        std::string answer{};
        Instant until{};
    };
    const Clock& clock_;
    const std::vector<std::string> inside_;
    std::mutex guard_{};
    std::map<std::string, Known> known_{};
};

} // namespace motcua::signing
