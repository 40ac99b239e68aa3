#include "public_key.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

namespace remote {

namespace {

using sdk::SignatureAlgorithm;

template <auto free>
struct Free {
    template <typename T>
    void operator()(T* held) const {
        free(held);
    }
};
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

Certificate certificateOf(std::string_view der) {
    const unsigned char* at = raw(der);
    Certificate certificate{d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
    return at == raw(der) + der.size() ? std::move(certificate) : Certificate{};
}

Key keyOf(std::string_view der) {
    const unsigned char* at = raw(der);
    return Key{d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()))};
}

bool isPss(SignatureAlgorithm algorithm) {
    return algorithm == SignatureAlgorithm::RsaPssSha256 || algorithm == SignatureAlgorithm::RsaPssSha384 ||
           algorithm == SignatureAlgorithm::RsaPssSha512;
}

bool isEcdsa(SignatureAlgorithm algorithm) {
    return algorithm == SignatureAlgorithm::EcdsaSha256 || algorithm == SignatureAlgorithm::EcdsaSha384 ||
           algorithm == SignatureAlgorithm::EcdsaSha512;
}

const EVP_MD* hashOf(SignatureAlgorithm algorithm) {
    const std::size_t length = digestLengthOf(algorithm);
    return length == 32 ? EVP_sha256() : length == 48 ? EVP_sha384() : EVP_sha512();
}

bool verifies(EVP_PKEY* key, SignatureAlgorithm algorithm, std::string_view digest,
              std::string_view signature) {
    const KeyContext context{EVP_PKEY_CTX_new(key, nullptr)};
    if (!context || EVP_PKEY_verify_init(context.get()) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context.get(), hashOf(algorithm)) != 1)
        return false;
    if (!isEcdsa(algorithm)) {
        const int padding = isPss(algorithm) ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
        if (EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) != 1) return false;
        if (isPss(algorithm) && EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) != 1)
            return false;
    }
    return EVP_PKEY_verify(context.get(), raw(signature), signature.size(), raw(digest), digest.size()) == 1;
}

// r || s as ECDSA-Sig-Value.
std::string derOf(std::string_view both) {
    const std::size_t half = both.size() / 2;
    const EcdsaSignature signature{ECDSA_SIG_new()};
    BIGNUM* r = BN_bin2bn(raw(both), static_cast<int>(half), nullptr);
    BIGNUM* s = BN_bin2bn(raw(both) + half, static_cast<int>(half), nullptr);
    ECDSA_SIG_set0(signature.get(), r, s);
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    if (size <= 0) return {};
    std::string made{reinterpret_cast<char*>(der), static_cast<std::size_t>(size)};
    OPENSSL_free(der);
    return made;
}

} // namespace

std::optional<std::string> publicKeyOf(std::string_view certificate) {
    const Certificate read = certificateOf(certificate);
    EVP_PKEY* key = read ? X509_get0_pubkey(read.get()) : nullptr;
    unsigned char* der = nullptr;
    const int size = key ? i2d_PUBKEY(key, &der) : 0;
    if (size <= 0) return std::nullopt;
    std::string made{reinterpret_cast<char*>(der), static_cast<std::size_t>(size)};
    OPENSSL_free(der);
    return made;
}

std::string commonNameOf(std::string_view certificate) {
    const Certificate read = certificateOf(certificate);
    const X509_NAME* subject = read ? X509_get_subject_name(read.get()) : nullptr;
    const int at = subject ? X509_NAME_get_index_by_NID(subject, NID_commonName, -1) : -1;
    if (at < 0) return {};
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (size < 0) return {};
    std::string name{reinterpret_cast<char*>(text), static_cast<std::size_t>(size)};
    OPENSSL_free(text);
    return name;
}

std::vector<SignatureAlgorithm> algorithmsOf(std::string_view publicKey) {
    using enum SignatureAlgorithm;
    const Key key = keyOf(publicKey);
    const int kind = key ? EVP_PKEY_get_base_id(key.get()) : EVP_PKEY_NONE;
    if (kind == EVP_PKEY_RSA)
        return {RsaPkcs1Sha256, RsaPkcs1Sha384, RsaPkcs1Sha512, RsaPssSha256, RsaPssSha384, RsaPssSha512};
    if (kind == EVP_PKEY_EC) return {EcdsaSha256, EcdsaSha384, EcdsaSha512};
    return {};
}

std::size_t digestLengthOf(SignatureAlgorithm algorithm) {
    using enum SignatureAlgorithm;
    switch (algorithm) {
    case RsaPkcs1Sha256:
    case RsaPssSha256:
    case EcdsaSha256:
        return 32;
    case RsaPkcs1Sha384:
    case RsaPssSha384:
    case EcdsaSha384:
        return 48;
    default:
        return 64;
    }
}

std::optional<std::string> proven(std::string_view publicKey, SignatureAlgorithm algorithm,
                                  std::string_view digest, std::string_view signature) {
    const Key key = keyOf(publicKey);
    if (!key || signature.empty() || isEcdsa(algorithm) != (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_EC))
        return std::nullopt;
    if (verifies(key.get(), algorithm, digest, signature)) return std::string{signature};
    if (!isEcdsa(algorithm) || signature.size() % 2 != 0) return std::nullopt;
    std::string der = derOf(signature);
    return verifies(key.get(), algorithm, digest, der) ? std::optional{std::move(der)} : std::nullopt;
}

sdk::Result<std::vector<sdk::Bytes>> allProven(std::string_view publicKey, const sdk::SignRequest& request,
                                               const std::vector<std::string>& signatures) {
    if (signatures.size() != request.digests.size())
        return sdk::denied("signature.not_valid", std::to_string(signatures.size()) + " signatures for " +
                                                      std::to_string(request.digests.size()) + " digests");
    std::vector<sdk::Bytes> all;
    for (std::size_t i = 0; i < signatures.size(); ++i) {
        auto one = proven(publicKey, request.algorithm, request.digests[i].raw, signatures[i]);
        if (!one)
            return sdk::denied("signature.not_valid",
                               "number " + std::to_string(i + 1) + " is not the key's over what was asked");
        all.push_back({std::move(*one)});
    }
    return all;
}

std::string sha256(std::string_view bytes) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    return {reinterpret_cast<char*>(digest.data()), digest.size()};
}

std::string hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char c : bytes)
        (text += digits[static_cast<unsigned char>(c) >> 4]) += digits[static_cast<unsigned char>(c) & 15];
    return text;
}

} // namespace remote
