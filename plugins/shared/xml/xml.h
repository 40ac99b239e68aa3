// XML from and to strangers, by libxml2: no DTD, no entities, no network, nothing too big or too deep.
#pragma once

#include <libxml/tree.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace xml {

struct Free {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
    void operator()(xmlChar* text) const { xmlFree(text); }
};
using Document = std::unique_ptr<xmlDoc, Free>;

// As libxml2 wants its texts; `text` must outlive the use.
inline const xmlChar* chars(const char* text) {
    return reinterpret_cast<const xmlChar*>(text);
}

// Null where it is no XML in UTF-8, bears a DTD, or is bigger or deeper than we read.
Document parse(std::string_view text, std::size_t mostBytes);
std::string dump(const Document& document);

// Without what XML cannot hold: control characters, U+FFFE and U+FFFF.
std::string storable(std::string_view text);

// `space` "" is no namespace.
bool isNamed(const xmlNode* node, const char* space, const char* name);
xmlNode* child(const xmlNode* parent, const char* space, const char* name); // the first; null: none
std::vector<xmlNode*> children(const xmlNode* parent, const char* space, const char* name);
std::string content(const xmlNode* node);                     // all text within; of null: ""
std::string trimmed(const xmlNode* node);                     // without the white space around
std::string attribute(const xmlNode* node, const char* name); // without a namespace; "": none

// A new last child with that text, escaped; the namespace is the parent's unless one is given.
xmlNode* add(xmlNode* parent, const char* name, std::string_view text = {});
xmlNode* add(xmlNode* parent, xmlNs* space, const char* name, std::string_view text = {});

} // namespace xml
