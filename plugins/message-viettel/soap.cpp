#include "soap.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <memory>

namespace soap {

namespace {

[[maybe_unused]] // Before the first thread reads: what libxml2 makes at first use, it makes without a lock.
[[maybe_unused]] const bool xmlReady = (xmlInitParser(), true);

constexpr const char* envelopeSpace = "http://schemas.xmlsoap.org/soap/envelope/";
constexpr std::size_t largestAnswer = 1u << 20;

struct Free {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
    void operator()(xmlChar* text) const { xmlFree(text); }
};

const xmlChar* x(const char* text) {
    return reinterpret_cast<const xmlChar*>(text);
}

bool isNamed(const xmlNode* node, const char* space, const std::string& name) {
    return node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, x(name.c_str())) == 1 &&
           (node->ns ? xmlStrEqual(node->ns->href, x(space)) == 1 : *space == '\0');
}

xmlNode* child(const xmlNode* parent, const char* space, const std::string& name) {
    for (xmlNode* node = parent->children; node; node = node->next)
        if (isNamed(node, space, name)) return node;
    return nullptr;
}

std::string contentOf(const xmlNode* node) {
    const std::unique_ptr<xmlChar, Free> text{xmlNodeGetContent(node)};
    return text ? reinterpret_cast<const char*>(text.get()) : "";
}

} // namespace

std::string storable(const std::string& text) {
    std::string out;
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    return out;
}

std::string envelope(const char* space, const std::string& operation, const Parameters& parameters) {
    const std::unique_ptr<xmlDoc, Free> document{xmlNewDoc(x("1.0"))};
    xmlNode* root = xmlNewNode(nullptr, x("Envelope"));
    xmlDocSetRootElement(document.get(), root);
    xmlNs* outer = xmlNewNs(root, x(envelopeSpace), x("soapenv"));
    xmlSetNs(root, outer);
    xmlNode* body = xmlNewChild(root, outer, x("Body"), nullptr);
    xmlNode* call = xmlNewChild(body, nullptr, x(operation.c_str()), nullptr);
    xmlSetNs(call, xmlNewNs(call, x(space), x("imp")));
    for (const auto& [name, value] : parameters) {
        xmlNode* node = xmlNewNode(nullptr, x(name));
        xmlAddChild(call, node);
        xmlNodeAddContent(node, x(storable(value).c_str())); // escapes
    }
    xmlChar* text = nullptr;
    int size = 0;
    xmlDocDumpMemoryEnc(document.get(), &text, &size, "UTF-8");
    const std::unique_ptr<xmlChar, Free> owned{text};
    return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

std::optional<Answer> read(std::string_view body, const char* space, const std::string& operation) {
    if (body.size() > largestAnswer || body.find("<!DOCTYPE") != std::string_view::npos) return std::nullopt;
    const std::unique_ptr<xmlDoc, Free> document{
        xmlReadMemory(body.data(), static_cast<int>(body.size()), nullptr, nullptr,
                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA)};
    if (!document || document->intSubset || document->extSubset) return std::nullopt; // in any encoding
    const xmlNode* root = xmlDocGetRootElement(document.get());
    if (!root || !isNamed(root, envelopeSpace, "Envelope")) return std::nullopt;
    const xmlNode* content = child(root, envelopeSpace, "Body");
    if (!content) return std::nullopt;
    Answer answer;
    if (const xmlNode* fault = child(content, envelopeSpace, "Fault")) {
        const xmlNode* code = child(fault, "", "faultcode");
        const std::string name = code ? contentOf(code) : "";
        answer.fault = name.substr(name.find(':') + 1); // without the prefix
        if (answer.fault.empty()) answer.fault = "Server";
        return answer;
    }
    const xmlNode* reply = child(content, space, operation + "Response");
    const xmlNode* result = reply ? child(reply, "", "return") : nullptr;
    if (!result) return std::nullopt;
    for (const xmlNode* node = result->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE)
            answer.values[reinterpret_cast<const char*>(node->name)] = contentOf(node);
    return answer;
}

} // namespace soap
