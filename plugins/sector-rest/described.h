// What a connector makes of the capability's operations, whatever protocol carries them: keys checked,
// requests filled, answers understood and mapped, each hand-over made once.
#pragma once

#include "connector.h"

#include "motcua/sdk/host.h"
#include "motcua/sdk/sector.h"

#include <functional>
#include <optional>
#include <string>

namespace connector {

struct Answered {
    Meaning meaning = Meaning::Ok;
    Json json{};
    std::string message{}; // the other side's own words
};

// What `meaning` is as an error; Ok, None and Already have none.
motcua::sdk::Error errorOf(const Answered& answered);

// What an answer means by the connector's verdict, or by HTTP's status. `json` is nothing where it was none.
// Login, Quota and Down are errors already.
Result<Answered> understood(const Verdict& verdict, std::int64_t status, const std::optional<Json>& json,
                            bool isEmpty);

// One exchange with the other system.
using Ask = std::function<Result<Answered>(const Request&, const Source&)>;

Result<motcua::sdk::LookupReply> lookUp(const Connector& connector, const motcua::sdk::LookupRequest& request,
                                        const Ask& ask);
// Sent again only while nobody knows that the other side has it: what it answered is remembered.
Result<motcua::sdk::SectorAnswer> handOver(const motcua::sdk::Host& host, const motcua::sdk::Call& call,
                                           const Connector& connector,
                                           const motcua::sdk::SectorDossier& request, const Ask& ask);
Result<motcua::sdk::SectorAnswer> update(const motcua::sdk::Host& host, const motcua::sdk::Call& call,
                                         const Connector& connector, const motcua::sdk::SectorChange& request,
                                         const Ask& ask);
Result<motcua::sdk::SectorProgress> stateOf(const Connector& connector, const motcua::sdk::SectorRef& request,
                                            const Ask& ask);
// A paper whose bytes stand in an answer as base64.
Result<motcua::sdk::FetchedPaper> paperWithin(const PaperQuestion& question,
                                              const motcua::sdk::PaperRef& request, const Ask& ask);

motcua::sdk::Error notConfigured(const std::string& what);

// A request of the capability as templates read it.
template <typename T>
Source sourceOf(const T& request) {
    Source source;
    source.data = motcua::sdk::Writer{source.blobs}.json(request);
    return source;
}

// A template's output as a progress in the words of ABI 1: their code translated, our code put in or
// compared.
Result<motcua::sdk::SectorProgress> progressOf(const Connector& connector, const Json& pattern,
                                               const Source& source, const std::string& code);

std::string fileName(std::string name);
Result<motcua::sdk::FetchedPaper> paperOf(std::string name, std::string type, motcua::sdk::Blob content);

} // namespace connector
