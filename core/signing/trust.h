// The certificates that this city trusts to vouch for signers: a folder of PEM and DER files that the
// operator keeps.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace motcua::signing {

class TrustAnchors {
public:
    TrustAnchors() = default;
    // Every readable certificate of *.pem, *.crt, *.cer and *.der; a missing folder trusts nobody.
    static TrustAnchors fromFolder(const std::string& folder);
    // PEM with any number of certificates, or one in DER; how many it held.
    int add(const std::string& bytes);

    const std::vector<std::string>& certificates() const { return certificates_; } // DER

private:
    std::vector<std::string> certificates_{};
};

} // namespace motcua::signing
