#include "assessment/assessment.h"

#include <cmath>
#include <numeric>

namespace motcua::assessment {

namespace {

constexpr std::array<std::pair<Stage, const char*>, 3> names{
    {{Stage::Reception, "reception"}, {Stage::Processing, "processing"}, {Stage::Result, "result"}}};

} // namespace

const char* name(Stage stage) {
    for (const auto& [held, text] : names)
        if (held == stage) return text;
    return "";
}

std::optional<Stage> stageOf(std::string_view name) {
    for (const auto& [stage, text] : names)
        if (text == name) return stage;
    return std::nullopt;
}

std::vector<Stage> ripeStages(const dossier::Dossier& dossier) {
    using dossier::State;
    std::vector<Stage> ripe;
    if (dossier.acceptedAt || dossier.state == State::NotAccepted) ripe.push_back(Stage::Reception);
    const bool settled = dossier.state == State::Settled || dossier.state == State::Returned;
    if (settled || dossier.state == State::Stopped) ripe.push_back(Stage::Processing);
    if (settled) ripe.push_back(Stage::Result);
    return ripe;
}

std::int64_t Tally::count() const {
    return std::accumulate(of.begin(), of.end(), std::int64_t{0});
}

double Tally::mean() const {
    const std::int64_t all = count();
    if (all == 0) return 0;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < of.size(); ++i)
        sum += of[i] * static_cast<std::int64_t>(i + 1);
    return static_cast<double>(sum) / static_cast<double>(all);
}

double Tally::spread() const {
    const std::int64_t all = count();
    if (all == 0) return 0;
    const double middle = mean();
    double sum = 0;
    for (std::size_t i = 0; i < of.size(); ++i) {
        const double off = static_cast<double>(i + 1) - middle;
        sum += static_cast<double>(of[i]) * off * off;
    }
    return std::sqrt(sum / static_cast<double>(all));
}

std::int64_t Tally::permille() const {
    const std::int64_t all = count();
    return all == 0 ? 0 : ((of[3] + of[4]) * 2000 + all) / (2 * all);
}

Tally& Tally::operator+=(const Tally& more) {
    for (std::size_t i = 0; i < of.size(); ++i)
        of[i] += more.of[i];
    return *this;
}

} // namespace motcua::assessment
