#include "contract.h"

#include "base/bytes.h"

#include <algorithm>

// {name, begin, end} of each file, ended by a null name: made by CMake.
struct EmbeddedSchema {
    const char* name;
    const char* begin;
    const char* end;
};
extern "C" const EmbeddedSchema motcuaSchemas[];

namespace motcua::check {

namespace {

const Json& resolved(const Json& file, const Json& schema) {
    const std::string& reference = schema["$ref"].string();
    if (reference.empty()) return schema;
    return file["$defs"][reference.substr(reference.rfind('/') + 1)];
}

bool isBlob(const Json& schema) {
    return schema["properties"].has("blob") && schema["properties"].members().size() == 1;
}

// What a field of this name holds in real life; personal ones are of personalWords().
std::string wordFor(std::string_view name) {
    static const std::map<std::string, std::string, std::less<>> all{
        {"phone", "+84900000123"},
        {"email", "thu@example.vn"},
        {"idNumber", "079190000123"},
        {"payerIdNumber", "079190000123"},
        {"address", "12 Đường Thử"},
        {"payerAddress", "12 Đường Thử"},
        {"payerName", "Nguyễn Thị Thử"},
        {"owner", "Nguyễn Thị Thử"},
        {"askedBy", "Nguyễn Thị Thử"},
        {"day", "2020-07-13"},
        {"date", "2020-07-13"},
        {"dueDate", "2020-07-31"},
        {"documentDate", "2020-07-13"},
        {"birthDate", "1990-12-31"},
        {"clientIp", "203.0.113.7"},
        {"peer", "203.0.113.7"},
        {"contentType", "application/pdf"},
        {"method", "POST"},
        {"path", "/sample"},
        {"route", "/sample"},
        {"agencyCode", "000.00.01.H29"},
        {"procedureCode", "1.001193"},
        {"dossier", "000.00.01.H29-200713-0001"}};
    if (const auto found = all.find(name); found != all.end()) return found->second;
    if (name.ends_with("Url") || name == "url") return "https://city.example.vn/sample";
    return "sample-" + std::string{name};
}

std::string sampleText(const Json& schema, std::string_view name) {
    if (!schema["examples"].items().empty()) return schema["examples"].at(0).string();
    if (schema.has("contentEncoding")) return toBase64(std::string(32, '\x2a'));
    std::string text = wordFor(name);
    const auto most = static_cast<std::size_t>(schema["maxLength"].integer(1'000));
    if (text.size() > most) text.resize(most);
    return text;
}

std::string under(const std::string& where, std::string_view name) {
    return where.empty() ? std::string{name} : where + "." + std::string{name};
}

} // namespace

const std::vector<std::string>& personalWords() {
    static const std::vector<std::string> all{"Nguyễn Thị Thử", "+84900000123", "079190000123",
                                              "thu@example.vn", "12 Đường Thử"};
    return all;
}

Contracts::Contracts() {
    for (const EmbeddedSchema* one = motcuaSchemas; one->name; ++one) {
        Json file = Json::parse({one->begin, static_cast<std::size_t>(one->end - one->begin)}, {4u << 20, 32})
                        .value();
        const std::string name = one->name;
        if (name != "host")
            for (const auto& [id, refs] : file["x-operations"].members())
                operations_.push_back({id, name, refs["request"], refs["reply"]});
        files_.emplace(name, std::move(file));
    }
}

const Operation* Contracts::find(std::string_view id) const {
    const auto found = std::find_if(operations_.begin(), operations_.end(),
                                    [&](const Operation& one) { return one.id == id; });
    return found == operations_.end() ? nullptr : &*found;
}

std::vector<const Operation*> Contracts::of(std::string_view capability) const {
    std::vector<const Operation*> all;
    for (const Operation& one : operations_)
        if (one.capability == capability) all.push_back(&one);
    return all;
}

Json Contracts::make(const Json& file, const Json& given, std::string_view name, bool full,
                     sdk::Blobs& blobs) const {
    const Json& schema = resolved(file, given);
    if (schema.has("enum")) return schema["enum"].at(0);
    if (isBlob(schema)) {
        blobs.emplace_back(std::string{"sample bytes"});
        return Json::object().set("blob", static_cast<std::int64_t>(blobs.size() - 1));
    }
    const std::string& type = schema["type"].string();
    if (type == "string") return sampleText(schema, name);
    if (type == "boolean") return true;
    if (type == "integer") {
        if (!schema["examples"].items().empty()) return schema["examples"].at(0);
        return std::clamp<std::int64_t>(1'594'607'410'000, schema["minimum"].integer(INT64_MIN),
                                        schema["maximum"].integer(INT64_MAX));
    }
    if (type == "array") return Json::array().add(make(file, schema["items"], name, full, blobs));
    Json made = Json::object();
    for (const auto& [field, one] : schema["properties"].members()) {
        const auto& must = schema["required"].items();
        if (full || std::find(must.begin(), must.end(), Json{field}) != must.end())
            made.set(field, make(file, one, field, full, blobs));
    }
    return made;
}

Sample Contracts::sample(const Operation& operation, bool full) const {
    Sample made;
    made.request = make(files_.at(operation.capability), operation.request, "", full, made.blobs);
    return made;
}

std::vector<std::pair<std::string, Sample>> Contracts::broken(const Operation& operation) const {
    const Json& file = files_.at(operation.capability);
    const Json& schema = resolved(file, operation.request);
    const Sample whole = sample(operation, true);
    std::vector<std::pair<std::string, Sample>> all;
    const auto with = [&](const std::string& what, const std::string& field, Json value) {
        all.emplace_back(field + " " + what, whole);
        all.back().second.request.set(field, std::move(value));
    };
    for (const Json& field : schema["required"].items()) {
        all.emplace_back("without " + field.string(), whole);
        all.back().second.request.remove(field.string());
    }
    for (const auto& [field, given] : schema["properties"].members()) {
        const Json& one = resolved(file, given);
        const std::string& type = one["type"].string();
        if (type.empty() && !one.has("enum")) continue; // any JSON
        if (one.has("enum")) with("of no known word", field, "no such word");
        if (type != "object" && !type.empty()) with("an object", field, Json::object().set("a", 1));
        if (type != "string") with("a text", field, "no");
        if (one.has("maxLength"))
            with("too long", field,
                 std::string(static_cast<std::size_t>(one["maxLength"].integer()) + 1, 'x'));
        if (one.has("minimum")) with("too small", field, one["minimum"].integer() - 1);
        if (one.has("maximum")) with("too large", field, one["maximum"].integer() + 1);
        if (isBlob(one)) with("of no attachment", field, Json::object().set("blob", 99));
    }
    return all;
}

std::string Contracts::judge(const Json& file, const Json& given, const Json& value, const std::string& where,
                             std::size_t blobs, bool lenient) const {
    const Json& schema = resolved(file, given);
    const auto wrong = [&](const std::string& what) {
        return (where.empty() ? "the reply" : where) + " " + what;
    };
    if (schema.has("enum")) {
        const auto& words = schema["enum"].items();
        return std::find(words.begin(), words.end(), value) == words.end() ? wrong("is not one of its words")
                                                                           : "";
    }
    const std::string& type = schema["type"].string();
    if (type == "string") {
        if (!value.isString()) return wrong("is not a text");
        if (schema.has("contentEncoding") && !fromBase64(value.string())) return wrong("is not base64");
        if (value.string().size() > static_cast<std::size_t>(schema["maxLength"].integer(1 << 30)))
            return wrong("is too long");
        if (schema["minLength"].integer() > 0 && value.string().empty()) return wrong("is empty");
    } else if (type == "integer") {
        if (!value.isInteger()) return wrong("is not a whole number");
        if (value.integer() < schema["minimum"].integer(INT64_MIN) ||
            value.integer() > schema["maximum"].integer(INT64_MAX))
            return wrong("is out of range");
    } else if (type == "boolean") {
        if (!value.isBool()) return wrong("is neither true nor false");
    } else if (type == "array") {
        if (!value.isArray()) return wrong("is not a list");
        if (static_cast<std::int64_t>(value.items().size()) > schema["maxItems"].integer(INT64_MAX))
            return wrong("has too many items");
        for (std::size_t i = 0; i < value.items().size(); ++i)
            if (std::string found = judge(file, schema["items"], value.at(i),
                                          where + "[" + std::to_string(i) + "]", blobs, lenient);
                !found.empty())
                return found;
    } else if (type == "object") {
        if (!value.isObject()) return wrong("is not an object");
        if (isBlob(schema) && static_cast<std::size_t>(value["blob"].integer(-1)) >= blobs)
            return wrong("names no attachment");
        for (const Json& field : schema["required"].items())
            if (value[field.string()].isNull()) return under(where, field.string()) + " is missing";
        for (const auto& [field, one] : value.members()) {
            const Json& known = schema["properties"].has(field) ? schema["properties"][field]
                                                                : schema["additionalProperties"];
            if (lenient && (known.isNull() || one.isNull())) continue;
            if (known.isNull()) return under(where, field) + " is in no contract";
            if (std::string found = judge(file, known, one, under(where, field), blobs, lenient);
                !found.empty())
                return found;
        }
    }
    return "";
}

std::string Contracts::problem(const Operation& operation, const Json& reply, std::size_t blobs) const {
    return judge(files_.at(operation.capability), operation.reply, reply, "", blobs);
}

std::string Contracts::requestProblem(const Operation& operation, const Json& request,
                                      std::size_t blobs) const {
    return judge(files_.at(operation.capability), operation.request, request, "", blobs, true);
}

std::string Contracts::eventProblem(const std::string& kind, const Json& data) const {
    for (const auto& [capability, file] : files_)
        if (file["x-events"].has(kind)) return judge(file, file["x-events"][kind], data, "", 0);
    return "";
}

std::string Contracts::statusOf(const std::string& code) const {
    for (const auto& [capability, file] : files_) {
        const std::string& words = file["x-errors"][code].string();
        const std::size_t end = words.find(':'); // "INVALID: a reference that…"
        if (end != std::string::npos && words.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == end)
            return words.substr(0, end);
    }
    return "";
}

const Json& Contracts::script(const std::string& capability) const {
    static const Json none = Json::array();
    const auto found = files_.find(capability);
    return found == files_.end() || found->second["x-script"].isNull() ? none : found->second["x-script"];
}

} // namespace motcua::check
