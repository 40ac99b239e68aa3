// Money that officials must look at: what settles no fee, what the provider doubts, and giving it back.
#pragma once

#include "http/page.h"
#include "http/router.h"
#include "payment/payment_service.h"

#include <string>

namespace motcua::web {

class MoneyPages {
public:
    MoneyPages(payment::PaymentService& payments, dossier::DossierService& dossiers)
        : payments_(payments), dossiers_(dossiers) {}

    void mount(http::Router& router);

private:
    Result<http::Response> list(http::Request& request);
    Result<http::Response> refundForm(http::Request& request, const Error* error = nullptr);
    Result<http::Response> refunded(http::Request& request);

    payment::PaymentService& payments_;
    dossier::DossierService& dossiers_;
};

std::string refundPath(const std::string& payment);

// Why somebody must look at it; "" where nobody must.
std::string attentionText(const http::Page& page, const payment::Payment& payment);

} // namespace motcua::web
