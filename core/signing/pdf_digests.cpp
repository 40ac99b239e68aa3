#include "signing/pdf_digests.h"

#include "signing/openssl_handles.h"

#include <stdexcept>

namespace motcua::signing {

std::string CoveredDigests::of(std::size_t range, int nid) {
    const auto found = known_.find(nid);
    return found != known_.end() ? found->second.at(range) : (known_[nid] = all(nid)).at(range);
}

std::string CoveredDigests::sha256Of(std::size_t range) {
    return of(range, NID_sha256);
}

std::vector<std::string> CoveredDigests::all(int nid) const {
    std::vector<std::string> digests(ranges_.size());
    const EVP_MD* algorithm = EVP_get_digestbynid(nid);
    const Handle<EVP_MD_CTX> running{EVP_MD_CTX_new()};
    const Handle<EVP_MD_CTX> own{EVP_MD_CTX_new()};
    if (!algorithm) return digests;
    bool done = running && own && EVP_DigestInit_ex(running.get(), algorithm, nullptr) == 1;
    std::size_t read = 0;
    for (std::size_t i = 0; done && i < ranges_.size(); ++i) {
        const Covered& range = ranges_[i];
        if (range.gapFrom < read || range.gapTo < range.gapFrom || range.end < range.gapTo ||
            range.end > bytes_.size())
            throw std::logic_error("ranges of signatures that do not follow each other");
        done = EVP_DigestUpdate(running.get(), bytes_.data() + read, range.gapFrom - read) == 1 &&
               EVP_MD_CTX_copy_ex(own.get(), running.get()) == 1 &&
               EVP_DigestUpdate(own.get(), bytes_.data() + range.gapTo, range.end - range.gapTo) == 1;
        read = range.gapFrom;
        digests[i].resize(static_cast<std::size_t>(EVP_MD_get_size(algorithm)));
        done = done && EVP_DigestFinal_ex(own.get(), reinterpret_cast<unsigned char*>(digests[i].data()),
                                          nullptr) == 1;
    }
    if (!done) throw std::runtime_error("OpenSSL makes no digest");
    return digests;
}

} // namespace motcua::signing
