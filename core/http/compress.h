// Gzip of answers, and what a client will take.
#pragma once

#include <string>
#include <string_view>

namespace motcua::http {

inline constexpr int pageLevel = 5;

std::string gzip(std::string_view bytes, int level = pageLevel);

// Whether "Accept-Encoding" takes `coding` ("gzip", "br"); a quality of 0 is a no.
bool takesEncoding(std::string_view acceptEncoding, std::string_view coding);

// Text that shrinks.
bool isCompressible(std::string_view contentType);

} // namespace motcua::http
