// One typed client a capability: what domain rooms hold. `profile` is a ProfileRef as text ("plugin
// id:profile"). Errors are those of Supervisor::call and the codes of sdk/schema/<capability>.json; only
// mayRetry() errors may be repeated, with the same idempotency key.
#pragma once

#include "plugins/plugin_registry.h"

#include "motcua/sdk/message.h"
#include "motcua/sdk/payment.h"
#include "motcua/sdk/signature.h"

namespace motcua::plugins {

class MessageClient {
public:
    explicit MessageClient(const PluginRegistry& plugins) : plugins_(plugins) {}

    std::vector<ProfileRef> profiles() const { return plugins_.profiles("message"); }
    Result<sdk::SentMessage> send(const Context& context, const std::string& profile,
                                  const sdk::Message& message, const CallOptions& options) const {
        return plugins_.call<sdk::op::MessageSend>(context, profile, message, options);
    }

private:
    const PluginRegistry& plugins_;
};

class PaymentClient {
public:
    explicit PaymentClient(const PluginRegistry& plugins) : plugins_(plugins) {}

    std::vector<ProfileRef> profiles() const { return plugins_.profiles("payment"); }
    Result<sdk::PaymentPage> create(const Context& context, const std::string& profile,
                                    const sdk::CreatePayment& payment, const CallOptions& options) const {
        return plugins_.call<sdk::op::PaymentCreate>(context, profile, payment, options);
    }
    // Of a browser's return: for words on a page only.
    Result<sdk::PaymentNotice> returned(const Context& context, const std::string& profile,
                                        const sdk::RawHttp& request) const {
        return plugins_.call<sdk::op::PaymentReturned>(context, profile, request);
    }
    // Of a provider's notification. Where the plugin is away, answer 503: the provider repeats.
    Result<sdk::PaymentNotice> notified(const Context& context, const std::string& profile,
                                        const sdk::RawHttp& request) const {
        return plugins_.call<sdk::op::PaymentNotified>(context, profile, request);
    }
    Result<sdk::PaymentState> query(const Context& context, const std::string& profile,
                                    const sdk::QueryPayment& query, const CallOptions& options = {}) const {
        return plugins_.call<sdk::op::PaymentQuery>(context, profile, query, options);
    }
    Result<sdk::RefundState> refund(const Context& context, const std::string& profile,
                                    const sdk::RefundPayment& refund, const CallOptions& options) const {
        return plugins_.call<sdk::op::PaymentRefund>(context, profile, refund, options);
    }
    // Money that an official has or sees on a statement.
    Result<sdk::PaymentState> confirm(const Context& context, const std::string& profile,
                                      const sdk::ConfirmPayment& payment, const CallOptions& options) const {
        return plugins_.call<sdk::op::PaymentConfirm>(context, profile, payment, options);
    }
    Result<sdk::Receipt> receipt(const Context& context, const std::string& profile,
                                 const sdk::ReceiptRequest& request, const CallOptions& options) const {
        return plugins_.call<sdk::op::PaymentReceipt>(context, profile, request, options);
    }
    Result<sdk::Settlements> reconcile(const Context& context, const std::string& profile,
                                       const sdk::ReconcileRequest& request) const {
        return plugins_.call<sdk::op::PaymentReconcile>(context, profile, request);
    }

private:
    const PluginRegistry& plugins_;
};

class SignatureClient {
public:
    explicit SignatureClient(const PluginRegistry& plugins) : plugins_(plugins) {}

    std::vector<ProfileRef> profiles() const { return plugins_.profiles("signature"); }
    Result<sdk::CertificateList> certificates(const Context& context, const std::string& profile,
                                              const sdk::CertificateQuery& query = {}) const {
        return plugins_.call<sdk::op::SignatureCertificates>(context, profile, query);
    }
    Result<sdk::Signatures> sign(const Context& context, const std::string& profile,
                                 const sdk::SignRequest& request, const CallOptions& options) const {
        return plugins_.call<sdk::op::SignatureSign>(context, profile, request, options);
    }
    Result<sdk::TimestampReply> timestamp(const Context& context, const std::string& profile,
                                          const sdk::TimestampRequest& request) const {
        return plugins_.call<sdk::op::SignatureTimestamp>(context, profile, request);
    }

private:
    const PluginRegistry& plugins_;
};

} // namespace motcua::plugins
