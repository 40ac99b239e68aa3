// Agencies in the database. SQL only.
#pragma once

#include "agency/agency.h"
#include "db/database.h"

#include <cstdint>
#include <vector>

namespace motcua::agency {

// Which state of the tree stands in the database; grows with each change.
std::int64_t stateVersion(db::Reader& reader);
std::vector<Agency> readAgencies(db::Reader& reader); // by id
std::vector<Place> readPlaces(db::Reader& reader);    // by agency and day

void putAgency(db::Writer& writer,
               const Agency& agency); // without its successor, which may not stand there yet
void putNames(db::Writer& writer,
              const Agency& agency); // identifiers and aliases, after those of others are free
void freeNames(db::Writer& writer, const Agency& agency);
void putSuccessor(db::Writer& writer, const Agency& agency);
void putPlace(db::Writer& writer, const Place& place);
void raiseStateVersion(db::Writer& writer);

// The room's migrations.
const db::Schema& schema();

} // namespace motcua::agency
