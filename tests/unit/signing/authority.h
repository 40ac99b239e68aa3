// A certificate authority of a test's own, and keys with certificates by it.
#pragma once

#include "signing/pades.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <string>

namespace motcua::test {

using Key = std::shared_ptr<EVP_PKEY>;

inline Key rsaKey(unsigned int bits = 2048) {
    return {EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits)), EVP_PKEY_free};
}
inline Key curveKey(const char* curve = "P-256") {
    return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve), EVP_PKEY_free};
}

struct Party {
    Key key;
    std::shared_ptr<X509> certificate;

    std::string der() const {
        unsigned char* bytes = nullptr;
        const int size = i2d_X509(certificate.get(), &bytes);
        std::string der{reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size)};
        OPENSSL_free(bytes);
        return der;
    }

    // What a plugin does: a signature over a SHA-256 digest.
    Result<std::string> sign(const std::string& digest) const {
        const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context{
            EVP_PKEY_CTX_new(key.get(), nullptr), EVP_PKEY_CTX_free};
        EVP_PKEY_sign_init(context.get());
        EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256());
        std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key.get()));
        std::string made(size, '\0');
        const int done = EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size,
                                       reinterpret_cast<const unsigned char*>(digest.data()), digest.size());
        if (done != 1) return internal("test.sign");
        made.resize(size);
        return made;
    }
};

struct Wish {
    std::string name;
    long fromSeconds = -3600; // from now
    long toSeconds = 86'400;
    const char* usage = "critical,digitalSignature,nonRepudiation";
    const char* constraints = "critical,CA:FALSE";
    const char* extended = nullptr; // what the key is for beyond that
    const char* access = nullptr;   // where its authority answers for it
    const char* lists = nullptr;    // where its list of revoked certificates lies
};

inline Party issue(const Wish& wish, const Key& key, const Party* by = nullptr) {
    static long serial = 100;
    Party party{key, {X509_new(), X509_free}};
    X509* certificate = party.certificate.get();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), wish.fromSeconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate), wish.toSeconds);
    X509_set_pubkey(certificate, key.get());
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("Thử nghiệm"),
                               -1, -1, 0);
    X509_set_issuer_name(certificate, by ? X509_get_subject_name(by->certificate.get()) : name);
    for (const auto& [nid, text] : {std::pair{NID_basic_constraints, wish.constraints},
                                    {NID_key_usage, wish.usage},
                                    {NID_ext_key_usage, wish.extended},
                                    {NID_info_access, wish.access},
                                    {NID_crl_distribution_points, wish.lists}}) {
        if (!text) continue;
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, text);
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }
    X509_sign(certificate, by ? by->key.get() : key.get(), EVP_sha256());
    return party;
}

inline Party authority(const std::string& name = "Cơ quan chứng thực thử nghiệm") {
    return issue({name, -86'400, 864'000, "critical,keyCertSign,cRLSign", "critical,CA:TRUE"}, rsaKey());
}

inline Result<std::string> signPdf(const std::string& pdf, const Party& signer, const Party& by,
                                   const signing::SignatureFacts& facts,
                                   const signing::TimeStamper& stamper = {}) {
    return signing::signPdf(
        pdf, {signer.der(), {by.der()}}, facts,
        [&](const std::string& digest) { return signer.sign(digest); }, stamper);
}

} // namespace motcua::test
