// Signs with keys that never leave a PKCS#11 token. A PIN that the token refused is not tried again until it
// is changed: tokens lock themselves after a few wrong ones.
#include "encoding.h"
#include "module.h"

#include "motcua/sdk/signature.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>

using namespace motcua::sdk;

namespace {

struct Scheme {
    SignatureAlgorithm algorithm;
    pkcs11::Hash hash;
    CK_MECHANISM_TYPE mechanism;
    CK_KEY_TYPE key;
};

const std::vector<Scheme>& schemes() {
    using enum SignatureAlgorithm;
    using pkcs11::Hash;
    static const std::vector<Scheme> all{{RsaPkcs1Sha256, Hash::Sha256, CKM_RSA_PKCS, CKK_RSA},
                                         {RsaPkcs1Sha384, Hash::Sha384, CKM_RSA_PKCS, CKK_RSA},
                                         {RsaPkcs1Sha512, Hash::Sha512, CKM_RSA_PKCS, CKK_RSA},
                                         {RsaPssSha256, Hash::Sha256, CKM_RSA_PKCS_PSS, CKK_RSA},
                                         {RsaPssSha384, Hash::Sha384, CKM_RSA_PKCS_PSS, CKK_RSA},
                                         {RsaPssSha512, Hash::Sha512, CKM_RSA_PKCS_PSS, CKK_RSA},
                                         {EcdsaSha256, Hash::Sha256, CKM_ECDSA, CKK_EC},
                                         {EcdsaSha384, Hash::Sha384, CKM_ECDSA, CKK_EC},
                                         {EcdsaSha512, Hash::Sha512, CKM_ECDSA, CKK_EC}};
    return all;
}

CK_RSA_PKCS_PSS_PARAMS pssOf(pkcs11::Hash hash) {
    switch (hash) {
    case pkcs11::Hash::Sha256:
        return {CKM_SHA256, CKG_MGF1_SHA256, 32};
    case pkcs11::Hash::Sha384:
        return {CKM_SHA384, CKG_MGF1_SHA384, 48};
    default:
        return {CKM_SHA512, CKG_MGF1_SHA512, 64};
    }
}

// One certificate as it lies on the token.
struct OnToken {
    std::string id{};
    std::string label{};
    std::string subject{};
    std::string issuer{};
    std::string der{};
};

} // namespace

class TokenSigner final : public Signer {
public:
    explicit TokenSigner(const Host& host) : host_(host) {}

    Result<CertificateList> certificates(const CertificateQuery&, const Call& call) override {
        MOTCUA_SDK_TRY(opened, open(call));
        MOTCUA_SDK_TRY(all, certificatesOn(opened.session));
        CertificateList list;
        for (const OnToken& one : all) {
            MOTCUA_SDK_TRY(key, keyOf(opened.session, one.id));
            if (!key) continue;
            SigningCertificate certificate;
            certificate.id = pkcs11::hex(one.id);
            certificate.label = one.label;
            certificate.certificate.raw = one.der;
            certificate.chain = chainOf(one, all);
            certificate.algorithms = algorithmsOf(opened.session, *key);
            if (!certificate.algorithms.empty()) list.certificates.push_back(std::move(certificate));
        }
        std::sort(list.certificates.begin(), list.certificates.end(),
                  [](const auto& a, const auto& b) { return a.id < b.id; });
        return list;
    }

    Result<Signatures> sign(const SignRequest& request, const Call& call) override {
        const auto scheme = std::find_if(schemes().begin(), schemes().end(), [&](const Scheme& one) {
            return one.algorithm == request.algorithm;
        });
        for (const Bytes& digest : request.digests)
            if (digest.raw.size() != pkcs11::lengthOf(scheme->hash))
                return invalid("signature.digest_length");
        MOTCUA_SDK_TRY(opened, open(call));
        MOTCUA_SDK_TRY(all, certificatesOn(opened.session));
        const auto chosen = std::find_if(all.begin(), all.end(), [&](const OnToken& one) {
            return pkcs11::hex(one.id) == request.certificate;
        });
        if (chosen == all.end()) return notFound("signature.no_such_certificate");
        MOTCUA_SDK_TRY(key, keyOf(opened.session, chosen->id));
        if (!key) return notFound("signature.no_such_certificate", "its private key is not on the token");
        if (opened.session.number(*key, CKA_KEY_TYPE) != scheme->key ||
            !opened.session.signsBy(scheme->mechanism))
            return invalid("signature.algorithm_unsupported");

        Signatures made;
        for (const Bytes& digest : request.digests) {
            MOTCUA_SDK_TRY(signature, signOne(opened, *key, *scheme, digest.raw));
            made.signatures.push_back({std::move(signature)});
        }
        return made;
    }

    // Finds the token, logs in, and says how many certificates can sign.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto list = certificates({}, call);
        if (!list) {
            const std::string& code = list.error().code;
            const bool pin = code.find("pin") != std::string::npos || code == "host.no_such_secret";
            checked.findings.push_back({pin                                  ? "pin"
                                        : code == "signature.device_missing" ? "token"
                                                                             : "module",
                                        code, list.error().detail});
            return checked;
        }
        if (list->certificates.empty())
            checked.findings.push_back({"token", "signature.no_such_certificate", {}});
        checked.summary = call.config["token"].string() + ": " + std::to_string(list->certificates.size());
        return checked;
    }

