// A leader approves several dossiers in one act; their papers are signed together (P14, O8).
#pragma once

#include "dossier/dossier_service.h"
#include "http/page.h"
#include "http/router.h"
#include "signing/paper_service.h"

namespace motcua::web {

class SigningPages {
public:
    SigningPages(dossier::DossierService& dossiers, signing::PaperService& papers)
        : dossiers_(dossiers), papers_(papers) {}

    void mount(http::Router& router);

private:
    Result<http::Response> list(http::Request& request, const Error* error = nullptr);
    Result<http::Response> approved(http::Request& request);
    Result<http::Response> batch(http::Request& request);

    dossier::DossierService& dossiers_;
    signing::PaperService& papers_;
};

} // namespace motcua::web
