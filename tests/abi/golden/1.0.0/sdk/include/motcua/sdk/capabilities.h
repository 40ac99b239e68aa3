// The capabilities of ABI 1 and the operations that each demands. Made by sdk/tools/generate.mjs from sdk/schema/;
// do not edit.
#pragma once

#include <vector>

namespace motcua::sdk {
inline namespace v1 {

struct Capability {
    const char* id;
    std::vector<std::vector<const char*>> ways; // one of them must be there whole
};

inline const std::vector<Capability>& capabilities() {
    static const std::vector<Capability> all{
        {"assistant/1", {{"assistant.ask/1"}}},
        {"http/1", {{"http.handle/1"}}},
        {"identity/1", {{"identity.begin/1", "identity.finish/1"}}},
        {"job/1", {{"job.run/1"}}},
        {"message/1", {{"message.send/1"}}},
        {"national-portal/1", {{"national-portal.claims/1", "national-portal.catalogue/1", "national-portal.procedure/1", "national-portal.dossiers/1", "national-portal.steps/1"}}},
        {"payment/1", {{"payment.create/1", "payment.returned/1", "payment.notified/1", "payment.query/1"}, {"payment.create/1", "payment.confirm/1", "payment.query/1"}}},
        {"postal/1", {{"postal.create/1", "postal.track/1", "postal.cancel/1"}}},
        {"queue/1", {{"queue.print/1", "queue.printer/1"}, {"queue.show/1", "queue.announce/1"}, {"queue.services/1", "queue.days/1", "queue.times/1", "queue.book/1", "queue.booking/1", "queue.unbook/1"}}},
        {"scanner/1", {{"scanner.scan/1"}}},
        {"sector/1", {{}, {"sector.send/1", "sector.delivery/1", "sector.receive/1"}}},
        {"signature/1", {{"signature.certificates/1", "signature.sign/1"}, {"signature.certificates/1", "signature.begin/1", "signature.finish/1"}, {"signature.certificates/1", "signature.document/1"}, {"signature.ticket/1", "signature.uploaded/1"}}},
        {"webhook/1", {{"webhook.verify/1"}}},
    };
    return all;
}

} // namespace v1
} // namespace motcua::sdk
