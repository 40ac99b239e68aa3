#include "http/assets.h"

#include "base/bytes.h"
#include "http/compress.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace motcua::http {

namespace {

namespace fs = std::filesystem;

std::string readWhole(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
    if (!in) throw std::runtime_error(path.string() + " cannot be read");
    return bytes;
}

// "main-1a2b3c4d5e.css": the build puts ten hex digits of the content's digest before the ending.
bool holdsDigest(std::string_view name) {
    const std::size_t dash = name.rfind('-');
    if (dash == std::string_view::npos) return false;
    const std::string_view digest = name.substr(dash + 1, name.find('.', dash) - dash - 1);
    return digest.size() >= 8 && digest.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace

std::string_view contentTypeOf(std::string_view fileName) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 15> types{{
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".json", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".webp", "image/webp"},
        {".avif", "image/avif"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
        {".html", "text/html; charset=utf-8"},
        {".pdf", "application/pdf"},
        {".webmanifest", "application/manifest+json"},
        {".wasm", "application/wasm"},
    }};
    for (const auto& [ending, type] : types)
        if (fileName.ends_with(ending)) return type;
    return "application/octet-stream";
}

std::shared_ptr<const Assets::File> Assets::read(const std::string& path) {
    auto file = std::make_shared<File>();
    file->type = contentTypeOf(path);
    std::string plain = readWhole(path);
    file->tag = "\"" + toHex(sha256(plain)).substr(0, 20) + "\"";
    file->immutable = holdsDigest(fs::path{path}.filename().string());
    std::string zipped;
    if (fs::exists(path + ".gz")) {
        zipped = readWhole(path + ".gz");
    } else if (isCompressible(file->type)) {
        zipped = gzip(plain, 9);
    }
    if (!zipped.empty() && zipped.size() < plain.size())
        file->gzip = std::make_shared<const std::string>(std::move(zipped));
    if (fs::exists(path + ".br")) file->brotli = std::make_shared<const std::string>(readWhole(path + ".br"));
    file->plain = std::make_shared<const std::string>(std::move(plain));
    return file;
}

void Assets::load(const std::vector<std::string>& folders) {
    auto files = std::make_shared<Files>();
    for (const std::string& folder : folders)
        for (const auto& entry : fs::directory_iterator{folder}) {
            const std::string name = entry.path().filename().string();
            const bool form = name.ends_with(".gz") || name.ends_with(".br") || name == "manifest.json";
            if (form || !entry.is_regular_file() || name.starts_with('.')) continue;
            if (!files->contains(name)) files->emplace(name, read(entry.path().string()));
        }
    const std::lock_guard lock{guard_};
    files->insert(files_->begin(), files_->end());
    files_ = std::move(files);
}

std::shared_ptr<const Assets::File> Assets::find(std::string_view name) const {
    const std::lock_guard lock{guard_};
    const auto at = files_->find(name);
    return at == files_->end() ? nullptr : at->second;
}

net::Response Assets::serve(std::string_view name, const net::Headers& headers) const {
    net::Response response;
    const auto file = find(name);
    if (!file) {
        response.status = 404;
        response.headers.add("Content-Type", "text/plain; charset=utf-8");
        response.body = "404\n";
        return response;
    }
    response.headers.add("Content-Type", file->type);
    response.headers.add("Cache-Control",
                         file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    response.headers.add("ETag", file->tag);
    if (file->gzip || file->brotli) response.headers.add("Vary", "Accept-Encoding");
    if (headers.get("If-None-Match").find(file->tag) != std::string_view::npos) {
        response.status = 304;
        return response;
    }
    const std::string_view accepted = headers.get("Accept-Encoding");
    if (file->brotli && takesEncoding(accepted, "br")) {
        response.headers.add("Content-Encoding", "br");
        response.shared = file->brotli;
    } else if (file->gzip && takesEncoding(accepted, "gzip")) {
        response.headers.add("Content-Encoding", "gzip");
        response.shared = file->gzip;
    } else {
        response.shared = file->plain;
    }
    return response;
}

} // namespace motcua::http
