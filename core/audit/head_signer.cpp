#include "audit/head_signer.h"

#include "base/secret_file.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

namespace motcua::audit {

namespace {

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using File = std::unique_ptr<FILE, int (*)(FILE*)>;
using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

Error badKey(const std::string& file, const std::string& why) {
    return internal("audit.bad_key", file + ": " + why);
}

std::string textIn(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string freshKey() {
    const Pkey fresh{EVP_EC_gen("P-256"), &EVP_PKEY_free};
    const Memory memory{BIO_new(BIO_s_secmem()), &BIO_free};
    if (!fresh || !memory ||
        PEM_write_bio_PrivateKey(memory.get(), fresh.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        throw std::runtime_error("OpenSSL could not make a key");
    return textIn(memory.get());
}

Pkey read(const std::string& path) {
    const File file{std::fopen(path.c_str(), "re"), &std::fclose};
    return {file ? PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr) : nullptr, &EVP_PKEY_free};
}

} // namespace

Result<HeadSigner> HeadSigner::loadOrCreate(const std::string& path) {
    if (::access(path.c_str(), F_OK) != 0) {
        try {
            createSecretFile(path, freshKey());
        } catch (const std::runtime_error& problem) {
            return badKey(path, problem.what());
        }
    }
    if (isOpenToOthers(path)) return badKey(path, "others may read it; run: chmod 0400 " + path);
    Pkey key = read(path);
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC) return badKey(path, "holds no EC key");
    return HeadSigner{std::shared_ptr<void>{key.release(),
                                            [](void* held) { EVP_PKEY_free(static_cast<EVP_PKEY*>(held)); }}};
}

std::string HeadSigner::sign(std::string_view text) const {
    const Digest context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    auto* key = static_cast<EVP_PKEY*>(key_.get());
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
    std::size_t size = signature.size();
    if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
        throw std::runtime_error("OpenSSL could not sign the log's head");
    signature.resize(size);
    return signature;
}

bool HeadSigner::verify(std::string_view text, std::string_view signature) const {
    const Digest context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    auto* key = static_cast<EVP_PKEY*>(key_.get());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                            signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                            text.size()) == 1;
}

std::string HeadSigner::publicKey() const {
    const Memory memory{BIO_new(BIO_s_mem()), &BIO_free};
    if (!memory || PEM_write_bio_PUBKEY(memory.get(), static_cast<EVP_PKEY*>(key_.get())) != 1)
        throw std::runtime_error("OpenSSL could not write a public key");
    return textIn(memory.get());
}

} // namespace motcua::audit
