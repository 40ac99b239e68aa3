#include "connector.h"

#include "motcua/sdk/sector.h"

#include <initializer_list>
#include <set>

namespace connector {

using namespace motcua::sdk;

namespace {

const std::map<std::string, Meaning, std::less<>> meanings{
    {"ok", Meaning::Ok},           {"none", Meaning::None},         {"already", Meaning::Already},
    {"unknown", Meaning::Unknown}, {"conflict", Meaning::Conflict}, {"refused", Meaning::Refused},
    {"login", Meaning::Login},     {"quota", Meaning::Quota},       {"down", Meaning::Down}};

// Reads a description and remembers the first thing that is wrong with it.
class Parser {
public:
    Result<Connector> run(const Json& json) {
        Connector made;
        names("", json,
              {"name", "verdict", "queries", "handOver", "updates", "state", "paper", "states", "otherState",
               "inbound", "accepted", "refused"});
        made.name = text("name", json["name"]);
        made.verdict = verdict("verdict", json["verdict"]);
        for (const auto& [name, query] : json["queries"].members())
            made.queries[name] = queryOf("queries." + name, query);
        if (json.has("handOver")) made.handOver = exchange("handOver", json["handOver"]);
        for (const auto& [name, update] : json["updates"].members())
            made.updates[name] = exchange("updates." + name, update);
        if (json.has("state")) made.state = state("state", json["state"]);
        if (json.has("paper")) made.paper = paper("paper", json["paper"]);
        for (const auto& [code, word] : json["states"].members())
            made.states[code] = stateWord("states." + code, word);
        if (json.has("otherState")) made.otherState = stateWord("otherState", json["otherState"]);
        for (const auto& [path, progress] : json["inbound"].members())
            made.inbound[path] = pattern("inbound." + path, progress);
        made.accepted = json["accepted"];
        made.refused = json["refused"];
        if (!problem_.empty()) return invalid("plugin.misconfigured", "the connector: " + problem_);
        return made;
    }

private:
    void fail(const std::string& place, const std::string& what) {
        if (problem_.empty()) problem_ = place + ": " + what;
    }

    void names(const std::string& place, const Json& json, std::initializer_list<std::string_view> known) {
        if (!json.isObject()) return fail(place, "is no object");
        for (const auto& member : json.members())
            if (std::find(known.begin(), known.end(), member.first) == known.end())
                return fail(place, "does not know \"" + member.first + "\"");
    }

    std::string text(const std::string& place, const Json& json) {
        if (!json.isNull() && !json.isString()) fail(place, "is no text");
        return json.string();
    }

    Json pattern(const std::string& place, const Json& json) {
        if (const std::string flaw = flawOf(json); !flaw.empty()) fail(place, flaw);
        return json;
    }

    std::string textPattern(const std::string& place, const Json& json) {
        pattern(place, json);
        return text(place, json);
    }

    Verdict verdict(const std::string& place, const Json& json) {
        if (json.isNull()) return {};
        names(place, json, {"at", "codes", "message"});
        Verdict made{text(place + ".at", json["at"]), {}, text(place + ".message", json["message"])};
        for (const auto& [code, meaning] : json["codes"].members()) {
            const auto found = meanings.find(meaning.string());
            if (found == meanings.end()) {
                fail(place + ".codes." + code, "is not one of its words");
            } else {
                made.codes[code] = found->second;
            }
        }
        if (!made.at.empty() && made.codes.empty()) fail(place, "no code means \"ok\"");
        return made;
    }

    Request request(const std::string& place, const Json& json) {
        names(place, json, {"method", "path", "query", "headers", "body"});
        static const std::set<std::string, std::less<>> methods{"GET", "POST", "PUT", "PATCH", "DELETE"};
        Request made;
        if (json.has("method")) made.method = text(place + ".method", json["method"]);
        if (!methods.contains(made.method)) fail(place, "no such method");
        made.path = textPattern(place + ".path", json["path"]);
        // An address of its own would lead away from the one that the administrator allowed.
        if (made.path.find("://") != std::string::npos || made.path.rfind("//", 0) == 0)
            fail(place, "the path is an address");
        for (const auto& [name, value] : json["query"].members())
            made.query[name] = textPattern(place + ".query." + name, value);
        for (const auto& [name, value] : json["headers"].members())
            made.headers[name] = textPattern(place + ".headers." + name, value);
        made.body = pattern(place + ".body", json["body"]);
        return made;
    }

    Query queryOf(const std::string& place, const Json& json) {
        names(place, json, {"keys", "request", "records", "record", "reference", "paging"});
        Query made;
        for (const auto& [name, key] : json["keys"].members()) {
            names(place + ".keys." + name, key, {"required", "digits", "maxLength"});
            made.keys[name] = {
                key["required"].boolean(), key["digits"].boolean(),
                static_cast<std::size_t>(std::clamp<std::int64_t>(key["maxLength"].integer(100), 1, 1000))};
        }
        made.request = request(place + ".request", json["request"]);
        made.records = text(place + ".records", json["records"]);
        made.record = pattern(place + ".record", json["record"]);
        if (!made.record.isObject()) fail(place, "\"record\" is no object");
        made.reference = pattern(place + ".reference", json["reference"]);
        if (json.has("paging")) made.paging = paging(place + ".paging", json["paging"]);
        return made;
    }

    Paging paging(const std::string& place, const Json& json) {
        names(place, json, {"first", "step", "size", "next"});
        Paging made;
        made.first = json["first"].integer(1);
        made.step = json["step"].integer(0);
        made.size = static_cast<std::size_t>(std::clamp<std::int64_t>(json["size"].integer(0), 0, 500));
        made.next = text(place + ".next", json["next"]);
        const bool byNumber = made.step > 0 && made.size > 0 && made.first >= 0;
        if (byNumber == !made.next.empty()) fail(place, "needs either \"next\", or \"step\" and \"size\"");
        return made;
    }

    Exchange exchange(const std::string& place, const Json& json) {
        names(place, json, {"request", "answer"});
        return {request(place + ".request", json["request"]), pattern(place + ".answer", json["answer"])};
    }

    StateQuestion state(const std::string& place, const Json& json) {
        names(place, json, {"request", "progress"});
        if (!json["progress"].isObject()) fail(place, "\"progress\" is no object");
        return {request(place + ".request", json["request"]), pattern(place + ".progress", json["progress"])};
    }

    PaperQuestion paper(const std::string& place, const Json& json) {
        names(place, json, {"request", "content", "name", "contentType"});
        PaperQuestion made;
        made.direct = !json.has("request");
        if (!made.direct) made.request = request(place + ".request", json["request"]);
        made.content = text(place + ".content", json["content"]);
        made.name = pattern(place + ".name", json["name"]);
        made.contentType = pattern(place + ".contentType", json["contentType"]);
        return made;
    }

    std::string stateWord(const std::string& place, const Json& json) {
        for (const auto& [state, word] : EnumWords<SectorState>::entries)
            if (json.isString() && json.string() == word) return json.string();
        fail(place, "is no state");
        return {};
    }

    std::string problem_{};
};

} // namespace

Result<Connector> parseConnector(const std::string& text) {
    const auto json = Json::parse(text);
    if (!json || !json->isObject()) return invalid("plugin.misconfigured", "the connector is no JSON object");
    return Parser{}.run(*json);
}

} // namespace connector
