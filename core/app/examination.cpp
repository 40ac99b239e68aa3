// What the doctor looks at, and a restored backup must stand before it takes its place.
#include "app/application.h"

namespace motcua::app {

namespace {

using Say = std::function<void(const std::string&)>;

Context unhurried(Context context) {
    context.deadline = Until::never(); // ten years of records take their time
    return context;
}

int examineChains(db::Database& database, const Context& context, const Say& say) {
    std::int64_t records = 0;
    const auto broken =
        database.read(context, [&](db::Reader& tx) { return audit::Audit::verifyAll(tx, records); });
    say(broken ? "audit: BROKEN, " + *broken
               : "audit: " + std::to_string(records) + " records, every chain whole");
    return broken ? 1 : 0;
}

int examineHead(db::Database& database, const audit::HeadSigner& signer, const Context& context,
                const Say& say) {
    const std::string fault = database.read(context, [&](db::Reader& tx) -> std::string {
        const auto head = audit::MerkleLog::newestHead(tx);
        if (!head) return {};
        if (!signer.verify(head->signedText(), head->signature)) return "was signed by another key";
        if (audit::MerkleLog::size(tx) < head->size) return "speaks of more records than there are";
        return audit::MerkleLog::root(tx, head->size) == head->root ? "" : "does not fit the records";
    });
    say(fault.empty() ? "audit log: its newest head fits and is signed by this city's key"
                      : "audit log: BROKEN, the newest head " + fault);
    return fault.empty() ? 0 : 1;
}

int examineFiles(db::Database& database, const files::FileStore& files, const Context& context,
                 const Say& say) {
    std::int64_t records = 0;
    std::vector<std::string> missing;
    std::string last;
    do {
        const auto found = database.read(context, [&](db::Reader& tx) { return files.presence(tx, last); });
        records += found.records;
        missing.insert(missing.end(), found.missing.begin(), found.missing.end());
        last = found.last;
    } while (!last.empty());
    if (missing.empty()) {
        say("files: " + std::to_string(records) + ", the sealed bytes of each are there");
        return 0;
    }
    say("files: MISSING, the bytes of " + std::to_string(missing.size()) + " of " + std::to_string(records) +
        ", the first is " + missing.front());
    return 1;
}

} // namespace

int Application::examine(const Say& say) {
    const Context context = unhurried(systemContext("doctor"));
    return examineChains(*database_, context, say) + examineHead(*database_, signer_, context, say) +
           examineFiles(*database_, files_, context, say);
}

} // namespace motcua::app
