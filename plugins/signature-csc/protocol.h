// How the Cloud Signature Consortium's two versions write the same things: object identifiers, credentials,
// refusals.
#pragma once

#include "remote_service.h"

#include <string>
#include <vector>

namespace csc {

namespace sdk = motcua::sdk;

enum class Consent { Implicit, Explicit, Browser }; // authMode: implicit, explicit, oauth2code

// What credentials/info tells.
struct Credential {
    bool usable = false;                     // key enabled, certificate valid and readable
    std::vector<std::string> certificates{}; // DER, the signer's first
    std::vector<std::string> algorithms{};   // OIDs of its key
    Consent consent = Consent::Explicit;
    std::string pin{};          // id of what the owner knows (v2: names itself; v1: "PIN"); "": not asked for
    std::string otp{};          // id of the one-time code
    bool sendsOtp = false;      // a code goes out when it is asked for
    std::int64_t multisign = 1; // digests for one authorisation
};
Credential parseCredential(bool second, const sdk::Json& info);

// What its key does by its own words and by its certificate.
std::vector<sdk::SignatureAlgorithm> algorithmsOf(const Credential& credential);

// signAlgo, hashAlgo, signAlgoParams for one of them.
std::string hashOid(sdk::SignatureAlgorithm algorithm);
std::string signOid(sdk::SignatureAlgorithm algorithm, const std::vector<std::string>& offered);
std::string pssParameters(sdk::SignatureAlgorithm algorithm); // base64 of RSASSA-PSS-params; "" for others

// The capability's error for an answer that is none of success.
sdk::Error refusal(const remote::Answer& answer);

} // namespace csc
