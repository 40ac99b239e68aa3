// Signs and judges files with keys in PEM files, for tests/interop/signing.test.mjs:
//
//   signing_driver pdf IN OUT KEY CERTIFICATE CHAIN [TSA TRUST]
//   signing_driver stamp IN OUT TSA TRUST
//   signing_driver lasting IN OUT TRUST [INSIDE]     (asks the authorities that the certificates name;
//   INSIDE: a
//                                                     host with a private address that may be asked)
//   signing_driver verify FILE TRUST [ask [INSIDE]]
//   signing_driver detached IN OUT KEY CERTIFICATE CHAIN [TSA TRUST]
//   signing_driver verify-detached SIGNATURE CONTENT TRUST
//   signing_driver xml IN OUT KEY CERTIFICATE CHAIN [TSA TRUST]
//   signing_driver verify-xml FILE TRUST COVERED     (what the signature covers goes to the file COVERED)
//   signing_driver xml-beside IN OUT KEY CERTIFICATE CHAIN [TSA TRUST]
//   signing_driver verify-xml-beside SIGNATURE CONTENT TRUST
//
// Prints one line: "ok", "error CODE", or of verify the verdict's word and a line for each signature.
#include "base/bytes.h"
#include "signing/authority_http.h"
#include "signing/cades.h"
#include "signing/dss.h"
#include "signing/openssl_handles.h"
#include "signing/pades.h"
#include "signing/verify.h"
#include "signing/xades.h"

#include <openssl/pem.h>

#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

using namespace motcua;
using namespace motcua::signing;

namespace {

const SystemClock theClock;
using Words = std::vector<std::string>;

std::string contentOf(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) throw std::runtime_error("cannot read " + path);
    std::stringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

std::vector<std::string> certificatesOf(const std::string& path) {
    TrustAnchors read;
    if (!path.empty()) read.add(contentOf(path));
    return read.certificates();
}

Result<std::string> signature(const std::string& keyFile, const std::string& digest) {
    const std::string pem = contentOf(keyFile);
    const Handle<BIO> source{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
        PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context{
        EVP_PKEY_CTX_new(key.get(), nullptr), EVP_PKEY_CTX_free};
    EVP_PKEY_sign_init(context.get());
    EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256());
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key.get()));
    std::string made(size, '\0');
    if (EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size,
                      reinterpret_cast<const unsigned char*>(digest.data()), digest.size()) != 1)
        return internal("driver.sign");
    made.resize(size);
    return made;
}

struct Signer {
    explicit Signer(const Words& words, std::size_t from) : key(words.at(from)) {
        certificate.certificate = certificatesOf(words.at(from + 1)).at(0);
        certificate.chain = certificatesOf(words.at(from + 2));
    }
    DigestSigner sign() const {
        return [this](const std::string& digest) { return signature(key, digest); };
    }
    std::string key;
    SignerCertificate certificate{};
};

TimeStamper stamperOf(const Words& words, std::size_t from) {
    if (words.size() <= from) return {};
    return [url = words.at(from), trust = words.at(from + 1)](const std::string& digest) {
        return timestampFrom(url, digest, TrustAnchors::fromFolder(trust), theClock.now());
    };
}

int written(const std::string& path, const Result<std::string>& made) {
    if (!made) {
        std::cout << "error " << made.error().code << "\n";
        return 0;
    }
    std::ofstream{path, std::ios::binary} << *made;
    std::cout << "ok\n";
    return 0;
}

int signPdfFile(const Words& words) {
    const Signer signer{words, 2};
    SignatureFacts facts;
    facts.name = commonName(signer.certificate.certificate);
    facts.reason = "Phát hành kết quả";
    facts.at = theClock.now();
    return written(words.at(1), signPdf(contentOf(words.at(0)), signer.certificate, facts, signer.sign(),
                                        stamperOf(words, 5)));
}

int stampPdfFile(const Words& words) {
    return written(words.at(1), stampPdf(contentOf(words.at(0)), stamperOf(words, 2)));
}

