// The second guard against personal data on its way out: what looks like an identity or phone number or an
// e-mail address is masked. Names are the core's, which knows them.
#pragma once

#include <string>
#include <string_view>

namespace assistant {

std::string masked(std::string_view text);

} // namespace assistant
