// Who carries letters, as this room calls it: the first message plugin that is switched on and configured.
#pragma once

#include "base/context.h"
#include "base/result.h"
#include "plugins/clients.h"

namespace motcua::messaging {

class Post {
public:
    virtual ~Post() = default;
    virtual bool isOpen() = 0;
    // Errors are those of sdk/schema/message.json and of PluginRegistry::call; only mayRetry() ones may be
    // repeated, with the same id.
    virtual Result<void> send(const Context& context, const sdk::Message& message,
                              const plugins::CallOptions& id) = 0;
};

class PluginPost final : public Post {
public:
    explicit PluginPost(const plugins::PluginRegistry& plugins) : client_(plugins) {}

    bool isOpen() override { return !client_.profiles().empty(); }
    Result<void> send(const Context& context, const sdk::Message& message,
                      const plugins::CallOptions& id) override;

private:
    plugins::MessageClient client_;
};

} // namespace motcua::messaging
