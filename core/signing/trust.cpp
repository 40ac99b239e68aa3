#include "signing/trust.h"

#include "base/log.h"
#include "signing/openssl_handles.h"

#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

namespace motcua::signing {

int TrustAnchors::add(const std::string& bytes) {
    int count = 0;
    if (const auto single = readCertificate(bytes)) {
        certificates_.push_back(derOf(single.get(), i2d_X509));
        return 1;
    }
    const Handle<BIO> source{BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))};
    while (const Handle<X509> one{PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)}) {
        certificates_.push_back(derOf(one.get(), i2d_X509));
        ++count;
    }
    ERR_clear_error();
    return count;
}

TrustAnchors TrustAnchors::fromFolder(const std::string& folder) {
    constexpr std::array<std::string_view, 4> endings{".pem", ".crt", ".cer", ".der"};
    TrustAnchors anchors;
    std::error_code problem;
    for (const auto& entry : std::filesystem::directory_iterator{folder, problem}) {
        const std::string ending = entry.path().extension().string();
        if (std::find(endings.begin(), endings.end(), ending) == endings.end()) continue;
        std::ifstream file{entry.path(), std::ios::binary};
        std::stringstream bytes;
        bytes << file.rdbuf();
        if (!file || anchors.add(bytes.str()) == 0)
            log::warning("signing.anchor_unreadable", {{"file", entry.path().string()}});
    }
    return anchors;
}

} // namespace motcua::signing
