// Where payment providers report what became of a payment (IPN): /hook/payment/<plugin>/<profile>.
#pragma once

#include "http/router.h"
#include "payment/payment_service.h"

namespace motcua::web {

class PaymentHook {
public:
    explicit PaymentHook(payment::PaymentService& payments) : payments_(payments) {}

    void mount(http::Router& router);

private:
    Result<http::Response> notified(http::Request& request);

    payment::PaymentService& payments_;
};

// The address to tell the provider of a profile, below the site's origin.
std::string hookPath(const std::string& plugin, const std::string& profile);

} // namespace motcua::web
