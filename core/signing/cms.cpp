#include "signing/cms.h"

#include "base/bytes.h"
#include "signing/openssl_handles.h"

#include <openssl/ess.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace motcua::signing {

namespace {

Error unfit(const std::string& why) {
    return {ErrorKind::Rejected, "signing.certificate_unfit", why};
}

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

std::optional<Instant> instantOf(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
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

// SET OF in DER: its members sorted by their bytes.
std::string attributesDer(CMS_SignerInfo* signer) {
    std::vector<std::string> all;
    for (int i = 0; i < CMS_signed_get_attr_count(signer); ++i)
        all.push_back(derOf(CMS_signed_get_attr(signer, i), i2d_X509_ATTRIBUTE));
    std::sort(all.begin(), all.end());
    std::string content;
    for (const std::string& one : all)
        content += one;
    std::string der = "\x31";
    if (content.size() < 0x80) {
        der += static_cast<char>(content.size());
    } else {
        std::string length;
        for (std::size_t rest = content.size(); rest > 0; rest >>= 8)
            length.insert(length.begin(), static_cast<char>(rest & 0xFF));
        der += static_cast<char>(0x80 | length.size());
        der += length;
    }
    return der + content;
}

} // namespace

Result<KeyKind> fitFor(const SignerCertificate& signer, Instant now) {
    const auto certificate = readCertificate(signer.certificate);
    if (!certificate) return unfit("it cannot be read");
    if (!strongKey(certificate.get())) return unfit("its key is too weak or of another kind");
    if (!mayVouch(certificate.get())) return unfit("its key usage does not allow signatures");
    const auto from = instantOf(X509_get0_notBefore(certificate.get()));
    const auto to = instantOf(X509_get0_notAfter(certificate.get()));
    if (!from || !to || now < *from || now > *to) return unfit("it is not valid now");
    return EVP_PKEY_get_base_id(X509_get0_pubkey(certificate.get())) == EVP_PKEY_EC ? KeyKind::EllipticCurve
                                                                                    : KeyKind::Rsa;
}

std::string commonName(const std::string& certificate) {
    const auto read = readCertificate(certificate);
    return read ? partOf(X509_get_subject_name(read.get()), NID_commonName) : std::string{};
}

struct CmsDraft::Held {
    Handle<CMS_ContentInfo> cms;
    CMS_SignerInfo* signer = nullptr;
    std::size_t mostSignature = 0;
};

CmsDraft::CmsDraft(std::unique_ptr<Held> held) : held_(std::move(held)) {}
CmsDraft::CmsDraft(CmsDraft&&) noexcept = default;
CmsDraft::~CmsDraft() = default;

Result<CmsDraft> CmsDraft::make(const SignerCertificate& signer, const std::string& documentDigest) {
    const auto certificate = readCertificate(signer.certificate);
    if (!certificate) return unfit("it cannot be read");
    auto held = std::make_unique<Held>();
    constexpr unsigned int flags = CMS_PARTIAL | CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP | CMS_CADES;
    held->cms.reset(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags));
    EVP_PKEY* key = X509_get0_pubkey(certificate.get());
    // OpenSSL only compares the key with the certificate here; the private half is on the token.
    held->signer =
        held->cms ? CMS_add1_signer(held->cms.get(), certificate.get(), key, EVP_sha256(), flags) : nullptr;
    bool made = held->signer != nullptr;
    for (const std::string& der : signer.chain) {
        const auto issuer = readCertificate(der);
        made = made && issuer && CMS_add1_cert(held->cms.get(), issuer.get()) == 1;
    }
    made = made && CMS_signed_add1_attr_by_NID(held->signer, NID_pkcs9_contentType, V_ASN1_OBJECT,
                                               OBJ_nid2obj(NID_pkcs7_data), -1) == 1;
    made = made &&
           CMS_signed_add1_attr_by_NID(held->signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING,
                                       documentDigest.data(), static_cast<int>(documentDigest.size())) == 1;
    if (!made) {
        ERR_clear_error();
        return unfit("no envelope can be made with it");
    }
    held->mostSignature = static_cast<std::size_t>(EVP_PKEY_get_size(key));
    return CmsDraft{std::move(held)};
}

std::string CmsDraft::digestToSign() const {
    return sha256(attributesDer(held_->signer));
}

std::string CmsDraft::finished(const std::string& signature) {
    ASN1_STRING_set(CMS_SignerInfo_get0_signature(held_->signer), signature.data(),
                    static_cast<int>(signature.size()));
    return derOf(held_->cms.get(), i2d_CMS_ContentInfo);
}

std::size_t CmsDraft::mostBytes() {
    return finished(std::string(held_->mostSignature, '\x55')).size();
}

namespace {

using Signers = Handle<STACK_OF(X509)>;

bool strongDigest(CMS_SignerInfo* signer) {
    X509_ALGOR* digest = nullptr;
    X509_ALGOR* signature = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &signature);
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, digest);
    constexpr std::array strong{NID_sha256, NID_sha384, NID_sha512, NID_sha3_256, NID_sha3_384, NID_sha3_512};
    return std::find(strong.begin(), strong.end(), OBJ_obj2nid(object)) != strong.end();
}

