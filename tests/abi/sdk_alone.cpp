// Every header of the SDK in one file, with nothing else on the include path: neither the core nor Poco.
#include "motcua/sdk/assistant.h"
#include "motcua/sdk/capabilities.h"
#include "motcua/sdk/http.h"
#include "motcua/sdk/identity.h"
#include "motcua/sdk/job.h"
#include "motcua/sdk/message.h"
#include "motcua/sdk/national_portal.h"
#include "motcua/sdk/payment.h"
#include "motcua/sdk/postal.h"
#include "motcua/sdk/queue.h"
#include "motcua/sdk/scanner.h"
#include "motcua/sdk/sector.h"
#include "motcua/sdk/signature.h"
#include "motcua/sdk/tls.h"
#include "motcua/sdk/webhook.h"

class Everything final : public motcua::sdk::MessageChannel, public motcua::sdk::Signer {
public:
    explicit Everything(const motcua::sdk::Host&) {}
    motcua::sdk::Result<motcua::sdk::SentMessage> send(const motcua::sdk::Message&,
                                                       const motcua::sdk::Call&) override {
        return motcua::sdk::SentMessage{"1", 1, {}};
    }
    motcua::sdk::Result<motcua::sdk::CertificateList> certificates(const motcua::sdk::CertificateQuery&,
                                                                   const motcua::sdk::Call&) override {
        return motcua::sdk::CertificateList{};
    }
    motcua::sdk::Result<motcua::sdk::Signatures> sign(const motcua::sdk::SignRequest&,
                                                      const motcua::sdk::Call&) override {
        return motcua::sdk::Signatures{};
    }
};

MOTCUA_PLUGIN(Everything)
