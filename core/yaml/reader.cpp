#include "yaml/reader.h"

#include <algorithm>

namespace motcua::yaml {

namespace {

const Json nothing;

const char* sentence(const std::string& code) {
    if (code == "yaml.unknown_key") return "unknown key";
    if (code == "yaml.missing_key") return "a key is missing";
    if (code == "yaml.wrong_type") return "must be";
    return "wrong value, expected";
}

} // namespace

void Problems::add(const std::string& path, std::string code, std::string what) {
    FieldError field{path, code, {{"key", path}}};
    std::string place = path;
    if (document_) {
        const std::string line = std::to_string(document_->line(path));
        field.params.emplace("file", document_->file());
        field.params.emplace("line", line);
        place = document_->file() + ":" + line + ": " + path;
    }
    if (!what.empty()) field.params.emplace("expected", what);
    detail_ +=
        (detail_.empty() ? "" : "\n") + place + ": " + sentence(code) + (what.empty() ? "" : " " + what);
    fields_.push_back(std::move(field));
}

Error Problems::error() const {
    Error error = invalid("yaml.invalid", fields_);
    error.detail = detail_;
    return error;
}

Json toJson(const Wording& wording) {
    if (wording.en.empty()) return Json{wording.vi};
    return Json::object().set("vi", wording.vi).set("en", wording.en);
}

Mapping::Mapping(const Json& value, std::string path, Problems& problems)
    : value_(value.isObject() ? value : nothing), path_(std::move(path)), problems_(problems) {
    if (!value.isObject()) problems_.add(path_, "yaml.wrong_type", "a mapping");
}

Mapping::~Mapping() {
    for (const auto& [key, value] : value_.members())
        if (std::find(asked_.begin(), asked_.end(), key) == asked_.end())
            problems_.add(path(key), "yaml.unknown_key");
}

const Json& Mapping::raw(std::string_view key) {
    asked_.emplace_back(key);
    return value_[key];
}

std::string Mapping::path(std::string_view key) const {
    return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
}

std::string Mapping::text(std::string_view key) {
    auto found = optionalText(key);
    if (!found && !value_.has(key)) problems_.add(path(key), "yaml.missing_key");
    return found ? *std::move(found) : std::string{};
}

std::optional<std::string> Mapping::optionalText(std::string_view key) {
    const Json& found = raw(key);
    if (!value_.has(key)) return std::nullopt;
    if (found.isString() && !found.string().empty()) return found.string();
    problems_.add(path(key), "yaml.wrong_type", "text");
    return std::nullopt;
}

Wording Mapping::wording(std::string_view key) {
    if (!value_.has(key)) {
        asked_.emplace_back(key);
        problems_.add(path(key), "yaml.missing_key");
        return {};
    }
    return optionalWording(key);
}

Wording Mapping::optionalWording(std::string_view key) {
    const Json& found = raw(key);
    if (!found.isObject()) return {optionalText(key).value_or(""), {}};
    Mapping words{found, path(key), problems_};
    return {words.text("vi"), words.optionalText("en").value_or("")};
}

std::int64_t Mapping::integer(std::string_view key, std::int64_t otherwise, std::int64_t least,
                              std::int64_t most) {
    return optionalInteger(key, least, most).value_or(otherwise);
}

std::optional<std::int64_t> Mapping::optionalInteger(std::string_view key, std::int64_t least,
                                                     std::int64_t most) {
    const Json& found = raw(key);
    if (!value_.has(key)) return std::nullopt;
    if (found.isInteger() && found.integer() >= least && found.integer() <= most) return found.integer();
    problems_.add(path(key), "yaml.wrong_type",
                  "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
}

bool Mapping::boolean(std::string_view key, bool otherwise) {
    const Json& found = raw(key);
    if (!value_.has(key)) return otherwise;
    if (!found.isBool()) problems_.add(path(key), "yaml.wrong_type", "true or false");
    return found.boolean(otherwise);
}

std::optional<CivilDay> Mapping::day(std::string_view key) {
    const auto written = optionalText(key);
    if (!written) return std::nullopt;
    auto day = CivilDay::parse(*written);
    if (!day) wrong(key, "a day as 2020-07-13");
    return day;
}

std::vector<std::string> Mapping::texts(std::string_view key) {
    std::vector<std::string> all;
    each(key, [&](const Json& item, const std::string& at) {
        if (item.isString() && !item.string().empty()) {
            all.push_back(item.string());
        } else {
            problems_.add(at, "yaml.wrong_type", "text");
        }
    });
    return all;
}

} // namespace motcua::yaml
