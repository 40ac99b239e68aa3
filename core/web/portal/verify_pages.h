// Checking a paper: anybody uploads a PDF, or follows the code on it, and is told who signed it and whether
// it is as it was.
#pragma once

#include "agency/agency_service.h"
#include "http/page.h"
#include "http/router.h"
#include "signing/paper_service.h"

namespace motcua::web {

class VerifyPages {
public:
    VerifyPages(signing::PaperService& papers, agency::AgencyService& agencies)
        : papers_(papers), agencies_(agencies) {}

    void mount(http::Router& router);

private:
    Result<http::Response> asked(http::Request& request);
    Result<http::Response> uploaded(http::Request& request);
    http::Page page(http::Request& request, const Error* error = nullptr);

    signing::PaperService& papers_;
    agency::AgencyService& agencies_;
};

} // namespace motcua::web
