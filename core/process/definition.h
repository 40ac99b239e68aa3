// A process as the engine runs it: elements, the flows between them, and what the procedure wants at each.
#pragma once

#include "calendar/calendar.h"
#include "feel/expression.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace motcua::process {

// The namespace of our attributes on BPMN elements; tools that do not know it keep them.
inline constexpr const char* extensionSpace = "urn:motcua:bpmn:1";

enum class Kind {
    Start,
    End,
    Terminate,        // an end that takes every other token with it
    UserTask,         // a step that somebody works on
    ServiceTask,      // a command to the outside, by way of the outbox; the token goes on at once
    ExclusiveGateway, // the first flow whose condition holds, else the default
    ParallelGateway,  // all flows; waits for one token of each flow that comes in
    MessageCatch,     // waits for a message, such as the applicant's supplement
    Timer,            // a boundary event on a user task
    Unsupported,      // read, named by check(), never run
};

// What the mc: attributes of an element say.
struct Directions {
    std::string role{};                     // who works on it: "receiver", "specialist", "leader"
    std::string unit{};                     // where: a name that the instance's units map to an agency
    std::optional<calendar::Limit> limit{}; // thời hạn of the step
    std::string phase{};                    // the phase that the applicant sees
    int status = 0;                     // the dossier's national status from here on, 1 to 10; 0 leaves it
    std::string form{};                 // id of the form shown
    std::vector<std::string> actions{}; // outcomes to choose from; empty: the step is only completed
    std::string sign{};                 // the signature it needs: "personal", "organisation"
    std::vector<std::string> notify{};  // ids of the notices to send when it begins
    bool rate = false;                  // ask the applicant's satisfaction here
    int warnAt = 20;                    // per cent of the limit left when the light turns amber
    std::string command{};              // of a service task
};

struct Element {
    std::string id{};
    std::string name{};
    std::string tag{}; // its BPMN element, "userTask"
    Kind kind = Kind::Unsupported;
    int line = 0;
    Directions directions{};
    std::vector<std::size_t> outgoing{}; // indexes of flows, in the order of the file
    std::vector<std::size_t> incoming{};
    std::optional<std::size_t> defaultFlow{};
    std::string message{};                  // of a message catch
    std::string attachedTo{};               // of a timer
    bool interrupting = true;               // of a timer
    std::optional<calendar::Limit> after{}; // of a timer
};

struct Flow {
    std::string id{};
    std::string name{};
    std::size_t from = 0;
    std::size_t to = 0;
    int line = 0;
    std::optional<feel::Expression> condition{};
};

struct Definition {
    std::string id{}; // of the <process>
    std::string name{};
    std::vector<Element> elements{};
    std::vector<Flow> flows{};
    std::optional<std::size_t> start{};

    const Element* find(const std::string& elementId) const {
        const auto found = byId.find(elementId);
        return found == byId.end() ? nullptr : &elements[found->second];
    }
    std::map<std::string, std::size_t> byId{};
};

} // namespace motcua::process
