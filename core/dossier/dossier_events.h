// What happens to dossiers that other rooms react to, inside the transaction.
#pragma once

#include "dossier/dossier.h"
#include "jobs/event.h"
#include "process/process_events.h"

#include <string>
#include <vector>

namespace motcua::dossier {

struct Happened {
    Dossier dossier;  // as it stands after it
    std::string kind; // "submitted", "accepted", "not_accepted", "supplement_requested", "refused",
                      // "result_ready" (approved), "result_issued" (signed, in the files), …
    std::string note; // a reason, a list of what is missing
};

// A service task of the process that another room carries out: "result.issue", "refusal.issue".
struct Commanded {
    Dossier dossier;
    process::Command command;
    std::string note; // what the official wrote at the step before
};

struct Events {
    jobs::Event<Happened> happened;
    jobs::Event<Commanded> commanded;
};

} // namespace motcua::dossier
