// What a manifest may say, and the schema of settings in it.
#include "plugins/manifest.h"

#include "base/json.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace motcua;
using namespace motcua::plugins;

class ManifestTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ManifestTest);
    CPPUNIT_TEST(everyPartIsRead);
    CPPUNIT_TEST(unknownKeysAreErrors);
    CPPUNIT_TEST(partsOutOfShapeAreErrorsThatNameThePlace);
    CPPUNIT_TEST(routesWebhooksAndJobsAreRead);
    CPPUNIT_TEST(schemasBeyondTheSubsetAreErrors);
    CPPUNIT_TEST(valuesAreCheckedAndDefaultsFilledIn);
    CPPUNIT_TEST(eachWrongValueIsToldByItsField);
    CPPUNIT_TEST(aSidecarThatDiffersIsRefused);
    CPPUNIT_TEST_SUITE_END();

    static Json sample() {
        return Json::parse(R"({
            "id": "vn.example.pay", "name": {"vi": "Thử", "en": "Test"}, "summary": {"vi": "a", "en": "b"}, "version": "1.2.3",
            "abi": 1, "provides": ["payment/1"], "secrets": ["key"], "network": ["*.example.vn:443", "${api}", "${host}:${port}"],
            "instances": "one",
            "limits": {"concurrency": 3, "memory_mb": 100, "timeouts_ms": {"payment.create/1": 1500}},
            "config": {"type": "object", "required": ["api"], "properties": {
                "api": {"type": "string", "format": "uri", "x-order": 2, "title": {"vi": "Địa chỉ", "en": "Address"}},
                "key": {"type": "string", "x-secret": true, "x-order": 1},
                "mode": {"type": "string", "enum": ["a", "b"], "default": "a"},
                "tries": {"type": "integer", "minimum": 1, "maximum": 5, "default": 2},
                "code": {"type": "string", "pattern": "^[A-Z]+$", "minLength": 2, "maxLength": 4},
                "mail": {"type": "string", "format": "email"},
                "on": {"type": "boolean"},
                "list": {"type": "array", "items": {"type": "string", "maxLength": 3}, "maxItems": 2}}}})")
            .value();
    }
    static std::string whyNot(const Json& manifest) {
        const auto parsed = Manifest::parse(manifest.dump());
        return parsed ? "it was taken" : parsed.error().code + " " + parsed.error().detail;
    }
    static void assertHas(const std::string& text, const std::string& part) {
        CPPUNIT_ASSERT_MESSAGE(text + " | " + part, text.find(part) != std::string::npos);
    }

    void everyPartIsRead() {
        const auto made = Manifest::parse(sample().dump());
        CPPUNIT_ASSERT_MESSAGE(made ? "" : made.error().detail, made.ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"vn.example.pay"}, made->id);
        CPPUNIT_ASSERT(made->offers("payment") && !made->offers("pay"));
        CPPUNIT_ASSERT(made->instances == Instances::One);
        CPPUNIT_ASSERT_EQUAL(3, made->limits.concurrency);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1500}, made->timeoutOf("payment.create/1").count());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{30000}, made->timeoutOf("payment.query/1").count());
        const auto& fields = made->config.fields();
        CPPUNIT_ASSERT_EQUAL(std::string{"key"}, fields[0].name); // by x-order
        CPPUNIT_ASSERT(fields[0].secret && !fields[0].required);
        CPPUNIT_ASSERT_EQUAL(std::string{"Địa chỉ"}, fields[1].title.in("vi"));
        CPPUNIT_ASSERT(fields[1].required);
    }

    void unknownKeysAreErrors() {
        assertHas(whyNot(sample().set("permisions", Json::array())), "unknown key \"permisions\"");
        Json typo = sample();
        typo.find("limits")->set("memory", 1);
        assertHas(whyNot(typo), "limits: unknown key \"memory\"");
    }

    void partsOutOfShapeAreErrorsThatNameThePlace() {
        assertHas(whyNot(sample().set("id", "Pay")), "id: ");
        assertHas(whyNot(sample().set("version", "1.2")), "version: ");
        assertHas(whyNot(sample().set("abi", 2)), "plugin.abi found ABI 2, this server needs ABI 1");
        assertHas(whyNot(sample().set("name", "Test")), "name: ");
        assertHas(whyNot(sample().set("provides", Json::array())), "provides: ");
        assertHas(whyNot(sample().set("provides", Json::array().add("payment"))), "provides: ");
        assertHas(whyNot(sample().set("network", Json::array().add("*"))), "network: ");
        assertHas(whyNot(sample().set("network", Json::array().add("*.vn"))), "network: ");
        assertHas(whyNot(sample().set("network", Json::array().add("unix:/run/any.ctl"))), "network: ");
        assertHas(whyNot(sample().set("secrets", Json::array())), "secrets: lacks key");
        assertHas(whyNot(sample().set("instances", "two")), "instances: ");
        Json greedy = sample();
        greedy.find("limits")->set("concurrency", 1000);
        assertHas(whyNot(greedy), "limits.concurrency: ");
        CPPUNIT_ASSERT(!Manifest::parse("{").ok());
    }

    static std::string schemaProblem(const std::string& property) {
        const auto made = ConfigSchema::parse(
            Json::parse(R"({"type": "object", "properties": {"x": )" + property + "}}").value());
        return made ? "it was taken" : made.error().detail;
    }

    void routesWebhooksAndJobsAreRead() {
        Json manifest = sample();
        manifest.set("provides", Json::parse(R"(["http/1", "webhook/1", "job/1"])").value());
        const Json routes = Json::parse(
                                R"([{"path": "/board/{name}", "methods": ["GET"], "audience": "public"},
                    {"path": "/upload", "methods": ["POST"], "audience": "officer", "body_kb": 20480}])")
                                .value();
        assertHas(whyNot(manifest), "routes: are missing");
        manifest.set("routes", routes);
        assertHas(whyNot(manifest), "webhooks: are missing");
        manifest.set("webhooks", Json::parse(R"(["receipts"])").value());
        assertHas(whyNot(manifest), "jobs: are missing");
        manifest.set(
            "jobs",
            Json::parse(R"([{"name": "poll", "every_s": 60}, {"name": "tidy", "daily": "02:30"}])").value());
        const auto made = Manifest::parse(manifest.dump());
        CPPUNIT_ASSERT_MESSAGE(made ? "" : made.error().detail, made.ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"/board/{name}"}, made->routes[0].path);
        CPPUNIT_ASSERT_EQUAL(64, made->routes[0].bodyKb);
        CPPUNIT_ASSERT_EQUAL(20480, made->routes[1].bodyKb);
        CPPUNIT_ASSERT_EQUAL(std::string{"receipts"}, made->webhooks[0]);
        CPPUNIT_ASSERT_EQUAL(60, made->jobs[0].everySeconds);
        CPPUNIT_ASSERT_EQUAL(-1, made->jobs[0].dailyMinute);
        CPPUNIT_ASSERT_EQUAL(150, made->jobs[1].dailyMinute);

        const auto with = [&](const char* key, const char* json) {
            Json changed = manifest;
            changed.set(key, Json::parse(json).value());
            return whyNot(changed);
        };
        assertHas(with("provides", R"(["webhook/1", "job/1"])"), "\"provides\" lacks http/1");
        assertHas(with("routes", R"([{"path": "board", "methods": ["GET"], "audience": "public"}])"),
                  "routes.path");
        assertHas(with("routes", R"([{"path": "/a", "methods": ["TRACE"], "audience": "public"}])"), "TRACE");
        assertHas(with("routes", R"([{"path": "/a", "methods": ["GET"], "audience": "all"}])"),
                  "routes.audience");
        assertHas(with("routes", R"([{"path": "/a", "method": "GET", "audience": "all"}])"), "unknown key");
        assertHas(with("jobs", R"([{"name": "a", "every_s": 60, "daily": "02:30"}])"), "either");
        assertHas(with("jobs", R"([{"name": "a", "daily": "24:00"}])"), "02:30");
        assertHas(with("jobs", R"([{"name": "a", "every_s": 1}])"), "from 10");
    }

    void schemasBeyondTheSubsetAreErrors() {
        assertHas(schemaProblem(R"({"type": "string", "oneOf": []})"), "config.x: unknown keyword oneOf");
        assertHas(schemaProblem(R"({"type": "null"})"), "config.x: type");
        assertHas(schemaProblem(R"({"type": "string", "format": "date"})"), "config.x: unknown format");
        assertHas(schemaProblem(R"({"type": "string", "pattern": "("})"), "config.x: pattern");
        assertHas(schemaProblem(R"({"type": "integer", "default": "a"})"), "config.x: the default");
        assertHas(schemaProblem(R"({"type": "integer", "x-secret": true})"), "config.x: only a string");
        assertHas(schemaProblem(R"({"type": "string", "x-secret": true, "default": "hunter2"})"),
                  "config.x: a secret");
        assertHas(
            schemaProblem(R"({"type": "array", "items": {"type": "array", "items": {"type": "string"}}})"),
            "list of lists");
        CPPUNIT_ASSERT(
            !ConfigSchema::parse(Json::parse(R"({"type": "object", "required": ["y"]})").value()).ok());
    }

    void valuesAreCheckedAndDefaultsFilledIn() {
        const auto schema = Manifest::parse(sample().dump())->config;
        const auto filled = schema.check(Json::object().set("api", "https://a.vn/x"));
        CPPUNIT_ASSERT(filled.ok());
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"api":"https://a.vn/x","mode":"a","tries":2})"}, filled->dump());
    }

    void eachWrongValueIsToldByItsField() {
        const auto schema = Manifest::parse(sample().dump())->config;
        const std::map<std::string, std::pair<const char*, const char*>> wrong{
            {"api", {R"("ftp://a")", "form.wrong_format"}},
            {"mode", {R"("c")", "form.not_a_choice"}},
            {"tries", {"9", "form.too_large"}},
            {"code", {R"("ab")", "form.wrong_pattern"}},
            {"mail", {R"("a@b")", "form.wrong_format"}},
            {"on", {R"("yes")", "form.wrong_type"}},
            {"list", {R"(["a", "bcde"])", "form.too_long"}},
            {"key", {R"("s")", "form.secret_in_config"}},
            {"extra", {"1", "form.unknown_field"}}};
        Json values = Json::object();
        for (const auto& [name, value] : wrong)
            values.set(name, Json::parse(value.first).value());
        const auto checked = schema.check(values);
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.config_invalid"}, checked.error().code);
        CPPUNIT_ASSERT_EQUAL(wrong.size(), checked.error().fields.size());
        for (const FieldError& field : checked.error().fields)
            CPPUNIT_ASSERT_EQUAL_MESSAGE(field.field, std::string{wrong.at(field.field).second}, field.code);
        CPPUNIT_ASSERT_EQUAL(std::string{"form.required"},
                             schema.check(Json::object()).error().fields.at(0).code);
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_short"},
                             schema.check(Json::object().set("api", "https://a.vn").set("code", "A"))
                                 .error()
                                 .fields.at(0)
                                 .code);
    }

    void aSidecarThatDiffersIsRefused() {
        namespace fs = std::filesystem;
        const fs::path folder = fs::temp_directory_path() / ("motcua-sidecar-" + std::to_string(::getpid()));
        fs::create_directory(folder);
        const std::string built = std::string{MOTCUA_BUILD_DIR} + "/test-plugins/echo/";
        fs::copy_file(built + "echo.so", folder / "echo.so");
        CPPUNIT_ASSERT(Manifest::read((folder / "echo.so").string()).ok()); // no sidecar is no contradiction
        fs::copy_file(built + "plugin.json", folder / "plugin.json");
        CPPUNIT_ASSERT(Manifest::read((folder / "echo.so").string()).ok());
        std::ofstream{folder / "plugin.json", std::ios::app} << " ";
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.manifest"},
                             Manifest::read((folder / "echo.so").string()).error().code);
        fs::remove_all(folder);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ManifestTest);
