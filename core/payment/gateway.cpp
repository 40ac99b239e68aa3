#include "payment/gateway.h"

#include <algorithm>
#include <map>
#include <optional>

namespace motcua::payment {

namespace {

// "https://pay.example/x?y" → "https://pay.example"; nothing for what is no web address.
std::string originOf(const std::string& text) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (!text.starts_with(scheme)) continue;
        const std::string origin = text.substr(0, text.find_first_of("/?#", scheme.size()));
        const bool plain = origin.find_first_of(" ;,'\"@") == std::string::npos;
        return plain && origin.size() > scheme.size() ? origin : std::string{};
    }
    return {};
}

// Whose account a profile is.
struct Owner {
    bool some = false;                   // some agency's
    std::optional<std::size_t> distance; // how far above the dossier's agency that one stands; 0: itself
};

Owner ownerOf(const std::string& profile, const std::vector<std::string>& line, const agency::Tree& tree) {
    if (!tree.find(profile)) return {};
    const auto found = std::find(line.begin(), line.end(), profile);
    if (found == line.end()) return {true, std::nullopt};
    return {true, static_cast<std::size_t>(found - line.begin())};
}

} // namespace

std::vector<Way> waysOf(std::vector<Way> all, const agency::Tree& tree, std::string_view agency,
                        const CivilDay& today) {
    std::vector<std::string> line{std::string{agency}}; // the agency, then those above it
    for (const agency::Agency* above : tree.ancestors(agency, today))
        line.push_back(above->id);
    std::map<std::string, std::size_t> nearest; // by plugin
    std::vector<std::pair<Way, Owner>> judged;
    for (Way& way : all) {
        const Owner owner = ownerOf(way.account(), line, tree);
        if (owner.distance) {
            const auto [held, first] = nearest.emplace(way.plugin(), *owner.distance);
            if (!first) held->second = std::min(held->second, *owner.distance);
        }
        judged.emplace_back(std::move(way), owner);
    }
    std::vector<Way> offered;
    for (auto& [way, owner] : judged) {
        const auto own = nearest.find(way.plugin());
        const bool fits = own == nearest.end() ? !owner.some : owner.distance == own->second;
        if (fits) offered.push_back(std::move(way));
    }
    return offered;
}

// The addresses in a profile are those that an administrator wrote there: the provider's page is one of them.
std::vector<Way> PluginGateway::ways() {
    std::vector<Way> ways;
    for (const plugins::ProfileRef& ref : client_.profiles()) {
        const auto plugin = plugins_.find(ref.plugin);
        if (!plugin || !plugin->manifest) continue;
        const auto& able = plugin->status.operations;
        const bool desk = std::find(able.begin(), able.end(), sdk::op::PaymentConfirm::id) != able.end();
        Way way{ref.text(), plugin->manifest->name.vi, plugin->manifest->name.en, {}, desk};
        const auto profile = plugin->stored.profiles.find(ref.profile);
        if (profile != plugin->stored.profiles.end())
            for (const auto& [key, value] : profile->second.config.members())
                if (std::string origin = value.isString() ? originOf(value.string()) : ""; !origin.empty())
                    way.origins.push_back(std::move(origin));
        std::sort(way.origins.begin(), way.origins.end());
        way.origins.erase(std::unique(way.origins.begin(), way.origins.end()), way.origins.end());
        ways.push_back(std::move(way));
    }
    return ways;
}

} // namespace motcua::payment
