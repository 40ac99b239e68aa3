// TLS for both ends: contexts by Poco, connections that never block by OpenSSL beneath.
#pragma once

#include "net/transport.h"

#include <memory>
#include <string>

namespace motcua::net {

class TlsContext {
public:
    // TLS 1.2 and later, forward-secret AEAD suites only. Throws std::runtime_error that names the file.
    static TlsContext server(const std::string& certificateFile, const std::string& keyFile);
    // Verifies the peer against `caFile` (PEM), or the system's store where that is ""; proves itself by a
    // certificate and its key where they are given.
    static TlsContext client(const std::string& caFile, const std::string& certificateFile = {},
                             const std::string& keyFile = {});

    TlsContext(TlsContext&&) noexcept;
    ~TlsContext();

    std::unique_ptr<Transport> accept(Descriptor socket) const;
    // `host`, a name or an address, is what the peer's certificate must prove.
    std::unique_ptr<Transport> connect(Descriptor socket, const std::string& host) const;

private:
    struct Held;
    explicit TlsContext(std::unique_ptr<Held> held);

    std::unique_ptr<Held> held_;
};

} // namespace motcua::net
