// The label of a parcel as PDF, A6: who to whom, what, money to collect, and the number as Code 128.
#pragma once

#include "motcua/sdk/postal.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vnpost {

// Widths of bars and gaps by turns, beginning with a bar, in modules; empty where `text` holds what code set
// B lacks.
std::vector<int> code128(const std::string& text);

// The same order always gives the same bytes. Precondition: code128(code) is not empty.
std::string drawLabel(const motcua::sdk::PostalOrder& order, const std::string& code);

} // namespace vnpost
