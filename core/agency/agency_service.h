// Agencies for every other room: one tree in memory, read again when another node changed it.
#pragma once

#include "agency/agency_file.h"
#include "agency/agency_tree.h"
#include "audit/audit.h"
#include "base/context.h"
#include "db/database.h"

#include <memory>
#include <mutex>
#include <string_view>

namespace motcua::agency {

struct LoadReport {
    int added = 0;
    int changed = 0;
    int unchanged = 0;
};

class AgencyService {
public:
    AgencyService(db::Database& database, const audit::Audit& audit, const Clock& clock)
        : database_(database), audit_(audit), clock_(clock) {}

    // The tree as it stands, at most a second old. It does not change while it is held. [thread-safe]
    std::shared_ptr<const Tree> tree(const Context& context);

    // By id, by an identifier in either form or by an alias; NotFound "agency.unknown".
    Result<Agency> find(const Context& context, std::string_view text);
    // Today's.
    std::vector<Agency> children(const Context& context, std::string_view id);
    std::vector<Agency> ancestors(const Context& context, std::string_view id); // its parent first
    bool within(const Context& context, std::string_view region, std::string_view id);

    // Adds and changes what the file says, all or nothing; what it does not name stays. The same file twice
    // changes nothing. Invalid "agency.bad_tree" (detail: each fault), Denied "agency.denied".
    // What load() would add or change, by id; the same errors but for rights.
    Result<std::vector<std::string>> preview(const Context& context, const AgencyFile& file);
    Result<LoadReport> load(const Context& context, const AgencyFile& file);

private:
    db::Database& database_;
    const audit::Audit& audit_;
    const Clock& clock_;
    std::mutex mutex_{};
    std::shared_ptr<const Tree> tree_{};
    std::int64_t version_ = -1;
    Instant checked_{0};
};

} // namespace motcua::agency
