// The literal expressions of the DMN Technology Compatibility Kit, levels 2 and 3, where its files are at
// hand: the folder named by MOTCUA_TCK, else ../shared/data/dmn-tck. The share that passes may not sink below
// the floor.
#include "feel/expression.h"

#include <Poco/AutoPtr.h>
#include <Poco/DOM/DOMParser.h>
#include <Poco/DOM/Document.h>
#include <Poco/DOM/Element.h>
#include <Poco/DOM/NodeList.h>

#include <cppunit/extensions/HelperMacros.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>

using namespace motcua;
using namespace motcua::feel;
namespace fs = std::filesystem;

namespace {

constexpr double floorShare = 0.97;

using Element = Poco::XML::Element;
using DocumentPtr = Poco::AutoPtr<Poco::XML::Document>;

std::vector<Element*> children(const Element* of, std::string_view name = {}) {
    std::vector<Element*> made;
    for (auto* node = of == nullptr ? nullptr : of->firstChild(); node != nullptr;
         node = node->nextSibling()) {
        auto* element = dynamic_cast<Element*>(node);
        if (element != nullptr && (name.empty() || element->localName() == name)) made.push_back(element);
    }
    return made;
}

Element* child(const Element* of, std::string_view name) {
    const auto found = children(of, name);
    return found.empty() ? nullptr : found.front();
}

DocumentPtr read(const fs::path& path) {
    Poco::XML::DOMParser parser;
    parser.setFeature(Poco::XML::XMLReader::FEATURE_NAMESPACES, true);
    return parser.parse(path.string());
}

Value evaluated(const std::string& text, const Value& context, const std::vector<std::string>& known) {
    const auto expression = Expression::parse(text, {known, {}});
    if (!expression) return {};
    const auto value = expression->evaluateValue(context, Instant{1'600'000'000'000});
    return value ? *value : Value{};
}

// One model: its decisions by name, evaluated with what they require.
class Model {
public:
    explicit Model(const fs::path& path) : document_(read(path)) {
        for (auto* element : children(document_->documentElement())) {
            byId_["#" + element->getAttribute("id")] = element;
            if (element->localName() == "decision") decisions_[element->getAttribute("name")] = element;
        }
    }

    // Nothing where the decision's logic is no expression (a table, an invocation …).
    std::optional<Value> decision(const std::string& name, const std::map<std::string, Value>& inputs) {
        const auto found = decisions_.find(name);
        if (found == decisions_.end()) return std::nullopt;
        return logicOf(found->second, inputs);
    }

private:
    std::optional<Value> logicOf(const Element* element, const std::map<std::string, Value>& inputs) {
        std::map<std::string, Value> names;
        for (auto* requirement : children(element)) {
            auto* link = child(requirement, "requiredInput");
            if (link == nullptr) link = child(requirement, "requiredDecision");
            if (link == nullptr) link = child(requirement, "requiredKnowledge");
            if (link == nullptr) continue;
            const auto required = byId_.find(link->getAttribute("href"));
            if (required == byId_.end()) return std::nullopt; // of an imported model
            const Element* target = required->second;
            const std::string name = target->getAttribute("name");
            if (target->localName() == "inputData") {
                const auto given = inputs.find(name);
                names[name] = given == inputs.end() ? Value{} : given->second;
                continue;
            }
            const auto value = logicOf(target, inputs);
            if (!value) return std::nullopt;
            names[name] = *value;
        }
        for (auto* logic : children(element)) {
            if (logic->localName() == "encapsulatedLogic") return functionOf(logic, names);
            if (const auto value = boxed(logic, names)) return value;
        }
        return std::nullopt;
    }

    static Value contextOf(const std::map<std::string, Value>& names) {
        Budget budget{Limits{}};
        return makeMembers({names.begin(), names.end()}, budget);
    }

    static std::vector<std::string> namesOf(const std::map<std::string, Value>& names) {
        std::vector<std::string> made;
        for (const auto& [name, value] : names)
            made.push_back(name);
        return made;
    }

    static std::optional<Value> boxed(const Element* logic, const std::map<std::string, Value>& names) {
        if (logic->localName() == "literalExpression") {
            const auto* text = child(logic, "text");
            if (text == nullptr) return std::nullopt;
            return evaluated(text->innerText(), contextOf(names), namesOf(names));
        }
        if (logic->localName() == "functionDefinition") return functionOf(logic, names);
        if (logic->localName() != "context") return std::nullopt;
        auto inner = names;
        std::vector<std::pair<std::string, Value>> entries;
        for (auto* entry : children(logic, "contextEntry")) {
            std::string name;
            std::optional<Value> value;
            for (auto* part : children(entry)) {
                if (part->localName() == "variable") name = part->getAttribute("name");
                if (!value) value = boxed(part, inner);
            }
            if (!value) return std::nullopt;
            if (name.empty()) return value;
            inner[name] = *value;
            entries.emplace_back(name, *value);
        }
        Budget budget{Limits{}};
        return makeMembers(std::move(entries), budget);
    }

    static std::optional<Value> functionOf(const Element* logic, const std::map<std::string, Value>& names) {
        const auto* body = child(logic, "literalExpression");
        if (body == nullptr || child(body, "text") == nullptr) return std::nullopt;
        std::string parameters;
        for (auto* parameter : children(logic, "formalParameter")) {
            parameters += (parameters.empty() ? "" : ", ") + parameter->getAttribute("name");
        }
        return evaluated("function(" + parameters + ") " + child(body, "text")->innerText(), contextOf(names),
                         namesOf(names));
    }

