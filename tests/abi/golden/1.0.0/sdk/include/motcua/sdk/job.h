// Work at its time: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/job.json; do not edit.
#pragma once

#include "motcua/sdk/plugin.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

// One of the manifest's jobs is due; one node runs it, for each profile.
struct DueJob {
    std::string job{};                    // its name, as the manifest has it
    std::int64_t scheduledAt = 0;         // ms UTC, when it was due: the same for every repetition
    std::optional<std::int64_t> lastAt{}; // ms UTC of the last run that went well (may be absent)
};

template <>
struct Codec<DueJob> {
    static void write(Writer& w, const DueJob& v) {
        w.field("job", v.job);
        w.field("scheduledAt", v.scheduledAt);
        w.field("lastAt", v.lastAt);
    }
    static void read(Reader& r, DueJob& v) {
        r.required("job", v.job, {.length = 50});
        r.required("scheduledAt", v.scheduledAt);
        r.optional("lastAt", v.lastAt);
    }
};

struct JobReport {
    bool again = false;    // there is more to do now: run it again at once (may be absent)
    std::string summary{}; // for an administrator: "12 receipts"; no personal data (may be absent)
};

template <>
struct Codec<JobReport> {
    static void write(Writer& w, const JobReport& v) {
        w.field("again", v.again);
        w.field("summary", v.summary);
    }
    static void read(Reader& r, JobReport& v) {
        r.optional("again", v.again);
        r.optional("summary", v.summary, {.length = 500});
    }
};

// The operations.
namespace op {

// Does the work. What it finds it hands in with event.post.
struct JobRun {
    static constexpr const char* id = "job.run/1";
    static constexpr std::int64_t timeoutMs = 300000;
    using Request = DueJob;
    using Reply = JobReport;
};

} // namespace op

// Derive from this to provide "job/1". Calls may overlap up to the manifest's limits.concurrency.
class JobRunner : public virtual Plugin {
public:
    // Does the work. What it finds it hands in with event.post.
    virtual Result<JobReport> run(const DueJob&, const Call&) = 0;

protected:
    JobRunner() {
        answers<op::JobRun>([this](const auto& request, const Call& call) { return run(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
