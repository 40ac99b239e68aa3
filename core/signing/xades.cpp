#include "signing/xades.h"

#include "base/bytes.h"
#include "signing/signer.h"
#include "signing/xml.h"

#include <openssl/ecdsa.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace motcua::signing {

namespace {

using xml::chars;
using xml::kDs;
using xml::kXades;

constexpr const char* kExclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
constexpr const char* kInclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
constexpr const char* kEnveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
constexpr const char* kPropertiesType = "http://uri.etsi.org/01903#SignedProperties";

struct Algorithm {
    const char* uri;
    int digest;
    bool curve;
};
constexpr std::array<Algorithm, 6> algorithms{
    {{"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", NID_sha256, false},
     {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", NID_sha384, false},
     {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", NID_sha512, false},
     {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", NID_sha256, true},
     {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", NID_sha384, true},
     {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", NID_sha512, true}}};

struct Digest {
    const char* uri;
    int nid;
};
constexpr std::array<Digest, 3> digests{{{"http://www.w3.org/2001/04/xmlenc#sha256", NID_sha256},
                                         {"http://www.w3.org/2001/04/xmldsig-more#sha384", NID_sha384},
                                         {"http://www.w3.org/2001/04/xmlenc#sha512", NID_sha512}}};

using EcdsaSig = std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)>;

// XML has r and s side by side (RFC 4050), each as long as the curve's order; OpenSSL and tokens have DER.
std::string sideBySide(const std::string& der, std::size_t length) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const EcdsaSig read{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free};
    std::string both(length * 2, '\0');
    auto* to = reinterpret_cast<unsigned char*>(both.data());
    const int size = static_cast<int>(length);
    const bool fits = read && BN_bn2binpad(ECDSA_SIG_get0_r(read.get()), to, size) == size &&
                      BN_bn2binpad(ECDSA_SIG_get0_s(read.get()), to + size, size) == size;
    return fits ? both : std::string{};
}

std::string derOfBoth(const std::string& both) {
    const auto* at = reinterpret_cast<const unsigned char*>(both.data());
    const int half = static_cast<int>(both.size() / 2);
    const EcdsaSig made{ECDSA_SIG_new(), ECDSA_SIG_free};
    if (both.empty() || both.size() % 2 != 0 || !made) return {};
    ECDSA_SIG_set0(made.get(), BN_bin2bn(at, half, nullptr), BN_bin2bn(at + half, half, nullptr));
    return derOf(made.get(), i2d_ECDSA_SIG);
}

std::size_t orderBytes(EVP_PKEY* key) {
    return (static_cast<std::size_t>(EVP_PKEY_get_bits(key)) + 7) / 8;
}

// --- making ---

xmlNode* add(xmlNode* parent, xmlNs* ns, const char* name, const std::string& text = {}) {
    return xmlNewTextChild(parent, ns, chars(name), text.empty() ? nullptr : chars(text.c_str()));
}

void set(xmlNode* node, const char* name, const std::string& value) {
    xmlNewProp(node, chars(name), chars(value.c_str()));
}

void addMethod(xmlNode* parent, xmlNs* ns, const char* name, const char* uri) {
    set(add(parent, ns, name), "Algorithm", uri);
}

std::string momentText(Instant at) {
    const std::time_t seconds = static_cast<std::time_t>(at.ms / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

std::string canonicalOf(xmlNode* node, xml::Part part) {
    std::string bytes;
    if (!xml::canonical(node, part, kExclusive, bytes))
        throw std::runtime_error("libxml2 makes no canonical form");
    return bytes;
}

// What is signed: the whole document around the signature, or a file by its name.
struct Subject {
    std::string uri;      // "" for the document around
    std::string digest{}; // of a file
    const char* mime = "text/xml";
};

// A ds:Signature as it grows: every part is in its place before it is digested, as canonical form depends on
// what stands around.
class Draft {
public:
    Draft(xmlDoc* doc, xmlNode* parent, const SignerCertificate& signer, X509* certificate, Instant at,
          const Subject& subject)
        : id_("sig-" + toHex(randomBytes(8))) {
        signature_ = parent ? xmlNewChild(parent, nullptr, chars("Signature"), nullptr)
                            : xmlNewDocNode(doc, nullptr, chars("Signature"), nullptr);
        if (!parent) xmlDocSetRootElement(doc, signature_);
        ds_ = xmlNewNs(signature_, chars(kDs), chars("ds"));
        xmlSetNs(signature_, ds_);
        set(signature_, "Id", id_);
        EVP_PKEY* key = X509_get0_pubkey(certificate);
        curve_ = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
        length_ = orderBytes(key);
        addSignedInfo(subject);
        value_ = add(signature_, ds_, "SignatureValue");
        set(value_, "Id", id_ + "-value");
        xmlNode* data = add(add(signature_, ds_, "KeyInfo"), ds_, "X509Data");
        add(data, ds_, "X509Certificate", toBase64(signer.certificate));
        for (const std::string& issuer : signer.chain)
            add(data, ds_, "X509Certificate", toBase64(issuer));
        addProperties(signer, at, subject);
    }

    std::string digestToSign(const Subject& subject) {
        const std::string data =
            subject.uri.empty() ? sha256(canonicalOf(signature_, xml::Part::Without)) : subject.digest;
        xmlNodeSetContent(dataDigest_, chars(toBase64(data).c_str()));
        const std::string said = sha256(canonicalOf(signedProperties_, xml::Part::Only));
        xmlNodeSetContent(propertiesDigest_, chars(toBase64(said).c_str()));
        return sha256(canonicalOf(signedInfo_, xml::Part::Only));
    }

    // False where it is no signature of that key's kind.
    bool take(const std::string& signature) {
        const std::string bytes = curve_ ? sideBySide(signature, length_) : signature;
        xmlNodeSetContent(value_, chars(toBase64(bytes).c_str()));
        return !bytes.empty();
    }

    std::string digestToStamp() const { return sha256(canonicalOf(value_, xml::Part::Only)); }

    void takeToken(const std::string& token) {
        xmlNode* properties =
            add(add(qualifying_, xades_, "UnsignedProperties"), xades_, "UnsignedSignatureProperties");
        xmlNode* stamp = add(properties, xades_, "SignatureTimeStamp");
        addMethod(stamp, ds_, "CanonicalizationMethod", kExclusive);
        add(stamp, xades_, "EncapsulatedTimeStamp", toBase64(token));
    }

private:
    xmlNode* addReference(const std::string& id, const std::string& uri, const char* type,
                          const std::vector<const char*>& transforms) {
        xmlNode* reference = add(signedInfo_, ds_, "Reference");
        if (!id.empty()) set(reference, "Id", id);
        if (type) set(reference, "Type", type);
        set(reference, "URI", uri);
        if (!transforms.empty()) {
            xmlNode* list = add(reference, ds_, "Transforms");
            for (const char* one : transforms)
                addMethod(list, ds_, "Transform", one);
        }
        addMethod(reference, ds_, "DigestMethod", digests.front().uri);
        return add(reference, ds_, "DigestValue");
    }

    void addSignedInfo(const Subject& subject) {
        signedInfo_ = add(signature_, ds_, "SignedInfo");
        addMethod(signedInfo_, ds_, "CanonicalizationMethod", kExclusive);
        addMethod(signedInfo_, ds_, "SignatureMethod", curve_ ? algorithms[3].uri : algorithms[0].uri);
        std::vector<const char*> transforms;
        if (subject.uri.empty()) transforms = {kEnveloped, kExclusive};
        dataDigest_ = addReference(id_ + "-data", subject.uri, nullptr, transforms);
        propertiesDigest_ = addReference({}, "#" + id_ + "-properties", kPropertiesType, {kExclusive});
    }

    void addProperties(const SignerCertificate& signer, Instant at, const Subject& subject) {
        xmlNode* object = add(signature_, ds_, "Object");
        qualifying_ = xmlNewChild(object, nullptr, chars("QualifyingProperties"), nullptr);
        xades_ = xmlNewNs(qualifying_, chars(kXades), chars("xades"));
        xmlSetNs(qualifying_, xades_);
        set(qualifying_, "Target", "#" + id_);
        signedProperties_ = add(qualifying_, xades_, "SignedProperties");
        set(signedProperties_, "Id", id_ + "-properties");
        xmlNode* own = add(signedProperties_, xades_, "SignedSignatureProperties");
        add(own, xades_, "SigningTime", momentText(at));
        xmlNode* digest =
            add(add(add(own, xades_, "SigningCertificateV2"), xades_, "Cert"), xades_, "CertDigest");
        addMethod(digest, ds_, "DigestMethod", digests.front().uri);
        add(digest, ds_, "DigestValue", toBase64(sha256(signer.certificate)));
        xmlNode* format =
            add(add(signedProperties_, xades_, "SignedDataObjectProperties"), xades_, "DataObjectFormat");
        set(format, "ObjectReference", "#" + id_ + "-data");
        add(format, xades_, "MimeType", subject.mime);
    }

    std::string id_;
    xmlNode* signature_ = nullptr;
    xmlNs* ds_ = nullptr;
    xmlNs* xades_ = nullptr;
    xmlNode *signedInfo_ = nullptr, *dataDigest_ = nullptr, *propertiesDigest_ = nullptr, *value_ = nullptr;
    xmlNode *qualifying_ = nullptr, *signedProperties_ = nullptr;
    bool curve_ = false;
    std::size_t length_ = 0;
};

Result<std::string> signedDocument(xmlDoc* doc, const SignerCertificate& signer, Instant at,
                                   const Subject& subject, const DigestSigner& sign,
                                   const TimeStamper& stamper) {
    MOTCUA_CHECK(fitFor(signer, at));
    const auto certificate = readCertificate(signer.certificate);
    xmlNode* parent = subject.uri.empty() ? xmlDocGetRootElement(doc) : nullptr;
    Draft draft{doc, parent, signer, certificate.get(), at, subject};
    MOTCUA_TRY(signature, sign(draft.digestToSign(subject)));
    if (!draft.take(signature)) return internal("plugin.malformed", "no signature of that key's kind");
    if (stamper) {
        MOTCUA_TRY(token, stamper(draft.digestToStamp()));
        if (!token.empty()) draft.takeToken(token);
    }
    return xml::written(doc);
}

} // namespace

Result<std::string> signXml(std::string_view text, const SignerCertificate& signer, Instant at,
                            const DigestSigner& sign, const TimeStamper& stamper) {
    const xml::Doc doc = xml::parse(text);
    if (!doc) return invalid("signing.xml_broken");
    if (!xml::everywhere(xmlDocGetRootElement(doc.get()), kDs, "Signature").empty())
        return invalid("signing.xml_signed");
    return signedDocument(doc.get(), signer, at, {}, sign, stamper);
}

Result<std::string> signXmlBeside(std::string_view content, const std::string& name,
                                  const SignerCertificate& signer, Instant at, const DigestSigner& sign,
                                  const TimeStamper& stamper) {
    if (name.empty() || name.front() == '#') return invalid("signing.xml_name");
    const xml::Doc doc{xmlNewDoc(chars("1.0"))};
    const Subject subject{name, sha256(content), "application/octet-stream"};
    return signedDocument(doc.get(), signer, at, subject, sign, stamper);
}

// --- judging ---

namespace {

int digestNamed(const std::string& uri) {
    for (const Digest& one : digests)
        if (uri == one.uri) return one.nid;
    return NID_undef;
}

std::optional<Instant> momentOf(const std::string& text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
    if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second,
                    &used) != 6)
        return std::nullopt;
    std::tm parts{};
    parts.tm_year = year - 1900, parts.tm_mon = month - 1, parts.tm_mday = day;
    parts.tm_hour = hour, parts.tm_min = minute, parts.tm_sec = second;
    std::string zone = text.substr(static_cast<std::size_t>(used));
    if (!zone.empty() && zone.front() == '.') zone.erase(0, zone.find_first_not_of("0123456789", 1));
    int hours = 0, minutes = 0;
    if (zone != "Z" && std::sscanf(zone.c_str(), "%3d:%2d", &hours, &minutes) != 2)
        return std::nullopt; // zoneless
    const std::int64_t offset = hours * 60 + (zone.starts_with('-') ? -minutes : minutes);
    return Instant{(static_cast<std::int64_t>(timegm(&parts)) - offset * 60) * 1000};
}

// Reads one signature strictly by its place: what an Id points at is only ever compared with what stands
// there, never looked up, so nothing can be put elsewhere under the same name.
class Reading {
public:
    Reading(xmlNode* signature, const Judging& by) : signature_(signature), by_(by) {}

    // Nothing where it is of a form that is not gone into.
    bool understood() {
        signedInfo_ = xml::only(signature_, kDs, "SignedInfo");
        value_ = xml::only(signature_, kDs, "SignatureValue");
        const auto objects = xml::children(signature_, kDs, "Object");
        if (!signedInfo_ || !value_ || objects.size() != 1) return false;
        xmlNode* qualifying = xml::only(objects.front(), kXades, "QualifyingProperties");
        properties_ = xml::only(qualifying, kXades, "SignedProperties");
        unsigned_ = xml::only(qualifying, kXades, "UnsignedProperties");
        own_ = xml::only(properties_, kXades, "SignedSignatureProperties");
        const auto references = xml::children(signedInfo_, kDs, "Reference");
        if (!own_ || references.size() != 2) return false;
        for (xmlNode* one : references)
            (xml::attribute(one, "Type") == kPropertiesType ? propertiesReference_ : dataReference_) = one;
        if (!dataReference_ || !propertiesReference_) return false;
        const std::string id = xml::attribute(properties_, "Id");
        if (id.empty() || xml::attribute(propertiesReference_, "URI") != "#" + id) return false;
        if (xml::bearers(xmlDocGetRootElement(signature_->doc), id) != 1) return false;
        const std::string method = methodOf(signedInfo_, "SignatureMethod");
        for (const Algorithm& one : algorithms)
            if (method == one.uri) algorithm_ = &one;
        return algorithm_ != nullptr;
    }

    std::string uri() const { return xml::attribute(dataReference_, "URI"); }
    bool hasUri() const { return xmlHasProp(dataReference_, chars("URI")) != nullptr; }

    // Canonical form of the document around, by the transforms of the reference; false where they do more.
    bool around(std::string& into) const {
        const auto transforms = transformsOf(dataReference_);
        if (transforms.empty() || transforms.size() > 2 || transforms.front() != kEnveloped) return false;
        return xml::canonical(signature_, xml::Part::Without,
                              transforms.size() == 2 ? transforms[1] : kInclusive, into);
    }
    bool asItIs() const { return transformsOf(dataReference_).empty(); }

    SignatureReport judged(std::string_view data) {
        SignatureReport report;
        report.coversWholeFile = true;
        CmsReport& by = report.certificate;
        const Certificates all = certificates();
        X509* certificate = all ? signerAmong(all.get()) : nullptr;
        by.claimedAt = report.claimedAt = momentOf(xml::textOf(xml::only(own_, kXades, "SigningTime")));
        if (certificate) {
            describe(by, certificate);
            by.intact = fits(dataReference_, data) && fitsProperties() && verified(certificate);
            by.weak = !strongDigest(algorithm_->digest) || !strongKey(certificate);
            by.time = time();
            judgeSigner(by, certificate, all.get(), by_);
        }
        ERR_clear_error();
        takeTime(report);
        return weighed(report, by_.now);
    }

private:
    // The one algorithm of that element, without parameters; "" for anything else.
    static std::string methodOf(xmlNode* parent, const char* name) {
        xmlNode* method = xml::only(parent, kDs, name);
        return method && !xmlFirstElementChild(method) ? xml::attribute(method, "Algorithm") : std::string{};
    }

    static std::vector<std::string> transformsOf(xmlNode* reference) {
        std::vector<std::string> found;
        for (xmlNode* list : xml::children(reference, kDs, "Transforms"))
            for (xmlNode* one : xml::children(list, kDs, "Transform"))
                found.push_back(xmlFirstElementChild(one) ? std::string{"?"}
                                                          : xml::attribute(one, "Algorithm"));
        return found;
    }

    static bool fits(xmlNode* holder, std::string_view bytes) {
        const int nid = digestNamed(methodOf(holder, "DigestMethod"));
        const std::string said = xml::bytesOf(xml::only(holder, kDs, "DigestValue"));
        return nid != NID_undef && !said.empty() && said == digestOf(bytes)(nid);
    }

    bool fitsProperties() const {
        const auto transforms = transformsOf(propertiesReference_);
        std::string bytes;
        return transforms.size() <= 1 &&
               xml::canonical(properties_, xml::Part::Only,
                              transforms.empty() ? kInclusive : transforms.front(), bytes) &&
               fits(propertiesReference_, bytes);
    }

    Certificates certificates() const {
        Certificates all{sk_X509_new_null()};
        for (xmlNode* info : xml::children(signature_, kDs, "KeyInfo"))
            for (xmlNode* data : xml::children(info, kDs, "X509Data"))
                for (xmlNode* one : xml::children(data, kDs, "X509Certificate"))
                    if (auto read = readCertificate(xml::bytesOf(one)); read && sk_X509_num(all.get()) < 20)
                        sk_X509_push(all.get(), read.release());
        return all;
    }

    // That which the signed properties name first, not that which happens to stand in KeyInfo.
    X509* signerAmong(STACK_OF(X509) * all) const {
        const auto named = xml::children(xml::only(own_, kXades, "SigningCertificateV2"), kXades, "Cert");
        xmlNode* digest = named.empty() ? nullptr : xml::only(named.front(), kXades, "CertDigest");
        for (int i = 0; digest && i < sk_X509_num(all); ++i)
            if (fits(digest, derOf(sk_X509_value(all, i), i2d_X509))) return sk_X509_value(all, i);
        return nullptr;
    }

    bool verified(X509* certificate) const {
        std::string bytes;
        if (!xml::canonical(signedInfo_, xml::Part::Only, methodOf(signedInfo_, "CanonicalizationMethod"),
                            bytes))
            return false;
        EVP_PKEY* key = X509_get0_pubkey(certificate);
        const bool curve = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
        if (curve != algorithm_->curve || (!curve && EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)) return false;
        std::string signature = xml::bytesOf(value_);
        if (curve) signature = signature.size() == orderBytes(key) * 2 ? derOfBoth(signature) : std::string{};
        const Handle<EVP_MD_CTX> context{EVP_MD_CTX_new()};
        const auto* at = reinterpret_cast<const unsigned char*>(signature.data());
        return !signature.empty() &&
               EVP_DigestVerifyInit(context.get(), nullptr, EVP_get_digestbynid(algorithm_->digest), nullptr,
                                    key) == 1 &&
               EVP_DigestVerify(context.get(), at, signature.size(),
                                reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1;
    }

    std::optional<TimeReport> time() const {
        xmlNode* properties = xml::only(unsigned_, kXades, "UnsignedSignatureProperties");
        const auto stamps = xml::children(properties, kXades, "SignatureTimeStamp");
        if (stamps.empty()) return std::nullopt;
        std::string method = methodOf(stamps.front(), "CanonicalizationMethod");
        if (method.empty() && xml::children(stamps.front(), kDs, "CanonicalizationMethod").empty())
            method = kInclusive;
        std::string bytes;
        if (!xml::canonical(value_, xml::Part::Only, method, bytes)) return TimeReport{};
        const std::string token = xml::bytesOf(xml::only(stamps.front(), kXades, "EncapsulatedTimeStamp"));
        return judgeToken(token, digestOf(bytes), by_);
    }

    xmlNode* signature_;
    const Judging& by_;
    xmlNode *signedInfo_ = nullptr, *value_ = nullptr, *properties_ = nullptr, *own_ = nullptr,
            *unsigned_ = nullptr;
    xmlNode *dataReference_ = nullptr, *propertiesReference_ = nullptr;
    const Algorithm* algorithm_ = nullptr;
};

Verdict untold(const char* code) {
    return {Standing::Unknown, code, {}};
}

Verdict verdictOf(const SignatureReport& report) {
    return {report.standing, report.code, {report}};
}

} // namespace

XmlVerdict verifyXml(std::string_view text, const Judging& by) {
    const xml::Doc doc = xml::parse(text);
    if (!doc) return {untold("broken")};
    xmlNode* root = xmlDocGetRootElement(doc.get());
    const auto all = xml::everywhere(root, kDs, "Signature");
    if (all.empty()) return {untold("no_signature")};
    // A second one, or one inside something else, may be about anything.
    if (all.size() != 1 || all.front()->parent != root) return {untold("kind_unsupported")};
    Reading reading{all.front(), by};
    std::string covered;
    if (!reading.understood() || !reading.hasUri() || !reading.uri().empty() || !reading.around(covered))
        return {untold("kind_unsupported")};
    XmlVerdict told{verdictOf(reading.judged(covered))};
    if (told.verdict.standing == Standing::Good) told.covered = std::move(covered);
    return told;
}

Verdict verifyXmlBeside(std::string_view signature, std::string_view content, std::string_view name,
                        const Judging& by) {
    const xml::Doc doc = xml::parse(signature);
    if (!doc) return untold("broken");
    xmlNode* root = xmlDocGetRootElement(doc.get());
    if (!xml::is(root, kDs, "Signature")) return untold("no_signature");
    Reading reading{root, by};
    if (xml::everywhere(root, kDs, "Signature").size() != 1 || !reading.understood() || !reading.asItIs())
        return untold("kind_unsupported");
    if (name.empty() || name.front() == '#' || reading.uri() != name) return untold("kind_unsupported");
    return verdictOf(reading.judged(content));
}

} // namespace motcua::signing
