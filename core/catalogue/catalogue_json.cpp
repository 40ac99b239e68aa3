#include "catalogue/catalogue_json.h"

#include "catalogue/names.h"
#include "feel/expression.h"

#include <algorithm>
#include <set>

namespace motcua::catalogue {

namespace {

using yaml::Mapping;

constexpr std::int64_t mostMoney = 1'000'000'000'000;
constexpr std::int64_t mostPapers = 100;

bool isWord(std::string_view id) {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

// An id of a part: a word, and no other part of the same list has it.
std::string readId(Mapping& in, std::set<std::string>& seen) {
    std::string id = in.text("id");
    if (id.empty()) return id;
    if (!isWord(id)) in.wrong("id", "small letters, digits and underscores");
    if (!seen.insert(id).second) in.wrong("id", "another id: this one stands twice");
    return id;
}

template <typename Enum, std::size_t N>
std::vector<Enum> readList(Mapping& in, std::string_view key,
                           const std::pair<std::string_view, Enum> (&names)[N]) {
    std::vector<Enum> all;
    for (const auto& word : in.texts(key)) {
        if (const auto value = valueOf(names, word))
            all.push_back(*value);
        else
            in.wrong(key, "no '" + word + "'");
    }
    return all;
}

template <typename Enum>
Json words(const std::vector<Enum>& values) {
    Json all = Json::array();
    for (const auto& value : values)
        all.add(name(value));
    return all;
}

Json texts(const std::vector<std::string>& values) {
    Json all = Json::array();
    for (const auto& value : values)
        all.add(value);
    return all;
}

void setText(Json& out, std::string_view key, const std::string& text) {
    if (!text.empty()) out.set(key, text);
}

void setList(Json& out, std::string_view key, Json list) {
    if (!list.items().empty()) out.set(key, std::move(list));
}

std::optional<Limit> readLimit(Mapping& in, std::string_view key) {
    const auto written = in.optionalText(key);
    if (!written) return std::nullopt;
    const auto limit = Limit::parse(*written);
    if (limit) return *limit;
    in.wrong(key, "same_day, or a number and hours, working_days, days or months");
    return std::nullopt;
}

std::optional<Money> readMoney(Mapping& in, std::string_view key) {
    const auto dong = in.optionalInteger(key, 0, mostMoney);
    return dong ? std::optional{Money{*dong}} : std::nullopt;
}

Fee readFee(const Json& value, const std::string& path, yaml::Problems& problems,
            std::set<std::string>& seen) {
    Mapping in{value, path, problems};
    Fee fee;
    fee.id = readId(in, seen);
    fee.name = in.wording("name");
    fee.setBy = in.choice("set_by", feeSetterNames, FeeSetter::National);
    fee.amount = readMoney(in, "amount");
    fee.demo = readMoney(in, "demo");
    if (fee.setBy == FeeSetter::National && (!fee.amount || fee.demo))
        in.wrong("amount", "the amount of the law");
    if (fee.setBy == FeeSetter::Council && !fee.amount && !fee.demo) in.wrong("demo", "a demo amount");
    fee.per = in.choice("per", feeUnitNames, FeeUnit::Dossier);
    in.each("tiers", [&](const Json& each, const std::string& at) {
        Mapping tier{each, at, problems};
        const std::int64_t least = fee.tiers.empty() ? 2 : fee.tiers.back().from + 1;
        const auto from = tier.optionalInteger("from", least, 1000);
        const auto amount = readMoney(tier, "amount");
        if (!from || !amount) problems.add(at, "yaml.missing_key", "from and amount");
        fee.tiers.push_back({from.value_or(least), amount.value_or(Money{0})});
    });
    fee.most = readMoney(in, "max");
    fee.exempt = in.texts("exempt");
    return fee;
}

Fees readFees(Mapping& in) {
    if (!in.has("fees")) return std::nullopt;
    if (in.raw("fees") == Json{"free"}) return std::vector<Fee>{};
    std::vector<Fee> fees;
    std::set<std::string> seen;
    in.each("fees", [&](const Json& value, const std::string& path) {
        fees.push_back(readFee(value, path, in.problems(), seen));
    });
    if (fees.empty()) in.wrong("fees", "free, or at least one fee");
    return fees;
}

Json toJson(const Fee& fee) {
    Json out = Json::object();
    out.set("id", fee.id).set("name", yaml::toJson(fee.name));
    if (fee.setBy == FeeSetter::Council) out.set("set_by", name(fee.setBy));
    if (fee.amount) out.set("amount", fee.amount->dong);
    if (fee.demo) out.set("demo", fee.demo->dong);
    out.set("per", name(fee.per));
    Json tiers = Json::array();
    for (const auto& tier : fee.tiers)
        tiers.add(Json::object().set("from", tier.from).set("amount", tier.amount.dong));
    setList(out, "tiers", std::move(tiers));
    if (fee.most) out.set("max", fee.most->dong);
    setList(out, "exempt", texts(fee.exempt));
    return out;
}

void setFees(Json& out, const Fees& fees) {
    if (!fees) return;
    if (fees->empty()) {
        out.set("fees", "free");
        return;
    }
    Json list = Json::array();
    for (const auto& fee : *fees)
        list.add(toJson(fee));
    out.set("fees", std::move(list));
}

// A list of channels, or a mapping where some have limits or fees of their own.
std::vector<ChannelRule> readChannels(Mapping& in) {
    std::vector<ChannelRule> rules;
    const Json& written = in.raw("channels");
    if (written.isObject()) {
        Mapping channels{written, in.path("channels"), in.problems()};
        for (const auto& [word, channel] : channelNames) {
            if (!channels.has(word)) continue;
            Mapping own{channels.raw(word), channels.path(word), in.problems()};
            ChannelRule rule;
            rule.channel = channel;
            rule.limit = readLimit(own, "limit");
            rule.fees = readFees(own);
            rules.push_back(std::move(rule));
        }
    } else {
        for (const auto channel : readList(in, "channels", channelNames))
            rules.push_back({channel, {}, {}});
    }
    std::set<Channel> seen;
    for (const auto& rule : rules)
        if (!seen.insert(rule.channel).second) in.wrong("channels", "each channel once");
    if (rules.empty()) in.wrong("channels", "at least one of online, post, direct");
    return rules;
}

Json toJson(const std::vector<ChannelRule>& rules) {
    const bool plain = std::all_of(rules.begin(), rules.end(),
                                   [](const ChannelRule& rule) { return !rule.limit && !rule.fees; });
    Json out = plain ? Json::array() : Json::object();
    for (const auto& rule : rules) {
        if (plain) {
            out.add(name(rule.channel));
            continue;
        }
        Json own = Json::object();
        if (rule.limit) own.set("limit", rule.limit->text());
        setFees(own, rule.fees);
        out.set(name(rule.channel), std::move(own));
    }
    return out;
}

Case readCase(const Json& value, const std::string& path, yaml::Problems& problems,
              std::set<std::string>& seen) {
    Mapping in{value, path, problems};
    Case made;
    made.id = readId(in, seen);
    made.name = in.wording("name");
    made.when = in.optionalText("when").value_or("");
    made.limit = readLimit(in, "limit");
    if (in.has("extension")) {
        Mapping extension{in.raw("extension"), in.path("extension"), problems};
        const auto limit = readLimit(extension, "limit");
        if (!limit) extension.wrong("limit", "a time limit");
        made.extension = Case::Extension{limit.value_or(Limit{}), extension.text("when")};
    }
    made.fees = readFees(in);
    made.channels = readChannels(in);
    return made;
}

Json toJson(const Case& made) {
    Json out = Json::object();
    out.set("id", made.id).set("name", yaml::toJson(made.name));
    setText(out, "when", made.when);
    if (made.limit) out.set("limit", made.limit->text());
    if (made.extension)
        out.set("extension",
                Json::object().set("limit", made.extension->limit.text()).set("when", made.extension->when));
    setFees(out, made.fees);
    out.set("channels", toJson(made.channels));
    return out;
}

Paper readPaper(const Json& value, const std::string& path, yaml::Problems& problems,
                std::set<std::string>& seen) {
    Mapping in{value, path, problems};
    Paper paper;
    paper.id = readId(in, seen);
    paper.name = in.wording("name");
    paper.originals = in.integer("originals", 0, 0, mostPapers);
    paper.copies = in.integer("copies", 0, 0, mostPapers);
    paper.present = in.boolean("present");
    paper.form = in.boolean("form");
    paper.needed = in.optionalText("needed").value_or("");
    paper.templateFile = in.optionalText("template").value_or("");
    paper.reusable = in.boolean("reusable");
    if (in.has("source")) paper.source = in.choice("source", sourceNames, Source::Population);
    paper.note = in.optionalText("note").value_or("");
    return paper;
}

Json toJson(const Paper& paper) {
    Json out = Json::object();
    out.set("id", paper.id).set("name", yaml::toJson(paper.name));
    if (paper.originals) out.set("originals", paper.originals);
    if (paper.copies) out.set("copies", paper.copies);
    if (paper.present) out.set("present", true);
    if (paper.form) out.set("form", true);
    setText(out, "needed", paper.needed);
    setText(out, "template", paper.templateFile);
    if (paper.reusable) out.set("reusable", true);
    if (paper.source) out.set("source", name(*paper.source));
    setText(out, "note", paper.note);
    return out;
}

Question readQuestion(const Json& value, const std::string& path, yaml::Problems& problems,
                      std::set<std::string>& seen) {
    Mapping in{value, path, problems};
    Question question;
    question.id = readId(in, seen);
    question.ask = in.wording("ask");
    std::set<std::string> values;
    in.each("choices", [&](const Json& each, const std::string& at) {
        Mapping choice{each, at, problems};
        question.choices.push_back({choice.text("value"), choice.wording("name")});
        const auto& made = question.choices.back().value;
        if (!isWord(made) || !values.insert(made).second) choice.wrong("value", "a word of its own");
    });
    return question;
}

Json toJson(const Question& question) {
    Json out = Json::object();
    out.set("id", question.id).set("ask", yaml::toJson(question.ask));
    Json choices = Json::array();
    for (const auto& choice : question.choices)
        choices.add(Json::object().set("value", choice.value).set("name", yaml::toJson(choice.name)));
    setList(out, "choices", std::move(choices));
    return out;
}

Json toJson(const ResultType& result) {
    Json out = Json::object();
    setText(out, "code", result.code);
    out.set("name", yaml::toJson(result.name));
    if (result.kind != ResultKind::Result) out.set("kind", name(result.kind));
    return out;
}

Json toJson(const Step& step) {
    Json out = Json::object();
    if (step.by) out.set("by", name(*step.by));
    return out.set("text", step.text);
}

Json toJson(const LegalDocument& document) {
    Json out = Json::object();
    out.set("number", document.number);
    setText(out, "name", document.name);
    return out;
}

void readResults(Mapping& in, Procedure& procedure) {
    in.each("results", [&](const Json& value, const std::string& path) {
        Mapping each{value, path, in.problems()};
        ResultType result;
        result.code = each.optionalText("code").value_or("");
        result.name = each.wording("name");
        result.kind = each.choice("kind", resultKindNames, ResultKind::Result);
        procedure.results.push_back(std::move(result));
    });
}

void readSteps(Mapping& in, Procedure& procedure) {
    in.each("steps", [&](const Json& value, const std::string& path) {
        Mapping each{value, path, in.problems()};
        Step step;
        if (each.has("by")) step.by = each.choice("by", stepActorNames, StepActor::Applicant);
        step.text = each.text("text");
        procedure.steps.push_back(std::move(step));
    });
}

void readLegalBasis(Mapping& in, Procedure& procedure) {
    in.each("legal_basis", [&](const Json& value, const std::string& path) {
        Mapping each{value, path, in.problems()};
        procedure.legalBasis.push_back({each.text("number"), each.optionalText("name").value_or("")});
    });
}

// A condition is FEEL, and every name in it is a question.
void checkConditions(const Procedure& procedure, yaml::Problems& problems) {
    std::set<std::string, std::less<>> known;
    for (const auto& question : procedure.questions)
        known.insert(question.id);
    const auto check = [&](const std::string& condition, const std::string& path) {
        if (condition.empty()) return;
        const auto expression = feel::Expression::parse(condition);
        if (!expression) return problems.add(path, "yaml.wrong_value", "a condition in FEEL");
        for (const auto& asked : expression->names())
            if (!known.contains(asked)) problems.add(path, "yaml.wrong_value", "a question '" + asked + "'");
    };
    for (std::size_t i = 0; i < procedure.cases.size(); ++i)
        check(procedure.cases[i].when, "cases[" + std::to_string(i) + "].when");
    for (std::size_t i = 0; i < procedure.papers.size(); ++i)
        check(procedure.papers[i].needed, "papers[" + std::to_string(i) + "].needed");
}

void readUnits(Mapping& in, Procedure& procedure) {
    if (!in.has("units")) return;
    Mapping units{in.raw("units"), in.path("units"), in.problems()};
    for (const char* unit : {"executing", "coordinating", "authority"})
        if (auto word = units.optionalText(unit)) procedure.units[unit] = std::move(*word);
}

void readHead(Mapping& in, Procedure& procedure) {
    procedure.code = in.text("code");
    if (!procedure.code.empty() && !isProcedureCode(procedure.code))
        in.wrong("code", "a national code as 1.001193");
    procedure.localCode = in.optionalText("local_code").value_or("");
    if (!procedure.localCode.empty() && !procedure.localCode.starts_with(procedure.code + "."))
        in.wrong("local_code", "the code with the locality's suffix");
    procedure.name = in.wording("name");
    procedure.summary = in.optionalWording("summary");
    procedure.field = in.text("field");
    procedure.levels = readList(in, "levels", levelNames);
    if (procedure.levels.empty()) in.wrong("levels", "at least one level");
    procedure.agencies = in.texts("agencies");
    procedure.executes = in.optionalText("executes").value_or("");
    procedure.coordinates = in.texts("coordinates");
    readUnits(in, procedure);
    procedure.serves = readList(in, "serves", audienceNames);
    procedure.onlineLevel = in.optionalInteger("online_level", 1, 4);
    procedure.ready = in.boolean("ready");
    procedure.decision = in.optionalText("decision").value_or("");
    procedure.effectiveFrom = in.day("effective_from");
    procedure.search = in.texts("search");
}

} // namespace

Procedure readProcedure(const Json& value, yaml::Problems& problems) {
    Mapping in{value, "", problems};
    Procedure procedure;
    readHead(in, procedure);
    std::set<std::string> questions;
    in.each("questions", [&](const Json& each, const std::string& path) {
        procedure.questions.push_back(readQuestion(each, path, problems, questions));
    });
    std::set<std::string> cases;
    in.each("cases", [&](const Json& each, const std::string& path) {
        procedure.cases.push_back(readCase(each, path, problems, cases));
    });
    std::set<std::string> papers;
    in.each("papers", [&](const Json& each, const std::string& path) {
        procedure.papers.push_back(readPaper(each, path, problems, papers));
    });
    readResults(in, procedure);
    readSteps(in, procedure);
    procedure.requirements = in.texts("requirements");
    procedure.notes = in.texts("notes");
    readLegalBasis(in, procedure);
    checkConditions(procedure, problems);
    return procedure;
}

Result<Procedure> readProcedure(const yaml::Document& document) {
    yaml::Problems problems{&document};
    auto procedure = readProcedure(document.root(), problems);
    if (!problems.empty()) return problems.error();
    return procedure;
}

Result<Procedure> readProcedure(const Json& stored) {
    yaml::Problems problems;
    auto procedure = readProcedure(stored, problems);
    if (!problems.empty()) return problems.error();
    return procedure;
}

Json toJson(const Procedure& procedure) {
    Json out = Json::object();
    out.set("code", procedure.code);
    setText(out, "local_code", procedure.localCode);
    out.set("name", yaml::toJson(procedure.name));
    if (!procedure.summary.vi.empty()) out.set("summary", yaml::toJson(procedure.summary));
    out.set("field", procedure.field).set("levels", words(procedure.levels));
    setList(out, "agencies", texts(procedure.agencies));
    setText(out, "executes", procedure.executes);
    setList(out, "coordinates", texts(procedure.coordinates));
    if (!procedure.units.empty()) {
        Json units = Json::object();
        for (const auto& [unit, word] : procedure.units)
            units.set(unit, word);
        out.set("units", std::move(units));
    }
    setList(out, "serves", words(procedure.serves));
    if (procedure.onlineLevel) out.set("online_level", *procedure.onlineLevel);
    if (procedure.ready) out.set("ready", true);
    setText(out, "decision", procedure.decision);
    if (procedure.effectiveFrom) out.set("effective_from", procedure.effectiveFrom->iso());
    setList(out, "search", texts(procedure.search));
    const auto list = [&](std::string_view key, const auto& parts) {
        Json all = Json::array();
        for (const auto& part : parts)
            all.add(toJson(part));
        setList(out, key, std::move(all));
    };
    list("questions", procedure.questions);
    list("cases", procedure.cases);
    list("papers", procedure.papers);
    list("results", procedure.results);
    list("steps", procedure.steps);
    setList(out, "requirements", texts(procedure.requirements));
    setList(out, "notes", texts(procedure.notes));
    list("legal_basis", procedure.legalBasis);
    return out;
}

Result<std::vector<Field>> readFields(const yaml::Document& document) {
    yaml::Problems problems{&document};
    std::vector<Field> fields;
    {
        Mapping in{document.root(), "", problems};
        std::set<std::string> seen;
        in.each("fields", [&](const Json& value, const std::string& path) {
            Mapping each{value, path, problems};
            Field field;
            field.id = each.text("id");
            if (!seen.insert(field.id).second) each.wrong("id", "another id: this one stands twice");
            field.name = each.wording("name");
            field.ministry = each.optionalText("ministry").value_or("");
            fields.push_back(std::move(field));
        });
    }
    if (!problems.empty()) return problems.error();
    return fields;
}

Json toJson(const std::vector<Field>& fields) {
    Json list = Json::array();
    for (const auto& field : fields) {
        Json out = Json::object();
        out.set("id", field.id).set("name", yaml::toJson(field.name));
        setText(out, "ministry", field.ministry);
        list.add(std::move(out));
    }
    return Json::object().set("fields", std::move(list));
}

} // namespace motcua::catalogue