std::string wordOf(const CertificateState& state) {
    using Word = CertificateState::Word;
    return state.word == Word::Good ? "good" : state.word == Word::Revoked ? "revoked" : "untold";
}

int told(const Verdict& verdict) {
    std::cout << verdict.code << (verdict.bringsEvidence ? " lasting" : "") << "\n";
    for (const SignatureReport& one : verdict.signatures)
        std::cout << (one.isTimestamp ? "timestamp" : "signature") << " " << one.code
                  << " proved=" << (one.provedAt ? "yes" : "no") << " state=" << wordOf(one.certificate.state)
                  << " by=" << one.certificate.signer << "\n";
    return 0;
}

Words insideOf(const Words& words, std::size_t from) {
    return words.size() > from ? Words{words.at(from)} : Words{};
}

int makeLasting(const Words& words) {
    const TrustAnchors anchors = TrustAnchors::fromFolder(words.at(2));
    AuthorityDesk desk{theClock, insideOf(words, 3)};
    Evidence evidence;
    const std::string file = contentOf(words.at(0));
    verify(file, {anchors, theClock.now(), {}, &desk, nullptr, &evidence});
    return written(words.at(1), withEvidence(file, evidence));
}

int verifyPdf(const Words& words) {
    const TrustAnchors anchors = TrustAnchors::fromFolder(words.at(1));
    AuthorityDesk desk{theClock, insideOf(words, 3)};
    return told(
        verify(contentOf(words.at(0)), {anchors, theClock.now(), {}, words.size() > 2 ? &desk : nullptr}));
}

int signBeside(const Words& words) {
    const Signer signer{words, 2};
    return written(words.at(1), signDetached(contentOf(words.at(0)), signer.certificate, theClock.now(),
                                             signer.sign(), stamperOf(words, 5)));
}

int verifyBeside(const Words& words) {
    const TrustAnchors anchors = TrustAnchors::fromFolder(words.at(2));
    return told(verifyDetached(contentOf(words.at(0)), contentOf(words.at(1)), {anchors, theClock.now()}));
}

int signXmlFile(const Words& words) {
    const Signer signer{words, 2};
    return written(words.at(1), signXml(contentOf(words.at(0)), signer.certificate, theClock.now(),
                                        signer.sign(), stamperOf(words, 5)));
}

int verifyXmlFile(const Words& words) {
    const TrustAnchors anchors = TrustAnchors::fromFolder(words.at(1));
    const XmlVerdict verdict = verifyXml(contentOf(words.at(0)), {anchors, theClock.now()});
    std::ofstream{words.at(2), std::ios::binary} << verdict.covered;
    return told(verdict.verdict);
}

int signXmlBesideFile(const Words& words) {
    const Signer signer{words, 2};
    return written(words.at(1), signXmlBeside(contentOf(words.at(0)), words.at(0), signer.certificate,
                                              theClock.now(), signer.sign(), stamperOf(words, 5)));
}

int verifyXmlBesideFile(const Words& words) {
    const TrustAnchors anchors = TrustAnchors::fromFolder(words.at(2));
    return told(verifyXmlBeside(contentOf(words.at(0)), contentOf(words.at(1)), words.at(1),
                                {anchors, theClock.now()}));
}

} // namespace

int main(int count, char** arguments) {
    const std::map<std::string, int (*)(const Words&)> commands{{"pdf", signPdfFile},
                                                                {"stamp", stampPdfFile},
                                                                {"lasting", makeLasting},
                                                                {"verify", verifyPdf},
                                                                {"detached", signBeside},
                                                                {"verify-detached", verifyBeside},
                                                                {"xml", signXmlFile},
                                                                {"verify-xml", verifyXmlFile},
                                                                {"xml-beside", signXmlBesideFile},
                                                                {"verify-xml-beside", verifyXmlBesideFile}};
    const Words words(arguments + 1, arguments + count);
    const auto command = words.empty() ? commands.end() : commands.find(words.front());
    if (command == commands.end()) return 2;
    try {
        return command->second({words.begin() + 1, words.end()});
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << "\n";
        return 1;
    }
}
