// AES-256-GCM for one key: small values sealed for one place, and files in frames.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace motcua::vault {

// Seals values of any size that fit memory. What is sealed for one place ("dossier|answers|<row id>") opens
// for that place only, so a value cannot be moved to another row. Random 96-bit nonces: at most 2^32 values a
// key.
class Cipher {
public:
    explicit Cipher(std::string key); // 32 bytes, else std::invalid_argument
    ~Cipher();
    Cipher(const Cipher&) = default;
    Cipher& operator=(const Cipher&) = default;

    std::string seal(std::string_view place, std::string_view plain) const;
    // Nothing where the bytes were changed, or sealed by another key or for another place.
    std::optional<std::string> open(std::string_view place, std::string_view sealed) const;

    static constexpr std::size_t overhead = 12 + 16;

private:
    std::string key_;
};

// A file in frames of 64 KiB, each sealed with its number and whether it is the last (STREAM, Hoang et al.
// 2015): frames cannot be cut off, swapped or repeated, and any frame opens by itself.
class FrameCipher {
public:
    static constexpr std::size_t plainFrame = 64 * 1024;
    static constexpr std::size_t sealedFrame = plainFrame + 16;

    explicit FrameCipher(std::string fileKey); // 32 bytes that seal this one file and nothing else

    std::string seal(std::uint64_t number, bool last,
                     std::string_view plain) const; // at most plainFrame bytes
    std::optional<std::string> open(std::uint64_t number, bool last, std::string_view sealed) const;

private:
    std::string key_;
};

} // namespace motcua::vault
