// The digests of what the signatures of one file cover, each all of it up to its end but for its own text:
// read in one go, since every signature covers again what those before it covered.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::signing {

struct Covered {
    std::size_t gapFrom = 0, gapTo = 0; // the signature's own text
    std::size_t end = 0;
};

class CoveredDigests {
public:
    // `ranges` follow each other: none has its gap before the end of the one before it. `bytes` must outlive
    // it.
    CoveredDigests(std::string_view bytes, std::vector<Covered> ranges)
        : bytes_(bytes), ranges_(std::move(ranges)) {}

    // By OpenSSL's number of the algorithm; "" for one that is not known.
    std::string of(std::size_t range, int nid);
    std::string sha256Of(std::size_t range);

private:
    std::vector<std::string> all(int nid) const;

    std::string_view bytes_;
    std::vector<Covered> ranges_;
    std::map<int, std::vector<std::string>> known_{};
};

} // namespace motcua::signing
