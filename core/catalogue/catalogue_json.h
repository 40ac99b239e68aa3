// Procedures and fields as Json: one shape for the files of config/city, the stored versions and the export.
// The keys are documented in config/city/README.md.
#pragma once

#include "catalogue/catalogue.h"
#include "yaml/document.h"

#include <vector>

namespace motcua::catalogue {

// Adds every mistake to `problems`: unknown keys, wrong values, ids that stand twice, and conditions that are
// no FEEL or hold a name that no question asks for.
Procedure readProcedure(const Json& value, yaml::Problems& problems);
Result<Procedure> readProcedure(const yaml::Document& document);
Result<Procedure> readProcedure(const Json& stored);
Json toJson(const Procedure& procedure);

Result<std::vector<Field>> readFields(const yaml::Document& document);
Json toJson(const std::vector<Field>& fields);

} // namespace motcua::catalogue
