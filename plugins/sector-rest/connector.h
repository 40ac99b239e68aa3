// A connector: the description of another system as JSON, checked whole before anything of it is used.
#pragma once

#include "template.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace connector {

// What an answer's own code means, whatever its HTTP status.
enum class Meaning { Ok, None, Already, Unknown, Conflict, Refused, Login, Quota, Down };

struct Request {
    std::string method = "GET";
    std::string path{};
    std::map<std::string, std::string> query{};
    std::map<std::string, std::string> headers{};
    Json body{}; // null: none
};

// How the fate of a call is read from an answer.
struct Verdict {
    std::string at{};                       // path of the code; "": HTTP alone decides
    std::map<std::string, Meaning> codes{}; // by the code as a text
    std::string message{};                  // path of the other side's words
};

struct Key {
    bool required = false;
    bool digits = false; // digits only
    std::size_t maxLength = 100;
};

struct Paging {
    std::int64_t first = 1; // pages by number, the answer's own next page by `next`
    std::int64_t step = 0;  // 0: not by number
    std::size_t size = 0;
    std::string next{}; // path of the cursor
};

struct Query {
    std::map<std::string, Key> keys{};
    Request request{};
    std::string records{}; // path of a list, or of one object
    Json record{};
    Json reference{};
    std::optional<Paging> paging{};
};

struct Exchange { // one that hands over or tells a change
    Request request{};
    Json answer{}; // reference, detail
};

struct StateQuestion {
    Request request{};
    Json progress{};
};

struct PaperQuestion {
    Request request{}; // without one the handle is an address at the other side
    bool direct = true;
    std::string content{}; // path of base64; "": the body itself
    Json name{};
    Json contentType{};
};

struct Connector {
    std::string name{};
    Verdict verdict{};
    std::map<std::string, Query> queries{};
    std::optional<Exchange> handOver{};
    std::map<std::string, Exchange> updates{};
    std::optional<StateQuestion> state{};
    std::optional<PaperQuestion> paper{};
    std::map<std::string, std::string> states{}; // their code → a word of SectorState
    std::string otherState{};              // of codes that are not listed; "": such an answer is unexpected
    std::map<std::string, Json> inbound{}; // by path: how a message becomes a progress
    Json accepted{}, refused{};            // what the other side is answered
};

// Invalid "plugin.misconfigured" that names the place and what is wrong there.
Result<Connector> parseConnector(const std::string& text);

} // namespace connector
