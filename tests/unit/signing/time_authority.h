// A time-stamp authority of a test's own, whose clock the test sets.
#pragma once

#include "authority.h"

#include <openssl/ts.h>

namespace motcua::test {

class TimeAuthority {
public:
    explicit TimeAuthority(const Party& root, const char* extended = "critical,timeStamping")
        : party_(issue({"Dấu thời gian thử nghiệm", -40 * 86'400, 864'000, "critical,digitalSignature",
                        "critical,CA:FALSE", extended},
                       rsaKey(), &root)) {}

    // Answers a request as the protocol has it, at that moment of its clock.
    std::string answer(const std::string& request, Instant at) const {
        std::unique_ptr<TS_RESP_CTX, decltype(&TS_RESP_CTX_free)> context{TS_RESP_CTX_new(),
                                                                          TS_RESP_CTX_free};
        std::unique_ptr<ASN1_OBJECT, decltype(&ASN1_OBJECT_free)> policy{OBJ_txt2obj("1.2.3.4.1", 1),
                                                                         ASN1_OBJECT_free};
        Instant clock = at;
        TS_RESP_CTX_set_serial_cb(context.get(), serial, nullptr);
        TS_RESP_CTX_set_time_cb(context.get(), time, &clock);
        TS_RESP_CTX_set_signer_cert(context.get(), party_.certificate.get());
        TS_RESP_CTX_set_signer_key(context.get(), party_.key.get());
        TS_RESP_CTX_set_signer_digest(context.get(), EVP_sha256());
        TS_RESP_CTX_set_ess_cert_id_digest(context.get(), EVP_sha256());
        TS_RESP_CTX_set_def_policy(context.get(), policy.get());
        TS_RESP_CTX_add_md(context.get(), EVP_sha256());
        std::unique_ptr<BIO, decltype(&BIO_free_all)> source{
            BIO_new_mem_buf(request.data(), static_cast<int>(request.size())), BIO_free_all};
        std::unique_ptr<TS_RESP, decltype(&TS_RESP_free)> response{
            TS_RESP_create_response(context.get(), source.get()), TS_RESP_free};
        if (!response) return {};
        unsigned char* bytes = nullptr;
        const int size = i2d_TS_RESP(response.get(), &bytes);
        std::string der{reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size)};
        OPENSSL_free(bytes);
        return der;
    }

    signing::TimeStamper at(Instant moment, const signing::TrustAnchors& anchors, Instant now) const {
        return [this, moment, &anchors, now](const std::string& digest) {
            const std::string request = signing::timestampRequest(digest);
            return signing::tokenFrom(answer(request, moment), request, digest, anchors, now);
        };
    }

private:
    static ASN1_INTEGER* serial(TS_RESP_CTX*, void*) {
        ASN1_INTEGER* number = ASN1_INTEGER_new();
        ASN1_INTEGER_set(number, 7);
        return number;
    }
    static int time(TS_RESP_CTX*, void* clock, long* seconds, long* micros) {
        *seconds = static_cast<long>(static_cast<Instant*>(clock)->ms / 1000);
        *micros = 0;
        return 1;
    }

    Party party_;
};

} // namespace motcua::test
