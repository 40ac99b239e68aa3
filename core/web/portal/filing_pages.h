// Filing a dossier: the draft's task list, its pages of questions, its papers, the check, the confirmation
// (O1, P7).
#pragma once

#include "dossier/dossier_service.h"
#include "forms/page.h"
#include "http/page.h"
#include "http/router.h"

#include <functional>

namespace motcua::web {

class FilingPages {
public:
    // `mailGoesOut` tells whether a message plugin is switched on: pages promise no e-mail without.
    FilingPages(dossier::DossierService& dossiers, catalogue::CatalogueService& catalogue,
                std::function<bool()> mailGoesOut, const Clock& clock)
        : dossiers_(dossiers), catalogue_(catalogue), mailGoesOut_(std::move(mailGoesOut)), clock_(clock) {}

    void mount(http::Router& router);

    // The hub of a draft, shown where a dossier's own page would be.
    Result<http::Response> taskList(http::Request& request, const dossier::Dossier& dossier);

private:
    Result<http::Response> chooseAgency(http::Request& request, const Error* error = nullptr);
    Result<http::Response> begin(http::Request& request);
    Result<http::Response> section(http::Request& request);
    Result<http::Response> saved(http::Request& request);
    http::Response sectionPage(http::Request& request, const dossier::Dossier& dossier,
                               const forms::Page& made, const std::string& asked = {});
    Result<http::Response> papers(http::Request& request, const Error* error = nullptr);
    Result<http::Response> uploaded(http::Request& request);
    Result<http::Response> seen(http::Request& request);
    Result<http::Response> removed(http::Request& request);
    Result<http::Response> papersDone(http::Request& request);
    Result<http::Response> check(http::Request& request, const Error* error = nullptr);
    Result<http::Response> submitted(http::Request& request);
    Result<http::Response> confirmation(http::Request& request);
    Result<http::Response> discard(http::Request& request);
    std::string after(const dossier::Dossier& dossier, const forms::Definition& form,
                      const std::string& section) const;

    dossier::DossierService& dossiers_;
    catalogue::CatalogueService& catalogue_;
    std::function<bool()> mailGoesOut_;
    const Clock& clock_;
};

// The address of a dossier's page.
std::string dossierPath(const std::string& id, const char* below = "");
std::string workPath(const std::string& id); // as officials see it

} // namespace motcua::web
