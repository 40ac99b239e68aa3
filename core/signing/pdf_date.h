// Moments as PDF files and signatures show them, in the country's zone.
#pragma once

#include "base/clock.h"

#include <optional>
#include <string>
#include <string_view>

namespace motcua::signing {

// "D:20261123140511+07'00'".
std::string pdfDate(Instant at);
std::optional<Instant> parsePdfDate(std::string_view text);
// "23-11-2026 14:05:11 +07:00": day, time and zone as Decree 30/2020 wants them shown with a digital
// signature.
std::string signatureMoment(Instant at);

} // namespace motcua::signing
