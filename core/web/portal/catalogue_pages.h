// The portal's first pages: home, search, and the start page of each procedure (P1, P2, P3).
#pragma once

#include "catalogue/catalogue_service.h"
#include "http/page.h"
#include "http/router.h"

namespace motcua::web {

class CataloguePages {
public:
    explicit CataloguePages(catalogue::CatalogueService& catalogue) : catalogue_(catalogue) {}

    void mount(http::Router& router);

private:
    Result<http::Response> home(http::Request& request);
    Result<http::Response> search(http::Request& request);
    Result<http::Response> procedure(http::Request& request);
    void fillFilters(http::Page& page, const http::Request& request,
                     const std::vector<catalogue::Field>& fields);
    void fillResult(http::Page& page, const http::Request& request, const catalogue::Summary& summary);
    void fillProcedure(http::Page& page, const http::Request& request, const catalogue::Procedure& procedure);

    catalogue::CatalogueService& catalogue_;
};

} // namespace motcua::web
