// A small tree of an XML text, read without DTD and entities and within limits: what BPMN files come in as.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::process {

struct XmlAttribute {
    std::string space; // the namespace's URI, "" for none
    std::string name;
    std::string value;
};

struct XmlNode {
    std::string space;
    std::string name;
    int line = 0;
    std::vector<XmlAttribute> attributes{};
    std::string text{}; // directly inside, trimmed
    std::vector<std::unique_ptr<XmlNode>> children{};

    const std::string& attribute(std::string_view attributeName, std::string_view attributeSpace = {}) const;
    const XmlNode* child(std::string_view childSpace, std::string_view childName) const;
};

struct XmlLimits {
    std::size_t bytes = 2 << 20;
    int depth = 64;
    std::size_t nodes = 100'000;
};

// Invalid "process.xml" with params line and problem: no XML, not UTF-8, a DTD, or past a limit.
Result<std::unique_ptr<XmlNode>> readXml(std::string_view text, const XmlLimits& limits = {});

} // namespace motcua::process
