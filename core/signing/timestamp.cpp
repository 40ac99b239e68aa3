#include "signing/timestamp.h"

#include "base/bytes.h"
#include "signing/certificate.h"

#include <openssl/bn.h>

namespace motcua::signing {

namespace {

Error refused(const char* code, const std::string& why) {
    ERR_clear_error();
    return {ErrorKind::Rejected, code, why};
}

template <typename T, typename Decode>
Handle<T> decoded(std::string_view der, Decode decode) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    Handle<T> value{decode(nullptr, &at, static_cast<long>(der.size()))};
    // Room in a file that is not filled holds zeros, and nothing else.
    const auto read = static_cast<std::size_t>(at - reinterpret_cast<const unsigned char*>(der.data()));
    if (value && der.substr(read).find_first_not_of('\0') != std::string_view::npos) value.reset();
    return value;
}

bool setImprint(TS_REQ* request, const std::string& digest) {
    TS_MSG_IMPRINT* imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR* algorithm = X509_ALGOR_new();
    bool made =
        imprint && algorithm &&
        X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1 &&
        TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
        TS_MSG_IMPRINT_set_msg(imprint, reinterpret_cast<unsigned char*>(const_cast<char*>(digest.data())),
                               static_cast<int>(digest.size())) == 1 &&
        TS_REQ_set_msg_imprint(request, imprint) == 1;
    X509_ALGOR_free(algorithm);
    TS_MSG_IMPRINT_free(imprint);
    return made;
}

bool setNonce(TS_REQ* request) {
    std::string random = randomBytes(16);
    random.front() = static_cast<char>((random.front() & 0x7F) | 0x40);
    BIGNUM* number = BN_bin2bn(reinterpret_cast<const unsigned char*>(random.data()),
                               static_cast<int>(random.size()), nullptr);
    ASN1_INTEGER* nonce = number ? BN_to_ASN1_INTEGER(number, nullptr) : nullptr;
    const bool made = nonce && TS_REQ_set_nonce(request, nonce) == 1;
    ASN1_INTEGER_free(nonce);
    BN_free(number);
    return made;
}

// The signature on the token, by a certificate whose one purpose is time-stamps (RFC 3161, 2.3).
bool signedBy(PKCS7* token, const TrustAnchors& anchors, Instant at, std::string& authority) {
    const auto store = storeOf(anchors, at);
    X509* signer = nullptr;
    if (!store || TS_RESP_verify_signature(token, nullptr, store.get(), &signer) != 1) return false;
    const Handle<X509> held{signer};
    authority = partOf(X509_get_subject_name(signer), NID_commonName);
    return strongKey(signer);
}

} // namespace

ContentDigest digestOf(std::string_view content) {
    return [content](int nid) -> std::string {
        const EVP_MD* algorithm = EVP_get_digestbynid(nid);
        if (!algorithm) return {};
        std::string digest(static_cast<std::size_t>(EVP_MD_get_size(algorithm)), '\0');
        const int done =
            EVP_Digest(content.data(), content.size(), reinterpret_cast<unsigned char*>(digest.data()),
                       nullptr, algorithm, nullptr);
        return done == 1 ? digest : std::string{};
    };
}

std::string timestampRequest(const std::string& digest) {
    const Handle<TS_REQ> request{TS_REQ_new()};
    if (!request || TS_REQ_set_version(request.get(), 1) != 1 || !setImprint(request.get(), digest) ||
        !setNonce(request.get()) || TS_REQ_set_cert_req(request.get(), 1) != 1)
        throw std::runtime_error("OpenSSL makes no time-stamp request");
    return derOf(request.get(), i2d_TS_REQ);
}

Result<std::string> tokenFrom(const std::string& reply, const std::string& request, const std::string& digest,
                              const TrustAnchors& anchors, Instant now) {
    const auto answer = decoded<TS_RESP>(reply, d2i_TS_RESP);
    const auto asked = decoded<TS_REQ>(request, d2i_TS_REQ);
    if (!answer || !asked) return refused("signing.time_wrong", "no time-stamp reply");
    const TS_STATUS_INFO* status = TS_RESP_get_status_info(answer.get());
    const long granted = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status));
    if (granted != 0 && granted != 1)
        return refused("signing.time_refused", "status " + std::to_string(granted));
    // Version, imprint and nonce; the signature is judged below, apart from them.
    const Handle<TS_VERIFY_CTX> rules{TS_REQ_to_TS_VERIFY_CTX(asked.get(), nullptr)};
    if (!rules || TS_RESP_verify_response(rules.get(), answer.get()) != 1)
        return refused("signing.time_wrong", "it does not answer this request");
    const std::string token = derOf(TS_RESP_get_token(answer.get()), i2d_PKCS7);
    const auto fits = [&digest](int nid) { return nid == NID_sha256 ? digest : std::string{}; };
    const TimeReport report = judgeToken(token, fits, anchors, now);
    if (!report.fits) return refused("signing.time_wrong", "another digest");
    if (!report.trusted) return refused("signing.time_untrusted", "nobody vouches for the authority");
    return token;
}

TimeReport judgeToken(std::string_view token, const ContentDigest& digest, const TrustAnchors& anchors,
                      Instant known) {
    TimeReport report;
    const auto signedData = decoded<PKCS7>(token, d2i_PKCS7);
    const Handle<TS_TST_INFO> info{signedData && PKCS7_type_is_signed(signedData.get())
                                       ? PKCS7_to_TS_TST_INFO(signedData.get())
                                       : nullptr};
    const auto at = info ? instantOf(TS_TST_INFO_get_time(info.get())) : std::nullopt;
    if (!at) {
        ERR_clear_error();
        return report;
    }
    report.at = *at;
    TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info.get());
    const ASN1_OBJECT* algorithm = nullptr;
    X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
    const int nid = OBJ_obj2nid(algorithm);
    const std::string wanted = strongDigest(nid) ? digest(nid) : std::string{};
    const ASN1_OCTET_STRING* stamped = TS_MSG_IMPRINT_get_msg(imprint);
    report.fits = !wanted.empty() &&
                  wanted == std::string_view{reinterpret_cast<const char*>(ASN1_STRING_get0_data(stamped)),
                                             static_cast<std::size_t>(ASN1_STRING_length(stamped))};
    // Its certificate was valid when it says it was made, and still is, or was when the token was seen.
    report.trusted = signedBy(signedData.get(), anchors, *at, report.authority) &&
                     signedBy(signedData.get(), anchors, known, report.authority);
    ERR_clear_error();
    return report;
}

} // namespace motcua::signing
