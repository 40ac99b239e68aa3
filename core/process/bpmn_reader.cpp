// Reads BPMN 2.0 XML into a Definition. Whatever is drawn is either understood, or pure drawing, or named as
// a finding.
#include "process/check.h"
#include "process/xml_tree.h"

#include "feel/temporal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

namespace motcua::process {

namespace {

constexpr std::string_view bpmn = "http://www.omg.org/spec/BPMN/20100524/MODEL";

constexpr std::array<std::pair<std::string_view, Kind>, 8> kinds{
    {{"startEvent", Kind::Start},
     {"endEvent", Kind::End},
     {"userTask", Kind::UserTask},
     {"serviceTask", Kind::ServiceTask},
     {"exclusiveGateway", Kind::ExclusiveGateway},
     {"parallelGateway", Kind::ParallelGateway},
     {"intermediateCatchEvent", Kind::MessageCatch},
     {"boundaryEvent", Kind::Timer}}};

// Drawing and documentation: nothing to run.
constexpr std::array<std::string_view, 13> silent{
    "documentation",        "extensionElements", "laneSet",
    "textAnnotation",       "association",       "group",
    "dataObject",           "category",          "dataObjectReference",
    "dataStoreReference",   "ioSpecification",   "property",
    "supportedInterfaceRef"};

// What may stand inside an element we run without changing what it does.
constexpr std::array<std::string_view, 10> silentInside{
    "documentation",        "extensionElements",     "incoming",        "outgoing",  "property",
    "dataInputAssociation", "dataOutputAssociation", "ioSpecification", "dataInput", "dataOutput"};

template <std::size_t N>
bool in(const std::array<std::string_view, N>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> wordsOf(const std::string& text) {
    std::vector<std::string> made;
    std::istringstream in(text);
    for (std::string word; in >> word;)
        made.push_back(word);
    return made;
}

std::optional<int> wholeNumber(const std::string& text, int least, int most) {
    int value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size() || value < least || value > most)
        return std::nullopt;
    return value;
}

// ISO 8601 in the parts a limit can hold: "PT4H", "P3D", "P1M". Our own form "3 working_days" is taken too.
std::optional<calendar::Limit> timerLimit(const std::string& text) {
    if (auto limit = calendar::Limit::parse(text)) return *limit;
    if (const auto months = feel::parseYearMonths(text);
        months && months->months > 0 && months->months <= 240) {
        return calendar::Limit{static_cast<int>(months->months), calendar::Unit::Months};
    }
    const auto duration = feel::parseDayTime(text);
    constexpr feel::Nanos hour = feel::Nanos{3600} * feel::nanosPerSecond;
    if (!duration || duration->nanos <= 0 || duration->nanos % hour != 0 ||
        duration->nanos > hour * 24 * 2000) {
        return std::nullopt;
    }
    if (duration->nanos % feel::nanosPerDay == 0) {
        return calendar::Limit{static_cast<int>(duration->nanos / feel::nanosPerDay), calendar::Unit::Days};
    }
    return calendar::Limit{static_cast<int>(duration->nanos / hour), calendar::Unit::Hours};
}

class Reader {
public:
    explicit Reader(const XmlNode& root) : root_(root) {}

    Result<Reading> read() {
        if (root_.space != bpmn || root_.name != "definitions") return invalid("process.no_bpmn");
        const XmlNode* chosen = chooseProcess();
        if (chosen == nullptr) return invalid("process.no_process");
        for (const auto& child : root_.children) {
            if (child->space == bpmn && child->name == "message") {
                messages_[child->attribute("id")] = child->attribute("name");
            }
        }
        definition().id = chosen->attribute("id");
        definition().name = chosen->attribute("name");
        if (definition().id.empty()) addFinding("no_id", *chosen, "process");
        for (const auto& child : chosen->children)
            readElement(*child);
        for (const auto& child : chosen->children) {
            if (child->space == bpmn && child->name == "sequenceFlow") readFlow(*child);
        }
        for (const auto& child : chosen->children)
            readDefault(*child);
        return std::move(reading_);
    }

private:
    // The executable process; where none is marked so, the only one that has elements.
    const XmlNode* chooseProcess() {
        std::vector<const XmlNode*> marked;
        std::vector<const XmlNode*> filled;
        for (const auto& child : root_.children) {
            if (child->space != bpmn || child->name != "process") continue;
            if (child->attribute("isExecutable") == "true") marked.push_back(child.get());
            if (!child->children.empty()) filled.push_back(child.get());
        }
        const auto& candidates = marked.empty() ? filled : marked;
        for (std::size_t i = 1; i < candidates.size(); ++i)
            addFinding("second_process", *candidates[i], "process");
        return candidates.empty() ? nullptr : candidates.front();
    }

    Definition& definition() { return reading_.definition; }

    void addFinding(std::string code, const XmlNode& at, std::string detail,
                    Finding::Weight weight = Finding::Weight::Error) {
        reading_.findings.push_back(
            {weight, std::move(code), at.attribute("id"), at.attribute("name"), at.line, std::move(detail)});
    }

    void readElement(const XmlNode& node) {
        if (node.space != bpmn || node.name == "sequenceFlow" || in(silent, node.name)) return;
        Element element;
        element.id = node.attribute("id");
        element.name = node.attribute("name");
        element.tag = node.name;
        element.line = node.line;
        const auto found = std::find_if(kinds.begin(), kinds.end(),
                                        [&](const auto& pair) { return pair.first == node.name; });
        if (found != kinds.end()) element.kind = found->second;
        if (element.kind == Kind::Unsupported) addFinding("unsupported_element", node, node.name);
        if (element.id.empty() || definition().byId.contains(element.id)) {
            addFinding(element.id.empty() ? "no_id" : "id_twice", node, element.id);
            return;
        }
        readDirections(node, element);
        if (element.kind != Kind::Unsupported) readInside(node, element);
        definition().byId[element.id] = definition().elements.size();
        if (element.kind == Kind::Start) {
            if (definition().start) addFinding("second_start", node, {});
            definition().start = definition().elements.size();
        }
        definition().elements.push_back(std::move(element));
    }

