#include "http/compress.h"

#include "base/text.h"
#include "net/message.h"

#include <zlib.h>

#include <climits>
#include <stdexcept>

namespace motcua::http {

namespace {

// Making a deflate state costs more than compressing a page with it, so each thread keeps one for pages.
class Deflater {
public:
    explicit Deflater(int level) {
        // 16 + 15: a gzip frame around the largest window.
        if (deflateInit2(&stream_, level, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::runtime_error("zlib could not begin");
    }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;
    ~Deflater() { deflateEnd(&stream_); }

    std::string run(std::string_view bytes) {
        deflateReset(&stream_);
        std::string out(deflateBound(&stream_, bytes.size()), '\0');
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream_.avail_in = static_cast<uInt>(bytes.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib could not end");
        out.resize(stream_.total_out);
        return out;
    }

private:
    z_stream stream_{};
};

} // namespace

std::string gzip(std::string_view bytes, int level) {
    if (bytes.size() > UINT_MAX) throw std::length_error("more than 4 GiB in one piece");
    if (level != pageLevel) return Deflater{level}.run(bytes);
    thread_local Deflater deflater{pageLevel};
    return deflater.run(bytes);
}

bool takesEncoding(std::string_view acceptEncoding, std::string_view coding) {
    while (!acceptEncoding.empty()) {
        const std::string_view item = acceptEncoding.substr(0, acceptEncoding.find(','));
        acceptEncoding.remove_prefix(std::min(item.size() + 1, acceptEncoding.size()));
        const std::string_view name = item.substr(0, item.find(';'));
        if (!net::sameWord(text::trim(name), coding)) continue;
        const std::size_t quality = item.find("q=");
        return quality == std::string_view::npos ||
               item.substr(quality + 2).find_first_of("123456789") != std::string_view::npos;
    }
    return false;
}

bool isCompressible(std::string_view contentType) {
    const std::string_view type = contentType.substr(0, contentType.find(';'));
    return type.starts_with("text/") || type.ends_with("json") || type.ends_with("xml") ||
           type.ends_with("javascript");
}

} // namespace motcua::http
