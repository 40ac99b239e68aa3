#include "vault/master_key.h"

#include "base/bytes.h"
#include "base/secret_file.h"
#include "base/text.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace motcua::vault {

namespace {

Error keyError(ErrorKind kind, const char* code, const std::string& file, const std::string& why) {
    return {kind, code, file + ": " + why, {{"file", file}}};
}

} // namespace

MasterKey::MasterKey(std::string bytes) : bytes_(std::move(bytes)) {
    if (bytes_.size() != 32) throw std::invalid_argument("a master key has 32 bytes");
}

Result<MasterKey> MasterKey::load(const std::string& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        const auto kind = errno == ENOENT ? ErrorKind::NotFound : ErrorKind::Internal;
        return keyError(kind, "vault.no_key", file, std::strerror(errno));
    }
    struct stat status {};
    std::array<char, 256> read{};
    const bool known = ::fstat(descriptor, &status) == 0;
    const auto size = ::read(descriptor, read.data(), read.size());
    ::close(descriptor);
    if (!known || size < 0) return keyError(ErrorKind::Internal, "vault.bad_key", file, "cannot be read");
    if (status.st_mode & 077)
        return keyError(ErrorKind::Rejected, "vault.readable_key", file,
                        "others may read it; run: chmod 0400 " + file);
    const auto bytes = fromHex(text::trim({read.data(), static_cast<std::size_t>(size)}));
    if (!bytes || bytes->size() != 32)
        return keyError(ErrorKind::Invalid, "vault.bad_key", file, "expected 64 hexadecimal digits");
    return MasterKey{*bytes};
}

Result<MasterKey> MasterKey::loadOrCreate(const std::string& file) {
    try {
        createSecretFile(file, toHex(randomBytes(32)) + "\n");
    } catch (const std::runtime_error& problem) {
        return keyError(ErrorKind::Internal, "vault.no_key", file, problem.what());
    }
    return load(file);
}

std::string MasterKey::derive(std::string_view purpose) const {
    const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf{EVP_KDF_fetch(nullptr, "HKDF", nullptr),
                                                                &EVP_KDF_free};
    const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context{EVP_KDF_CTX_new(kdf.get()),
                                                                            &EVP_KDF_CTX_free};
    std::string digest = "SHA256";
    std::string key = bytes_;
    std::string info{purpose};
    const std::array<OSSL_PARAM, 4> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
        OSSL_PARAM_construct_end()};
    std::string made(32, '\0');
    if (!context || EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(made.data()), made.size(),
                                   parameters.data()) != 1)
        throw std::runtime_error("OpenSSL could not derive a key");
    return made;
}

} // namespace motcua::vault
