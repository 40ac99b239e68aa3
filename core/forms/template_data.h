// Json as the data of a plain-text template; inside this room only.
#pragma once

#include "base/json.h"
#include "view/model.h"

#include <functional>
#include <string>
#include <string_view>

namespace motcua::forms {

// `json` must outlive the model. Null and false are absent, numbers are written out, every text goes through
// `escape`. An empty text is absent, so that {{#name}} asks whether there is something to say.
view::Model templateData(const Json& json, const std::function<std::string(std::string_view)>& escape);

} // namespace motcua::forms
