// See message.h.
#include "message.h"

#include "shared/xml/xml.h"

#include "motcua/sdk/rest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace xroad {

using namespace motcua::sdk;

namespace {

constexpr const char* envelopeSpace = "http://schemas.xmlsoap.org/soap/envelope/";
constexpr const char* space = "http://x-road.eu/xsd/xroad.xsd";
constexpr const char* idSpace = "http://x-road.eu/xsd/identifiers";
constexpr const char* sha512 = "http://www.w3.org/2001/04/xmlenc#sha512";
constexpr const char* protocolVersion = "4.0";
constexpr std::size_t mostBytes = 16u << 20;
constexpr int mostLevels = 24; // what templates read is no deeper than 32
constexpr const char* parts[] = {"xRoadInstance", "memberClass", "memberCode", "subsystemCode"};

std::string shortened(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    std::size_t end = std::min<std::size_t>(text.size(), 300);
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    return text.substr(0, end);
}

Error otherQuestion(const char* what) {
    return unavailable("sector.not_authentic", std::string{"the answer is to another question: "} + what);
}

std::string percentDecoded(const std::string& text) {
    const auto digit = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    };
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool coded =
            text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
        out += coded ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
        if (coded) i += 2;
    }
    return out;
}

std::string plainPath(const Member& member) {
    std::string out;
    for (const std::string& part : member.parts)
        out += (out.empty() ? "" : "/") + part;
    return out;
}

// Security servers differ in what they percent-encode: compared is what is meant.
bool isHeader(const HttpResponse& answer, const char* name, const std::string& wanted) {
    const auto found = answer.headers.find(name);
    return found != answer.headers.end() && percentDecoded(found->second) == wanted;
}

xmlNode* addMember(xmlNode* parent, xmlNs* road, xmlNs* ids, const char* name, const char* type,
                   const Member& member) {
    xmlNode* node = xml::add(parent, road, name);
    xmlNewNsProp(node, ids, xml::chars("objectType"), xml::chars(type));
    for (std::size_t i = 0; i < member.parts.size(); ++i)
        xml::add(node, ids, parts[i], member.parts[i]);
    return node;
}

// A list is its element again and again; nothing is left out.
void addValue(xmlNode* parent, xmlNs* names, const std::string& name, const Json& value, int level) {
    if (value.isNull() || level > mostLevels) return;
    if (value.isArray()) {
        for (const Json& item : value.items())
            addValue(parent, names, name, item, level + 1);
        return;
    }
    if (xmlValidateNCName(xml::chars(name.c_str()), 0) != 0) return;
    if (!value.isObject()) {
        xml::add(parent, names, name.c_str(), value.isString() ? value.string() : value.dump());
        return;
    }
    xmlNode* node = xml::add(parent, names, name.c_str());
    for (const auto& [inner, one] : value.members())
        addValue(node, names, inner, one, level + 1);
}

bool isNil(const xmlNode* node) {
    const std::unique_ptr<xmlChar, xml::Free> nil{
        xmlGetNsProp(node, xml::chars("nil"), xml::chars("http://www.w3.org/2001/XMLSchema-instance"))};
    return nil &&
           (xmlStrEqual(nil.get(), xml::chars("true")) == 1 || xmlStrEqual(nil.get(), xml::chars("1")) == 1);
}

// Nothing where it is deeper than we read.
std::optional<Json> valueOf(const xmlNode* node, int level) {
    if (level > mostLevels) return std::nullopt;
    if (isNil(node)) return Json{};
    Json object = Json::object();
    bool hasElements = false;
    for (const xmlNode* child = node->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE) continue;
        hasElements = true;
        const std::string name = reinterpret_cast<const char*>(child->name);
        if (object.has(name)) continue; // taken with the first of its name
        Json::Array all;
        for (const xmlNode* one = child; one; one = one->next) {
            if (one->type != XML_ELEMENT_NODE || xmlStrEqual(one->name, child->name) != 1) continue;
            auto value = valueOf(one, level + 1);
            if (!value) return std::nullopt;
            all.push_back(std::move(*value));
        }
        object.set(name, all.size() == 1 ? all.front() : Json{std::move(all)});
    }
    return hasElements ? object : Json{xml::content(node)};
}

