// A paper as packages of the axis hold it: a zip archive with one file. Written and read by libzip, in
// memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace archive {

constexpr std::size_t mostBytes = 32u << 20; // of an unpacked paper

// Nothing where it cannot be made.
std::optional<std::string> pack(const std::string& name, std::string_view content);
// Nothing where it is no archive with one file, is encrypted, damaged, or would be too big.
std::optional<std::string> unpack(std::string_view packed);

} // namespace archive
