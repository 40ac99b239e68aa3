// Digital signature: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/signature.json; do not edit.
#pragma once

#include "motcua/sdk/common.h"
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

// How a remote service hears that the owner of the key agrees.
enum class Consent {
    None, // it needs nothing more
    Device, // on a device of the owner's; ask again
    Pin, // a PIN is typed here
    Otp, // a one-time code is typed here
    PinOtp, // both
    Browser, // on the service's own page
};

template <>
struct EnumWords<Consent> {
    static constexpr std::array<std::pair<Consent, const char*>, 6> entries{{
        {Consent::None, "none"},
        {Consent::Device, "device"},
        {Consent::Pin, "pin"},
        {Consent::Otp, "otp"},
        {Consent::PinOtp, "pin_otp"},
        {Consent::Browser, "browser"},
    }};
};

// How a remote signing stands.
enum class SigningState {
    Waiting, // not yet; ask again
    Signed, // done
    Refused, // the owner said no
    Expired, // nobody answered in time
};

template <>
struct EnumWords<SigningState> {
    static constexpr std::array<std::pair<SigningState, const char*>, 4> entries{{
        {SigningState::Waiting, "waiting"},
        {SigningState::Signed, "signed"},
        {SigningState::Refused, "refused"},
        {SigningState::Expired, "expired"},
    }};
};

// What an official's tool puts on a document.
enum class StampAction {
    Approve, // a leader's signature
    Issue, // the agency's seal with number and date
    Copy, // seal of a certified copy
    Receive, // stamp of an incoming document
    Sign, // a signature without more
};

