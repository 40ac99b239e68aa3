// A person's dossiers: the list, each one's own page, its files, the supplement, withdrawal; and what anybody
// may look up.
#pragma once

#include "dossier/dossier_service.h"
#include "files/file_store.h"
#include "http/page.h"
#include "http/router.h"
#include "identity/identity_service.h"
#include "payment/payment_service.h"
#include "signing/paper_service.h"
#include "web/portal/filing_pages.h"
#include "web/portal/rating_pages.h"

namespace motcua::web {

class DossierPages {
public:
    struct Rooms {
        db::Database& database;
        dossier::DossierService& dossiers;
        identity::IdentityService& identity;
        agency::AgencyService& agencies;
        files::FileStore& files;
        signing::PaperService& papers;
        payment::PaymentService& payments;
        FilingPages& filing;
        RatingPages& ratings;
        std::string origin; // of the site, for QR codes; empty: as the request came
        const Clock& clock;
    };
    explicit DossierPages(Rooms rooms) : rooms_(std::move(rooms)) {}

    void mount(http::Router& router);

private:
    Result<http::Response> account(http::Request& request);
    Result<http::Response> dossier(http::Request& request);
    Result<http::Response> file(http::Request& request);
    Result<http::Response> qr(http::Request& request);
    Result<http::Response> supplement(http::Request& request, const Error* error = nullptr);
    Result<http::Response> supplemented(http::Request& request);
    Result<http::Response> withdrawForm(http::Request& request, const Error* error = nullptr);
    Result<http::Response> withdrawn(http::Request& request);
    Result<http::Response> track(http::Request& request, const dossier::Followed* seen = nullptr);
    Result<http::Response> followed(http::Request& request);
    void fillFollowed(http::Page& page, const Context& context, const dossier::Followed& seen);
    void fillState(http::Page& page, const dossier::Sight& sight, const Context& context);
    void fillFee(http::Page& page, const dossier::Dossier& dossier, const Context& context);
    void fillPapers(http::Page& page, const dossier::Sight& sight, const std::vector<signing::Paper>& made);
    std::string nameOf(const Context& context, const std::string& account);

    Rooms rooms_;
};

} // namespace motcua::web
