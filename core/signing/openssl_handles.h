// OpenSSL's objects, freed at the end of their scope; inside this room only.
#pragma once

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

namespace motcua::signing {

struct OpensslFree {
    void operator()(X509* one) const { X509_free(one); }
    void operator()(BIO* one) const { BIO_free_all(one); }
    void operator()(CMS_ContentInfo* one) const { CMS_ContentInfo_free(one); }
    void operator()(X509_STORE* one) const { X509_STORE_free(one); }
    void operator()(X509_STORE_CTX* one) const { X509_STORE_CTX_free(one); }
    void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
    void operator()(EVP_MD_CTX* one) const { EVP_MD_CTX_free(one); }
    void operator()(TS_REQ* one) const { TS_REQ_free(one); }
    void operator()(TS_RESP* one) const { TS_RESP_free(one); }
    void operator()(TS_VERIFY_CTX* one) const { TS_VERIFY_CTX_free(one); }
    void operator()(TS_TST_INFO* one) const { TS_TST_INFO_free(one); }
    void operator()(PKCS7* one) const { PKCS7_free(one); }
};
template <typename T>
using Handle = std::unique_ptr<T, OpensslFree>;

inline Handle<X509> readCertificate(std::string_view der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    Handle<X509> certificate{d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
    ERR_clear_error();
    return certificate;
}

// i2d of whatever has one.
template <typename T, typename Encode>
std::string derOf(T* object, Encode encode) {
    const int size = encode(object, nullptr);
    if (size <= 0) return {};
    std::string der(static_cast<std::size_t>(size), '\0');
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    encode(object, &at);
    return der;
}

} // namespace motcua::signing
