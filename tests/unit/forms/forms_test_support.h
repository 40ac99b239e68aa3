// What the tests of forms share: the city's library and forms, small forms written in place, and how to judge
// answers.
#pragma once

#include "base/civil_day.h"
#include "forms/definition_reader.h"
#include "forms/validate.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace motcua::forms::test {

// The day of every test: 10:00 on 10 March 2026.
inline Instant now() {
    return CivilDay{2026, 3, 10}.start() + std::chrono::hours{10};
}

inline const Library& library() {
    static const Library made = loadLibrary("config/city/forms/library.yaml").value();
    return made;
}

inline const std::vector<std::string>& readyProcedures() {
    static const std::vector<std::string> codes{"1.001193", "1.004873", "1.001612", "2.000635", "1.013225"};
    return codes;
}

inline Definition ready(const std::string& code) {
    return Definition::make(loadForm("config/city/packages/" + code + "/form.yaml", library()).value())
        .value();
}

inline Json readJson(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return Json::parse(text.str()).value();
}

inline Json fixture(const std::string& code, const std::string& name) {
    return readJson("tests/fixtures/forms/" + code + "/" + name);
}

// A form of one section "all" with these fields (YAML, indented by four), and what follows the sections.
inline std::string yamlOf(const std::string& fields, const std::string& rest = {}) {
    return "form: 1\nprocedure: \"9.000001\"\ntitle: {vi: Đơn, en: Form}\nsections:\n  - key: all\n"
           "    title: {vi: Tất cả, en: All}\n    fields:\n" +
           fields + rest;
}

// "      - {key: x, type: text, label: {vi: x, en: x}, <more>}"
inline std::string field(const std::string& key, const std::string& type, const std::string& more = {}) {
    return "      - {key: " + key + ", type: " + type + ", label: {vi: " + key + ", en: " + key + "}" +
           (more.empty() ? "" : ", " + more) + "}\n";
}

inline const std::string ab =
    "options: [{value: a, label: {vi: A, en: A}}, {value: b, label: {vi: B, en: B}}]";

inline Form formOf(const std::string& fields, const std::string& rest = {}) {
    return readForm(yamlOf(fields, rest), "test.yaml", library()).value();
}

inline Definition define(const std::string& fields, const std::string& rest = {}) {
    return Definition::make(formOf(fields, rest)).value();
}

inline Verdict judged(const Definition& definition, const Json& answers, Stage stage = Stage::Submit,
                      const std::string& section = {}) {
    return judge(definition, answers, {now(), stage, section});
}

inline Verdict judged(const Definition& definition, const std::string& answers, Stage stage = Stage::Submit,
                      const std::string& section = {}) {
    return judged(definition, Json::parse(answers).value(), stage, section);
}

inline Verdict judged(const Definition& definition, const char* answers, Stage stage = Stage::Submit,
                      const std::string& section = {}) {
    return judged(definition, Json::parse(answers).value(), stage, section);
}

// path → code; rules of the form's author as "form.rule".
inline std::map<std::string, std::string> errorsOf(const Verdict& verdict) {
    std::map<std::string, std::string> found;
    for (const FieldError& error : verdict.errors) {
        const auto own = error.params.find("code");
        found[error.field] = own == error.params.end() ? error.code : own->second;
    }
    return found;
}

inline std::string shown(const std::map<std::string, std::string>& errors) {
    std::string text;
    for (const auto& [path, code] : errors)
        text += path + ": " + code + "\n";
    return text;
}

// The only code, "" where there is none, all of them where there are more.
inline std::string codeOf(const Verdict& verdict) {
    std::string text;
    for (const auto& [path, code] : errorsOf(verdict))
        text += (text.empty() ? "" : ", ") + code;
    return text;
}

} // namespace motcua::forms::test
