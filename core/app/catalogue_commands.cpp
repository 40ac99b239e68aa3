#include "app/catalogue_commands.h"

#include "catalogue/catalogue_folder.h"
#include "catalogue/national_import.h"

#include <fstream>
#include <map>

namespace motcua::app {

namespace {

using catalogue::ImportReport;

std::string progressLine(const ImportReport& report) {
    return std::to_string(report.read) + " read: " + std::to_string(report.added) + " new, " +
           std::to_string(report.changed) + " changed, " + std::to_string(report.unchanged) +
           " as they were, " + std::to_string(report.kept) + " that the city has itself, " +
           std::to_string(report.refused) + " refused";
}

// The first two bytes of every gzip file, RFC 1952.
bool isGzipped(std::istream& in) {
    char magic[2] = {};
    in.read(magic, 2);
    const bool gzip = in.gcount() == 2 && magic[0] == '\x1f' && magic[1] == '\x8b';
    in.clear();
    in.seekg(0);
    return gzip;
}

void tellReasons(const ImportReport& report, const Say& say) {
    std::map<std::string, int> counts;
    for (const auto& issue : report.issues)
        ++counts[catalogue::national::name(issue.reason)];
    say(std::to_string(report.whole) + " records were read whole. What could not be read, by reason:");
    for (const auto& [reason, count] : counts)
        say("  " + reason + ": " + std::to_string(count));
}

// One JSON object a line: code, field, reason, text.
bool writeReport(const ImportReport& report, const std::string& file) {
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    for (const auto& issue : report.issues)
        out << catalogue::toJson(issue).dump() << "\n";
    out.close();
    return out.good();
}

int failed(const Error& error, const Say& say) {
    tellError(error, say);
    return 1;
}

} // namespace

int importCatalogue(Application& application, const Call& call, const Say& say) {
    if (call.arguments.empty() || call.arguments[0].starts_with("--")) {
        say("usage: motcua catalogue import FILE [--report FILE]");
        return 2;
    }
    std::ifstream in{call.path(call.arguments[0]), std::ios::binary};
    if (!in) {
        say("error: " + call.arguments[0] + " cannot be read");
        return 1;
    }
    Context context = application.systemContext("catalogue import");
    context.deadline = Until::never(); // a whole country takes its time
    catalogue::NationalImport national{application.catalogue()};
    const auto report =
        national.run(context, in, isGzipped(in), [&](const ImportReport& now) { say(progressLine(now)); });
    if (!report) return failed(report.error(), say);
    tellReasons(*report, say);
    const std::string file = call.option("--report");
    if (file.empty()) {
        say("--report FILE writes each of them with its code, key and what stood there.");
    } else if (!writeReport(*report, call.path(file))) {
        say("error: " + file + " cannot be written");
        return 1;
    } else {
        say("Each of them is in " + file + ".");
    }
    return 0;
}

int exportCatalogue(Application& application, const Call& call, const Say& say) {
    if (call.arguments.size() != 1) {
        say("usage: motcua catalogue export FOLDER");
        return 2;
    }
    const auto content = application.catalogue().content(application.systemContext("catalogue export"));
    const auto written = catalogue::writeFolder(call.path(call.arguments[0]), content);
    if (!written) return failed(written.error(), say);
    say(std::to_string(content.procedures.size()) + " procedures are in " + call.arguments[0] + ".");
    return 0;
}

} // namespace motcua::app
