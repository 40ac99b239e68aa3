// Looks at files with clamd. Only its exact words "stream: OK" for the whole file make a file clean; whatever
// else happens is a verdict of its own or an error.
#include "session.h"

#include "motcua/sdk/scanner.h"

#include <algorithm>
#include <array>

using namespace motcua::sdk;

namespace {

constexpr std::size_t longestEngine = 200, longestThreat = 300;

// What clamd calls a finding although it is no malware: what it cannot or shall not look into.
bool isUnwanted(std::string_view threat) {
    static constexpr std::array<std::string_view, 4> kinds{"Heuristics.Encrypted.", "Heuristics.Limits.",
                                                           "Heuristics.OLE2.ContainsMacros", "PUA."};
    return std::any_of(kinds.begin(), kinds.end(),
                       [&](std::string_view kind) { return threat.starts_with(kind); });
}

std::string shortened(std::string text, std::size_t most) {
    if (text.size() > most) text.resize(most);
    // Signatures carry ASCII names; another byte would break the answer's UTF-8.
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
    return text;
}

// The EICAR test file, in pieces so that no scanner takes this library for it.
std::string eicar() {
    return std::string{"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"} + "-STANDARD-ANTIVIRUS" + "-TEST-FILE!$H+H*";
}

} // namespace

class ClamdScanner final : public Scanner {
public:
    explicit ClamdScanner(const Host& host) : host_(host) {}

    Result<ScanReport> scan(const ScanRequest& request, const Call& call) override {
        const std::string_view bytes = request.file.content.view();
        const auto most = static_cast<std::size_t>(call.config["mostMb"].integer(25)) << 20;
        if (bytes.size() > most)
            return rejected("scanner.too_large",
                            std::to_string(bytes.size()) + " bytes, the limit is " + std::to_string(most));
        MOTCUA_SDK_TRY(engine, version(call));
        MOTCUA_SDK_TRY(report, look(bytes, call));
        report.engine = std::move(engine);
        return report;
    }

    // The test file of EICAR must be found: a clamd without signatures finds every file clean.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto wrong = [&](const Error& error) {
            checked.findings.push_back(
                {call.config["socket"].string().empty() ? "host" : "socket", error.code, error.detail});
            return checked;
        };
        const auto engine = version(call);
        if (!engine) return wrong(engine.error());
        const auto report = look(eicar(), call);
        if (!report) return wrong(report.error());
        if (report->verdict != ScanVerdict::Infected)
            return wrong(unavailable("scanner.failed", "the EICAR test file is not found: no signatures?"));
        checked.summary = *engine;
        return checked;
    }

private:
    Result<std::string> version(const Call& call) const {
        MOTCUA_SDK_TRY(session, clamd::Session::open(host_, call));
        MOTCUA_SDK_TRY(words, session.ask("VERSION"));
        if (!words.starts_with("ClamAV ")) return unavailable("scanner.failed", "this is no clamd");
        return shortened(std::move(words), longestEngine);
    }

    Result<ScanReport> look(std::string_view bytes, const Call& call) const {
        static constexpr std::string_view begin = "stream: ", found = " FOUND";
        MOTCUA_SDK_TRY(session, clamd::Session::open(host_, call));
        MOTCUA_SDK_TRY(words, session.scan(bytes));
        ScanReport report;
        if (words == "stream: OK") {
            report.verdict = ScanVerdict::Clean;
            return report;
        }
        if (!words.starts_with(begin) || !words.ends_with(found) ||
            words.size() <= begin.size() + found.size())
            return unavailable("scanner.failed", shortened(std::move(words), longestThreat));
        report.threat =
            shortened(words.substr(begin.size(), words.size() - begin.size() - found.size()), longestThreat);
        report.verdict = isUnwanted(report.threat) ? ScanVerdict::Unwanted : ScanVerdict::Infected;
        return report;
    }

    Host host_;
};

MOTCUA_PLUGIN(ClamdScanner)
