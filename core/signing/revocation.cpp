#include "signing/revocation.h"

#include <openssl/ocsp.h>

#include <memory>

namespace motcua::signing {

namespace {

using Word = CertificateState::Word;

constexpr Millis kOneAnswer = std::chrono::seconds{3};
constexpr Millis kClockSlack = std::chrono::minutes{10};
constexpr std::size_t kMostPieces = 64; // of evidence that a file brings along

template <auto Free>
struct FreeBy {
    template <typename T>
    void operator()(T* one) const {
        Free(one);
    }
};
using Answer = std::unique_ptr<OCSP_RESPONSE, FreeBy<OCSP_RESPONSE_free>>;
using Basic = std::unique_ptr<OCSP_BASICRESP, FreeBy<OCSP_BASICRESP_free>>;
using CertId = std::unique_ptr<OCSP_CERTID, FreeBy<OCSP_CERTID_free>>;
using Question = std::unique_ptr<OCSP_REQUEST, FreeBy<OCSP_REQUEST_free>>;
using List = std::unique_ptr<X509_CRL, FreeBy<X509_CRL_free>>;
using Points = std::unique_ptr<CRL_DIST_POINTS, FreeBy<CRL_DIST_POINTS_free>>;

template <typename T, typename Decode>
T* decoded(const std::string& der, Decode decode) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    return decode(nullptr, &at, static_cast<long>(der.size()));
}

// It speaks of `at` or of a later moment, and is not from the future.
bool covers(const ASN1_TIME* from, const ASN1_TIME* to, Instant at, Instant now) {
    const auto since = instantOf(from);
    if (!since || *since > now + kClockSlack) return false;
    const auto until = to ? instantOf(to) : since;
    return until && at <= *until + kClockSlack;
}

CertificateState told(bool revoked, const ASN1_TIME* when, Instant at) {
    if (!revoked) return {Word::Good, {}};
    const auto since = instantOf(when);
    // A key that was lost later had signed before (RFC 5280, 5.3.2 is not gone into).
    if (since && *since > at) return {Word::Good, {}};
    return {Word::Revoked, since};
}

// OCSP_basic_verify sees to it that the issuer signed, or somebody whom the issuer made for this.
CertificateState byAnswer(const std::string& der, X509* certificate, X509* issuer,
                          const TrustAnchors& anchors, Instant at, Instant now) {
    const Answer answer{decoded<OCSP_RESPONSE>(der, d2i_OCSP_RESPONSE)};
    if (!answer || OCSP_response_status(answer.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) return {};
    const Basic basic{OCSP_response_get1_basic(answer.get())};
    if (!basic) return {};
    const Certificates helpers{sk_X509_new_null()};
    X509_up_ref(issuer);
    sk_X509_push(helpers.get(), issuer);
    const auto made = instantOf(OCSP_resp_get0_produced_at(basic.get()));
    const auto store = made ? storeOf(anchors, *made) : nullptr;
    if (!store || OCSP_basic_verify(basic.get(), helpers.get(), store.get(), 0) != 1) return {};
    for (int i = 0; i < OCSP_resp_count(basic.get()); ++i) {
        OCSP_SINGLERESP* single = OCSP_resp_get0(basic.get(), i);
        const OCSP_CERTID* named = OCSP_SINGLERESP_get0_id(single);
        ASN1_OBJECT* algorithm = nullptr;
        OCSP_id_get0_info(nullptr, &algorithm, nullptr, nullptr, const_cast<OCSP_CERTID*>(named));
        const EVP_MD* digest = EVP_get_digestbyobj(algorithm);
        const CertId wanted{digest ? OCSP_cert_to_id(digest, certificate, issuer) : nullptr};
        if (!wanted || OCSP_id_cmp(wanted.get(), named) != 0) continue;
        ASN1_GENERALIZEDTIME *when = nullptr, *from = nullptr, *to = nullptr;
        int reason = 0;
        const int status = OCSP_single_get0_status(single, &reason, &when, &from, &to);
        if (status == V_OCSP_CERTSTATUS_UNKNOWN) return {};
        const bool revoked = status == V_OCSP_CERTSTATUS_REVOKED;
        // What is revoked stays so; a good answer must be of the time.
        if (!revoked && !covers(from, to, at, now)) return {};
        return told(revoked, when, at);
    }
    return {};
}

CertificateState byList(const std::string& der, X509* certificate, X509* issuer, Instant at, Instant now) {
    const List list{decoded<X509_CRL>(der, d2i_X509_CRL)};
    if (!list || X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_subject_name(issuer)) != 0)
        return {};
    // Lists of a part only say nothing of the rest.
    if (X509_CRL_get_ext_by_NID(list.get(), NID_delta_crl, -1) >= 0 ||
        X509_CRL_get_ext_by_NID(list.get(), NID_issuing_distribution_point, -1) >= 0)
        return {};
    if ((X509_get_key_usage(issuer) & KU_CRL_SIGN) == 0) return {};
    if (X509_CRL_verify(list.get(), X509_get0_pubkey(issuer)) != 1) return {};
    X509_REVOKED* entry = nullptr;
    const bool revoked = X509_CRL_get0_by_cert(list.get(), &entry, certificate) == 1;
    if (!revoked &&
        !covers(X509_CRL_get0_lastUpdate(list.get()), X509_CRL_get0_nextUpdate(list.get()), at, now))
        return {};
    return told(revoked, revoked ? X509_REVOKED_get0_revocationDate(entry) : nullptr, at);
}

void worsen(CertificateState& state, const CertificateState& other) {
    if (other.word > state.word) state = other;
}

std::vector<std::string> listAddresses(X509* certificate) {
    std::vector<std::string> addresses;
    const Points points{static_cast<CRL_DIST_POINTS*>(
        X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr))};
    for (int i = 0; points && i < sk_DIST_POINT_num(points.get()); ++i) {
        const DIST_POINT* point = sk_DIST_POINT_value(points.get(), i);
        if (!point->distpoint || point->distpoint->type != 0) continue;
        const GENERAL_NAMES* names = point->distpoint->name.fullname;
        for (int k = 0; k < sk_GENERAL_NAME_num(names); ++k) {
            const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, k);
            if (name->type != GEN_URI) continue;
            const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
            addresses.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                                   static_cast<std::size_t>(ASN1_STRING_length(uri)));
        }
    }
    return addresses;
}

