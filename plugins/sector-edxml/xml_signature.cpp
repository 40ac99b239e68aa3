// See xml_signature.h.
#include "xml_signature.h"

#include "motcua/sdk/codec.h"

#include <libxml/c14n.h>
#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>

namespace signature {

using namespace motcua::sdk;

namespace {

constexpr const char* space = "http://www.w3.org/2000/09/xmldsig#";
constexpr const char* enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
constexpr const char* exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
constexpr const char* inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
constexpr const char* sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
constexpr std::size_t mostCertificates = 8;

struct Method {
    const char* uri;
    const EVP_MD* (*digest)();
    int key;
};
constexpr Method methods[] = {
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", EVP_sha256, EVP_PKEY_RSA},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", EVP_sha384, EVP_PKEY_RSA},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", EVP_sha512, EVP_PKEY_RSA},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", EVP_sha256, EVP_PKEY_EC},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", EVP_sha384, EVP_PKEY_EC}};

struct Digest {
    const char* uri;
    const EVP_MD* (*digest)();
};
constexpr Digest digests[] = {{sha256, EVP_sha256},
                              {"http://www.w3.org/2001/04/xmldsig-more#sha384", EVP_sha384},
                              {"http://www.w3.org/2001/04/xmlenc#sha512", EVP_sha512}};

struct Release {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
    void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
    void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
    void operator()(BIGNUM* number) const { BN_free(number); }
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); } // its members are held elsewhere
    void operator()(xmlOutputBuffer* buffer) const { xmlOutputBufferClose(buffer); }
};
template <typename T>
using Owned = std::unique_ptr<T, Release>;
using Certificates = std::vector<Owned<X509>>;

Error notAuthentic(const char* why) {
    ERR_clear_error();
    return unavailable("sector.not_authentic", why);
}

Error misconfigured(const char* what) {
    ERR_clear_error();
    return invalid("plugin.misconfigured", what);
}

// ---- certificates and keys
// --------------------------------------------------------------------------------------

Owned<BIO> reading(const std::string& text) {
    return Owned<BIO>{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

int noPassword(char*, int, int, void*) {
    return 0;
}

Certificates certificatesOf(const std::string& pem) {
    Certificates found;
    const auto bio = reading(pem);
    while (found.size() < 1000) {
        Owned<X509> one{PEM_read_bio_X509(bio.get(), nullptr, noPassword, nullptr)};
        if (!one) break;
        found.push_back(std::move(one));
    }
    ERR_clear_error();
    return found;
}

Owned<EVP_PKEY> keyOf(const std::string& pem) {
    Owned<EVP_PKEY> key{PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, noPassword, nullptr)};
    ERR_clear_error();
    return key;
}

std::string derOf(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    if (size <= 0) return {};
    std::string out{reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)};
    OPENSSL_free(der);
    return out;
}

std::string subjectOf(X509* certificate) {
    Owned<BIO> bio{BIO_new(BIO_s_mem())};
    X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0,
                       XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return size > 0 ? std::string{text, static_cast<std::size_t>(size)} : std::string{};
}

std::string commonNameOf(X509* certificate) {
    X509_NAME* name = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0) return {};
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) return {};
    std::string out{reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
    OPENSSL_free(text);
    return out;
}

std::string hashed(const EVP_MD* digest, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), out.data(), &size, digest, nullptr);
    return {reinterpret_cast<const char*>(out.data()), size};
}

Signer signerOf(X509* certificate) {
    Signer signer{subjectOf(certificate).substr(0, 500), commonNameOf(certificate), {}};
    while (!signer.subject.empty() && (static_cast<unsigned char>(signer.subject.back()) & 0xc0) == 0x80 &&
           signer.subject.size() == 500) // cut between letters
        signer.subject.pop_back();
    for (const char c : hashed(EVP_sha256(), derOf(certificate))) {
        constexpr char letters[] = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        (signer.fingerprint += letters[byte >> 4]) += letters[byte & 15];
    }
    return signer;
}

const Method* methodOf(int key) { // what we sign with
    for (const Method& method : methods)
        if (method.key == key) return &method;
    return nullptr;
}

// ---- canonical XML
// ----------------------------------------------------------------------------------------------

struct View {
    const xmlNode* apex; // what is seen is within it, or
    bool without;        // is not
};

