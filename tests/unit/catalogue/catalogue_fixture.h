// What the tests of the catalogue share: a database of each kind with the shipped city in it.
#pragma once

#include "agency/agency_file.h"
#include "agency/agency_repository.h"
#include "audit/audit.h"
#include "catalogue/catalogue_folder.h"
#include "catalogue/catalogue_json.h"
#include "catalogue/catalogue_service.h"
#include "search/search.h"

#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

namespace motcua::catalogue::test {

inline Context as(Actor actor) {
    Context context;
    context.actor = std::move(actor);
    return context;
}

inline const Context system_ = as(Actor::system("test"));

template <typename T>
T good(Result<T> result) {
    CPPUNIT_ASSERT_MESSAGE(result ? "" : result.error().code + "\n" + result.error().detail, result.ok());
    return *std::move(result);
}

inline const Content& shippedContent() {
    static const Content content = good(readFolder("config/city"));
    return content;
}

// One database with its services and the shipped agencies.
struct City {
    City(motcua::test::TestDatabase made, const Clock& clock)
        : database(std::move(made)),
          audit(clock),
          agencies(*database, audit, clock),
          catalogue(*database, agencies, audit, clock) {
        const auto file = good(yaml::load("config/city/agencies.yaml"));
        good(agencies.load(system_, good(agency::read(file))));
    }

    motcua::test::TestDatabase database;
    audit::Audit audit;
    agency::AgencyService agencies;
    CatalogueService catalogue;
};

// One on each backend.
inline std::vector<std::unique_ptr<City>> cities(const Clock& clock) {
    std::vector<std::unique_ptr<City>> all;
    for (auto& database : motcua::test::databases(
             {&audit::schema(), &search::schema(), &agency::schema(), &catalogue::schema()}, clock))
        all.push_back(std::make_unique<City>(std::move(database), clock));
    return all;
}

} // namespace motcua::catalogue::test
