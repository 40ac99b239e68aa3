// What the pages tell other systems: the site's own address, and a request as it came.
#pragma once

#include "http/request.h"

#include "motcua/sdk/payment.h"

#include <string>

namespace motcua::web {

// "https://dichvucong.example": as configured, or, where nothing is, as the request came.
std::string originOf(const http::Request& request, const std::string& configured);

// For a plugin that judges it by its signature.
sdk::RawHttp rawOf(const http::Request& request);

} // namespace motcua::web
