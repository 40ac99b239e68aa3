// Digital signature: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/signature.json; do not edit.
#pragma once

#include "motcua/sdk/plugin.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

// How a digest becomes a signature.
enum class SignatureAlgorithm {
    RsaPkcs1Sha256, // RSASSA-PKCS1-v1_5 with SHA-256
    RsaPkcs1Sha384, // the same with SHA-384
    RsaPkcs1Sha512, // the same with SHA-512
    RsaPssSha256, // RSASSA-PSS with SHA-256, MGF1 of the same, salt as long as the digest
    RsaPssSha384, // the same with SHA-384
    RsaPssSha512, // the same with SHA-512
    EcdsaSha256, // ECDSA with SHA-256
    EcdsaSha384, // the same with SHA-384
    EcdsaSha512, // the same with SHA-512
};

template <>
struct EnumWords<SignatureAlgorithm> {
    static constexpr std::array<std::pair<SignatureAlgorithm, const char*>, 9> entries{{
        {SignatureAlgorithm::RsaPkcs1Sha256, "rsa_pkcs1_sha256"},
        {SignatureAlgorithm::RsaPkcs1Sha384, "rsa_pkcs1_sha384"},
        {SignatureAlgorithm::RsaPkcs1Sha512, "rsa_pkcs1_sha512"},
        {SignatureAlgorithm::RsaPssSha256, "rsa_pss_sha256"},
        {SignatureAlgorithm::RsaPssSha384, "rsa_pss_sha384"},
        {SignatureAlgorithm::RsaPssSha512, "rsa_pss_sha512"},
        {SignatureAlgorithm::EcdsaSha256, "ecdsa_sha256"},
        {SignatureAlgorithm::EcdsaSha384, "ecdsa_sha384"},
        {SignatureAlgorithm::EcdsaSha512, "ecdsa_sha512"},
    }};
};

// Which certificates are wanted.
struct CertificateQuery {
    std::string user{}; // whose, at a remote service; empty: all of the profile (may be absent)
};

template <>
struct Codec<CertificateQuery> {
    static void write(Writer& w, const CertificateQuery& v) {
        w.field("user", v.user);
    }
    static void read(Reader& r, CertificateQuery& v) {
        r.optional("user", v.user, {.length = 200});
    }
};

// A certificate whose private key can sign here.
struct SigningCertificate {
    std::string id{};                             // names it in signature.sign; stays the same
    std::string label{};                          // for a person to choose by (may be absent)
    Bytes certificate{};                          // X.509, DER
    std::vector<Bytes> chain{};                   // its issuers as far as known, DER, nearest first (may be absent)
    std::vector<SignatureAlgorithm> algorithms{}; // what its key can do
};

template <>
struct Codec<SigningCertificate> {
    static void write(Writer& w, const SigningCertificate& v) {
        w.field("id", v.id);
        w.field("label", v.label);
        w.field("certificate", v.certificate);
        w.field("chain", v.chain);
        w.field("algorithms", v.algorithms);
    }
    static void read(Reader& r, SigningCertificate& v) {
        r.required("id", v.id);
        r.optional("label", v.label);
        r.required("certificate", v.certificate);
        r.optional("chain", v.chain);
        r.required("algorithms", v.algorithms);
    }
};

// May be empty.
struct CertificateList {
    std::vector<SigningCertificate> certificates{}; // in a stable order (may be absent)
};

template <>
struct Codec<CertificateList> {
    static void write(Writer& w, const CertificateList& v) {
        w.field("certificates", v.certificates);
    }
    static void read(Reader& r, CertificateList& v) {
        r.optional("certificates", v.certificates);
    }
};

// Digests to sign with one key. Whole documents never come here.
struct SignRequest {
    std::string certificate{};      // id from signature.certificates
    SignatureAlgorithm algorithm{}; // one of the certificate's
    std::vector<Bytes> digests{};   // raw digests, as long as the algorithm's
    std::string user{};             // whose key, at a remote service (may be absent)
    std::string reason{};           // what the signer is shown, where the service shows anything (may be absent)
};

template <>
struct Codec<SignRequest> {
    static void write(Writer& w, const SignRequest& v) {
        w.field("certificate", v.certificate);
        w.field("algorithm", v.algorithm);
        w.field("digests", v.digests);
        w.field("user", v.user);
        w.field("reason", v.reason);
    }
    static void read(Reader& r, SignRequest& v) {
        r.required("certificate", v.certificate, {.length = 400});
        r.required("algorithm", v.algorithm);
        r.required("digests", v.digests, {.length = 500});
        r.optional("user", v.user, {.length = 200});
        r.optional("reason", v.reason, {.length = 300});
    }
};

// In the order of the digests: all or none.
struct Signatures {
    std::vector<Bytes> signatures{}; // RSA: as long as the modulus; ECDSA: DER (ECDSA-Sig-Value)
};

template <>
struct Codec<Signatures> {
    static void write(Writer& w, const Signatures& v) {
        w.field("signatures", v.signatures);
    }
    static void read(Reader& r, Signatures& v) {
        r.required("signatures", v.signatures);
    }
};

// A time-stamp request (RFC 3161), DER.
struct TimestampRequest {
    Bytes request{}; // TimeStampReq
};

template <>
struct Codec<TimestampRequest> {
    static void write(Writer& w, const TimestampRequest& v) {
        w.field("request", v.request);
    }
    static void read(Reader& r, TimestampRequest& v) {
        r.required("request", v.request);
    }
};

// The authority's answer; the core verifies it.
struct TimestampReply {
    Bytes reply{}; // TimeStampResp
};

template <>
struct Codec<TimestampReply> {
    static void write(Writer& w, const TimestampReply& v) {
        w.field("reply", v.reply);
    }
    static void read(Reader& r, TimestampReply& v) {
        r.required("reply", v.reply);
    }
};

// The operations.
namespace op {

// Lists the certificates whose keys can sign.
struct SignatureCertificates {
    static constexpr const char* id = "signature.certificates/1";
    static constexpr std::int64_t timeoutMs = 10000;
    using Request = CertificateQuery;
    using Reply = CertificateList;
};

// Signs digests.
struct SignatureSign {
    static constexpr const char* id = "signature.sign/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = SignRequest;
    using Reply = Signatures;
};

// Fetches a time-stamp.
struct SignatureTimestamp {
    static constexpr const char* id = "signature.timestamp/1";
    static constexpr std::int64_t timeoutMs = 15000;
    using Request = TimestampRequest;
    using Reply = TimestampReply;
};

} // namespace op

// Derive from this to provide "signature/1". Calls may overlap up to the manifest's limits.concurrency.
class Signer : public virtual Plugin {
public:
    // Lists the certificates whose keys can sign.
    virtual Result<CertificateList> certificates(const CertificateQuery&, const Call&) = 0;
    // Signs digests.
    virtual Result<Signatures> sign(const SignRequest&, const Call&) = 0;
    // Fetches a time-stamp.
    virtual Result<TimestampReply> timestamp(const TimestampRequest&, const Call&) { return unimplemented(op::SignatureTimestamp::id); }

protected:
    Signer() {
        answers<op::SignatureCertificates>([this](const auto& request, const Call& call) { return certificates(request, call); });
        answers<op::SignatureSign>([this](const auto& request, const Call& call) { return sign(request, call); });
        answers<op::SignatureTimestamp>([this](const auto& request, const Call& call) { return timestamp(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
