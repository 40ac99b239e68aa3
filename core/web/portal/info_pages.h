// What the site says about itself: help, contact, protection of data, accessibility (P5, N13).
#pragma once

#include "agency/agency_service.h"
#include "http/page.h"
#include "http/router.h"
#include "web/layout.h"

namespace motcua::web {

class InfoPages {
public:
    InfoPages(SiteFacts facts, agency::AgencyService& agencies, const Clock& clock)
        : facts_(std::move(facts)), agencies_(agencies), clock_(clock) {}

    void mount(http::Router& router);

private:
    Result<http::Response> contact(http::Request& request);
    view::Params reach() const; // how to reach us, for sentences that name it

    SiteFacts facts_;
    agency::AgencyService& agencies_;
    const Clock& clock_;
};

} // namespace motcua::web
