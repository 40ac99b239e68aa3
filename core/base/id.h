// Identifiers that sort by the moment they were made: UUID version 7 (RFC 9562) as 36 characters of text.
#pragma once

#include "base/clock.h"

#include <string>
#include <string_view>

namespace motcua {

// [thread-safe] Ids made in one process at one moment keep their order.
std::string newId(const Clock& clock);

bool isId(std::string_view text);

// A W3C trace-id: 32 hex digits, not all zero.
std::string newTrace();

} // namespace motcua
