#include "process/check.h"

#include <algorithm>

namespace motcua::process {

namespace {

constexpr std::size_t mostElements = 2'000;

class Checker {
public:
    explicit Checker(const Reading& reading) : definition_(reading.definition), findings_(reading.findings) {}

    std::vector<Finding> run() {
        if (definition_.elements.size() > mostElements) {
            add("too_many_elements", nullptr, std::to_string(definition_.elements.size()));
            return std::move(findings_);
        }
        if (!definition_.start) add("no_start", nullptr, {});
        for (const auto& element : definition_.elements)
            checkElement(element);
        for (const auto& flow : definition_.flows)
            checkFlow(flow);
        connect();
        checkReach();
        checkCycles();
        return std::move(findings_);
    }

private:
    void add(std::string code, const Element* element, std::string detail,
             Finding::Weight weight = Finding::Weight::Error) {
        findings_.push_back({weight, std::move(code), element == nullptr ? "" : element->id,
                             element == nullptr ? "" : element->name, element == nullptr ? 0 : element->line,
                             std::move(detail)});
    }

    static bool isEnd(const Element& element) {
        return element.kind == Kind::End || element.kind == Kind::Terminate;
    }

    void checkElement(const Element& element) {
        if (element.kind == Kind::Unsupported) return; // already named
        if (isEnd(element) && !element.outgoing.empty()) add("flow_out_of_end", &element, {});
        if (!isEnd(element) && element.outgoing.empty()) add("dead_end", &element, element.tag);
        if (element.kind == Kind::Start && !element.incoming.empty()) add("flow_into_start", &element, {});
        const bool splits = element.kind == Kind::ExclusiveGateway || element.kind == Kind::ParallelGateway;
        if (!splits && element.outgoing.size() > 1) add("several_flows_out", &element, element.tag);
        if (element.kind == Kind::UserTask) checkUserTask(element);
        if (element.kind == Kind::ServiceTask && element.directions.command.empty())
            add("no_command", &element, {});
        if (element.kind == Kind::Timer) checkTimer(element);
        if (element.kind == Kind::ExclusiveGateway && element.outgoing.size() > 1) checkGateway(element);
    }

    void checkUserTask(const Element& element) {
        if (element.name.empty()) add("no_name", &element, element.tag, Finding::Weight::Warning);
        if (element.directions.role.empty()) add("no_role", &element, {});
        if (element.directions.unit.empty()) add("no_unit", &element, {});
        if (!element.directions.limit) add("no_limit", &element, {}, Finding::Weight::Warning);
    }

    void checkTimer(const Element& element) {
        const Element* task = definition_.find(element.attachedTo);
        if (task == nullptr || task->kind != Kind::UserTask)
            add("timer_without_task", &element, element.attachedTo);
        if (!element.incoming.empty()) add("flow_into_timer", &element, {});
    }

    void checkGateway(const Element& element) {
        for (const std::size_t index : element.outgoing) {
            const Flow& flow = definition_.flows[index];
            const bool isDefault = element.defaultFlow == index;
            if (!isDefault && !flow.condition) add("no_condition", &element, flow.id);
            if (isDefault && flow.condition)
                add("condition_on_default", &element, flow.id, Finding::Weight::Warning);
        }
        if (!element.defaultFlow) add("no_default", &element, {}, Finding::Weight::Warning);
    }

    void checkFlow(const Flow& flow) {
        const Element& from = definition_.elements[flow.from];
        if (flow.condition && from.kind != Kind::ExclusiveGateway)
            add("condition_without_gateway", &from, flow.id);
    }

    // Where each element leads, its timers included.
    void connect() {
        next_.resize(definition_.elements.size());
        for (const auto& flow : definition_.flows)
            next_[flow.from].push_back(flow.to);
        for (std::size_t i = 0; i < definition_.elements.size(); ++i) {
            const auto task = definition_.byId.find(definition_.elements[i].attachedTo);
            if (definition_.elements[i].kind == Kind::Timer && task != definition_.byId.end()) {
                next_[task->second].push_back(i);
            }
        }
    }

    void checkReach() {
        const std::size_t count = definition_.elements.size();
        std::vector<bool> reached(count, false);
        std::vector<std::size_t> open;
        if (definition_.start) open.push_back(*definition_.start);
        while (!open.empty()) {
            const std::size_t at = open.back();
            open.pop_back();
            if (reached[at]) continue;
            reached[at] = true;
            open.insert(open.end(), next_[at].begin(), next_[at].end());
        }
        std::vector<bool> ends(count, false);
        for (bool changed = true; changed;) {
            changed = false;
            for (std::size_t i = 0; i < count; ++i) {
                if (ends[i]) continue;
                const bool leads =
                    isEnd(definition_.elements[i]) ||
                    std::any_of(next_[i].begin(), next_[i].end(), [&](std::size_t to) { return ends[to]; });
                if (leads) changed = ends[i] = true;
            }
        }
        for (std::size_t i = 0; i < count; ++i) {
            const Element& element = definition_.elements[i];
            if (element.kind == Kind::Unsupported) continue;
            if (!reached[i]) add("unreachable", &element, element.tag);
            if (reached[i] && !ends[i]) add("never_ends", &element, element.tag);
        }
    }

    static bool waits(const Element& element) {
        return element.kind == Kind::UserTask || element.kind == Kind::MessageCatch;
    }

    // A way round that nobody and nothing has to wait on would run for ever.
    void checkCycles() {
        const std::size_t count = definition_.elements.size();
        std::vector<int> state(count, 0); // 0 new, 1 on the way, 2 done
        for (std::size_t root = 0; root < count; ++root) {
            std::vector<std::pair<std::size_t, std::size_t>>
                way; // element, how many of its flows were followed
            if (state[root] == 0 && !waits(definition_.elements[root])) {
                way.emplace_back(root, 0);
                state[root] = 1;
            }
            while (!way.empty()) {
                auto& [at, followed] = way.back();
                const auto& flows = definition_.elements[at].outgoing;
                if (followed == flows.size()) {
                    state[at] = 2;
                    way.pop_back();
                    continue;
                }
                const std::size_t to = definition_.flows[flows[followed++]].to;
                if (waits(definition_.elements[to])) continue;
                if (state[to] == 1) add("cycle_without_wait", &definition_.elements[to], {});
                if (state[to] == 0) {
                    state[to] = 1;
                    way.emplace_back(to, 0);
                }
            }
        }
    }

    const Definition& definition_;
    std::vector<Finding> findings_;
    std::vector<std::vector<std::size_t>> next_{};
};

} // namespace

std::vector<Finding> check(const Reading& reading) {
    return Checker(reading).run();
}

bool runnable(const std::vector<Finding>& findings) {
    return std::none_of(findings.begin(), findings.end(),
                        [](const Finding& finding) { return finding.weight == Finding::Weight::Error; });
}

std::string describe(const Finding& finding) {
    std::string made = finding.weight == Finding::Weight::Error ? "error" : "warning";
    if (finding.line != 0) made += ", line " + std::to_string(finding.line);
    if (!finding.name.empty()) made += ", " + finding.name;
    if (!finding.element.empty()) made += " (" + finding.element + ")";
    made += ": " + finding.code;
    return finding.detail.empty() ? made : made + ": " + finding.detail;
}

} // namespace motcua::process
