// The small files of config/city that no room of its own reads: the site's facts and the demo accounts.
#pragma once

#include "base/result.h"
#include "identity/identity_service.h"
#include "web/layout.h"

#include <string>
#include <vector>

namespace motcua::app {

Result<web::SiteFacts> readSiteFacts(const std::string& file);

struct DemoPerson {
    identity::NewAccount account; // without password; its roles name agencies as the file does
};

Result<std::vector<DemoPerson>> readDemoPeople(const std::string& file);

} // namespace motcua::app
