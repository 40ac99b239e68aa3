// The little of libxml2 that signatures in XML take: documents read as hostile, canonical form, elements;
// inside this room only.
#pragma once

#include <libxml/tree.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::signing::xml {

inline constexpr const char* kDs = "http://www.w3.org/2000/09/xmldsig#";
inline constexpr const char* kXades = "http://uri.etsi.org/01903/v1.3.2#";

struct FreeDoc {
    void operator()(xmlDoc* doc) const { xmlFreeDoc(doc); }
};
using Doc = std::unique_ptr<xmlDoc, FreeDoc>;

inline const xmlChar* chars(const char* text) {
    return reinterpret_cast<const xmlChar*>(text);
}

// Nothing is loaded or expanded; null for what is not well-formed, has a DOCTYPE or more than 32 MB.
Doc parse(std::string_view bytes);
std::string written(xmlDoc* doc);

bool is(const xmlNode* node, const char* ns, const char* name);
std::vector<xmlNode*> children(xmlNode* parent, const char* ns, const char* name);
// The one child of that name; null where there is none or several.
xmlNode* only(xmlNode* parent, const char* ns, const char* name);
// Every element of that name, at whatever depth.
std::vector<xmlNode*> everywhere(xmlNode* from, const char* ns, const char* name);
std::string attribute(const xmlNode* node, const char* name); // "" where there is none
std::string textOf(const xmlNode* node);
std::string bytesOf(const xmlNode* node); // of its base64; "" for what is none
// How many elements bear this Id, ID, id or xml:id.
int bearers(xmlNode* from, const std::string& id);

// Canonical form of a subtree, or of the document without a subtree; comments are left out. `algorithm` is
// its URI; false where it is none that is known.
enum class Part { Only, Without };
bool canonical(xmlNode* node, Part part, const std::string& algorithm, std::string& into);

} // namespace motcua::signing::xml
