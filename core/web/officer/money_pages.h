// Money that officials must look at: what settles no fee, what the provider doubts, and giving it back; and
// money that they take at the counter or see on a statement.
#pragma once

#include "http/page.h"
#include "http/router.h"
#include "payment/payment_service.h"

#include <string>

namespace motcua::web {

class MoneyPages {
public:
    MoneyPages(payment::PaymentService& payments, dossier::DossierService& dossiers, std::string origin)
        : payments_(payments), dossiers_(dossiers), origin_(std::move(origin)) {}

    void mount(http::Router& router);

private:
    Result<http::Response> list(http::Request& request);
    Result<http::Response> refundForm(http::Request& request, const Error* error = nullptr);
    Result<http::Response> refunded(http::Request& request);
    Result<http::Response> searchForm(http::Request& request, const Error* error = nullptr);
    Result<http::Response> searched(http::Request& request);
    Result<http::Response> takeForm(http::Request& request, const Error* error = nullptr);
    Result<http::Response> taken(http::Request& request);
    Result<http::Response> takeForForm(http::Request& request, const Error* error = nullptr);
    Result<http::Response> takenFor(http::Request& request);

    payment::PaymentService& payments_;
    dossier::DossierService& dossiers_;
    const std::string origin_; // of the site; empty: as the request came
};

std::string refundPath(const std::string& payment);
std::string takePath(const std::string& payment);    // of an attempt that stands
std::string takeForPath(const std::string& dossier); // of a dossier's fee

// Why somebody must look at it; "" where nobody must.
std::string attentionText(const http::Page& page, const payment::Payment& payment);

} // namespace motcua::web
