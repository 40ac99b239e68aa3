// TLS over a socket that the host connected: always verified, name and chain, TLS 1.2 or newer. Needs OpenSSL
// (link OpenSSL::SSL); the only header of the SDK that does.
#pragma once

#include "motcua/sdk/socket.h"

#include <memory>
#include <string>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace motcua::sdk {
inline namespace v1 {

class TlsStream final : public Stream {
public:
    // Shakes hands with `name` (a DNS name or an address, as the certificate must say it). `trust` holds PEM
    // certificates that are trusted besides the system's. Denied "host.tls_failed" where it cannot be
    // verified.
    static Result<std::unique_ptr<TlsStream>> open(Socket socket, const std::string& name,
                                                   const std::string& trust, Deadline deadline) {
        MOTCUA_SDK_TRY(context, makeContext(trust));
        std::unique_ptr<SSL, Free> ssl{SSL_new(context.get())};
        if (!ssl) return internal("host.tls_failed", reason());
        X509_VERIFY_PARAM* verify = SSL_get0_param(ssl.get());
        unsigned char address[16];
        const bool isAddress = ::inet_pton(AF_INET, name.c_str(), address) == 1 ||
                               ::inet_pton(AF_INET6, name.c_str(), address) == 1;
        SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        // With an empty name, and with one that OpenSSL did not take, any certificate would do.
        const bool named = isAddress ? X509_VERIFY_PARAM_set1_ip_asc(verify, name.c_str()) == 1
                                     : !name.empty() && SSL_set1_host(ssl.get(), name.c_str()) == 1 &&
                                           SSL_set_tlsext_host_name(ssl.get(), name.c_str()) == 1;
        if (!named) return denied("host.tls_failed", "no certificate can prove the name \"" + name + "\"");
        std::unique_ptr<TlsStream> made{new TlsStream{std::move(socket), deadline, std::move(ssl)}};
        MOTCUA_SDK_CHECK(made->shakeHands());
        return made;
    }

    ~TlsStream() override { SSL_shutdown(ssl_.get()); } // says goodbye; nobody waits for the answer

    std::string protocol() const { return SSL_get_version(ssl_.get()); }

protected:
    Result<std::size_t> writeSome(std::string_view bytes) override {
        std::size_t sent = 0;
        ERR_clear_error(); // what others left there would be taken for this one's
        while (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent) != 1)
            MOTCUA_SDK_CHECK(again(0));
        return sent;
    }
    Result<std::string> readSome() override {
        char buffer[16384];
        std::size_t got = 0;
        ERR_clear_error();
        while (SSL_read_ex(ssl_.get(), buffer, sizeof buffer, &got) != 1) {
            if (SSL_get_error(ssl_.get(), 0) == SSL_ERROR_ZERO_RETURN) return std::string{};
            MOTCUA_SDK_CHECK(again(0));
        }
        return std::string(buffer, got);
    }

private:
    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
        void operator()(SSL* ssl) const { SSL_free(ssl); }
        void operator()(X509* certificate) const { X509_free(certificate); }
        void operator()(BIO* bio) const { BIO_free(bio); }
    };

    TlsStream(Socket socket, Deadline deadline, std::unique_ptr<SSL, Free> ssl)
        : Stream(std::move(socket), deadline), ssl_(std::move(ssl)) {
        SSL_set_fd(ssl_.get(), fd());
    }

    static std::string reason() {
        char text[256] = "unknown";
        if (const unsigned long code = ERR_get_error()) ERR_error_string_n(code, text, sizeof text);
        ERR_clear_error();
        return text;
    }

    static Result<std::unique_ptr<SSL_CTX, Free>> makeContext(const std::string& trust) {
        std::unique_ptr<SSL_CTX, Free> context{SSL_CTX_new(TLS_client_method())};
        if (!context) return internal("host.tls_failed", reason());
        SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_default_verify_paths(context.get());
        if (trust.empty()) return context;
        const std::unique_ptr<BIO, Free> bio{BIO_new_mem_buf(trust.data(), static_cast<int>(trust.size()))};
        int added = 0;
        while (const std::unique_ptr<X509, Free> certificate{
            PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)})
            added += X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), certificate.get());
        ERR_clear_error(); // the end of the PEM text is told as an error
        if (added == 0)
            return invalid("plugin.misconfigured", "the trusted certificates hold no PEM certificate");
        return context;
    }

    Result<void> shakeHands() {
        int answer = 0;
        while ((answer = SSL_connect(ssl_.get())) != 1) {
            const long verified = SSL_get_verify_result(ssl_.get());
            if (verified != X509_V_OK)
                return denied("host.tls_failed", X509_verify_cert_error_string(verified));
            MOTCUA_SDK_CHECK(again(answer));
        }
        return {};
    }

    // Waits for what OpenSSL wants, or says what went wrong.
    Result<void> again(int answer) {
        switch (SSL_get_error(ssl_.get(), answer)) {
        case SSL_ERROR_WANT_READ:
            return wait(POLLIN);
        case SSL_ERROR_WANT_WRITE:
            return wait(POLLOUT);
        case SSL_ERROR_SYSCALL:
            return unavailable("stream.closed", "the connection broke");
        default:
            return unavailable("host.tls_failed", reason());
        }
    }

    std::unique_ptr<SSL, Free> ssl_;
};

} // namespace v1
} // namespace motcua::sdk
