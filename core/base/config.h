// Boot configuration: motcua.properties, overridden by MOTCUA_… environment variables and by the command
// line. It holds boot keys only (listen, database, folders, keys, roles); what may change at run time is in
// the database.
#pragma once

#include "base/result.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace motcua {

struct ConfigKey {
    std::string_view name;        // "http.port"
    std::string_view fallback;    // used where the key is absent
    std::string_view description; // for `motcua help config` and the reference page
};

class Config {
public:
    explicit Config(std::vector<ConfigKey> known);

    // A missing file, a line that is no `key = value` and an unknown key are errors that name the place.
    Result<void> load(const std::string& path);
    // MOTCUA_HTTP_PORT sets http.port; unknown names with that prefix are left alone.
    void loadEnvironment();
    // "http.port=8081", from the command line.
    Result<void> set(std::string_view assignment);

    std::string text(std::string_view key) const; // a key that is not known is a bug: std::logic_error
    Result<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most) const;
    Result<bool> boolean(std::string_view key) const; // true/false, yes/no, on/off
    std::vector<std::string>
    list(std::string_view key) const;       // comma-separated, trimmed, empty items dropped
    bool isSet(std::string_view key) const; // given, not merely defaulted

    const std::vector<ConfigKey>& known() const { return known_; }

private:
    std::vector<ConfigKey> known_;
    std::map<std::string, std::string, std::less<>> given_;
};

} // namespace motcua
