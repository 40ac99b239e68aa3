// Calls of a plugin kept in a file, with what the plugin asked of its host and what it was told, and tried
// again later without the world: what it then asks and answers otherwise is said. Secrets are left out.
#pragma once

#include "base/json.h"
#include "plugins/host_services.h"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::plugins {

class Recording {
public:
    using Real = std::function<Outcome()>;

    // `secrets`: those of the settings, by name. They are written as {{name}} wherever they stand: as they
    // are, as JSON or an address writes them, in hexadecimal and base64; headers that hold credentials are
    // left out whole.
    explicit Recording(const Json& secrets);

    // What stands for HostPorts::around while a call is recorded or replayed. [thread-safe]
    Outcome record(std::string_view operation, std::string_view json, const sdk::Blobs& blobs,
                   const Real& real);
    Outcome replay(std::string_view operation, std::string_view json, const sdk::Blobs& blobs,
                   const Real& real);

    // One call: `line` as plugin-call --lines takes it, attachments inside. What the file holds of it.
    void begin();
    Json end(const Json& line, const Json& answer, std::int64_t at);

    // Before a recorded call is made again, and after: how it differs.
    void beginAgain(const Json& recorded);
    std::vector<std::string> differences(const Json& answer);

    Json kept(const sdk::Blobs& blobs) const; // as text where it is one, else base64; clean
    static sdk::Blobs blobsOf(const Json& kept);

private:
    std::string clean(std::string text) const;
    Json clean(const Json& value) const;
    Json cleanRequest(std::string_view operation, std::string_view json) const;

    std::map<std::string, std::string> names_; // what stands for a text that is secret, by that text
    const Json secrets_;
    std::mutex guard_;
    Json host_ = Json::array(); // of the call that is recorded
    Json recorded_ = Json::object();
    std::vector<bool> used_;
    std::vector<std::string> differences_;
};

} // namespace motcua::plugins