std::string questionAbout(X509* certificate, X509* issuer) {
    const Question question{OCSP_REQUEST_new()};
    OCSP_CERTID* id =
        question ? OCSP_cert_to_id(nullptr, certificate, issuer) : nullptr; // SHA-1, as all know it
    if (!id || !OCSP_request_add0_id(question.get(), id)) return {};
    return derOf(question.get(), i2d_OCSP_REQUEST);
}

// The answer of its authority, else its list.
void gather(X509* certificate, X509* issuer, AuthorityDesk& desk, Evidence& into) {
    const std::unique_ptr<STACK_OF(OPENSSL_STRING), FreeBy<X509_email_free>> responders{
        X509_get1_ocsp(certificate)};
    for (int i = 0; responders && i < sk_OPENSSL_STRING_num(responders.get()) && i < 2; ++i) {
        const std::string answer =
            desk.ask(sk_OPENSSL_STRING_value(responders.get(), i), "application/ocsp-request",
                     questionAbout(certificate, issuer), kOneAnswer);
        const Answer read{decoded<OCSP_RESPONSE>(answer, d2i_OCSP_RESPONSE)};
        if (!read || OCSP_response_status(read.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) continue;
        into.answers.push_back(answer);
        return;
    }
    const auto addresses = listAddresses(certificate);
    for (std::size_t i = 0; i < addresses.size() && i < 2; ++i) {
        const std::string list = desk.ask(addresses[i], {}, {}, kOneAnswer);
        const List read{decoded<X509_CRL>(list, d2i_X509_CRL)};
        if (!read) continue;
        into.lists.push_back(derOf(read.get(), i2d_X509_CRL));
        return;
    }
    if ((responders && sk_OPENSSL_STRING_num(responders.get()) > 0) || !addresses.empty())
        into.unanswered = true;
}

} // namespace

CertificateState stateOf(X509* certificate, X509* issuer, const Evidence& evidence,
                         const TrustAnchors& anchors, Instant at, Instant now) {
    CertificateState state;
    for (std::size_t i = 0; i < evidence.answers.size() && i < kMostPieces; ++i)
        worsen(state, byAnswer(evidence.answers[i], certificate, issuer, anchors, at, now));
    for (std::size_t i = 0; i < evidence.lists.size() && i < kMostPieces; ++i)
        worsen(state, byList(evidence.lists[i], certificate, issuer, at, now));
    ERR_clear_error();
    return state;
}

namespace {

CertificateState stateOfChain(STACK_OF(X509) * chain, const Evidence& evidence, const TrustAnchors& anchors,
                              Instant at, Instant now) {
    CertificateState whole{Word::Good, {}};
    for (int i = 0; i + 1 < sk_X509_num(chain); ++i) {
        const CertificateState one =
            stateOf(sk_X509_value(chain, i), sk_X509_value(chain, i + 1), evidence, anchors, at, now);
        if (one.word == Word::Revoked) return one;
        if (one.word == Word::Untold) whole = one;
    }
    if (sk_X509_num(chain) < 2) whole = {}; // trusted by itself: there is nobody to ask
    return whole;
}

Evidence gathered(STACK_OF(X509) * chain, AuthorityDesk& desk) {
    Evidence evidence;
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        evidence.certificates.push_back(derOf(sk_X509_value(chain, i), i2d_X509));
        if (i + 1 < sk_X509_num(chain))
            gather(sk_X509_value(chain, i), sk_X509_value(chain, i + 1), desk, evidence);
    }
    ERR_clear_error();
    return evidence;
}

} // namespace

CertificateState judgedChain(STACK_OF(X509) * chain, const Judging& by, Instant at) {
    CertificateState state;
    if (by.evidence) state = stateOfChain(chain, *by.evidence, by.anchors, at, by.now);
    if (!by.desk || (state.word != Word::Untold && !by.collected)) return state;
    const Evidence fresh = gathered(chain, *by.desk);
    if (by.collected) by.collected->add(fresh);
    worsen(state, stateOfChain(chain, fresh, by.anchors, at, by.now));
    return state;
}

} // namespace motcua::signing
