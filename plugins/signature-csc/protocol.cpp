#include "protocol.h"

#include "public_key.h"

#include <algorithm>
#include <map>

namespace csc {

namespace {

using sdk::Json;
using sdk::SignatureAlgorithm;

constexpr const char* rsa = "1.2.840.113549.1.1.1"; // the hash named apart
constexpr const char* pss = "1.2.840.113549.1.1.10";
constexpr const char* ec = "1.2.840.10045.2.1";

// The OID of the algorithm with its hash; PSS has one for all.
const std::map<SignatureAlgorithm, const char*>& oids() {
    using enum SignatureAlgorithm;
    static const std::map<SignatureAlgorithm, const char*> all{{RsaPkcs1Sha256, "1.2.840.113549.1.1.11"},
                                                               {RsaPkcs1Sha384, "1.2.840.113549.1.1.12"},
                                                               {RsaPkcs1Sha512, "1.2.840.113549.1.1.13"},
                                                               {RsaPssSha256, pss},
                                                               {RsaPssSha384, pss},
                                                               {RsaPssSha512, pss},
                                                               {EcdsaSha256, "1.2.840.10045.4.3.2"},
                                                               {EcdsaSha384, "1.2.840.10045.4.3.3"},
                                                               {EcdsaSha512, "1.2.840.10045.4.3.4"}};
    return all;
}

bool has(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

Consent consentOf(const std::string& mode) {
    if (mode == "implicit") return Consent::Implicit;
    return mode == "oauth2code" ? Consent::Browser : Consent::Explicit;
}

void readFirst(const Json& info, Credential& credential) {
    credential.consent = consentOf(info["authMode"].string());
    // presence: "true", "false" or "optional"
    if (info["PIN"]["presence"].string() == "true") credential.pin = "PIN";
    if (info["OTP"]["presence"].string() == "true") credential.otp = "OTP";
    credential.sendsOtp = info["OTP"]["type"].string() == "online";
}

void readSecond(const Json& info, Credential& credential) {
    credential.consent = consentOf(info["auth"]["mode"].string());
    for (const Json& object : info["auth"]["objects"].items()) {
        const bool password = object["type"].string() == "Password";
        (password ? credential.pin : credential.otp) = object["id"].string();
        if (object["type"].string() == "ChallengeResponse") credential.sendsOtp = true;
    }
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

} // namespace

Credential parseCredential(bool second, const Json& info) {
    Credential credential;
    if (second) {
        readSecond(info, credential);
    } else {
        readFirst(info, credential);
    }
    for (const Json& one : info["cert"]["certificates"].items())
        if (auto der = remote::looseBase64(one.string())) credential.certificates.push_back(std::move(*der));
    for (const Json& one : info["key"]["algo"].items())
        credential.algorithms.push_back(one.string());
    credential.multisign = std::clamp<std::int64_t>(info["multisign"].integer(1), 1, 500);
    credential.usable = info["key"]["status"].string() == "enabled" &&
                        info["cert"]["status"].text("valid") == "valid" && !credential.certificates.empty() &&
                        remote::publicKeyOf(credential.certificates.front()).has_value();
    return credential;
}

std::vector<SignatureAlgorithm> algorithmsOf(const Credential& credential) {
    std::vector<SignatureAlgorithm> able;
    const auto key = remote::publicKeyOf(credential.certificates.front());
    for (const SignatureAlgorithm one : remote::algorithmsOf(key.value_or(""))) {
        const std::string oid = oids().at(one);
        const char* general = oid == pss ? pss : oid.rfind("1.2.840.10045.", 0) == 0 ? ec : rsa;
        if (has(credential.algorithms, oid) || has(credential.algorithms, general)) able.push_back(one);
    }
    return able;
}

std::string hashOid(SignatureAlgorithm algorithm) {
    const std::size_t length = remote::digestLengthOf(algorithm);
    return "2.16.840.1.101.3.4.2." + std::to_string(length == 32 ? 1 : length == 48 ? 2 : 3);
}

std::string signOid(SignatureAlgorithm algorithm, const std::vector<std::string>& offered) {
    const std::string oid = oids().at(algorithm);
    return has(offered, oid) || !has(offered, rsa) ? oid : rsa;
}

// RFC 4055, 3.1: the hash, MGF1 of the same, the salt as long as the digest.
std::string pssParameters(SignatureAlgorithm algorithm) {
    if (oids().at(algorithm) != std::string_view{pss}) return {};
    const std::size_t length = remote::digestLengthOf(algorithm);
    const char last = length == 32 ? 1 : length == 48 ? 2 : 3;
    const std::string hash = std::string{"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02", 12} + last +
                             std::string{"\x05\x00", 2};
    const std::string mgf1{"\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08", 13};
    return sdk::toBase64("\x30\x34\xa0\x0f" + hash + "\xa1\x1c" + mgf1 + hash + "\xa2\x03\x02\x01" +
                         static_cast<char>(length));
}

sdk::Error refusal(const remote::Answer& answer) {
    const std::string error = answer.body["error"].string();
    const std::string about = lower(answer.body["error_description"].string());
    const auto tells = [&](const char* word) { return about.find(word) != std::string::npos; };
    const std::string detail = "HTTP " + std::to_string(answer.status) + " " + remote::wordOf(error);
    if (answer.status == 401) return sdk::denied("signature.login_refused", detail);
    if (error == "invalid_pin" || error == "invalid_otp" || (error == "invalid_request" && tells("otp")) ||
        (error == "invalid_request" && tells("pin")))
        return sdk::denied("signature.code_refused", detail);
    if (error == "access_denied") return sdk::rejected("signature.refused_by_signer", detail);
    if (error == "expired_token" || error == "expired_request" || tells("expired"))
        return sdk::rejected("signature.expired", detail);
    if (error == "invalid_client" || error == "unauthorized_client" || error == "invalid_token")
        return sdk::denied("signature.login_refused", detail);
    if (error == "invalid_request" && tells("credentialid"))
        return sdk::notFound("signature.no_such_certificate", detail);
    return sdk::rejected("signature.request_refused", detail);
}

} // namespace csc
