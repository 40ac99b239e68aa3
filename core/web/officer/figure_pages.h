// How an agency's service is rated, for its officials and leaders (S3, S6, O11).
#pragma once

#include "assessment/assessment_service.h"
#include "catalogue/catalogue_service.h"
#include "http/page.h"
#include "http/router.h"
#include "identity/identity_service.h"

namespace motcua::web {

class FigurePages {
public:
    FigurePages(db::Database& database, assessment::AssessmentService& assessments,
                agency::AgencyService& agencies, catalogue::CatalogueService& catalogue,
                identity::IdentityService& identity)
        : database_(database),
          assessments_(assessments),
          agencies_(agencies),
          catalogue_(catalogue),
          identity_(identity) {}

    void mount(http::Router& router);

private:
    Result<http::Response> list(http::Request& request);
    Result<http::Response> detail(http::Request& request);
    void addGroups(http::Page& page, const http::Request& request, const assessment::Detail& detail);
    void addReasons(http::Page& page, const http::Request& request, const assessment::Detail& detail);
    std::string procedureName(const http::Request& request, const std::string& code);
    std::string officialName(const Context& context, const std::string& account);

    db::Database& database_;
    assessment::AssessmentService& assessments_;
    agency::AgencyService& agencies_;
    catalogue::CatalogueService& catalogue_;
    identity::IdentityService& identity_;
};

} // namespace motcua::web
