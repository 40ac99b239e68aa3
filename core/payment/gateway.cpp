#include "payment/gateway.h"

#include <algorithm>

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

} // namespace

// The addresses in a profile are those that an administrator wrote there: the provider's page is one of them.
std::vector<Way> PluginGateway::ways() {
    std::vector<Way> ways;
    for (const plugins::ProfileRef& ref : client_.profiles()) {
        const auto plugin = plugins_.find(ref.plugin);
        if (!plugin || !plugin->manifest) continue;
        Way way{ref.text(), plugin->manifest->name.vi, plugin->manifest->name.en, {}};
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
