#include "signing/certificate.h"

#include "base/bytes.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace motcua::signing {

std::string partOf(const X509_NAME* name, int nid) {
    const int at = X509_NAME_get_index_by_NID(name, nid, -1);
    if (at < 0) return {};
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) return {};
    std::string part{reinterpret_cast<char*>(text), static_cast<std::size_t>(size)};
    OPENSSL_free(text);
    return part;
}

std::string serialOf(X509* certificate) {
    const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
    return toHex({reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
                  static_cast<std::size_t>(ASN1_STRING_length(serial))});
}

std::optional<Instant> instantOf(const ASN1_TIME* time) {
    std::tm parts{};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
    return Instant{static_cast<std::int64_t>(timegm(&parts)) * 1000};
}

bool mayVouch(X509* certificate) {
    // Without the extension the key is for everything (RFC 5280, 4.2.1.3).
    return (X509_get_key_usage(certificate) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

bool strongKey(X509* certificate) {
    const EVP_PKEY* key = X509_get0_pubkey(certificate);
    if (!key) return false;
    const int kind = EVP_PKEY_get_base_id(key);
    const int bits = EVP_PKEY_get_bits(key);
    return ((kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS) && bits >= 2048) ||
           (kind == EVP_PKEY_EC && bits >= 256);
}

bool strongDigest(int nid) {
    constexpr std::array strong{NID_sha256, NID_sha384, NID_sha512, NID_sha3_256, NID_sha3_384, NID_sha3_512};
    return std::find(strong.begin(), strong.end(), nid) != strong.end();
}

Handle<X509_STORE> storeOf(const TrustAnchors& anchors, Instant at) {
    Handle<X509_STORE> store{X509_STORE_new()};
    if (!store) return store;
    for (const std::string& der : anchors.certificates())
        if (const auto anchor = readCertificate(der)) X509_STORE_add_cert(store.get(), anchor.get());
    X509_VERIFY_PARAM* rules = X509_STORE_get0_param(store.get());
    // An operator may trust one agency's own certificate without its issuer.
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(rules, static_cast<std::time_t>(at.ms / 1000));
    X509_VERIFY_PARAM_set_auth_level(rules, 2);
    return store;
}

Certificates chainTo(X509* certificate, STACK_OF(X509) * others, const TrustAnchors& anchors, Instant at) {
    const auto store = storeOf(anchors, at);
    const Handle<X509_STORE_CTX> context{X509_STORE_CTX_new()};
    if (!store || !context) return nullptr;
    if (X509_STORE_CTX_init(context.get(), store.get(), certificate, others) != 1) return nullptr;
    if (X509_verify_cert(context.get()) != 1) return nullptr;
    return Certificates{X509_STORE_CTX_get1_chain(context.get())};
}

} // namespace motcua::signing
