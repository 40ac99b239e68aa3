// Paying a dossier's fee: what is due, the ways to pay, the way back from the provider (P10).
#pragma once

#include "agency/agency_service.h"
#include "http/page.h"
#include "http/router.h"
#include "payment/payment_service.h"

#include <string>

namespace motcua::web {

class PaymentPages {
public:
    struct Rooms {
        payment::PaymentService& payments;
        dossier::DossierService& dossiers;
        agency::AgencyService& agencies;
        std::string origin;      // of the site; empty: as the request came
        std::string demoProfile; // of the demonstration bank, where one runs
        const Clock& clock;
    };
    explicit PaymentPages(Rooms rooms) : rooms_(std::move(rooms)) {}

    void mount(http::Router& router);

private:
    Result<http::Response> show(http::Request& request, const Error* error = nullptr);
    Result<http::Response> posted(http::Request& request);
    Result<http::Response> asked(http::Request& request);
    Result<http::Response> returned(http::Request& request);
    Result<http::Response> qr(http::Request& request);
    Result<bool> answered(http::Request& request, const dossier::Dossier& dossier);
    void fillStanding(http::Page& page, const http::Request& request, const payment::Sight& sight) const;
    void fillShown(http::Page& page, const http::Request& request, const payment::Payment& payment) const;
    void fillWays(http::Page& page, const http::Request& request, const payment::Sight& sight);

    Rooms rooms_;
};

} // namespace motcua::web
