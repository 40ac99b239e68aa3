// motcua-demo-token MODULE LABEL: puts a signature key into a fresh token of SoftHSM and a certificate for it
// that anybody can see is none: "CHỨNG THƯ THỬ NGHIỆM". Reads the PIN from standard input, writes the
// certificate of the authority that vouches for it (PEM). That authority's key is gone when the program ends.
// For demonstrations only.
#include <dlfcn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <p11-kit/pkcs11.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr const char* kAuthority = "Cơ quan chứng thực - CHỨNG THƯ THỬ NGHIỆM";
constexpr const char* kSigner = "Thành phố Hồ Chí Minh - CHỨNG THƯ THỬ NGHIỆM";
constexpr long kLife = 3L * 365 * 86'400;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

void demand(bool well, const std::string& what) {
    if (!well) throw std::runtime_error(what);
}

void demandOk(CK_RV code, const char* what) {
    demand(code == CKR_OK, std::string{what} + ": " + std::to_string(code));
}

unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

// A token with its own user PIN, and a session in which that user is signed in.
class Token {
public:
    Token(const char* module, std::string label, std::string pin)
        : label_(std::move(label)), pin_(std::move(pin)) {
        void* library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
        demand(library != nullptr, std::string{module} + " cannot be loaded");
        const auto list = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
        demand(list && list(&functions_) == CKR_OK, std::string{module} + " is no PKCS#11 library");
        demandOk(functions_->C_Initialize(nullptr), "C_Initialize");
        initialise();
    }
    ~Token() { functions_->C_Finalize(nullptr); }

    // A P-256 key that never leaves the token; answers its public point.
    std::string makeKey(std::string id) {
        std::string curve{"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10};
        CK_BBOOL yes = CK_TRUE;
        CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
        std::vector<CK_ATTRIBUTE> open{{CKA_TOKEN, &yes, sizeof yes},
                                       {CKA_VERIFY, &yes, sizeof yes},
                                       {CKA_EC_PARAMS, curve.data(), curve.size()},
                                       {CKA_ID, id.data(), id.size()}};
        std::vector<CK_ATTRIBUTE> secret{{CKA_TOKEN, &yes, sizeof yes},
                                         {CKA_PRIVATE, &yes, sizeof yes},
                                         {CKA_SENSITIVE, &yes, sizeof yes},
                                         {CKA_SIGN, &yes, sizeof yes},
                                         {CKA_ID, id.data(), id.size()}};
        CK_OBJECT_HANDLE publicKey = 0, privateKey = 0;
        demandOk(functions_->C_GenerateKeyPair(session_, &mechanism, open.data(), open.size(), secret.data(),
                                               secret.size(), &publicKey, &privateKey),
                 "C_GenerateKeyPair");
        std::string point(200, '\0');
        CK_ATTRIBUTE wanted{CKA_EC_POINT, point.data(), point.size()};
        demandOk(functions_->C_GetAttributeValue(session_, publicKey, &wanted, 1), "C_GetAttributeValue");
        // An OCTET STRING around the point.
        demand(wanted.ulValueLen == 67 && point[0] == 4 && point[1] == 65, "an odd public key");
        return point.substr(2, 65);
    }

    void keep(X509* certificate, std::string id, std::string label) {
        const auto der = [](const auto* object, auto encode) {
            std::string made(static_cast<std::size_t>(encode(object, nullptr)), '\0');
            unsigned char* at = bytes(made);
            encode(object, &at);
            return made;
        };
        std::string value = der(certificate, i2d_X509);
        std::string subject = der(X509_get_subject_name(certificate), i2d_X509_NAME);
        std::string issuer = der(X509_get_issuer_name(certificate), i2d_X509_NAME);
        std::string serial = der(X509_get0_serialNumber(certificate), i2d_ASN1_INTEGER);
        CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
        CK_OBJECT_CLASS kind = CKO_CERTIFICATE;
        CK_CERTIFICATE_TYPE type = CKC_X_509;
        std::vector<CK_ATTRIBUTE> all{{CKA_CLASS, &kind, sizeof kind},
                                      {CKA_CERTIFICATE_TYPE, &type, sizeof type},
                                      {CKA_TOKEN, &yes, sizeof yes},
                                      {CKA_PRIVATE, &no, sizeof no},
                                      {CKA_SUBJECT, subject.data(), subject.size()},
                                      {CKA_ISSUER, issuer.data(), issuer.size()},
                                      {CKA_SERIAL_NUMBER, serial.data(), serial.size()},
                                      {CKA_VALUE, value.data(), value.size()},
                                      {CKA_ID, id.data(), id.size()},
                                      {CKA_LABEL, label.data(), label.size()}};
        CK_OBJECT_HANDLE object = 0;
        demandOk(functions_->C_CreateObject(session_, all.data(), all.size(), &object), "C_CreateObject");
    }

private:
    void initialise() {
        CK_ULONG count = 0;
        demandOk(functions_->C_GetSlotList(CK_FALSE, nullptr, &count), "C_GetSlotList");
        demand(count > 0, "no slot");
        std::vector<CK_SLOT_ID> slots(count);
        demandOk(functions_->C_GetSlotList(CK_FALSE, slots.data(), &count), "C_GetSlotList");
        const CK_SLOT_ID free = slots.back(); // SoftHSM keeps one slot that is not initialised at the end
        std::string officer(24, '0');
        unsigned char random[24];
        demand(RAND_bytes(random, sizeof random) == 1, "no randomness");
        for (std::size_t i = 0; i < officer.size(); ++i)
            officer[i] = static_cast<char>('0' + random[i] % 10);
        std::string padded = label_;
        padded.resize(32, ' ');
        demandOk(functions_->C_InitToken(free, bytes(officer), officer.size(), bytes(padded)), "C_InitToken");
        demandOk(
            functions_->C_OpenSession(free, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session_),
            "C_OpenSession");
        demandOk(functions_->C_Login(session_, CKU_SO, bytes(officer), officer.size()), "C_Login");
        demandOk(functions_->C_InitPIN(session_, bytes(pin_), pin_.size()), "C_InitPIN");
        demandOk(functions_->C_Logout(session_), "C_Logout");
        demandOk(functions_->C_Login(session_, CKU_USER, bytes(pin_), pin_.size()), "C_Login");
    }

    std::string label_;
    std::string pin_;
    CK_FUNCTION_LIST* functions_ = nullptr;
    CK_SESSION_HANDLE session_ = 0;
};

Key publicKeyOf(std::string point) {
    char curve[] = "P-256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
        OSSL_PARAM_construct_end()};
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context{
        EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), EVP_PKEY_CTX_free};
    EVP_PKEY* key = nullptr;
    const bool made = EVP_PKEY_fromdata_init(context.get()) == 1 &&
                      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
    demand(made, "the public key cannot be read");
    return {key, EVP_PKEY_free};
}

