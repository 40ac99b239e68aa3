#include "assessment/questionnaire.h"

#include <algorithm>

namespace motcua::assessment {

namespace {

constexpr std::int64_t mostMinimum = 1000;

Questionnaire read(const Json& root, yaml::Problems& problems) {
    Questionnaire made;
    yaml::Mapping keys{root, "", problems};
    made.minimum = keys.integer("minimum", made.minimum, 1, mostMinimum);
    keys.each("criteria", [&](const Json& json, const std::string& path) {
        yaml::Mapping one{json, path, problems};
        Criterion criterion{one.text("id"), one.wording("text")};
        if (made.find(criterion.id) != nullptr) one.wrong("id", "an id of its own");
        made.criteria.push_back(std::move(criterion));
    });
    for (const std::string_view core : coreCriteria)
        if (made.find(core) == nullptr) problems.add("criteria", "yaml.missing_key", std::string{core});
    return made;
}

} // namespace

const Criterion* Questionnaire::find(std::string_view id) const {
    const auto found = std::find_if(criteria.begin(), criteria.end(),
                                    [&](const Criterion& criterion) { return criterion.id == id; });
    return found == criteria.end() ? nullptr : &*found;
}

Result<Questionnaire> readQuestionnaire(const yaml::Document& document) {
    yaml::Problems problems{&document};
    Questionnaire made = read(document.root(), problems);
    if (!problems.empty()) return problems.error();
    return made;
}

Json toJson(const Questionnaire& questionnaire) {
    Json criteria = Json::array();
    for (const Criterion& criterion : questionnaire.criteria)
        criteria.add(Json::object().set("id", criterion.id).set("text", yaml::toJson(criterion.text)));
    return Json::object().set("minimum", questionnaire.minimum).set("criteria", std::move(criteria));
}

Result<Questionnaire> questionnaireOf(std::int64_t version, const Json& stored) {
    yaml::Problems problems;
    Questionnaire made = read(stored, problems);
    if (!problems.empty()) return problems.error();
    made.version = version;
    return made;
}

} // namespace motcua::assessment
