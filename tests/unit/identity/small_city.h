// A city of a few agencies for the roles of these tests.
#pragma once

#include "agency/agency_repository.h"
#include "agency/agency_service.h"

#include <cppunit/TestAssert.h>

namespace identitytest {

inline void loadSmallCity(motcua::agency::AgencyService& agencies) {
    const auto document = motcua::yaml::parse(R"(agencies:
  - {id: tphcm, kind: city, name: Thành phố Hồ Chí Minh, identifier: H29}
  - {id: quan-1, kind: district, parent: tphcm, name: Quận 1}
  - {id: quan-3, kind: district, parent: tphcm, name: Quận 3}
  - {id: phuong-ben-nghe, kind: ward, parent: quan-1, name: Phường Bến Nghé}
  - {id: phuong-ben-thanh, kind: ward, parent: quan-1, name: Phường Bến Thành}
)",
                                              "agencies.yaml");
    CPPUNIT_ASSERT(document.ok());
    const auto file = motcua::agency::read(*document);
    CPPUNIT_ASSERT_MESSAGE(file ? "" : file.error().detail, file.ok());
    motcua::Context system;
    system.actor = motcua::Actor::system("test");
    CPPUNIT_ASSERT(agencies.load(system, *file).ok());
}

} // namespace identitytest
