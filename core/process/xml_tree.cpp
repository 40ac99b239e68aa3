#include "process/xml_tree.h"

#include "base/text.h"

#include <Poco/SAX/Attributes.h>
#include <Poco/SAX/DefaultHandler.h>
#include <Poco/SAX/Locator.h>
#include <Poco/SAX/SAXException.h>
#include <Poco/SAX/SAXParser.h>

namespace motcua::process {

namespace {

Error xmlError(int line, std::string problem) {
    Error error = invalid("process.xml");
    error.detail = "line " + std::to_string(line) + ": " + problem;
    error.params = {{"line", std::to_string(line)}, {"problem", std::move(problem)}};
    return error;
}

// Builds the tree. Past a limit it only remembers so: the parser beneath is C, through which nothing may be
// thrown.
class TreeBuilder : public Poco::XML::DefaultHandler {
public:
    explicit TreeBuilder(const XmlLimits& limits) : limits_(limits) {}

    void setDocumentLocator(const Poco::XML::Locator* locator) override { locator_ = locator; }

    void startElement(const Poco::XML::XMLString& space, const Poco::XML::XMLString& name,
                      const Poco::XML::XMLString&, const Poco::XML::Attributes& attributes) override {
        if (tooMuch_) return;
        ++nodes_;
        if (static_cast<int>(open_.size()) >= limits_.depth || nodes_ > limits_.nodes) {
            tooMuch_ = true;
            line_ = line();
            return;
        }
        auto node = std::make_unique<XmlNode>();
        node->space = space;
        node->name = name;
        node->line = line();
        for (int i = 0; i < attributes.getLength(); ++i) {
            node->attributes.push_back({attributes.getURI(i), attributes.getLocalName(i),
                                        text::nfc(attributes.getValue(i)).value_or("")});
        }
        XmlNode* made = node.get();
        if (open_.empty()) {
            root_ = std::move(node);
        } else {
            open_.back()->children.push_back(std::move(node));
        }
        open_.push_back(made);
    }

    void endElement(const Poco::XML::XMLString&, const Poco::XML::XMLString&,
                    const Poco::XML::XMLString&) override {
        if (tooMuch_) return;
        open_.back()->text = text::nfc(text::trim(open_.back()->text)).value_or("");
        open_.pop_back();
    }

    void characters(const Poco::XML::XMLChar text[], int start, int length) override {
        if (!tooMuch_ && !open_.empty()) {
            open_.back()->text.append(text + start, static_cast<std::size_t>(length));
        }
    }

    bool tooMuch() const { return tooMuch_; }
    int stoppedAt() const { return line_; }
    std::unique_ptr<XmlNode> take() { return std::move(root_); }

private:
    int line() const { return locator_ == nullptr ? 0 : locator_->getLineNumber(); }

    XmlLimits limits_;
    const Poco::XML::Locator* locator_ = nullptr;
    std::unique_ptr<XmlNode> root_;
    std::vector<XmlNode*> open_;
    std::size_t nodes_ = 0;
    bool tooMuch_ = false;
    int line_ = 0;
};

int lineOf(std::string_view text, std::size_t at) {
    int line = 1;
    for (std::size_t i = 0; i < at; ++i)
        line += text[i] == '\n' ? 1 : 0;
    return line;
}

} // namespace

const std::string& XmlNode::attribute(std::string_view attributeName, std::string_view attributeSpace) const {
    static const std::string none;
    for (const auto& held : attributes) {
        if (held.name == attributeName && held.space == attributeSpace) return held.value;
    }
    return none;
}

const XmlNode* XmlNode::child(std::string_view childSpace, std::string_view childName) const {
    for (const auto& held : children) {
        if (held->name == childName && held->space == childSpace) return held.get();
    }
    return nullptr;
}

Result<std::unique_ptr<XmlNode>> readXml(std::string_view text, const XmlLimits& limits) {
    if (text.size() > limits.bytes) return xmlError(0, "too large");
    if (!text::isUtf8(text) || text.find('\0') != std::string_view::npos) return xmlError(0, "not UTF-8");
    // Entities need a DTD, so without one there are no bombs and no outside files. The text is UTF-8 whatever
    // it declares, so the word cannot hide in another encoding.
    if (const auto found = text.find("<!DOCTYPE"); found != std::string_view::npos) {
        return xmlError(lineOf(text, found), "a DOCTYPE is not allowed");
    }
    TreeBuilder builder(limits);
    try {
        Poco::XML::SAXParser parser("UTF-8");
        parser.setFeature(Poco::XML::XMLReader::FEATURE_NAMESPACES, true);
        parser.setContentHandler(&builder);
        parser.parseMemoryNP(text.data(), text.size());
    } catch (const Poco::XML::SAXParseException& problem) {
        return xmlError(problem.getLineNumber(), problem.message());
    } catch (const Poco::Exception& problem) {
        return xmlError(0, problem.displayText());
    }
    if (builder.tooMuch()) return xmlError(builder.stoppedAt(), "nested too deeply or too many elements");
    auto root = builder.take();
    if (!root) return xmlError(1, "no element");
    return root;
}

} // namespace motcua::process
