#include "checks.h"

#include "motcua/sdk/capabilities.h"

#include <algorithm>

namespace motcua::check {

namespace {

constexpr const char* secretPrefix = "check-secret-";

Json candidateFor(const plugins::Manifest& manifest, const plugins::ConfigField& field) {
    const Json candidates = Json::array()
                                .add("sample")
                                .add("SAMPLE01")
                                .add("check.example.vn")
                                .add("https://check.example.vn/sample")
                                .add("thu@example.vn")
                                .add("/usr/lib/sample.so")
                                .add("000.00.01.H29")
                                .add("970415")
                                .add("+84900000000")
                                .add(1)
                                .add(100)
                                .add(10'000)
                                .add(true)
                                .add(Json::array())
                                .add(Json::array().add("sample"));
    if (!field.options.empty()) return field.options.front();
    for (const Json& one : candidates.items()) {
        const auto checked = manifest.config.check(Json::object().set(field.name, one));
        if (checked) return one;
        const auto& wrong = checked.error().fields;
        if (std::none_of(wrong.begin(), wrong.end(),
                         [&](const FieldError& error) { return error.field == field.name; }))
            return one;
    }
    return {};
}

} // namespace

const char* name(Level level) {
    switch (level) {
    case Level::Bronze:
        return "bronze";
    case Level::Silver:
        return "silver";
    case Level::Gold:
        return "gold";
    }
    return "";
}

std::vector<Check> allChecks(const std::vector<std::string>& provides) {
    std::vector<Check> all = staticChecks();
    const auto add = [&](std::vector<Check> more) {
        std::move(more.begin(), more.end(), std::back_inserter(all));
    };
    add(lifeChecks());
    add(callChecks());
    add(fuzzChecks());
    for (const std::string& provided : provides)
        all.push_back(scriptCheck(provided.substr(0, provided.find('/'))));
    return all;
}

Result<Settings> settingsOf(const Subject& subject, const plugins::Manifest& manifest) {
    Settings made;
    made.config = subject.settings["config"].isObject() ? subject.settings["config"] : Json::object();
    for (const plugins::ConfigField& field : manifest.config.fields())
        if (field.required && !field.secret && field.fallback.isNull() && !made.config.has(field.name))
            made.config.set(field.name, candidateFor(manifest, field));
    auto checked = manifest.config.check(made.config);
    if (!checked) {
        Error error = invalid("check.settings");
        error.detail =
            "its settings cannot be made up (" + checked.error().detail + "): give some with --settings";
        return error;
    }
    made.config = std::move(*checked);
    for (const std::string& secret : manifest.secrets) {
        const Json& given = subject.settings["secrets"][secret];
        made.secrets[secret] = given.isString() ? given.string() : secretPrefix + secret;
    }
    return made;
}

Problems missingOf(const plugins::Manifest& manifest, const std::vector<std::string>& operations) {
    Problems all;
    const auto has = [&](const std::string& id) {
        return std::find(operations.begin(), operations.end(), id) != operations.end();
    };
    for (const sdk::Capability& capability : sdk::capabilities()) {
        if (std::find(manifest.provides.begin(), manifest.provides.end(), capability.id) ==
            manifest.provides.end())
            continue;
        const std::string id = capability.id, prefix = id.substr(0, id.find('/')) + ".";
        const bool any = std::any_of(operations.begin(), operations.end(),
                                     [&](const std::string& one) { return one.rfind(prefix, 0) == 0; });
        std::string missing;
        const bool whole = std::any_of(capability.ways.begin(), capability.ways.end(), [&](const auto& way) {
            const auto lacking = std::find_if_not(way.begin(), way.end(), has);
            if (lacking != way.end() && missing.empty()) missing = *lacking;
            return lacking == way.end() && any;
        });
        if (!whole)
            all.push_back("the manifest says " + id + ", but it has no " +
                          (missing.empty() ? prefix + "…" : missing));
    }
    return all;
}

std::unique_ptr<Bench> benchFor(const Subject& subject, Problems& problems) {
    auto manifest = plugins::Manifest::read(subject.library);
    if (!manifest) return problems.push_back(manifest.error().detail), nullptr;
    auto settings = settingsOf(subject, *manifest);
    if (!settings) return problems.push_back(settings.error().detail), nullptr;
    auto bench = std::make_unique<Bench>(subject.library, std::move(*manifest), std::move(settings->config),
                                         std::move(settings->secrets));
    if (!bench->problem().empty()) return problems.push_back(bench->problem()), nullptr;
    return bench;
}

Running::Running(const Subject& subject, Problems& problems) : bench_(benchFor(subject, problems)) {
    if (!bench_) return;
    plugin_ = bench_->create();
    if (!plugin_) {
        problems.push_back("create() answered nothing");
        return;
    }
    if (const motcua_status status = plugin_->start(plugin_); status != MOTCUA_OK) {
        problems.push_back(std::string{"start() answered "} + nameOf(status));
        plugin_->destroy(std::exchange(plugin_, nullptr));
        return;
    }
    for (const std::string& id : Bench::operations(plugin_))
        if (const Operation* operation = subject.contracts.find(id)) operations_.push_back(operation);
}

Running::~Running() {
    end();
}

void Running::end() {
    if (!plugin_) return;
    plugin_->stop(plugin_);
    plugin_->destroy(std::exchange(plugin_, nullptr));
}

Answer Running::ask(const Operation& operation, const Sample& sample, std::int64_t withinMs) {
    Ask ask{operation.id, sample.request.dump(), sample.blobs};
    ask.withinMs = withinMs;
    return bench_->call(plugin_, ask);
}

std::string problemOf(const Subject& subject, const Operation& operation, const Answer& answer) {
    if (!answer.thrown.empty()) return "an exception crossed the C boundary: " + answer.thrown;
    if (answer.replies == 0) return "is never answered";
    if (answer.replies > 1) return "is answered twice";
    const std::string status = nameOf(answer.status);
    if (status.empty()) return "is answered with " + std::to_string(answer.status) + ", which is no status";
    const auto body = Json::parse(answer.body, {16u << 20, 32});
    if (!body) return "is answered with what is not JSON";
    if (answer.status == MOTCUA_OK) {
        const std::string found = subject.contracts.problem(operation, *body, answer.blobs.size());
        return found.empty() ? "" : "breaks its contract: " + found;
    }
    const std::string& code = (*body)["code"].string();
    if (code.find('.') == std::string::npos) return "is answered with " + status + " and no dotted code";
    if (code == "plugin.exception")
        return "an exception left the plugin's code: " + (*body)["detail"].string();
    if (answer.status == MOTCUA_INTERNAL)
        return "is answered with INTERNAL " + code + ": " + (*body)["detail"].string();
    const std::string belongs = subject.contracts.statusOf(code);
    if (!belongs.empty() && belongs != status)
        return "answers " + status + " " + code + ", which belongs to " + belongs;
    return "";
}

} // namespace motcua::check