int isSeen(void* user, xmlNode* node, xmlNode* parent) {
    const View& view = *static_cast<const View*>(user);
    const bool hangs = node->type == XML_ATTRIBUTE_NODE || node->type == XML_NAMESPACE_DECL;
    for (const xmlNode* at = hangs ? parent : node; at; at = at->parent)
        if (at == view.apex) return view.without ? 0 : 1;
    return view.without ? 1 : 0;
}

std::string canonical(const xml::Document& document, View view, bool isExclusive) {
    const Owned<xmlOutputBuffer> buffer{xmlAllocOutputBuffer(nullptr)};
    if (xmlC14NExecute(document.get(), isSeen, &view, isExclusive ? XML_C14N_EXCLUSIVE_1_0 : XML_C14N_1_0,
                       nullptr, 0, buffer.get()) < 0)
        return {};
    return {reinterpret_cast<const char*>(xmlOutputBufferGetContent(buffer.get())),
            xmlOutputBufferGetSize(buffer.get())};
}

// Canonical XML by its name; nothing where it is none that we know, or bears parameters.
std::optional<bool> isExclusiveForm(const xmlNode* method) {
    for (const xmlNode* node = method ? method->children : nullptr; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE) return std::nullopt;
    const std::string uri = xml::attribute(method, "Algorithm");
    if (uri == exclusive) return true;
    if (uri == inclusive) return false;
    return std::nullopt;
}

// ---- signatures
// -------------------------------------------------------------------------------------------------

// r and s side by side, as XML has them, from and to the DER that OpenSSL has. (RFC 4050, XMLDSig 6.4.3)
std::string flattened(const std::string& der, std::size_t each) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const Owned<ECDSA_SIG> parts{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
    if (!parts) return {};
    std::string out(2 * each, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    const int width = static_cast<int>(each);
    if (BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), bytes, width) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), bytes + each, width) < 0)
        return {};
    return out;
}

std::string asDer(const std::string& flat, std::size_t each) {
    if (flat.size() != 2 * each) return {};
    const auto* bytes = reinterpret_cast<const unsigned char*>(flat.data());
    const Owned<ECDSA_SIG> parts{ECDSA_SIG_new()};
    Owned<BIGNUM> r{BN_bin2bn(bytes, static_cast<int>(each), nullptr)};
    Owned<BIGNUM> s{BN_bin2bn(bytes + each, static_cast<int>(each), nullptr)};
    if (!parts || !r || !s || ECDSA_SIG_set0(parts.get(), r.get(), s.get()) != 1) return {};
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(parts.get(), &der);
    if (size <= 0) return {};
    std::string out{reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)};
    OPENSSL_free(der);
    return out;
}

std::size_t widthOf(EVP_PKEY* key) {
    return (static_cast<std::size_t>(EVP_PKEY_get_bits(key)) + 7) / 8;
}

std::string signedWith(EVP_PKEY* key, const Method& method, const std::string& text) {
    const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    if (EVP_DigestSignInit(context.get(), nullptr, method.digest(), nullptr, key) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1)
        return {};
    std::string out(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes,
                       text.size()) != 1)
        return {};
    out.resize(size);
    return method.key == EVP_PKEY_EC ? flattened(out, widthOf(key)) : out;
}

bool isSignedWith(EVP_PKEY* key, const Method& method, const std::string& text, const std::string& given) {
    if (!key || EVP_PKEY_get_base_id(key) != method.key) return false;
    const std::string value = method.key == EVP_PKEY_EC ? asDer(given, widthOf(key)) : given;
    const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
    const bool good =
        !value.empty() && EVP_DigestVerifyInit(context.get(), nullptr, method.digest(), nullptr, key) == 1 &&
        EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(value.data()), value.size(),
                         reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
    ERR_clear_error();
    return good;
}

std::optional<std::string> bytesOf(const xmlNode* node) { // base64 with white space anywhere
    std::string text = xml::content(node);
    text.erase(std::remove_if(text.begin(), text.end(),
                              [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }),
               text.end());
    return fromBase64(text);
}

