#include "signing/cms.h"

#include "base/bytes.h"
#include "signing/signer.h"

#include <openssl/ess.h>
#include <openssl/evp.h>

#include <algorithm>

namespace motcua::signing {

namespace {

Error unfit(const std::string& why) {
    return {ErrorKind::Rejected, "signing.certificate_unfit", why};
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

bool setSigningTime(CMS_SignerInfo* signer, Instant at) {
    ASN1_TIME* time = ASN1_TIME_new();
    const std::time_t second = static_cast<std::time_t>(at.ms / 1000);
    const bool made = time && ASN1_TIME_set(time, second) &&
                      CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, time->type, time, -1) == 1;
    ASN1_TIME_free(time);
    return made;
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

Result<CmsDraft> CmsDraft::make(const SignerCertificate& signer, const std::string& documentDigest,
                                std::optional<Instant> at) {
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
    made = made && (!at || setSigningTime(held->signer, *at));
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

std::string CmsDraft::finished(const std::string& signature, const std::string& token) {
    ASN1_STRING_set(CMS_SignerInfo_get0_signature(held_->signer), signature.data(),
                    static_cast<int>(signature.size()));
    if (!token.empty() &&
        CMS_unsigned_add1_attr_by_NID(held_->signer, NID_id_smime_aa_timeStampToken, V_ASN1_SEQUENCE,
                                      token.data(), static_cast<int>(token.size())) != 1)
        throw std::runtime_error("OpenSSL takes no time-stamp");
    return derOf(held_->cms.get(), i2d_CMS_ContentInfo);
}

std::size_t CmsDraft::mostBytes() {
    return finished(std::string(held_->mostSignature, '\x55')).size();
}

namespace {

int digestAlgorithm(CMS_SignerInfo* signer) {
    X509_ALGOR* digest = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, nullptr);
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, digest);
    return OBJ_obj2nid(object);
}

std::string bytesOf(const ASN1_STRING* text) {
    if (!text) return {};
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// What the signed attributes say of the content is what the content is. Only a digest comes here: who judges
// many signatures over one long file reads it once.
bool namesTheContent(CMS_SignerInfo* signer, const ContentDigest& digest) {
    const auto* said = static_cast<const ASN1_STRING*>(
        CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(NID_pkcs9_messageDigest), -3, V_ASN1_OCTET_STRING));
    const std::string is = digest(digestAlgorithm(signer));
    return said && !is.empty() && bytesOf(said) == is;
}

// The time-stamp among the attributes that are not signed: over the signature itself.
std::optional<TimeReport> timeOf(CMS_SignerInfo* signer, const Judging& by) {
    const int at = CMS_unsigned_get_attr_by_NID(signer, NID_id_smime_aa_timeStampToken, -1);
    X509_ATTRIBUTE* attribute = at < 0 ? nullptr : CMS_unsigned_get_attr(signer, at);
    const ASN1_TYPE* value = attribute ? X509_ATTRIBUTE_get0_type(attribute, 0) : nullptr;
    if (!value || value->type != V_ASN1_SEQUENCE) return std::nullopt;
    const std::string signature = bytesOf(CMS_SignerInfo_get0_signature(signer));
    return judgeToken(bytesOf(value->value.sequence), digestOf(signature), by);
}

// The signed attribute that ties the signature to this very certificate.
bool namesItsCertificate(CMS_SignerInfo* signer, X509* certificate, STACK_OF(X509) * all) {
    auto* value = static_cast<ASN1_STRING*>(CMS_signed_get0_data_by_OBJ(
        signer, OBJ_nid2obj(NID_id_smime_aa_signingCertificateV2), -3, V_ASN1_SEQUENCE));
    if (!value) return false;
    const unsigned char* at = ASN1_STRING_get0_data(value);
    ESS_SIGNING_CERT_V2* named = d2i_ESS_SIGNING_CERT_V2(nullptr, &at, ASN1_STRING_length(value));
    if (!named) return false;
    const Certificates chain{sk_X509_new_null()};
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

void judge(CmsReport& report, CMS_ContentInfo* cms, const ContentDigest& digest, bool cades,
           const Judging& by, std::optional<Instant> claimedAt) {
    STACK_OF(CMS_SignerInfo)* infos = CMS_get0_SignerInfos(cms);
    if (!infos || sk_CMS_SignerInfo_num(infos) != 1 || !CMS_is_detached(cms)) {
        report.why = "not one detached signature";
        return;
    }
    CMS_SignerInfo* info = sk_CMS_SignerInfo_value(infos, 0);
    // Without a match the certificate is unknown, and nobody is named.
    X509* certificate = nullptr;
    CMS_set1_signers_certs(cms, nullptr, 0);
    CMS_SignerInfo_get0_algs(info, nullptr, &certificate, nullptr, nullptr);
    const Certificates all{CMS_get1_certs(cms)};
    if (!certificate || !all) {
        report.why = "no certificate with it";
        return;
    }
    describe(report, certificate);
    const auto* type = static_cast<const ASN1_OBJECT*>(
        CMS_signed_get0_data_by_OBJ(info, OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT));
    const auto* time = static_cast<const ASN1_TIME*>(
        CMS_signed_get0_data_by_OBJ(info, OBJ_nid2obj(NID_pkcs9_signingTime), -3, V_ASN1_UTCTIME));
    report.claimedAt = time ? instantOf(time) : claimedAt;
    if (!type || OBJ_obj2nid(type) != NID_pkcs7_data) {
        report.why = "content type";
    } else if (!namesTheContent(info, digest) || CMS_SignerInfo_verify(info) != 1) {
        report.why = "digest or signature";
    } else if (cades && !namesItsCertificate(info, certificate, all.get())) {
        report.why = "signing certificate attribute";
    } else {
        report.intact = true;
    }
    report.weak = !strongDigest(digestAlgorithm(info)) || !strongKey(certificate);
    report.time = timeOf(info, by);
    judgeSigner(report, certificate, all.get(), by);
}

} // namespace

CmsReport judgeCms(std::string_view der, const ContentDigest& digest, bool cades, const Judging& by,
                   std::optional<Instant> claimedAt) {
    CmsReport report;
    const auto cms = readCms(der);
    if (cms) {
        judge(report, cms.get(), digest, cades, by, claimedAt);
    } else {
        report.why = "no CMS";
    }
    ERR_clear_error();
    return report;
}

} // namespace motcua::signing
