// The assessment of satisfaction (đánh giá mức độ hài lòng): what is rated, on which scale, and the figures.
#pragma once

#include "base/clock.h"
#include "dossier/dossier.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::assessment {

// Parts of the service that are rated by themselves (Decree 61/2018/NĐ-CP, articles 30 and 31; plan of 2020:
// tiếp nhận, xử lý, trả kết quả).
enum class Stage { Reception, Processing, Result };

inline constexpr std::array<Stage, 3> stages{Stage::Reception, Stage::Processing, Stage::Result};
const char* name(Stage stage); // "reception"
std::optional<Stage> stageOf(std::string_view name);

// The stages whose work is done as the dossier stands. The slip comes with the receipt, so reception may be
// rated from then on (Circular 01/2018/TT-VPCP, article 12); a withdrawn dossier has nothing more to rate.
std::vector<Stage> ripeStages(const dossier::Dossier& dossier);

// From 1 (rất không hài lòng) to 5 (rất hài lòng).
inline constexpr int lowestScore = 1;
inline constexpr int highestScore = 5;

// How often each score was given, and what follows from it.
struct Tally {
    std::array<std::int64_t, 5> of{}; // of[0] counts score 1

    std::int64_t count() const;
    double mean() const;           // 0 where nobody answered
    double spread() const;         // standard deviation of the scores
    std::int64_t permille() const; // hài lòng and rất hài lòng among all, of 1,000, rounded
    Tally& operator+=(const Tally& more);
    bool operator==(const Tally&) const = default;
};

// Of one agency that receives dossiers, and one procedure. Whoever rated several stages counts once in
// `people`.
struct Figure {
    std::string agency{};
    std::string procedure{};
    Tally tally{};
    std::int64_t people = 0;
};

// An agency in the published ranking. Without a rank it has too few answers.
struct Standing {
    std::string agency;
    Tally tally{};
    std::int64_t people = 0;
    std::optional<int> rank{};
};

// Of those who did one stage: a group of officials of one unit, or one of them.
struct GroupFigure {
    Stage stage = Stage::Reception;
    std::string unit;
    std::string role;
    std::string official; // account; empty: of the whole group
    Tally tally;
};

struct Words { // a free word, without who wrote it and about which dossier
    CivilDay day;
    std::string text;
};

struct Detail {
    Tally tally{};
    std::int64_t people = 0;
    std::vector<GroupFigure> groups{};
    std::vector<std::pair<std::string, std::int64_t>> reasons{}; // criterion and how often it was named
    std::vector<Words> words{};                                  // newest first
};

// One filled slip.
struct Answer {
    std::map<Stage, int> scores{};
    std::vector<std::string> reasons{}; // criteria of the questionnaire
    std::string comment{};
};

} // namespace motcua::assessment
