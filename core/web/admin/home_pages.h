// Where administrators begin: the state of the house, and what the outbox has given up (U5, X8).
#pragma once

#include "audit/merkle_log.h"
#include "catalogue/catalogue_service.h"
#include "http/page.h"
#include "http/router.h"
#include "jobs/outbox_desk.h"
#include "plugins/plugin_registry.h"

namespace motcua::web {

class AdminHomePages {
public:
    struct Rooms {
        db::Database& database;
        jobs::OutboxDesk& outbox;
        catalogue::CatalogueService& catalogue;
        const plugins::PluginRegistry& plugins;
    };
    explicit AdminHomePages(const Rooms& rooms) : rooms_(rooms) {}

    void mount(http::Router& router);

private:
    Result<http::Response> home(http::Request& request);
    Result<http::Response> outbox(http::Request& request);
    Result<http::Response> sentAgain(http::Request& request);
    Result<http::Response> discardForm(http::Request& request);
    Result<http::Response> discarded(http::Request& request);
    void fillPlugins(http::Page& page) const;
    void fillSystem(http::Page& page, const http::Request& request,
                    const std::vector<jobs::JobRun>& runs) const;

    Rooms rooms_;
};

} // namespace motcua::web
