#include "net/tls.h"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace motcua::net {

namespace {

constexpr const char* kSuites =
    "ECDHE+AESGCM:ECDHE+CHACHA20"; // of TLS 1.2; those of 1.3 are all of that kind
constexpr std::size_t kRecord = 16 * 1024;

template <typename Thing, void (*Free)(Thing*)>
struct Freer {
    void operator()(Thing* thing) const { Free(thing); }
};
using SslHandle = std::unique_ptr<SSL, Freer<SSL, SSL_free>>;
using BioMethod = std::unique_ptr<BIO_METHOD, Freer<BIO_METHOD, BIO_meth_free>>;

// How OpenSSL reaches the socket: its own way writes without MSG_NOSIGNAL, and a peer that has gone would end
// the process.
struct Wire {
    int socket = -1;
    bool emptied = false; // by the last read
};

Wire& wireOf(BIO* bio) {
    return *static_cast<Wire*>(BIO_get_data(bio));
}

int bioRead(BIO* bio, char* into, int room) {
    Wire& wire = wireOf(bio);
    const auto got = ::recv(wire.socket, into, static_cast<std::size_t>(room), 0);
    wire.emptied = got < room;
    BIO_clear_retry_flags(bio);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return static_cast<int>(got);
}

int bioWrite(BIO* bio, const char* bytes, int count) {
    const auto sent = ::send(wireOf(bio).socket, bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL);
    BIO_clear_retry_flags(bio);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

long bioControl(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

class TlsTransport final : public Transport {
public:
    TlsTransport(Descriptor socket, SSL_CTX* context, BIO_METHOD* method)
        : Transport(std::move(socket)), ssl_(SSL_new(context)) {
        BIO* bio = ssl_ ? BIO_new(method) : nullptr;
        if (!bio) throw std::runtime_error("OpenSSL has no memory for a connection");
        wire_.socket = this->socket();
        BIO_set_data(bio, &wire_);
        BIO_set_init(bio, 1);
        SSL_set_bio(ssl_.get(), bio, bio);
    }

    SSL* ssl() const { return ssl_.get(); }
    bool secure() const override { return true; }

    ssize_t handshake() override {
        ERR_clear_error();
        const int done = SSL_do_handshake(ssl_.get());
        return done == 1 ? 0 : failure(done, kBroken);
    }

    ssize_t read(char* into, std::size_t room) override {
        ERR_clear_error();
        const int got = SSL_read(ssl_.get(), into, static_cast<int>(std::min<std::size_t>(room, 1 << 20)));
        return got > 0 ? got : failure(got, 0);
    }

    // One record at a time, of both parts together: a small answer is one record and one send.
    ssize_t write(std::string_view first, std::string_view second) override {
        if (first.size() >= kRecord || second.empty())
            return put(first.data(), std::min(first.size(), kRecord));
        std::array<char, kRecord> record;
        std::memcpy(record.data(), first.data(), first.size());
        const std::size_t more = std::min(second.size(), kRecord - first.size());
        std::memcpy(record.data() + first.size(), second.data(), more);
        return put(record.data(), first.size() + more);
    }

    ssize_t sendFile(int file, off_t offset, std::size_t count) override {
        std::array<char, kRecord> record;
        const ssize_t got = ::pread(file, record.data(), std::min(count, kRecord), offset);
        return got > 0 ? put(record.data(), static_cast<std::size_t>(got)) : kBroken;
    }

    void finish() override {
        ERR_clear_error();
        if (SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
        Transport::finish();
    }

    bool drained(std::size_t, std::size_t) const override {
        return SSL_has_pending(ssl_.get()) == 0 && wire_.emptied;
    }

    short wants(short usual) const override {
        if (SSL_want_read(ssl_.get())) return POLLIN;
        return SSL_want_write(ssl_.get()) ? POLLOUT : usual;
    }

    std::string trouble() const override {
        const long verdict = SSL_get_verify_result(ssl_.get());
        return verdict == X509_V_OK ? std::string{} : X509_verify_cert_error_string(verdict);
    }

private:
    ssize_t put(const char* bytes, std::size_t count) {
        ERR_clear_error();
        const int done = SSL_write(ssl_.get(), bytes, static_cast<int>(count));
        return done > 0 ? done : failure(done, kBroken);
    }

    ssize_t failure(int result, ssize_t atEnd) {
        switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            return kBlocked;
        case SSL_ERROR_ZERO_RETURN:
            return atEnd;
        default:
            return kBroken;
        }
    }

    Wire wire_;
    SslHandle ssl_;
};

} // namespace

struct TlsContext::Held {
    Poco::Net::Context::Ptr context;
    BioMethod method{BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "motcua socket")};

    explicit Held(const Poco::Net::Context::Ptr& made) : context(made) {
        if (!method) throw std::runtime_error("OpenSSL has no memory for a context");
        BIO_meth_set_read(method.get(), bioRead);
        BIO_meth_set_write(method.get(), bioWrite);
        BIO_meth_set_ctrl(method.get(), bioControl);
        SSL_CTX* ctx = context->sslContext();
        SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
        SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
        SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
        SSL_CTX_set_read_ahead(ctx, 1); // a record in one recv, not its head and its body in two
        if (SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384") != 1)
            throw std::runtime_error("OpenSSL knows no such curves");
    }

    std::unique_ptr<TlsTransport> wrap(Descriptor socket) const {
        return std::make_unique<TlsTransport>(std::move(socket), context->sslContext(), method.get());
    }
};

TlsContext::TlsContext(std::unique_ptr<Held> held) : held_(std::move(held)) {}
TlsContext::TlsContext(TlsContext&&) noexcept = default;
TlsContext::~TlsContext() = default;

TlsContext TlsContext::server(const std::string& certificateFile, const std::string& keyFile) {
    try {
        using Poco::Net::Context;
        auto held = std::make_unique<Held>(new Context{Context::TLS_SERVER_USE, keyFile, certificateFile, "",
                                                       Context::VERIFY_NONE, 9, false, kSuites});
        SSL_CTX_set_num_tickets(held->context->sslContext(), 1);
        if (SSL_CTX_check_private_key(held->context->sslContext()) != 1) {
            throw Poco::Exception("the key does not belong to the certificate");
        }
        return TlsContext{std::move(held)};
    } catch (const Poco::Exception& error) {
        throw std::runtime_error("TLS certificate " + certificateFile + " with key " + keyFile + ": " +
                                 error.displayText());
    }
}

TlsContext TlsContext::client(const std::string& caFile, const std::string& certificateFile,
                              const std::string& keyFile) {
    try {
        using Poco::Net::Context;
        auto held =
            std::make_unique<Held>(new Context{Context::TLS_CLIENT_USE, keyFile, certificateFile, caFile,
                                               Context::VERIFY_STRICT, 9, caFile.empty(), kSuites});
        if (!certificateFile.empty() && SSL_CTX_check_private_key(held->context->sslContext()) != 1)
            throw Poco::Exception("the key does not belong to the certificate " + certificateFile);
        // A peer that ends without close_notify is common; whether the answer is whole is told by its
        // framing.
        SSL_CTX_set_options(held->context->sslContext(), SSL_OP_IGNORE_UNEXPECTED_EOF);
        return TlsContext{std::move(held)};
    } catch (const Poco::Exception& error) {
        throw std::runtime_error("TLS authorities " + caFile + ": " + error.displayText());
    }
}

std::unique_ptr<Transport> TlsContext::accept(Descriptor socket) const {
    auto transport = held_->wrap(std::move(socket));
    SSL_set_accept_state(transport->ssl());
    return transport;
}

std::unique_ptr<Transport> TlsContext::connect(Descriptor socket, const std::string& host) const {
    auto transport = held_->wrap(std::move(socket));
    SSL* ssl = transport->ssl();
    SSL_set_connect_state(ssl);
    SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
    in6_addr address{};
    const bool isAddress = ::inet_pton(AF_INET, host.c_str(), &address) == 1 ||
                           ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
    const bool set =
        isAddress ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1
                  : SSL_set1_host(ssl, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
    if (!set) throw std::runtime_error("OpenSSL cannot verify the name " + host);
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return transport;
}

} // namespace motcua::net
