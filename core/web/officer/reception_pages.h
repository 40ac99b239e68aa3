// At the counter: an official begins a dossier for who stands before him, and goes on with those that he has
// begun (O1, O7). The form, the papers and the check are the pages of filing.
#pragma once

#include "dossier/dossier_service.h"
#include "http/page.h"
#include "http/router.h"
#include "identity/identity_service.h"

#include <map>
#include <string>

namespace motcua::web {

class ReceptionPages {
public:
    ReceptionPages(dossier::DossierService& dossiers, identity::IdentityService& identity)
        : dossiers_(dossiers), identity_(identity) {}

    void mount(http::Router& router);

private:
    using Typed = std::map<std::string, std::string>; // by the name of the box

    Result<http::Response> form(http::Request& request);
    Result<http::Response> posted(http::Request& request);
    Result<http::Response> found(http::Request& request);
    Result<http::Response> shown(http::Request& request, const Typed& typed, const Error* error);
    void fillBegun(http::Page& page, const Context& context);

    dossier::DossierService& dossiers_;
    identity::IdentityService& identity_;
};

} // namespace motcua::web
