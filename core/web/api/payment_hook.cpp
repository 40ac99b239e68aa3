#include "web/api/payment_hook.h"

#include "http/form.h"
#include "web/outside.h"
#include "web/paths.h"

namespace motcua::web {

namespace {

// Providers send from few addresses, all payments of the city.
constexpr http::Rate kRate{1200, std::chrono::minutes{1}};
constexpr std::size_t kLongestBody = 64u << 10;
constexpr const char* kComeBackIn = "60"; // seconds

} // namespace

std::string hookPath(const std::string& plugin, const std::string& profile) {
    return std::string{paths::kPaymentHook} + "/" + http::percentEncode(plugin) + "/" + profile;
}

void PaymentHook::mount(http::Router& router) {
    const std::string pattern = std::string{paths::kPaymentHook} + "/:plugin/:profile";
    const auto handler = [this](http::Request& request) { return notified(request); };
    router.get(pattern, handler).webhook().limit(kRate);
    router.post(pattern, handler).webhook().limit(kRate).bodyLimit(kLongestBody);
}

// What cannot be judged now is answered 503: the provider sends it again.
Result<http::Response> PaymentHook::notified(http::Request& request) {
    const std::string profile = request.param("plugin") + ":" + request.param("profile");
    const auto answer = payments_.notified(request.context(), profile, rawOf(request));
    if (!answer) {
        http::Response later = http::Response::text("try again later\n", 503);
        later.header("Retry-After", kComeBackIn);
        return later;
    }
    return http::Response::bytes(answer->body, answer->contentType, static_cast<int>(answer->status));
}

} // namespace motcua::web
