// The providers of payments as this room calls them: plugins, each under its profiles.
#pragma once

#include "agency/agency_tree.h"
#include "base/context.h"
#include "base/result.h"
#include "plugins/clients.h"

#include <algorithm>
#include <string>
#include <vector>

namespace motcua::payment {

// A way to pay that a citizen may choose.
struct Way {
    std::string profile; // "vn.motcua.payment-vnpay:quan-1"
    std::string nameVi;  // of the plugin, as its manifest says it
    std::string nameEn;
    std::vector<std::string> origins; // "https://pay.example": where the browser is led to
    bool desk = false;                // an official may say that its money is there

    std::string plugin() const { return profile.substr(0, profile.find(':')); }
    std::string account() const { return profile.substr(std::min(plugin().size() + 1, profile.size())); }
    const std::string& name(std::string_view locale) const { return locale == "en" ? nameEn : nameVi; }
};

// The ways that a dossier of `agency` may be paid. A profile that is called as an agency is that agency's own
// account: it takes the fees of the agency and of those below it, and of each plugin only the nearest such
// account is offered. Profiles of other names take everybody's fees, where the agency has no account there.
std::vector<Way> waysOf(std::vector<Way> all, const agency::Tree& tree, std::string_view agency,
                        const CivilDay& today);

// Errors are those of sdk/schema/payment.json and of PluginRegistry::call; only mayRetry() ones may be
// repeated.
class Gateway {
public:
    virtual ~Gateway() = default;
    virtual std::vector<Way> ways() = 0;
    virtual Result<sdk::PaymentPage> create(const Context& context, const std::string& profile,
                                            const sdk::CreatePayment& payment, const std::string& key) = 0;
    virtual Result<sdk::PaymentNotice> returned(const Context& context, const std::string& profile,
                                                const sdk::RawHttp& request) = 0;
    virtual Result<sdk::PaymentNotice> notified(const Context& context, const std::string& profile,
                                                const sdk::RawHttp& request) = 0;
    virtual Result<sdk::PaymentState> query(const Context& context, const std::string& profile,
                                            const sdk::QueryPayment& query) = 0;
    virtual Result<sdk::PaymentState> confirm(const Context& context, const std::string& profile,
                                              const sdk::ConfirmPayment& payment, const std::string& key) = 0;
    virtual Result<sdk::RefundState> refund(const Context& context, const std::string& profile,
                                            const sdk::RefundPayment& refund, const std::string& key,
                                            int attempt) = 0;
};

// The plugins that are switched on and provide "payment".
class PluginGateway final : public Gateway {
public:
    explicit PluginGateway(const plugins::PluginRegistry& plugins) : plugins_(plugins), client_(plugins) {}

    std::vector<Way> ways() override;
    Result<sdk::PaymentPage> create(const Context& context, const std::string& profile,
                                    const sdk::CreatePayment& payment, const std::string& key) override {
        return client_.create(context, profile, payment, {key, 1});
    }
    Result<sdk::PaymentNotice> returned(const Context& context, const std::string& profile,
                                        const sdk::RawHttp& request) override {
        return client_.returned(context, profile, request);
    }
    Result<sdk::PaymentNotice> notified(const Context& context, const std::string& profile,
                                        const sdk::RawHttp& request) override {
        return client_.notified(context, profile, request);
    }
    Result<sdk::PaymentState> query(const Context& context, const std::string& profile,
                                    const sdk::QueryPayment& query) override {
        return client_.query(context, profile, query);
    }
    Result<sdk::PaymentState> confirm(const Context& context, const std::string& profile,
                                      const sdk::ConfirmPayment& payment, const std::string& key) override {
        return client_.confirm(context, profile, payment, {key, 1});
    }
    Result<sdk::RefundState> refund(const Context& context, const std::string& profile,
                                    const sdk::RefundPayment& refund, const std::string& key,
                                    int attempt) override {
        return client_.refund(context, profile, refund, {key, attempt});
    }

private:
    const plugins::PluginRegistry& plugins_;
    plugins::PaymentClient client_;
};

} // namespace motcua::payment
