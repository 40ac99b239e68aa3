// Agencies as a file that a person writes (config/city/agencies.yaml; its keys: config/city/README.md).
#pragma once

#include "agency/agency.h"
#include "yaml/document.h"

#include <string>
#include <vector>

namespace motcua::agency {

struct AgencyFile {
    struct Written {
        Agency agency;
        std::string parent{};  // empty for the city
        bool endGiven = false; // whether `to` stands there; else an end known already is kept
    };
    struct Closed {
        std::string id;
        CivilDay to;
        std::string successor{};
    };
    std::vector<Written> agencies{};
    std::vector<Closed> closed{}; // agencies that end
    std::vector<Place> moved{};   // agencies that stand below another parent from a day on
};

// Invalid "yaml.invalid" names every mistake by file, line and key.
Result<AgencyFile> read(const yaml::Document& document);

// The tree as such a file.
Json write(const std::vector<Agency>& agencies, const std::vector<Place>& places);

} // namespace motcua::agency
