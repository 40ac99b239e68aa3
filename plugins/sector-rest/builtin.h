// The connectors of connectors/, built in.
#pragma once

#include <map>
#include <string>

namespace connector {

const std::map<std::string, std::string>& builtin();

} // namespace connector