std::string hashOf(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha512(), nullptr);
    return toBase64({reinterpret_cast<const char*>(digest.data()), size});
}

bool isMember(const xmlNode* node, const Member& member) {
    for (std::size_t i = 0; i < std::size(parts); ++i) {
        const std::string wanted = i < member.parts.size() ? member.parts[i] : "";
        if (xml::trimmed(xml::child(node, idSpace, parts[i])) != wanted) return false;
    }
    return true;
}

// Every field of the header that says which question was asked.
Result<void> checkHeader(const Exchange& exchange, const SoapStyle& style, std::string_view sent,
                         const xmlNode* header) {
    const auto one = [&](const char* name) -> const xmlNode* {
        const auto all = xml::children(header, space, name);
        return all.size() == 1 ? all.front() : nullptr;
    };
    const xmlNode* service = one("service");
    if (!isMember(one("client"), exchange.client)) return otherQuestion("client");
    if (!isMember(service, exchange.provider) ||
        xml::trimmed(xml::child(service, idSpace, "serviceCode")) != exchange.service ||
        xml::trimmed(xml::child(service, idSpace, "serviceVersion")) != exchange.version)
        return otherQuestion("service");
    if (xml::trimmed(one("id")) != exchange.id) return otherQuestion("id");
    if (xml::trimmed(one("userId")) != exchange.userId) return otherQuestion("userId");
    if (xml::trimmed(one("issue")) != exchange.issue) return otherQuestion("issue");
    if (xml::trimmed(one("protocolVersion")) != protocolVersion) return otherQuestion("protocolVersion");
    const xmlNode* hash = one("requestHash");
    if (style.checkHash && hash && xml::attribute(hash, "algorithmId") == sha512 &&
        xml::trimmed(hash) != hashOf(sent))
        return otherQuestion("requestHash");
    return {};
}

} // namespace

std::string Member::path() const {
    std::string out;
    for (const std::string& part : parts)
        out += (out.empty() ? "" : "/") + percentEncode(part);
    return out;
}

std::optional<Member> memberOf(const std::string& text) {
    Member member;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('/', at), text.size());
        member.parts.push_back(text.substr(at, end - at));
        const std::string& part = member.parts.back();
        if (part.empty() || part == "." || part == ".." || xml::storable(part) != part) return std::nullopt;
        at = end + 1;
    }
    if (member.parts.size() < 3 || member.parts.size() > 4) return std::nullopt;
    return member;
}

std::string restPath(const Exchange& exchange) {
    return "/r1/" + exchange.provider.path() + "/" + percentEncode(exchange.service);
}

void addRestHeaders(const Exchange& exchange, HttpRequest& request) {
    request.headers["X-Road-Client"] = exchange.client.path();
    request.headers["X-Road-Id"] = exchange.id;
    if (!exchange.userId.empty()) request.headers["X-Road-UserId"] = exchange.userId;
    if (!exchange.issue.empty()) request.headers["X-Road-Issue"] = exchange.issue;
    if (!exchange.securityServer.empty()) request.headers["X-Road-Security-Server"] = exchange.securityServer;
}

Result<void> checkRest(const Exchange& exchange, const HttpResponse& answer) {
    if (const auto fault = answer.headers.find("x-road-error"); fault != answer.headers.end()) {
        const auto json = Json::parse(answer.body ? answer.body->view() : "");
        return errorOf(fault->second, json ? (*json)["message"].string() : "");
    }
    if (!isHeader(answer, "x-road-client", plainPath(exchange.client))) return otherQuestion("client");
    if (!isHeader(answer, "x-road-service", plainPath(exchange.provider) + "/" + exchange.service))
        return otherQuestion("service");
    if (!isHeader(answer, "x-road-id", exchange.id)) return otherQuestion("id");
    return {};
}