private:
    struct Opened {
        pkcs11::Session session;
        std::string pin;
    };

    Result<Opened> open(const Call& call) {
        MOTCUA_SDK_TRY(pin, host_.secret(call, "pin"));
        const std::string token = call.config["token"].string();
        MOTCUA_SDK_TRY(module, moduleOf(call));
        MOTCUA_SDK_TRY(slot, module->slotOf(token));
        MOTCUA_SDK_TRY(session, pkcs11::Session::open(module, slot));
        const std::lock_guard lock{
            guard_}; // one login at a time: a refused PIN must be known before the next try
        const auto attempt = std::pair{call.config["module"].string() + "|" + token, pin};
        if (refusedPins_.contains(attempt))
            return denied("signature.pin_refused", "refused before; change it in the settings");
        const auto login = session.login(pin);
        if (!login) {
            if (login.error().status == Status::Denied) refusedPins_.insert(attempt);
            return login.error();
        }
        return Opened{std::move(session), std::move(pin)};
    }

    Result<std::shared_ptr<pkcs11::Module>> moduleOf(const Call& call) {
        const std::string path = call.config["module"].string();
        const std::lock_guard lock{guard_};
        const auto known = modules_.find(path);
        if (known != modules_.end()) return known->second;
        // The library reads its environment when it is initialised; this process is ours alone.
        for (const Json& entry : call.config["environment"].items()) {
            const std::string& text = entry.string();
            const std::size_t equals = text.find('=');
            if (equals != std::string::npos)
                ::setenv(text.substr(0, equals).c_str(), text.c_str() + equals + 1, 1);
        }
        MOTCUA_SDK_TRY(loaded, pkcs11::Module::load(path));
        modules_[path] = loaded;
        return loaded;
    }

    static Result<std::vector<OnToken>> certificatesOn(const pkcs11::Session& session) {
        CK_OBJECT_CLASS kind = CKO_CERTIFICATE;
        CK_CERTIFICATE_TYPE type = CKC_X_509;
        MOTCUA_SDK_TRY(found, session.find({{CKA_CLASS, &kind, sizeof kind},
                                            {CKA_CERTIFICATE_TYPE, &type, sizeof type}}));
        std::vector<OnToken> all;
        for (const CK_OBJECT_HANDLE object : found)
            all.push_back({session.bytes(object, CKA_ID), session.bytes(object, CKA_LABEL),
                           session.bytes(object, CKA_SUBJECT), session.bytes(object, CKA_ISSUER),
                           session.bytes(object, CKA_VALUE)});
        return all;
    }

    static Result<std::optional<CK_OBJECT_HANDLE>> keyOf(const pkcs11::Session& session, std::string id) {
        if (id.empty()) return std::optional<CK_OBJECT_HANDLE>{};
        CK_OBJECT_CLASS kind = CKO_PRIVATE_KEY;
        MOTCUA_SDK_TRY(found,
                       session.find({{CKA_CLASS, &kind, sizeof kind}, {CKA_ID, id.data(), id.size()}}));
        for (const CK_OBJECT_HANDLE key : found)
            if (session.flag(key, CKA_SIGN)) return std::optional{key};
        return std::optional<CK_OBJECT_HANDLE>{};
    }

    static std::vector<SignatureAlgorithm> algorithmsOf(const pkcs11::Session& session,
                                                        CK_OBJECT_HANDLE key) {
        std::vector<SignatureAlgorithm> all;
        const auto type = session.number(key, CKA_KEY_TYPE);
        for (const Scheme& scheme : schemes())
            if (type == scheme.key && session.signsBy(scheme.mechanism)) all.push_back(scheme.algorithm);
        return all;
    }

    // Issuers that lie on the token too, nearest first.
    static std::vector<Bytes> chainOf(const OnToken& certificate, const std::vector<OnToken>& all) {
        std::vector<Bytes> chain;
        const OnToken* at = &certificate;
        while (at->issuer != at->subject && chain.size() < 10) {
            const auto issuer = std::find_if(all.begin(), all.end(), [&](const OnToken& one) {
                return !one.subject.empty() && one.subject == at->issuer;
            });
            if (issuer == all.end()) break;
            chain.push_back({issuer->der});
            at = &*issuer;
        }
        return chain;
    }

    static Result<std::string> signOne(const Opened& opened, CK_OBJECT_HANDLE key, const Scheme& scheme,
                                       const std::string& digest) {
        CK_RSA_PKCS_PSS_PARAMS pss = pssOf(scheme.hash);
        CK_MECHANISM mechanism{scheme.mechanism, nullptr, 0};
        if (scheme.mechanism == CKM_RSA_PKCS_PSS) mechanism = {scheme.mechanism, &pss, sizeof pss};
        const std::string input =
            scheme.mechanism == CKM_RSA_PKCS ? pkcs11::digestInfo(scheme.hash, digest) : digest;
        MOTCUA_SDK_TRY(signature, opened.session.sign(key, mechanism, input, opened.pin));
        if (scheme.mechanism != CKM_ECDSA) return signature;
        auto der = pkcs11::ecdsaDer(signature);
        if (!der) return unavailable("signature.device_failed", "an ECDSA signature of an odd length");
        return std::move(*der);
    }

    Host host_;
    std::mutex guard_;
    std::map<std::string, std::shared_ptr<pkcs11::Module>> modules_;
    std::set<std::pair<std::string, std::string>> refusedPins_;
};

MOTCUA_PLUGIN(TokenSigner)
