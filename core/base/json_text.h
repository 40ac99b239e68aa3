// JSON as text where no document is wanted: what the log writes line by line.
#pragma once

#include <string>
#include <string_view>

namespace motcua {

// The text in quotes, as Json::dump writes it.
void appendJsonText(std::string& out, std::string_view text);
void appendJsonNumber(std::string& out, double value);

} // namespace motcua
