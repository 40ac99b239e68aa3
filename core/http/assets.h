// Styles, scripts, fonts and pictures of the themes, read once into memory and served by exact name.
#pragma once

#include "net/message.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::http {

class Assets {
public:
    // Reads every file of the folders, without their subfolders; the first folder wins a name. "<name>.gz"
    // and
    // "<name>.br" beside a file are its compressed forms; gzip is made here where it is missing. What was
    // read before stays: pages that are under way still name it. A file that cannot be read is
    // std::runtime_error.
    void load(const std::vector<std::string>& folders);

    // The file that "/static/<name>" names, in the best form the client takes; 304 where it has it already,
    // 404 where there is none. Names with a digest in them may be kept for ever.
    net::Response serve(std::string_view name, const net::Headers& headers) const;

private:
    struct File {
        std::string type;
        std::string tag; // ETag
        bool immutable = false;
        std::shared_ptr<const std::string> plain;
        std::shared_ptr<const std::string> gzip; // nullptr where it would not be smaller
        std::shared_ptr<const std::string> brotli;
    };
    using Files = std::map<std::string, std::shared_ptr<const File>, std::less<>>;

    static std::shared_ptr<const File> read(const std::string& path);
    std::shared_ptr<const File> find(std::string_view name) const;

    mutable std::mutex guard_;
    std::shared_ptr<const Files> files_ = std::make_shared<Files>();
};

// "text/css; charset=utf-8" for "main.css"; octet-stream for what we do not know.
std::string_view contentTypeOf(std::string_view fileName);

} // namespace motcua::http
