// Specialised systems that speak JSON over HTTP, each by its connector: no code for a new one.
#include "inbound.h"
#include "system.h"

#include "builtin.h"

#include "motcua/sdk/sector.h"
#include "motcua/sdk/webhook.h"

#include <algorithm>

using namespace motcua::sdk;
using namespace connector;

namespace {

Result<Connector> connectorOf(const Call& call) {
    const std::string name = call.config["connector"].text("own");
    if (name == "own") return parseConnector(call.config["description"].string());
    const auto found = builtin().find(name);
    if (found == builtin().end()) return invalid("plugin.misconfigured", "no such connector");
    return parseConnector(found->second);
}

std::string lastSegment(std::string path) {
    path = path.substr(0, path.find_first_of("?#"));
    return path.substr(path.rfind('/') + 1);
}

std::string mediaType(const HttpResponse& answer) {
    const auto found = answer.headers.find("content-type");
    std::string type = found == answer.headers.end() ? "" : found->second.substr(0, found->second.find(';'));
    const bool plain = std::all_of(type.begin(), type.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    return type.empty() || type.size() > 127 || !plain ? "application/octet-stream" : type;
}

} // namespace

class SectorRest final : public SectorSystem, public WebhookReceiver {
public:
    explicit SectorRest(const Host& host) : host_(host), system_(host) {}

    Result<LookupReply> lookup(const LookupRequest& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        return lookUp(connector, request, asking(call, connector));
    }

    Result<SectorAnswer> handOver(const SectorDossier& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        return connector::handOver(host_, call, connector, request, asking(call, connector));
    }

    Result<SectorAnswer> update(const SectorChange& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        return connector::update(host_, call, connector, request, asking(call, connector));
    }

    Result<SectorProgress> state(const SectorRef& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        return stateOf(connector, request, asking(call, connector));
    }

    Result<FetchedPaper> paper(const PaperRef& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        if (!connector.paper) return notConfigured("paper");
        return connector.paper->direct ? linked(request.handle, call) : asked(connector, request, call);
    }

    Result<WebhookNotice> verify(const WebhookRequest& request, const Call& call) override {
        if (request.webhook != "events") return notFound("webhook.unknown", request.webhook);
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        return judge(host_, connector, request, call);
    }

    // Reads the connector, then asks how a dossier stands that cannot exist: whatever the answer, address and
    // credentials were taken.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto found = [&](const char* field, const Error& error) {
            checked.findings.push_back({field, error.code, error.detail});
            return checked;
        };
        const auto connector = connectorOf(call);
        if (!connector)
            return found(call.config["connector"].string() == "own" ? "description" : "connector",
                         connector.error());
        Request reach;
        const bool byState = connector->state.has_value();
        const auto answered = system_.ask(call, *connector, byState ? connector->state->request : reach,
                                          sourceOf(SectorRef{"MOTCUA-TEST", "MOTCUA-TEST"}));
        if (!answered && (byState || answered.error().code != "sector.unexpected"))
            return found(answered.error().status == Status::Denied ? "auth" : "url", answered.error());
        checked.summary = connector->name + ": " + baseOf(call);
        return checked;
    }

private:
    // An address is followed on the other system's own host alone.
    Result<FetchedPaper> linked(const std::string& handle, const Call& call) {
        HttpRequest request;
        request.method = "GET";
        const std::string base = baseOf(call);
        const bool whole = handle.find("://") != std::string::npos || handle.rfind("//", 0) == 0;
        const std::string home = originOf(base);
        if (whole && (home.empty() || originOf(handle) != home))
            return invalid("sector.keys_invalid", "the address of the paper leads elsewhere");
        request.url = whole ? handle : base + (handle.rfind('/', 0) == 0 ? "" : "/") + handle;
        if (handle.find("..") != std::string::npos || handle.find_first_of(" \r\n\t\\") != std::string::npos)
            return invalid("sector.keys_invalid", "handle");
        MOTCUA_SDK_TRY(answer, system_.fetch(call, std::move(request)));
        return paperOf(fileName(lastSegment(handle)), mediaType(answer), answer.body.value_or(Blob{}));
    }

    Result<FetchedPaper> asked(const Connector& connector, const PaperRef& handle, const Call& call) {
        const PaperQuestion& paper = *connector.paper;
        if (paper.content.empty()) {
            MOTCUA_SDK_TRY(request, system_.made(call, paper.request, sourceOf(handle)));
            MOTCUA_SDK_TRY(answer, system_.fetch(call, std::move(request)));
            return paperOf("file", mediaType(answer), answer.body.value_or(Blob{}));
        }
        return paperWithin(paper, handle, asking(call, connector));
    }

    Ask asking(const Call& call, const Connector& connector) const {
        return [&](const Request& request, const Source& source) {
            return system_.ask(call, connector, request, source);
        };
    }

    Host host_;
    System system_;
};

MOTCUA_PLUGIN(SectorRest)
