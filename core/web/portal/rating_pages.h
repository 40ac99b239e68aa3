// Where citizens rate a dossier, and where everybody reads how the agencies are rated (S1, S2, S5).
#pragma once

#include "assessment/assessment_service.h"
#include "http/page.h"
#include "http/router.h"

namespace motcua::web {

class RatingPages {
public:
    RatingPages(assessment::AssessmentService& assessments, agency::AgencyService& agencies)
        : assessments_(assessments), agencies_(agencies) {}

    void mount(http::Router& router);

    // What the owner's page of a dossier says of it: a way to the slip, or that it was filled.
    void fillDossier(http::Page& page, const http::Request& request, const std::string& dossierId);

private:
    Result<http::Response> slip(http::Request& request, const Error* error = nullptr);
    Result<http::Response> rated(http::Request& request);
    Result<http::Response> ranking(http::Request& request);

    assessment::AssessmentService& assessments_;
    agency::AgencyService& agencies_;
};

} // namespace motcua::web