Certificate issue(const char* name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuerKey) {
    Certificate made{X509_new(), X509_free};
    X509* certificate = made.get();
    X509_set_version(certificate, 2);
    unsigned char serial[8];
    demand(RAND_bytes(serial, sizeof serial) == 1, "no randomness");
    serial[0] &= 0x7F;
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> number{BN_bin2bn(serial, sizeof serial, nullptr),
                                                             BN_free};
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), kLife);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name), -1,
                               -1, 0);
    X509_NAME_add_entry_by_txt(subject, "C", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("VN"), -1,
                               -1, 0);
    X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer) : subject);
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer ? issuer : certificate, certificate, nullptr, nullptr, 0);
    const char* constraints = issuer ? "critical,CA:FALSE" : "critical,CA:TRUE,pathlen:0";
    const char* usage = issuer ? "critical,digitalSignature,nonRepudiation" : "critical,keyCertSign,cRLSign";
    for (const auto& [nid, text] : {std::pair{NID_basic_constraints, constraints},
                                    {NID_key_usage, usage},
                                    {NID_subject_key_identifier, "hash"}}) {
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, text);
        demand(extension && X509_add_ext(certificate, extension, -1) == 1, "an extension");
        X509_EXTENSION_free(extension);
    }
    demand(X509_sign(certificate, issuerKey, EVP_sha256()) > 0, "a certificate cannot be signed");
    return made;
}

} // namespace

int main(int count, char** words) {
    std::string pin;
    if (count != 3 || !std::getline(std::cin, pin) || pin.size() < 4) {
        std::cerr << "usage: motcua-demo-token MODULE LABEL, the PIN on standard input\n";
        return 2;
    }
    try {
        Token token{words[1], words[2], pin};
        const Key authorityKey{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free};
        const Certificate authority = issue(kAuthority, authorityKey.get(), nullptr, authorityKey.get());
        const Key key = publicKeyOf(token.makeKey("\x01"));
        const Certificate signer = issue(kSigner, key.get(), authority.get(), authorityKey.get());
        token.keep(signer.get(), "\x01", kSigner);
        token.keep(authority.get(), "\x02", kAuthority);
        demand(PEM_write_X509(stdout, authority.get()) == 1, "the certificate cannot be written");
        return 0;
    } catch (const std::exception& problem) {
        std::cerr << "motcua-demo-token: " << problem.what() << "\n";
        return 1;
    }
}
