// Sessions for the http room, as identity knows them.
#pragma once

#include "http/session.h"
#include "identity/identity_service.h"

namespace motcua::web {

class Sessions final : public http::SessionStore {
public:
    explicit Sessions(identity::IdentityService& identity) : identity_(identity) {}

    Result<std::optional<Actor>> bySession(const Context& context, std::string_view tokenHash) override;
    // No tokens for programs are given out yet, so none is known.
    Result<std::optional<Actor>> byBearer(const Context& context, std::string_view tokenHash) override;

private:
    identity::IdentityService& identity_;
};

} // namespace motcua::web