std::string soapRequest(const Exchange& exchange, const SoapStyle& style, const Json& parameters) {
    const xml::Document document{xmlNewDoc(xml::chars("1.0"))};
    xmlNode* root = xmlNewNode(nullptr, xml::chars("Envelope"));
    xmlDocSetRootElement(document.get(), root);
    xmlSetNs(root, xmlNewNs(root, xml::chars(envelopeSpace), xml::chars("soapenv")));
    xmlNs* road = xmlNewNs(root, xml::chars(space), xml::chars("xroad"));
    xmlNs* ids = xmlNewNs(root, xml::chars(idSpace), xml::chars("id"));
    xmlNode* header = xml::add(root, "Header");
    xmlNode* body = xml::add(root, "Body");
    addMember(header, road, ids, "client", exchange.client.parts.size() == 4 ? "SUBSYSTEM" : "MEMBER",
              exchange.client);
    xmlNode* service = addMember(header, road, ids, "service", "SERVICE", exchange.provider);
    xml::add(service, ids, "serviceCode", exchange.service);
    if (!exchange.version.empty()) xml::add(service, ids, "serviceVersion", exchange.version);
    xml::add(header, road, "id", exchange.id);
    if (!exchange.userId.empty()) xml::add(header, road, "userId", exchange.userId);
    if (!exchange.issue.empty()) xml::add(header, road, "issue", exchange.issue);
    xml::add(header, road, "protocolVersion", protocolVersion);
    xmlNode* call = xml::add(body, nullptr, exchange.service.c_str());
    xmlNs* own = xmlNewNs(call, xml::chars(style.space.c_str()), xml::chars("prod"));
    xmlSetNs(call, own);
    for (const auto& [name, value] : parameters.members())
        addValue(call, style.qualified ? own : nullptr, name, value, 0);
    return xml::dump(document);
}

Result<Json> soapAnswer(const Exchange& exchange, const SoapStyle& style, std::string_view sent,
                        std::string_view body) {
    const xml::Document document = xml::parse(body, mostBytes);
    const xmlNode* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
    const xmlNode* content =
        xml::isNamed(root, envelopeSpace, "Envelope") ? xml::child(root, envelopeSpace, "Body") : nullptr;
    if (!content) return unavailable("sector.unexpected", "no SOAP that we take");
    if (const xmlNode* fault = xml::child(content, envelopeSpace, "Fault")) {
        const std::string code = xml::trimmed(xml::child(fault, "", "faultcode"));
        return errorOf(code.substr(code.find(':') + 1), xml::trimmed(xml::child(fault, "", "faultstring")));
    }
    MOTCUA_SDK_CHECK(checkHeader(exchange, style, sent, xml::child(root, envelopeSpace, "Header")));
    const xmlNode* answer = xml::child(content, style.space.c_str(), (exchange.service + "Response").c_str());
    if (!answer) return unavailable("sector.unexpected", "no answer of this service");
    auto value = valueOf(answer, 0);
    if (!value) return unavailable("sector.unexpected", "the answer is too deep");
    return value->isObject() ? std::move(*value) : Json::object();
}

Error errorOf(const std::string& code, const std::string& words) {
    const std::string detail = shortened(code + (words.empty() ? "" : " " + words));
    const auto has = [&](const char* part) { return code.find(part) != std::string::npos; };
    if (has("AccessDenied") || has("SslAuthenticationFailed") || has("InvalidClientIdentifier"))
        return denied("sector.login_refused", detail);
    if (has("UnknownService") || has("UnknownMember") || has("InvalidServiceIdentifier"))
        return invalid("sector.not_configured", detail);
    if (code.rfind("Client", 0) == 0) return rejected("sector.refused", detail);
    return unavailable("sector.provider_down", detail);
}

} // namespace xroad
