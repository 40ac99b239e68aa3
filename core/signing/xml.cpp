#include "signing/xml.h"

#include "base/bytes.h"

#include <libxml/c14n.h>
#include <libxml/parser.h>

#include <algorithm>
#include <climits>

namespace motcua::signing::xml {

namespace {

[[maybe_unused]] // Before the first thread reads: what libxml2 makes at first use, it makes without a lock.
[[maybe_unused]] const bool kXmlReady = (xmlInitParser(), true);

constexpr std::size_t kMostBytes = 32u << 20;

struct Selection {
    const xmlNode* node;
    Part part;
};

// Called for each element, attribute, name space (which knows only its element) and text.
int isVisible(void* data, xmlNode* node, xmlNode* parent) {
    const auto& selection = *static_cast<const Selection*>(data);
    const xmlNode* at = node && node->type != XML_NAMESPACE_DECL ? node : parent;
    while (at && at != selection.node)
        at = at->parent;
    return (at == selection.node) == (selection.part == Part::Only) ? 1 : 0;
}

template <typename Visit>
void walk(xmlNode* from, const Visit& visit) {
    for (xmlNode* at = from; at;) {
        if (at->type == XML_ELEMENT_NODE) visit(at);
        if (at->type == XML_ELEMENT_NODE && at->children) {
            at = at->children;
            continue;
        }
        while (at != from && !at->next)
            at = at->parent;
        if (at == from) return;
        at = at->next;
    }
}

} // namespace

Doc parse(std::string_view bytes) {
    if (bytes.empty() || bytes.size() > kMostBytes) return nullptr;
    constexpr int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    Doc doc{xmlReadMemory(bytes.data(), static_cast<int>(bytes.size()), "", nullptr, options)};
    if (!doc || doc->intSubset || doc->extSubset || !xmlDocGetRootElement(doc.get())) return nullptr;
    return doc;
}

std::string written(xmlDoc* doc) {
    xmlChar* text = nullptr;
    int size = 0;
    xmlDocDumpMemoryEnc(doc, &text, &size, "UTF-8");
    std::string bytes{reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
    xmlFree(text);
    return bytes;
}

bool is(const xmlNode* node, const char* ns, const char* name) {
    return node && node->type == XML_ELEMENT_NODE && node->ns && xmlStrEqual(node->name, chars(name)) &&
           xmlStrEqual(node->ns->href, chars(ns));
}

std::vector<xmlNode*> children(xmlNode* parent, const char* ns, const char* name) {
    std::vector<xmlNode*> found;
    for (xmlNode* at = parent ? parent->children : nullptr; at; at = at->next)
        if (is(at, ns, name)) found.push_back(at);
    return found;
}

xmlNode* only(xmlNode* parent, const char* ns, const char* name) {
    const auto found = children(parent, ns, name);
    return found.size() == 1 ? found.front() : nullptr;
}

std::vector<xmlNode*> everywhere(xmlNode* from, const char* ns, const char* name) {
    std::vector<xmlNode*> found;
    walk(from, [&](xmlNode* node) {
        if (is(node, ns, name)) found.push_back(node);
    });
    return found;
}

namespace {

std::string taken(xmlChar* text) {
    if (!text) return {};
    std::string copy{reinterpret_cast<const char*>(text)};
    xmlFree(text);
    return copy;
}

} // namespace

std::string attribute(const xmlNode* node, const char* name) {
    return taken(xmlGetNoNsProp(node, chars(name)));
}

std::string textOf(const xmlNode* node) {
    return node ? taken(xmlNodeGetContent(node)) : std::string{};
}

std::string bytesOf(const xmlNode* node) {
    std::string text = textOf(node);
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
    return fromBase64(text).value_or("");
}

int bearers(xmlNode* from, const std::string& id) {
    int count = 0;
    walk(from, [&](xmlNode* node) {
        const auto names = {"Id", "ID", "id"};
        const bool plain = std::any_of(names.begin(), names.end(),
                                       [&](const char* name) { return attribute(node, name) == id; });
        if (plain || taken(xmlGetNsProp(node, chars("id"), XML_XML_NAMESPACE)) == id) ++count;
    });
    return count;
}

bool canonical(xmlNode* node, Part part, const std::string& algorithm, std::string& into) {
    int mode = 0;
    if (algorithm == "http://www.w3.org/2001/10/xml-exc-c14n#")
        mode = XML_C14N_EXCLUSIVE_1_0;
    else if (algorithm == "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
        mode = XML_C14N_1_0;
    else if (algorithm == "http://www.w3.org/2006/12/xml-c14n11")
        mode = XML_C14N_1_1;
    else
        return false;
    Selection selection{node, part};
    xmlOutputBuffer* buffer = xmlAllocOutputBuffer(nullptr);
    const int done = xmlC14NExecute(node->doc, isVisible, &selection, mode, nullptr, 0, buffer);
    if (done >= 0) {
        into.assign(reinterpret_cast<const char*>(xmlOutputBufferGetContent(buffer)),
                    xmlOutputBufferGetSize(buffer));
    }
    xmlOutputBufferClose(buffer);
    return done >= 0;
}

} // namespace motcua::signing::xml