// The signed attribute that ties the signature to this very certificate.
bool namesItsCertificate(CMS_SignerInfo* signer, X509* certificate, STACK_OF(X509) * all) {
    auto* value = static_cast<ASN1_STRING*>(CMS_signed_get0_data_by_OBJ(
        signer, OBJ_nid2obj(NID_id_smime_aa_signingCertificateV2), -3, V_ASN1_SEQUENCE));
    if (!value) return false;
    const unsigned char* at = ASN1_STRING_get0_data(value);
    ESS_SIGNING_CERT_V2* named = d2i_ESS_SIGNING_CERT_V2(nullptr, &at, ASN1_STRING_length(value));
    if (!named) return false;
    const Signers chain{sk_X509_new_null()};
    const auto push = [&](X509* one) {
        X509_up_ref(one);
        sk_X509_push(chain.get(), one);
    };
    push(certificate);
    for (int i = 0; i < sk_X509_num(all); ++i)
        if (X509_cmp(sk_X509_value(all, i), certificate) != 0) push(sk_X509_value(all, i));
    const bool fits = OSSL_ESS_check_signing_certs(nullptr, named, chain.get(), 1) == 1;
    ESS_SIGNING_CERT_V2_free(named);
    return fits;
}

bool chainsTo(X509* certificate, STACK_OF(X509) * others, const TrustAnchors& anchors, Instant at) {
    const Handle<X509_STORE> store{X509_STORE_new()};
    const Handle<X509_STORE_CTX> context{X509_STORE_CTX_new()};
    if (!store || !context) return false;
    for (const std::string& der : anchors.certificates())
        if (const auto anchor = readCertificate(der)) X509_STORE_add_cert(store.get(), anchor.get());
    if (X509_STORE_CTX_init(context.get(), store.get(), certificate, others) != 1) return false;
    X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
    // An operator may trust one agency's own certificate without its issuer.
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(rules, static_cast<std::time_t>(at.ms / 1000));
    X509_VERIFY_PARAM_set_auth_level(rules, 2);
    return X509_verify_cert(context.get()) == 1;
}

void describe(CmsReport& report, X509* certificate) {
    report.signer = partOf(X509_get_subject_name(certificate), NID_commonName);
    report.organisation = partOf(X509_get_subject_name(certificate), NID_organizationName);
    report.issuer = partOf(X509_get_issuer_name(certificate), NID_commonName);
    const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
    report.serial = toHex({reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
                           static_cast<std::size_t>(ASN1_STRING_length(serial))});
    report.validFrom = instantOf(X509_get0_notBefore(certificate));
    report.validTo = instantOf(X509_get0_notAfter(certificate));
}

// The signature's bytes padded with zeros up to the room that was kept for them.
Handle<CMS_ContentInfo> readCms(std::string_view der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    Handle<CMS_ContentInfo> cms{d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size()))};
    if (!cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) return nullptr;
    const std::string_view rest =
        der.substr(static_cast<std::size_t>(at - reinterpret_cast<const unsigned char*>(der.data())));
    if (rest.find_first_not_of('\0') != std::string_view::npos) return nullptr;
    return cms;
}

void judge(CmsReport& report, CMS_ContentInfo* cms, std::string_view content, bool cades,
           const TrustAnchors& anchors, const SignedAt& at) {
    STACK_OF(CMS_SignerInfo)* infos = CMS_get0_SignerInfos(cms);
    if (!infos || sk_CMS_SignerInfo_num(infos) != 1 || !CMS_is_detached(cms)) {
        report.why = "not one detached signature";
        return;
    }
    CMS_SignerInfo* info = sk_CMS_SignerInfo_value(infos, 0);
    const Handle<BIO> bytes{BIO_new_mem_buf(content.data(), static_cast<int>(content.size()))};
    constexpr unsigned int flags = CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY;
    const bool fits = CMS_verify(cms, nullptr, nullptr, bytes.get(), nullptr, flags) == 1;
    // Without a match the certificate is unknown, and nobody is named.
    X509* certificate = nullptr;
    CMS_SignerInfo_get0_algs(info, nullptr, &certificate, nullptr, nullptr);
    const Signers all{CMS_get1_certs(cms)};
    if (!certificate || !all) {
        report.why = "no certificate with it";
        return;
    }
    describe(report, certificate);
    const auto* type = static_cast<const ASN1_OBJECT*>(
        CMS_signed_get0_data_by_OBJ(info, OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT));
    if (!fits) {
        report.why = "digest or signature";
    } else if (!type || OBJ_obj2nid(type) != NID_pkcs7_data) {
        report.why = "content type";
    } else if (cades && !namesItsCertificate(info, certificate, all.get())) {
        report.why = "signing certificate attribute";
    } else {
        report.intact = true;
    }
    report.weak = !strongDigest(info) || !strongKey(certificate);
    report.trusted = mayVouch(certificate) && chainsTo(certificate, all.get(), anchors, at.said);
    report.ended = report.trusted && !chainsTo(certificate, all.get(), anchors, at.known);
}

} // namespace

CmsReport judgeCms(std::string_view der, std::string_view content, bool cades, const TrustAnchors& anchors,
                   const SignedAt& at) {
    CmsReport report;
    const auto cms = readCms(der);
    if (cms) {
        judge(report, cms.get(), content, cades, anchors, at);
    } else {
        report.why = "no CMS";
    }
    ERR_clear_error();
    return report;
}

} // namespace motcua::signing
