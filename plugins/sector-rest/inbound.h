// Messages that the other system sends to us: whether they are its own, and what they say.
#pragma once

#include "described.h"

#include "motcua/sdk/host.h"
#include "motcua/sdk/sector.h"
#include "motcua/sdk/webhook.h"

namespace connector {

// `connector` is of call.config. Nothing of a message is read before it is proven authentic.
motcua::sdk::Result<motcua::sdk::WebhookNotice> judge(const motcua::sdk::Host& host,
                                                      const Connector& connector,
                                                      const motcua::sdk::WebhookRequest& given,
                                                      const motcua::sdk::Call& call);

} // namespace connector
