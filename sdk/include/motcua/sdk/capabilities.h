// The capabilities of ABI 1 and the operations that each demands. Made by sdk/tools/generate.mjs from sdk/schema/;
// do not edit.
#pragma once

#include <vector>

namespace motcua::sdk {
inline namespace v1 {

struct Capability {
    const char* id;
    std::vector<const char*> required;
};

inline const std::vector<Capability>& capabilities() {
    static const std::vector<Capability> all{
        {"message/1", {"message.send/1"}},
        {"payment/1", {"payment.create/1", "payment.returned/1", "payment.notified/1", "payment.query/1"}},
        {"signature/1", {"signature.certificates/1", "signature.sign/1"}},
    };
    return all;
}

} // namespace v1
} // namespace motcua::sdk
