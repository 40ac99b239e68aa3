// The slip that the city puts before people: the criteria of the law, in the city's words, and a few of its
// own.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "yaml/document.h"
#include "yaml/reader.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::assessment {

// The nine criteria of Decree 61/2018/NĐ-CP, article 31, but for "other opinions", which is the free word.
// They stand in every version, so that periods stay comparable (S7).
inline constexpr std::array<std::string_view, 8> coreCriteria{
    "time",        // a) thời gian trả kết quả
    "agencies",    // b) số lượng cơ quan phải liên hệ
    "contacts",    // c) số lần phải liên hệ
    "information", // d) tính chính xác, đầy đủ, kịp thời của thông tin công khai
    "conduct",     // đ) thái độ của cán bộ, công chức
    "legality",    // e) tính đúng luật của kết quả và chi phí
    "explanation", // g) tiếp nhận, giải trình phản ánh, kiến nghị
    "online",      // h) tiến độ và chất lượng dịch vụ công trực tuyến
};

struct Criterion {
    std::string id;
    yaml::Wording text;
    bool operator==(const Criterion&) const = default;
};

struct Questionnaire {
    std::int64_t version = 0; // 0: none was ever loaded
    std::int64_t minimum = 5; // a figure of fewer answers is shown to nobody: it would say who gave them
    std::vector<Criterion> criteria{};

    const Criterion* find(std::string_view id) const;
};

// assessment.yaml. Invalid "yaml.invalid"; a file without one of the core criteria is such.
Result<Questionnaire> readQuestionnaire(const yaml::Document& document);

// As it is stored: without its version, the same content is the same text.
Json toJson(const Questionnaire& questionnaire);
Result<Questionnaire> questionnaireOf(std::int64_t version, const Json& stored);

} // namespace motcua::assessment
