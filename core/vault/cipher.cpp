#include "vault/cipher.h"

#include "base/bytes.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace motcua::vault {

namespace {

constexpr std::size_t keySize = 32;
constexpr std::size_t nonceSize = 12;
constexpr std::size_t tagSize = 16;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const EVP_CIPHER* aes256Gcm() {
    // Fetched once: the implicit fetch of EVP_aes_256_gcm() costs more than sealing a short value.
    static const EVP_CIPHER* fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    return fetched;
}

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::string& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

int intSize(std::string_view bytes) {
    if (bytes.size() > 1u << 30) throw std::length_error("more than 1 GiB in one sealed value");
    return static_cast<int>(bytes.size());
}

// Ciphertext and tag.
std::string encrypt(std::string_view key, std::string_view nonce, std::string_view aad,
                    std::string_view plain) {
    const CipherContext context{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    std::string sealed(plain.size() + tagSize, '\0');
    int size = 0;
    int rest = 0;
    const bool done =
        context && EVP_EncryptInit_ex2(context.get(), aes256Gcm(), raw(key), raw(nonce), nullptr) == 1 &&
        EVP_EncryptUpdate(context.get(), nullptr, &size, raw(aad), intSize(aad)) == 1 &&
        EVP_EncryptUpdate(context.get(), raw(sealed), &size, raw(plain), intSize(plain)) == 1 &&
        EVP_EncryptFinal_ex(context.get(), raw(sealed) + size, &rest) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tagSize, raw(sealed) + plain.size()) == 1;
    if (!done) throw std::runtime_error("OpenSSL could not seal a value");
    return sealed;
}

std::optional<std::string> decrypt(std::string_view key, std::string_view nonce, std::string_view aad,
                                   std::string_view sealed) {
    if (sealed.size() < tagSize) return std::nullopt;
    const std::string_view text = sealed.substr(0, sealed.size() - tagSize);
    std::string tag{sealed.substr(text.size())};
    const CipherContext context{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    std::string plain(text.size() + 1, '\0'); // never an empty buffer
    int size = 0;
    int rest = 0;
    const bool done = context &&
                      EVP_DecryptInit_ex2(context.get(), aes256Gcm(), raw(key), raw(nonce), nullptr) == 1 &&
                      EVP_DecryptUpdate(context.get(), nullptr, &size, raw(aad), intSize(aad)) == 1 &&
                      EVP_DecryptUpdate(context.get(), raw(plain), &size, raw(text), intSize(text)) == 1 &&
                      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tagSize, tag.data()) == 1 &&
                      EVP_DecryptFinal_ex(context.get(), raw(plain) + size, &rest) == 1;
    if (!done) return std::nullopt;
    plain.resize(text.size());
    return plain;
}

std::string checkedKey(std::string key) {
    if (key.size() != keySize) throw std::invalid_argument("a key has 32 bytes");
    return key;
}

std::string frameNonce(std::uint64_t number, bool last) {
    std::string nonce(nonceSize, '\0');
    for (std::size_t i = 0; i < 8; ++i)
        nonce[3 + i] = static_cast<char>(number >> (56 - 8 * i));
    nonce[11] = last ? 1 : 0;
    return nonce;
}

} // namespace

Cipher::Cipher(std::string key) : key_(checkedKey(std::move(key))) {}
Cipher::~Cipher() {
    OPENSSL_cleanse(key_.data(), key_.size());
}

std::string Cipher::seal(std::string_view place, std::string_view plain) const {
    const std::string nonce = randomBytes(nonceSize);
    return nonce + encrypt(key_, nonce, place, plain);
}

std::optional<std::string> Cipher::open(std::string_view place, std::string_view sealed) const {
    if (sealed.size() < overhead) return std::nullopt;
    return decrypt(key_, sealed.substr(0, nonceSize), place, sealed.substr(nonceSize));
}

FrameCipher::FrameCipher(std::string fileKey) : key_(checkedKey(std::move(fileKey))) {}

std::string FrameCipher::seal(std::uint64_t number, bool last, std::string_view plain) const {
    if (plain.size() > plainFrame) throw std::length_error("a frame holds 64 KiB");
    return encrypt(key_, frameNonce(number, last), {}, plain);
}

std::optional<std::string> FrameCipher::open(std::uint64_t number, bool last, std::string_view sealed) const {
    return decrypt(key_, frameNonce(number, last), {}, sealed);
}

} // namespace motcua::vault
