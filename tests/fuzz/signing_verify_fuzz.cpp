// The guard of uploaded PDFs: whatever the bytes, a verdict comes back, nothing that the authority did not
// sign is called good, and what can be read can be written and read again.
#include "signing/pdf_document.h"
#include "signing/verify.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

using namespace motcua;
using namespace motcua::signing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    // Nobody is trusted here, so nothing can be good.
    const TrustAnchors nobody;
    if (verify(bytes, Judging{nobody, Instant{1'795'400'000'000}}).standing == Standing::Good) std::abort();
    try {
        const pdf::Value value = pdf::Parser{bytes, 0}.value();
        const std::string written = value.written();
        if (!pdf::Parser{written, 0}.value().sameAs(value)) {
            std::fprintf(stderr, "broken rule: a value is read as it is written\n");
            std::abort();
        }
    } catch (const pdf::Unreadable&) {
    }
    return 0;
}
