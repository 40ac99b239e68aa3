// See xml.h.
#include "xml.h"

#include <libxml/parser.h>

#include <climits>

namespace xml {

namespace {

[[maybe_unused]] // Before the first thread reads: what libxml2 makes at first use, it makes without a lock.
[[maybe_unused]] const bool xmlReady = (xmlInitParser(), true);

constexpr int mostLevels = 64;

bool isShallow(const xmlNode* root) {
    int level = 1;
    const xmlNode* node = root;
    while (node) {
        if (node->type == XML_ELEMENT_NODE && node->children) {
            if (++level > mostLevels) return false;
            node = node->children;
            continue;
        }
        while (node != root && !node->next) {
            node = node->parent;
            --level;
        }
        node = node == root ? nullptr : node->next;
    }
    return true;
}

bool holdsReference(const xmlNode* root) {
    const xmlNode* node = root;
    while (node) {
        if (node->type == XML_ENTITY_REF_NODE) return true;
        if (node->type == XML_ELEMENT_NODE && node->children) {
            node = node->children;
            continue;
        }
        while (node != root && !node->next)
            node = node->parent;
        node = node == root ? nullptr : node->next;
    }
    return false;
}

} // namespace

Document parse(std::string_view text, std::size_t mostBytes) {
    if (text.empty() || text.size() > mostBytes || text.size() > INT_MAX) return nullptr;
    if (text.find("<!DOCTYPE") != std::string_view::npos) return nullptr;
    // HUGE lifts the limit on one text (papers are one); size and depth are bounded here instead.
    Document document{xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, "UTF-8",
                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                        XML_PARSE_NOCDATA | XML_PARSE_HUGE)};
    if (!document || document->intSubset || document->extSubset) return nullptr;
    const xmlNode* root = xmlDocGetRootElement(document.get());
    if (!root || !isShallow(root) || holdsReference(root)) return nullptr;
    return document;
}

std::string dump(const Document& document) {
    xmlChar* text = nullptr;
    int size = 0;
    xmlDocDumpMemoryEnc(document.get(), &text, &size, "UTF-8");
    const std::unique_ptr<xmlChar, Free> owned{text};
    return text ? std::string{reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)}
                : std::string{};
}

std::string storable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 && byte != '\n' && byte != '\t') continue;
        const std::string_view three = text.substr(i, 3);
        if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") {
            i += 2;
            continue;
        }
        out += text[i];
    }
    return out;
}

bool isNamed(const xmlNode* node, const char* space, const char* name) {
    return node && node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, chars(name)) == 1 &&
           (node->ns ? xmlStrEqual(node->ns->href, chars(space)) == 1 : *space == '\0');
}

xmlNode* child(const xmlNode* parent, const char* space, const char* name) {
    for (xmlNode* node = parent ? parent->children : nullptr; node; node = node->next)
        if (isNamed(node, space, name)) return node;
    return nullptr;
}

std::vector<xmlNode*> children(const xmlNode* parent, const char* space, const char* name) {
    std::vector<xmlNode*> found;
    for (xmlNode* node = parent ? parent->children : nullptr; node; node = node->next)
        if (isNamed(node, space, name)) found.push_back(node);
    return found;
}

std::string content(const xmlNode* node) {
    if (!node) return {};
    const std::unique_ptr<xmlChar, Free> text{xmlNodeGetContent(node)};
    return text ? reinterpret_cast<const char*>(text.get()) : std::string{};
}

std::string trimmed(const xmlNode* node) {
    const std::string text = content(node);
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string attribute(const xmlNode* node, const char* name) {
    const std::unique_ptr<xmlChar, Free> text{node ? xmlGetNoNsProp(node, chars(name)) : nullptr};
    return text ? reinterpret_cast<const char*>(text.get()) : std::string{};
}

xmlNode* add(xmlNode* parent, const char* name, std::string_view text) {
    return add(parent, parent->ns, name, text);
}

xmlNode* add(xmlNode* parent, xmlNs* space, const char* name, std::string_view text) {
    xmlNode* node = xmlNewNode(space, chars(name));
    xmlAddChild(parent, node);
    const std::string kept = storable(text);
    if (!kept.empty()) // its length is said, so that nothing in it is read as an entity
        xmlNodeAddContentLen(node, chars(kept.c_str()), static_cast<int>(kept.size()));
    return node;
}

} // namespace xml