    void readInside(const XmlNode& node, Element& element) {
        bool event = false;
        for (const auto& child : node.children) {
            if (child->space != bpmn || in(silentInside, child->name)) continue;
            const bool definitionOfEvent = child->name.ends_with("EventDefinition");
            const bool fits = definitionOfEvent && !event && readEvent(node, *child, element);
            event = event || definitionOfEvent;
            if (!fits) addFinding("unsupported_inside", node, child->name);
        }
        if (!event && (element.kind == Kind::MessageCatch || element.kind == Kind::Timer)) {
            addFinding("event_without_trigger", node, node.name);
        }
    }

    bool readEvent(const XmlNode& node, const XmlNode& event, Element& element) {
        if (element.kind == Kind::End && event.name == "terminateEventDefinition") {
            element.kind = Kind::Terminate;
            return true;
        }
        if (element.kind == Kind::MessageCatch && event.name == "messageEventDefinition") {
            const auto found = messages_.find(event.attribute("messageRef"));
            element.message = found == messages_.end() ? "" : found->second;
            if (element.message.empty()) addFinding("message_without_name", node, {});
            return true;
        }
        if (element.kind != Kind::Timer || event.name != "timerEventDefinition") return false;
        element.attachedTo = node.attribute("attachedToRef");
        element.interrupting = node.attribute("cancelActivity") != "false";
        const XmlNode* duration = event.child(bpmn, "timeDuration");
        element.after = duration == nullptr ? std::nullopt : timerLimit(duration->text);
        if (!element.after) addFinding("bad_timer", node, duration == nullptr ? "" : duration->text);
        return true;
    }

    void readDirections(const XmlNode& node, Element& element) {
        Directions& directions = element.directions;
        for (const auto& [space, name, value] : node.attributes) {
            if (space != extensionSpace) continue;
            if (name == "role") {
                directions.role = value;
            } else if (name == "unit") {
                directions.unit = value;
            } else if (name == "phase") {
                directions.phase = value;
            } else if (name == "form") {
                directions.form = value;
            } else if (name == "sign") {
                directions.sign = value;
            } else if (name == "command") {
                directions.command = value;
            } else if (name == "actions") {
                directions.actions = wordsOf(value);
            } else if (name == "notify") {
                directions.notify = wordsOf(value);
            } else if (!readMeasured(name, value, directions)) {
                addFinding("bad_attribute", node, "mc:" + name + "=\"" + value + "\"");
            }
        }
    }

    static bool readMeasured(const std::string& name, const std::string& value, Directions& directions) {
        if (name == "limit") {
            auto limit = calendar::Limit::parse(value);
            if (!limit) return false;
            directions.limit = *limit;
            return true;
        }
        if (name == "rate") {
            directions.rate = value == "true";
            return value == "true" || value == "false";
        }
        if (name != "status" && name != "warnAt") return false;
        const auto number = name == "status" ? wholeNumber(value, 1, 10) : wholeNumber(value, 1, 99);
        if (!number) return false;
        (name == "status" ? directions.status : directions.warnAt) = *number;
        return true;
    }

    void readFlow(const XmlNode& node) {
        const auto from = definition().byId.find(node.attribute("sourceRef"));
        const auto to = definition().byId.find(node.attribute("targetRef"));
        if (from == definition().byId.end() || to == definition().byId.end()) {
            addFinding("flow_into_nothing", node,
                       node.attribute("sourceRef") + " → " + node.attribute("targetRef"));
            return;
        }
        Flow flow;
        flow.id = node.attribute("id");
        flow.name = node.attribute("name");
        flow.from = from->second;
        flow.to = to->second;
        flow.line = node.line;
        if (const XmlNode* condition = node.child(bpmn, "conditionExpression"))
            readCondition(node, *condition, flow);
        const std::size_t index = definition().flows.size();
        flows_[flow.id] = index;
        definition().elements[flow.from].outgoing.push_back(index);
        definition().elements[flow.to].incoming.push_back(index);
        definition().flows.push_back(std::move(flow));
    }

    void readCondition(const XmlNode& node, const XmlNode& condition, Flow& flow) {
        // Some tools write "=" before an expression to say that it is FEEL.
        std::string_view text = condition.text;
        if (text.starts_with('=')) text.remove_prefix(1);
        auto parsed = feel::Expression::parse(text);
        if (!parsed) {
            addFinding("bad_condition", node, condition.text + ": " + parsed.error().detail);
            return;
        }
        flow.condition = std::move(*parsed);
    }

    void readDefault(const XmlNode& node) {
        const std::string& named = node.attribute("default");
        if (node.space != bpmn || named.empty()) return;
        const auto element = definition().byId.find(node.attribute("id"));
        const auto flow = flows_.find(named);
        if (element == definition().byId.end()) return;
        if (flow == flows_.end() || definition().flows[flow->second].from != element->second) {
            addFinding("bad_default", node, named);
            return;
        }
        definition().elements[element->second].defaultFlow = flow->second;
    }

    const XmlNode& root_;
    Reading reading_;
    std::map<std::string, std::string> messages_;
    std::map<std::string, std::size_t> flows_;
};

} // namespace

Result<Reading> readBpmn(std::string_view xml) {
    MOTCUA_TRY(root, readXml(xml));
    return Reader(*root).read();
}

} // namespace motcua::process