// The one signature of the document, and it stands where it should.
const xmlNode* soleSignature(const xml::Document& document, const xmlNode* place) {
    const xmlNode* root = xmlDocGetRootElement(document.get());
    const xmlNode* found = nullptr;
    for (const xmlNode* node = root; node;) {
        if (xml::isNamed(node, space, "Signature")) {
            if (found) return nullptr;
            found = node;
        }
        if (node->children && node->type == XML_ELEMENT_NODE) {
            node = node->children;
            continue;
        }
        while (node != root && !node->next)
            node = node->parent;
        node = node == root ? nullptr : node->next;
    }
    return found && found->parent == place ? found : nullptr;
}

// The digest of everything but the signature is the one that was signed.
Result<void> checkReference(const xml::Document& document, const xmlNode* signature,
                            const xmlNode* signedInfo) {
    const auto references = xml::children(signedInfo, space, "Reference");
    if (references.size() != 1) return notAuthentic("not one reference");
    const xmlNode* reference = references.front();
    if (!xmlHasProp(reference, xml::chars("URI")) || !xml::attribute(reference, "URI").empty())
        return notAuthentic("not the whole document is signed");
    bool isEnveloped = false, isExclusive = false;
    for (const xmlNode* transform :
         xml::children(xml::child(reference, space, "Transforms"), space, "Transform")) {
        const auto form = isExclusiveForm(transform);
        if (form) {
            isExclusive = *form;
        } else if (xml::attribute(transform, "Algorithm") == enveloped) {
            isEnveloped = true;
        } else {
            return notAuthentic("a transform that is not taken");
        }
    }
    if (!isEnveloped) return notAuthentic("the signature is not enveloped");
    const std::string uri = xml::attribute(xml::child(reference, space, "DigestMethod"), "Algorithm");
    const auto* digest = std::find_if(std::begin(digests), std::end(digests),
                                      [&](const Digest& one) { return uri == one.uri; });
    if (digest == std::end(digests)) return notAuthentic("a digest that is not taken");
    const auto value = bytesOf(xml::child(reference, space, "DigestValue"));
    const std::string text = canonical(document, {signature, true}, isExclusive);
    if (!value || text.empty() || hashed(digest->digest(), text) != *value)
        return notAuthentic("the document is not the one that was signed");
    return {};
}

Certificates certificatesIn(const xmlNode* signature) {
    Certificates found;
    const xmlNode* info = xml::child(signature, space, "KeyInfo");
    for (const xmlNode* data : xml::children(info, space, "X509Data"))
        for (const xmlNode* node : xml::children(data, space, "X509Certificate")) {
            const auto der = bytesOf(node);
            if (!der || found.size() == mostCertificates) continue;
            const auto* at = reinterpret_cast<const unsigned char*>(der->data());
            Owned<X509> one{d2i_X509(nullptr, &at, static_cast<long>(der->size()))};
            if (one) found.push_back(std::move(one));
        }
    ERR_clear_error();
    return found;
}