template <>
struct EnumWords<StampAction> {
    static constexpr std::array<std::pair<StampAction, const char*>, 5> entries{{
        {StampAction::Approve, "approve"},
        {StampAction::Issue, "issue"},
        {StampAction::Copy, "copy"},
        {StampAction::Receive, "receive"},
        {StampAction::Sign, "sign"},
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
    std::optional<std::int64_t> batch{};          // how many digests it signs at once; absent: as many as SignRequest holds (may be absent)
};

template <>
struct Codec<SigningCertificate> {
    static void write(Writer& w, const SigningCertificate& v) {
        w.field("id", v.id);
        w.field("label", v.label);
        w.field("certificate", v.certificate);
        w.field("chain", v.chain);
        w.field("algorithms", v.algorithms);
        w.field("batch", v.batch);
    }
    static void read(Reader& r, SigningCertificate& v) {
        r.required("id", v.id);
        r.optional("label", v.label);
        r.required("certificate", v.certificate);
        r.optional("chain", v.chain);
        r.required("algorithms", v.algorithms);
        r.optional("batch", v.batch, {.least = 1});
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

// Asks a remote service to sign; its owner has yet to agree.
struct BeginSigning {
    SignRequest request{};            // what is to be signed
    std::vector<std::string> names{}; // of the documents, in the order of the digests, as the owner is shown them (may be absent)
    std::string returnUrl{};          // where the browser comes back to from the service's page (may be absent)
};

template <>
struct Codec<BeginSigning> {
    static void write(Writer& w, const BeginSigning& v) {
        w.field("request", v.request);
        w.field("names", v.names);
        w.field("returnUrl", v.returnUrl);
    }
    static void read(Reader& r, BeginSigning& v) {
        r.required("request", v.request);
        r.optional("names", v.names, {.length = 500});
        r.optional("returnUrl", v.returnUrl, {.length = 1024});
    }
};

// A signing that waits for its owner.
struct SigningSession {
    std::string session{};                    // opaque; the core keeps it sealed and hands it back
    Consent consent{};                        // what is waited for
    std::string url{};                        // with browser: the service's page (may be absent)
    std::int64_t expiresAt = 0;               // ms UTC
    std::optional<std::int64_t> askAfterMs{}; // with device: when to ask first, and between two askings (may be absent)
};

template <>
struct Codec<SigningSession> {
    static void write(Writer& w, const SigningSession& v) {
        w.field("session", v.session);
        w.field("consent", v.consent);
        w.field("url", v.url);
        w.field("expiresAt", v.expiresAt);
        w.field("askAfterMs", v.askAfterMs);
    }
    static void read(Reader& r, SigningSession& v) {
        r.required("session", v.session, {.length = 4096});
        r.required("consent", v.consent);
        r.optional("url", v.url, {.length = 8192});
        r.required("expiresAt", v.expiresAt);
        r.optional("askAfterMs", v.askAfterMs, {.least = 100, .most = 60000});
    }
};

// Asks how it stands, with what the owner typed or brought back. Everything needed comes again, so that nothing has to be kept.
struct FinishSigning {
    std::string session{};             // from signature.begin
    SignRequest request{};             // as at signature.begin
    std::string pin{};                 // as typed; never kept, never logged (may be absent)
    std::string otp{};                 // as typed; never kept, never logged (may be absent)
    std::optional<RawHttp> returned{}; // with browser: what came to returnUrl (may be absent)
};

template <>
struct Codec<FinishSigning> {
    static void write(Writer& w, const FinishSigning& v) {
        w.field("session", v.session);
        w.field("request", v.request);
        w.field("pin", v.pin);
        w.field("otp", v.otp);
        w.field("returned", v.returned);
    }
    static void read(Reader& r, FinishSigning& v) {
        r.required("session", v.session, {.length = 4096});
        r.required("request", v.request);
        r.optional("pin", v.pin, {.length = 100});
        r.optional("otp", v.otp, {.length = 100});
        r.optional("returned", v.returned);
    }
};

// Of one signing; after `signed` the answer stays the same.
struct SigningProgress {
    SigningState state{};            // how it stands
    std::vector<Bytes> signatures{}; // with signed: as in Signatures (may be absent)
    std::string detail{};            // the service's own words, for an official (may be absent)
};

template <>
struct Codec<SigningProgress> {
    static void write(Writer& w, const SigningProgress& v) {
        w.field("state", v.state);
        w.field("signatures", v.signatures);
        w.field("detail", v.detail);
    }
    static void read(Reader& r, SigningProgress& v) {
        r.required("state", v.state);
        r.optional("signatures", v.signatures, {.length = 500});
        r.optional("detail", v.detail, {.length = 300});
    }
};

// A whole document for a gateway that signs no digests. The core verifies what comes back.
struct SignDocument {
    std::string certificate{}; // id from signature.certificates
    std::string user{};        // whose key
    Paper document{};          // a PDF
    std::string reason{};      // what the signer is shown (may be absent)
};

template <>
struct Codec<SignDocument> {
    static void write(Writer& w, const SignDocument& v) {
        w.field("certificate", v.certificate);
        w.field("user", v.user);
        w.field("document", v.document);
        w.field("reason", v.reason);
    }
    static void read(Reader& r, SignDocument& v) {
        r.required("certificate", v.certificate, {.length = 400});
        r.required("user", v.user, {.length = 200});
        r.required("document", v.document);
        r.optional("reason", v.reason, {.length = 300});
    }
};

struct SignedDocument {
    Paper document{}; // the same document, signed
};

template <>
struct Codec<SignedDocument> {
    static void write(Writer& w, const SignedDocument& v) {
        w.field("document", v.document);
    }
    static void read(Reader& r, SignedDocument& v) {
        r.required("document", v.document);
    }
};

// A document that somebody's own tool is to sign. Both addresses are good once, for this user, file and action only.
struct TicketRequest {
    StampAction action{};         // what the tool does
    std::string session{};        // the ticket, as the tool repeats it
    std::string fileName{};       // of the document
    std::string downloadUrl{};    // where the tool fetches it
    std::string uploadUrl{};      // where the tool brings it back
    std::string documentNumber{}; // with issue: số, ký hiệu (may be absent)
    std::string documentDate{};   // with issue: 2020-07-13 (may be absent)
};

template <>
struct Codec<TicketRequest> {
    static void write(Writer& w, const TicketRequest& v) {
        w.field("action", v.action);
        w.field("session", v.session);
        w.field("fileName", v.fileName);
        w.field("downloadUrl", v.downloadUrl);
        w.field("uploadUrl", v.uploadUrl);
        w.field("documentNumber", v.documentNumber);
        w.field("documentDate", v.documentDate);
    }
    static void read(Reader& r, TicketRequest& v) {
        r.required("action", v.action);
        r.required("session", v.session, {.length = 200});
        r.required("fileName", v.fileName, {.length = 255});
        r.required("downloadUrl", v.downloadUrl, {.length = 2048});
        r.required("uploadUrl", v.uploadUrl, {.length = 2048});
        r.optional("documentNumber", v.documentNumber, {.length = 100});
        r.optional("documentDate", v.documentDate, {.length = 10});
    }
};

// What the page says to the tool on the signer's computer.
struct BrowserTicket {
    std::string socket{};  // wss://127.0.0.1:8987/SignApproved
    std::string message{}; // one text frame to send; one comes back
    std::string done{};    // what the frame that comes back holds where all went well (may be absent)
};

template <>
struct Codec<BrowserTicket> {
    static void write(Writer& w, const BrowserTicket& v) {
        w.field("socket", v.socket);
        w.field("message", v.message);
        w.field("done", v.done);
    }
    static void read(Reader& r, BrowserTicket& v) {
        r.required("socket", v.socket, {.length = 200});
        r.required("message", v.message, {.length = 16384});
        r.optional("done", v.done, {.length = 200});
    }
};

// What the tool brought.
struct UploadRequest {
    RawHttp request{}; // as it came
};

template <>
struct Codec<UploadRequest> {
    static void write(Writer& w, const UploadRequest& v) {
        w.field("request", v.request);
    }
    static void read(Reader& r, UploadRequest& v) {
        r.required("request", v.request);
    }
};

// The document in it, not verified yet: that is the core's.
struct Upload {
    std::string session{};           // the ticket, where the tool repeats it (may be absent)
    std::optional<Paper> document{}; // absent where there is none (may be absent)
    HttpAnswer accepted{};           // what the tool is told where the core took it
    HttpAnswer refused{};            // where it did not: no such ticket, not signed, another document
};

template <>
struct Codec<Upload> {
    static void write(Writer& w, const Upload& v) {
        w.field("session", v.session);
        w.field("document", v.document);
        w.field("accepted", v.accepted);
        w.field("refused", v.refused);
    }
    static void read(Reader& r, Upload& v) {
        r.optional("session", v.session, {.length = 200});
        r.optional("document", v.document);
        r.required("accepted", v.accepted);
        r.required("refused", v.refused);
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

// Asks the owner of a remote key to agree, once for each idempotency key.
struct SignatureBegin {
    static constexpr const char* id = "signature.begin/1";
    static constexpr std::int64_t timeoutMs = 20000;
    using Request = BeginSigning;
    using Reply = SigningSession;
};

// Asks whether the owner has agreed, and takes the signatures.
struct SignatureFinish {
    static constexpr const char* id = "signature.finish/1";
    static constexpr std::int64_t timeoutMs = 20000;
    using Request = FinishSigning;
    using Reply = SigningProgress;
};

// Has a whole document signed; waits for its owner.
struct SignatureDocument {
    static constexpr const char* id = "signature.document/1";
    static constexpr std::int64_t timeoutMs = 200000;
    using Request = SignDocument;
    using Reply = SignedDocument;
};

// Makes what the page says to the tool on the signer's computer.
struct SignatureTicket {
    static constexpr const char* id = "signature.ticket/1";
    static constexpr std::int64_t timeoutMs = 5000;
    using Request = TicketRequest;
    using Reply = BrowserTicket;
};

// Takes the document out of what the tool brought. No effect of its own.
struct SignatureUploaded {
    static constexpr const char* id = "signature.uploaded/1";
    static constexpr std::int64_t timeoutMs = 10000;
    using Request = UploadRequest;
    using Reply = Upload;
};

} // namespace op

// Keys that sign at once: a device, an HSM.
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

// Keys at a service that asks their owner each time: begin, then finish until it is signed.
// Derive from this to provide "signature/1". Calls may overlap up to the manifest's limits.concurrency.
class RemoteSigner : public virtual Plugin {
public:
    // Lists the certificates whose keys can sign.
    virtual Result<CertificateList> certificates(const CertificateQuery&, const Call&) = 0;
    // Asks the owner of a remote key to agree, once for each idempotency key.
    virtual Result<SigningSession> begin(const BeginSigning&, const Call&) = 0;
    // Asks whether the owner has agreed, and takes the signatures.
    virtual Result<SigningProgress> finish(const FinishSigning&, const Call&) = 0;
    // Fetches a time-stamp.
    virtual Result<TimestampReply> timestamp(const TimestampRequest&, const Call&) { return unimplemented(op::SignatureTimestamp::id); }

protected:
    RemoteSigner() {
        answers<op::SignatureCertificates>([this](const auto& request, const Call& call) { return certificates(request, call); });
        answers<op::SignatureBegin>([this](const auto& request, const Call& call) { return begin(request, call); });
        answers<op::SignatureFinish>([this](const auto& request, const Call& call) { return finish(request, call); });
        answers<op::SignatureTimestamp>([this](const auto& request, const Call& call) { return timestamp(request, call); });
    }
};

// A gateway that takes whole documents and returns them signed.
// Derive from this to provide "signature/1". Calls may overlap up to the manifest's limits.concurrency.
class DocumentSigner : public virtual Plugin {
public:
    // Lists the certificates whose keys can sign.
    virtual Result<CertificateList> certificates(const CertificateQuery&, const Call&) = 0;
    // Has a whole document signed; waits for its owner.
    virtual Result<SignedDocument> document(const SignDocument&, const Call&) = 0;

protected:
    DocumentSigner() {
        answers<op::SignatureCertificates>([this](const auto& request, const Call& call) { return certificates(request, call); });
        answers<op::SignatureDocument>([this](const auto& request, const Call& call) { return document(request, call); });
    }
};

// Tokens in the signer's own computer, reached by the browser: a ticket goes out, a document comes back.
// Derive from this to provide "signature/1". Calls may overlap up to the manifest's limits.concurrency.
class BrowserSigner : public virtual Plugin {
public:
    // Makes what the page says to the tool on the signer's computer.
    virtual Result<BrowserTicket> ticket(const TicketRequest&, const Call&) = 0;
    // Takes the document out of what the tool brought. No effect of its own.
    virtual Result<Upload> uploaded(const UploadRequest&, const Call&) = 0;

protected:
    BrowserSigner() {
        answers<op::SignatureTicket>([this](const auto& request, const Call& call) { return ticket(request, call); });
        answers<op::SignatureUploaded>([this](const auto& request, const Call& call) { return uploaded(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
