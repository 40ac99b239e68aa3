// Calls of SOAP 1.1, document/literal wrapped, as JAX-WS services want them: the parameters are children
// without a namespace of one element in the service's. Written and read by libxml2; entities and DTDs are
// refused.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace soap {

using Parameters = std::vector<std::pair<const char*, std::string>>; // in the order of the WSDL

// Without the control characters that XML cannot hold.
std::string storable(const std::string& text);

std::string envelope(const char* space, const std::string& operation, const Parameters& parameters);

struct Answer {
    std::string fault{};                         // "Client", "Server", …; empty: none
    std::map<std::string, std::string> values{}; // the children of <return>
};
// Nothing where it is no answer to this operation.
std::optional<Answer> read(std::string_view body, const char* space, const std::string& operation);

} // namespace soap
