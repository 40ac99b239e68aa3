// An official's desk: the work list, a dossier on it, and the acts of its open step (O4, O8).
#pragma once

#include "dossier/dossier_service.h"
#include "http/page.h"
#include "http/router.h"
#include "identity/identity_service.h"
#include "payment/payment_service.h"
#include "signing/paper_service.h"

#include <map>
#include <string>
#include <vector>

namespace motcua::web {

class WorkPages {
public:
    WorkPages(db::Database& database, dossier::DossierService& dossiers, identity::IdentityService& identity,
              signing::PaperService& papers, payment::PaymentService& payments, const Clock& clock)
        : database_(database),
          dossiers_(dossiers),
          identity_(identity),
          papers_(papers),
          payments_(payments),
          clock_(clock) {}

    void mount(http::Router& router);

private:
    Result<http::Response> list(http::Request& request);
    Result<http::Response> dossier(http::Request& request, const Error* error = nullptr);
    Result<http::Response> acted(http::Request& request);
    void fillHead(http::Page& page, const Context& context, const dossier::Sight& sight);
    void fillCounter(http::Page& page, const dossier::Sight& sight);
    void fillMade(http::Page& page, const dossier::Sight& sight, const std::vector<signing::Paper>& made);
    void fillPapers(http::Page& page, const http::Request& request, const dossier::Dossier& dossier,
                    const forms::Form& form);
    void fillActions(http::Page& page, const http::Request& request, const dossier::Sight& sight,
                     const Error* error);
    struct Act {
        const std::string& action;
        bool only;              // of its step
        bool oneOfSeveralSteps; // that are open to this official
    };
    void fillAction(http::Page& page, const http::Request& request, const dossier::OpenStep& step,
                    const Act& act, const Error* error);
    static std::string noteId(const http::Request& request);
    void fillPayments(http::Page& page, const Context& context, const dossier::Dossier& dossier);
    using Names = std::map<std::string, std::string>; // of accounts
    Names namesOf(const Context& context, std::vector<std::string> accounts);
    void fillCounts(http::Page& page, const http::Request& request, const dossier::WorkCounts& counts);
    void fillRow(http::Page& page, const dossier::WorkRow& work, const Names& names,
                 const dossier::Pressing& at);

    db::Database& database_;
    dossier::DossierService& dossiers_;
    identity::IdentityService& identity_;
    signing::PaperService& papers_;
    payment::PaymentService& payments_;
    const Clock& clock_;
};

} // namespace motcua::web