Result<void> checkTrust(X509* signer, const Certificates& others, const std::string& trusted,
                        std::int64_t nowMs) {
    const Certificates anchors = certificatesOf(trusted);
    const Owned<X509_STORE> store{X509_STORE_new()};
    for (const auto& anchor : anchors)
        X509_STORE_add_cert(store.get(), anchor.get());
    const Owned<STACK_OF(X509)> chain{sk_X509_new_null()};
    for (const auto& one : others)
        sk_X509_push(chain.get(), one.get());
    const Owned<X509_STORE_CTX> context{X509_STORE_CTX_new()};
    if (X509_STORE_CTX_init(context.get(), store.get(), signer, chain.get()) != 1)
        return notAuthentic("its certificate cannot be judged");
    X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(rules, static_cast<std::time_t>(nowMs / 1000));
    X509_VERIFY_PARAM_set_auth_level(rules, 2); // RSA of 2048 bits, SHA-2
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
    if (X509_verify_cert(context.get()) != 1)
        return notAuthentic(X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
    const std::uint32_t usage = X509_get_key_usage(signer); // all ones where the certificate does not say
    if ((usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
        return notAuthentic("its certificate is not for signatures");
    return {};
}

} // namespace

Result<Signer> checkPair(const std::string& certificates, const std::string& key) {
    const Certificates own = certificatesOf(certificates);
    if (own.empty()) return misconfigured("the certificate of signatures is no PEM");
    const auto secret = keyOf(key);
    if (!secret) return misconfigured("the key of signatures is no PEM, or has a password");
    if (!methodOf(EVP_PKEY_get_base_id(secret.get()))) return misconfigured("the key is neither RSA nor EC");
    if (X509_check_private_key(own.front().get(), secret.get()) != 1)
        return misconfigured("key and certificate of signatures do not fit");
    return signerOf(own.front().get());
}

Result<void> checkTrusted(const std::string& trusted) {
    return certificatesOf(trusted).empty() ? misconfigured("no authority of signers is trusted")
                                           : Result<void>{};
}

Result<void> sign(const xml::Document& document, xmlNode* place, const std::string& certificates,
                  const std::string& key) {
    MOTCUA_SDK_CHECK(checkPair(certificates, key));
    const Certificates own = certificatesOf(certificates);
    const auto secret = keyOf(key);
    const Method& method = *methodOf(EVP_PKEY_get_base_id(secret.get()));
    const auto named = [](xmlNode* parent, const char* name, const char* algorithm) {
        xmlNode* node = xml::add(parent, name);
        xmlNewProp(node, xml::chars("Algorithm"), xml::chars(algorithm));
        return node;
    };
    xmlNode* signature = xml::add(place, nullptr, "Signature");
    xmlSetNs(signature, xmlNewNs(signature, xml::chars(space), nullptr));
    xmlNode* signedInfo = xml::add(signature, "SignedInfo");
    named(signedInfo, "CanonicalizationMethod", exclusive);
    named(signedInfo, "SignatureMethod", method.uri);
    xmlNode* reference = xml::add(signedInfo, "Reference");
    xmlNewProp(reference, xml::chars("URI"), xml::chars(""));
    xmlNode* transforms = xml::add(reference, "Transforms");
    named(transforms, "Transform", enveloped);
    named(transforms, "Transform", exclusive);
    named(reference, "DigestMethod", sha256);
    const std::string whole = canonical(document, {signature, true}, true);
    xml::add(reference, "DigestValue", toBase64(hashed(EVP_sha256(), whole)));
    const std::string text = canonical(document, {signedInfo, false}, true);
    const std::string value = signedWith(secret.get(), method, text);
    if (whole.empty() || text.empty() || value.empty())
        return misconfigured("the key of signatures cannot sign");
    xml::add(signature, "SignatureValue", toBase64(value));
    xmlNode* data = xml::add(xml::add(signature, "KeyInfo"), "X509Data");
    xml::add(data, "X509SubjectName", subjectOf(own.front().get()));
    for (const auto& one : own)
        xml::add(data, "X509Certificate", toBase64(derOf(one.get())));
    return {};
}

Result<Signer> verify(const xml::Document& document, const xmlNode* place, const std::string& trusted,
                      std::int64_t nowMs) {
    MOTCUA_SDK_CHECK(checkTrusted(trusted));
    const xmlNode* signature = soleSignature(document, place);
    if (!signature) return notAuthentic("there is not one signature in its place");
    const auto infos = xml::children(signature, space, "SignedInfo");
    if (infos.size() != 1) return notAuthentic("not one SignedInfo");
    const xmlNode* signedInfo = infos.front();
    const auto form = isExclusiveForm(xml::child(signedInfo, space, "CanonicalizationMethod"));
    if (!form) return notAuthentic("a canonical form that is not taken");
    const std::string uri = xml::attribute(xml::child(signedInfo, space, "SignatureMethod"), "Algorithm");
    const auto* method = std::find_if(std::begin(methods), std::end(methods),
                                      [&](const Method& one) { return uri == one.uri; });
    if (method == std::end(methods)) return notAuthentic("a kind of signature that is not taken");
    MOTCUA_SDK_CHECK(checkReference(document, signature, signedInfo));
    const auto value = bytesOf(xml::child(signature, space, "SignatureValue"));
    const std::string text = canonical(document, {signedInfo, false}, *form);
    const Certificates given = certificatesIn(signature);
    for (const auto& one : given) {
        if (!value || text.empty() || !isSignedWith(X509_get0_pubkey(one.get()), *method, text, *value))
            continue;
        MOTCUA_SDK_CHECK(checkTrust(one.get(), given, trusted, nowMs));
        return signerOf(one.get());
    }
    return notAuthentic(given.empty() ? "it bears no certificate" : "the signature is wrong");
}

} // namespace signature