    DocumentPtr document_;
    std::map<std::string, Element*> byId_;
    std::map<std::string, Element*> decisions_;
};

// <value>, <list> or <component>s of a test case.
Value expectedValue(const Element* holder) {
    Budget budget{Limits{}};
    if (const auto* list = child(holder, "list")) {
        if (list->getAttribute("xsi:nil") == "true") return {};
        std::vector<Value> items;
        for (auto* item : children(list, "item"))
            items.push_back(expectedValue(item));
        return makeList(std::move(items), budget);
    }
    if (const auto parts = children(holder, "component"); !parts.empty()) {
        std::vector<std::pair<std::string, Value>> entries;
        for (auto* part : parts)
            entries.emplace_back(part->getAttribute("name"), expectedValue(part));
        return makeMembers(std::move(entries), budget);
    }
    const auto* value = child(holder, "value");
    if (value == nullptr || value->getAttribute("xsi:nil") == "true") return {};
    const std::string text = value->innerText();
    std::string type = value->getAttribute("xsi:type");
    type = type.substr(type.find(':') + 1);
    const auto made = [](const auto& parsed) { return parsed ? Value{*parsed} : Value{}; };
    if (type == "boolean") return text == "true" || text == "1";
    if (type == "decimal" || type == "double" || type == "integer") return made(Decimal::parse(text));
    if (type == "date") return made(parseDate(text));
    if (type == "time") return made(parseTime(text));
    if (type == "dateTime") return made(parseDateTime(text));
    if (type == "duration") {
        const auto months = parseYearMonths(text);
        return months ? Value{*months} : made(parseDayTime(text));
    }
    return text;
}

// The kit compares numbers to 8 places, as its results were computed in binary.
bool agrees(const Value& expected, const Value& actual) {
    // A decision's declared type turns a list of one item into that item.
    if (expected.list() == nullptr && actual.list() != nullptr && actual.list()->items.size() == 1) {
        return agrees(expected, actual.list()->items[0]);
    }
    const auto* a = expected.as<Decimal>();
    const auto* b = actual.as<Decimal>();
    if (a != nullptr && b != nullptr) {
        return *a == *b ||
               std::fabs(a->toDouble() - b->toDouble()) <= 1e-8 * std::max(1.0, std::fabs(a->toDouble()));
    }
    if (expected.list() != nullptr && actual.list() != nullptr) {
        const auto& left = expected.list()->items;
        const auto& right = actual.list()->items;
        return std::equal(left.begin(), left.end(), right.begin(), right.end(), agrees);
    }
    if (expected.members() != nullptr && actual.members() != nullptr) {
        if (expected.members()->entries.size() != actual.members()->entries.size()) return false;
        for (const auto& [name, value] : expected.members()->entries) {
            const Value* other = actual.members()->find(name);
            if (other == nullptr || !agrees(value, *other)) return false;
        }
        return true;
    }
    Budget budget{Limits{}};
    return same(expected, actual, budget);
}

struct Count {
    int passed = 0;
    int failed = 0;
    int noExpression = 0;
};

void runFolder(const fs::path& folder, Count& count, bool verbose) {
    for (const auto& file : fs::directory_iterator(folder)) {
        if (file.path().extension() != ".xml") continue;
        const DocumentPtr cases = read(file.path());
        Model model(folder / child(cases->documentElement(), "modelName")->innerText());
        for (auto* test : children(cases->documentElement(), "testCase")) {
            std::map<std::string, Value> inputs;
            for (auto* input : children(test, "inputNode"))
                inputs[input->getAttribute("name")] = expectedValue(input);
            for (auto* result : children(test, "resultNode")) {
                const auto actual = model.decision(result->getAttribute("name"), inputs);
                if (!actual) {
                    ++count.noExpression;
                    continue;
                }
                const Value expected = expectedValue(child(result, "expected"));
                const bool fine = agrees(expected, *actual);
                ++(fine ? count.passed : count.failed);
                if (fine || !verbose) continue;
                Budget budget{Limits{}};
                std::cerr << "  " << folder.filename().string() << " " << test->getAttribute("id") << " "
                          << result->getAttribute("name") << ": expected " << toText(expected, budget)
                          << ", got " << toText(*actual, budget) << "\n";
            }
        }
    }
}

class TckTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TckTest);
    CPPUNIT_TEST(theShareOfReferenceCasesDoesNotSink);
    CPPUNIT_TEST_SUITE_END();

public:
    void theShareOfReferenceCasesDoesNotSink() {
        const char* named = std::getenv("MOTCUA_TCK");
        const fs::path root = named != nullptr ? fs::path{named} : fs::path{"../shared/data/dmn-tck"};
        if (!fs::is_directory(root)) {
            std::cerr << "\n*** THE DMN TCK IS ABSENT at " << root << ": its cases were NOT run ***\n";
            return;
        }
        Count count;
        std::set<fs::path> folders;
        for (const auto& level : fs::directory_iterator(root)) {
            if (!level.is_directory()) continue;
            for (const auto& folder : fs::directory_iterator(level))
                folders.insert(folder.path());
        }
        for (const auto& folder : folders)
            runFolder(folder, count, std::getenv("MOTCUA_TCK_VERBOSE") != nullptr);
        const int run = count.passed + count.failed;
        const double share = run == 0 ? 0 : static_cast<double>(count.passed) / run;
        std::cerr << "\nDMN TCK: " << count.passed << " of " << run << " expressions agree (" << share * 100
                  << " %); " << count.noExpression << " results come from tables and the like\n";
        CPPUNIT_ASSERT_MESSAGE("the share of DMN TCK expressions sank", share >= floorShare);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TckTest);

} // namespace
