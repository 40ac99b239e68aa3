// The two written forms of an agency's identifier (mã định danh), which say the same in opposite order.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace motcua::agency {

// "000.00.15.H29" (QCVN 102:2016/BTTTT: unit, division, agency, province; zeros where a level is not used;
// also the short forms "00.15.H29" and "15.H29") → "H29.15". Nothing for what is no such identifier.
std::optional<std::string> newForm(std::string_view old);

// "H29.15" (Decision 20/2020/QĐ-TTg: top level first) → "000.00.15.H29". Nothing where a level does not fit
// the old form's widths, or the text is no such identifier.
std::optional<std::string> oldForm(std::string_view identifier);

// Whether the text may be an identifier by Decision 20/2020/QĐ-TTg: at most 35 of A-Z, 0-9 and dots, level 1
// first.
bool isIdentifier(std::string_view text);
// Whether the text is a whole identifier in the old form: 13 characters, "000.00.15.H29".
bool isOldIdentifier(std::string_view text);

} // namespace motcua::agency
