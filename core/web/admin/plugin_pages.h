// The administrator's plugins: switched, configured and tried from a browser while the server runs.
#pragma once

#include "http/page.h"
#include "http/router.h"
#include "identity/identity_service.h"
#include "plugins/plugin_registry.h"

#include <string>

namespace motcua::web {

class PluginPages {
public:
    PluginPages(plugins::PluginRegistry& registry, db::Database& database,
                identity::IdentityService& identity, std::string origin)
        : registry_(registry), database_(database), identity_(identity), origin_(std::move(origin)) {}

    void mount(http::Router& router);

private:
    struct Form; // what the settings page shows beyond what is stored
    using Switch = Result<void> (plugins::PluginRegistry::*)(const Context&, const std::string&);

    void mountSwitch(http::Router& router, const char* word, Switch change, const char* notice);
    Result<plugins::PluginInfo> pluginOf(const http::Request& request) const;
    Result<http::Response> list(http::Request& request);
    Result<http::Response> settings(http::Request& request);
    Result<http::Response> saved(http::Request& request);
    Result<http::Response> tried(http::Request& request);
    http::Response show(http::Request& request, const plugins::PluginInfo& plugin,
                        const plugins::StoredProfile& profile, const Form& form);
    void fillHistory(http::Page& page, const http::Request& request, const plugins::PluginInfo& plugin);

    plugins::PluginRegistry& registry_;
    db::Database& database_;
    identity::IdentityService& identity_;
    const std::string origin_; // of the site; empty: as the request came
};

} // namespace motcua::web
