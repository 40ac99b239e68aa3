// What the tests of the process room share: reading models, and the smallest BPMN around a few elements.
#pragma once

#include "process/check.h"
#include "process/engine.h"

#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <sstream>
#include <string>

namespace motcua::process::test {

inline std::string fileText(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    CPPUNIT_ASSERT_MESSAGE("cannot read " + path, file.good());
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

inline std::string packageText(const std::string& code) {
    return fileText("config/city/packages/" + code + "/process.bpmn");
}

// `inside` stands in the <process>; the prefix of BPMN is the default namespace.
inline std::string model(const std::string& inside) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
           "xmlns:mc=\"urn:motcua:bpmn:1\">\n"
           "<message id=\"m\" name=\"supplement\"/>\n"
           "<process id=\"p\" name=\"Thử\" isExecutable=\"true\">\n" +
           inside + "\n</process>\n</definitions>\n";
}

inline std::string task(const std::string& id, const std::string& more = {}) {
    return "<userTask id=\"" + id + "\" name=\"" + id +
           "\" mc:role=\"specialist\" mc:unit=\"executing\" mc:limit=\"1 working_days\" " + more + "/>\n";
}

inline std::string flow(const std::string& from, const std::string& to, const std::string& condition = {}) {
    const std::string head =
        "<sequenceFlow id=\"" + from + "_" + to + "\" sourceRef=\"" + from + "\" targetRef=\"" + to + "\"";
    if (condition.empty()) return head + "/>\n";
    return head + "><conditionExpression>" + condition + "</conditionExpression></sequenceFlow>\n";
}

inline Definition definitionOf(const std::string& xml) {
    auto reading = readBpmn(xml);
    CPPUNIT_ASSERT_MESSAGE(reading ? "" : reading.error().code + " " + reading.error().detail, reading.ok());
    std::string words;
    for (const auto& finding : check(*reading))
        words += describe(finding) + "\n";
    CPPUNIT_ASSERT_MESSAGE(words, runnable(check(*reading)));
    return std::move(reading->definition);
}

// One instance driven by the names of its elements.
class Instance {
public:
    explicit Instance(Definition definition) : definition_(std::move(definition)), engine_(definition_) {}

    void start(const Json& variables = Json::object()) { effects = *engine_.start(state, variables, facts); }

    std::int64_t tokenAt(const std::string& element) const {
        for (const auto& token : state.tokens) {
            if (token.at == element) return token.id;
        }
        CPPUNIT_FAIL("no token at " + element + ", but " + where());
        return 0;
    }

    Result<void> complete(const std::string& element, const std::string& action = {}) {
        return keep(engine_.complete(state, tokenAt(element), action, Json::object(), facts));
    }
    Result<void> message(const std::string& name) {
        return keep(engine_.message(state, name, Json::object(), facts));
    }
    Result<void> keep(Result<Effects> result) {
        if (!result) return result.error();
        effects = std::move(*result);
        all.insert(all.end(), effects.begin(), effects.end());
        return {};
    }

    // "a b", where the tokens rest, sorted.
    std::string where() const {
        std::vector<std::string> places;
        for (const auto& token : state.tokens)
            places.push_back(token.at);
        std::sort(places.begin(), places.end());
        std::string made;
        for (const auto& place : places)
            made += (made.empty() ? "" : " ") + place;
        return made;
    }

    bool had(Effect::Kind kind, const std::string& element) const {
        return std::any_of(all.begin(), all.end(), [&](const Effect& effect) {
            return effect.kind == kind && effect.element == element;
        });
    }

    const Engine& engine() const { return engine_; }

    State state{};
    Json facts = Json::object();
    Effects effects{};
    Effects all{};

private:
    Definition definition_;
    Engine engine_;
};

} // namespace motcua::process::test
