// Registers behind X-Road, as the national data exchange (NDXP/VDXP) has it: asked through our own security
// server, by REST or SOAP, as a connector of sector-rest's kind describes them.
#include "message.h"

#include "motcua/sdk/rest.h"

#include <algorithm>

using namespace motcua::sdk;
using namespace connector;

namespace {

bool isFieldSafe(const std::string& value) { // of HTTP: printable ASCII
    return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool isServiceCode(const std::string& code) {
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !code.empty() && isLetter(code.front()) && std::all_of(code.begin(), code.end(), [&](char c) {
        return isLetter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
}

// An official as X-Road names people: the country, then the account.
std::string userOf(const Call& call, const Json& request) {
    for (const char* name : {"official", "receivedBy", "by"})
        if (const std::string account = request[name]["account"].string(); !account.empty())
            return call.config["userPrefix"].text("VN") + account;
    return {};
}

// The dossier that it is about.
std::string issueOf(const Json& request) {
    const std::string dossier = request["dossier"].string();
    return dossier.empty() ? request["code"].string() : dossier;
}

Error badKeys(const Error& error) {
    return error.code == "template.wrong_value" ? invalid("sector.keys_invalid", error.detail) : error;
}

} // namespace

class SectorXRoad final : public SectorSystem {
public:
    explicit SectorXRoad(const Host& host) : host_(host) {}

    Result<LookupReply> lookup(const LookupRequest& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        std::string id;
        auto reply = lookUp(connector, request, asking(call, connector, id));
        if (reply && reply->reference.empty())
            reply->reference = id; // for the audit: every security server logs it
        return reply;
    }

    Result<SectorAnswer> handOver(const SectorDossier& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        std::string id;
        return connector::handOver(host_, call, connector, request, asking(call, connector, id));
    }

    Result<SectorAnswer> update(const SectorChange& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        std::string id;
        return connector::update(host_, call, connector, request, asking(call, connector, id));
    }

    Result<SectorProgress> state(const SectorRef& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        std::string id;
        return stateOf(connector, request, asking(call, connector, id));
    }

    Result<FetchedPaper> paper(const PaperRef& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        if (!connector.paper || connector.paper->direct || connector.paper->content.empty())
            return notConfigured("paper");
        std::string id;
        return paperWithin(*connector.paper, request, asking(call, connector, id));
    }

    // Asks how a dossier stands that cannot exist: whatever the provider answers, X-Road has let us through.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto connector = connectorOf(call);
        if (!connector) {
            checked.findings.push_back({"description", connector.error().code, connector.error().detail});
            return checked;
        }
        if (const auto road = exchangeOf(call); !road) {
            checked.findings.push_back({"client", road.error().code, road.error().detail});
        } else if (connector->state) {
            std::string id;
            const auto answered = asking(call, *connector, id)(
                connector->state->request, sourceOf(SectorRef{"MOTCUA-TEST", "MOTCUA-TEST"}));
            const bool let = answered || answered.error().status == Status::Rejected;
            if (!let) {
                const Status status = answered.error().status;
                const char* field = status == Status::Denied    ? "client"
                                    : status == Status::Invalid ? "provider"
                                                                : "url";
                checked.findings.push_back({field, answered.error().code, answered.error().detail});
            }
        }
        checked.summary = call.config["provider"].string();
        return checked;
    }

private:
    static Result<Connector> connectorOf(const Call& call) {
        MOTCUA_SDK_TRY(connector, parseConnector(call.config["description"].string()));
        if (!connector.inbound.empty())
            return invalid("plugin.misconfigured", "X-Road brings no messages to us: inbound");
        return connector;
    }

    Result<xroad::Exchange> exchangeOf(const Call& call) const {
        xroad::Exchange exchange;
        const auto client = xroad::memberOf(call.config["client"].string());
        const auto provider = xroad::memberOf(call.config["provider"].string());
        if (!client)
            return invalid("plugin.misconfigured", "client is not INSTANCE/CLASS/MEMBER[/SUBSYSTEM]");
        if (!provider)
            return invalid("plugin.misconfigured", "provider is not INSTANCE/CLASS/MEMBER[/SUBSYSTEM]");
        exchange.client = *client;
        exchange.provider = *provider;
        exchange.securityServer = call.config["securityServer"].string();
        constexpr char letters[] = "0123456789abcdef";
        for (const char c : host_.random(16)) {
            const auto byte = static_cast<unsigned char>(c);
            (exchange.id += letters[byte >> 4]) += letters[byte & 15];
        }
        for (const std::size_t at : {20u, 16u, 12u, 8u})
            exchange.id.insert(at, "-");
        return exchange;
    }

    // `id` becomes X-Road's own id of the question.
    Ask asking(const Call& call, const Connector& connector, std::string& id) const {
        return
            [this, &call, &connector, &id](const Request& request, const Source& source) -> Result<Answered> {
                MOTCUA_SDK_TRY(exchange, exchangeOf(call));
                exchange.userId = userOf(call, source.data);
                exchange.issue = issueOf(source.data);
                if (!isFieldSafe(exchange.userId) || !isFieldSafe(exchange.issue))
                    return invalid("sector.keys_invalid", "the official's account or the dossier");
                id = exchange.id;
                return call.config["protocol"].text("rest") == "soap"
                           ? soap(call, connector, request, source, exchange)
                           : rest(call, connector, request, source, exchange, id);
            };
    }

    // "/service[/more]": the service's code, and what follows it.
    static Result<std::string> splitPath(const Request& request, const Source& source, std::string& service) {
        const std::string& path = request.path;
        const std::size_t begin = path.rfind('/', 0) == 0 ? 1 : 0,
                          end = std::min(path.find('/', begin), path.size());
        service = path.substr(begin, end - begin);
        if (!isServiceCode(service))
            return invalid("plugin.misconfigured", "a path does not begin with a service's code");
        if (end == path.size()) return std::string{};
        auto rest = fillPath(path.substr(end), source);
        if (!rest) return badKeys(rest.error());
        return std::move(*rest);
    }

    Result<Answered> rest(const Call& call, const Connector& connector, const Request& request,
                          const Source& source, xroad::Exchange& exchange, std::string& id) const {
        MOTCUA_SDK_TRY(path, splitPath(request, source, exchange.service));
        HttpRequest sent;
        sent.method = request.method;
        sent.url = baseOf(call) + xroad::restPath(exchange) + path;
        char separator = '?';
        for (const auto& [name, pattern] : request.query) {
            auto value = fill(Json{pattern}, source);
            if (!value) return badKeys(value.error());
            if (value->isNull()) continue;
            sent.url += separator + percentEncode(name) + "=" +
                        percentEncode(value->isString() ? value->string() : value->dump());
            separator = '&';
        }
        sent.headers["Accept"] = "application/json";
        xroad::addRestHeaders(exchange, sent);
        if (!request.body.isNull()) {
            auto body = fill(request.body, source);
            if (!body) return badKeys(body.error());
            sent.headers["Content-Type"] = "application/json; charset=utf-8";
            sent.body = Blob{body->dump()};
        }
        MOTCUA_SDK_TRY(http, send(call, std::move(sent)));
        if (http.status >= 300 && http.status < 400)
            return unavailable("sector.unexpected", "it sends us elsewhere, and we do not go");
        const bool gone = http.status >= 500 && !http.headers.contains("x-road-error");
        if (gone) return unavailable("sector.provider_down", "HTTP " + std::to_string(http.status));
        MOTCUA_SDK_CHECK(xroad::checkRest(exchange, http));
        if (http.status == 401 || http.status == 403)
            return denied("sector.login_refused", "HTTP " + std::to_string(http.status));
        if (http.status == 429) return unavailable("sector.over_quota", "HTTP 429");
        const auto known = http.headers.find("x-road-request-id");
        if (known != http.headers.end() && known->second.size() <= 200) id = known->second;
        const std::string_view body = http.body ? http.body->view() : "";
        return understood(connector.verdict, http.status, Json::parse(body), body.empty());
    }

    // "/service[/version]"; the body's members are the service's parameters, in their order.
    Result<Answered> soap(const Call& call, const Connector& connector, const Request& request,
                          const Source& source, xroad::Exchange& exchange) const {
        MOTCUA_SDK_TRY(version, splitPath(request, source, exchange.service));
        exchange.version = version.empty() ? "" : version.substr(1);
        auto body = fill(request.body, source);
        if (!body) return badKeys(body.error());
        const xroad::SoapStyle style{call.config["soapSpace"].string(),
                                     call.config["soapQualified"].boolean(true),
                                     call.config["checkHash"].boolean(true)};
        if (style.space.empty()) return invalid("plugin.misconfigured", "soapSpace is empty");
        const std::string text = xroad::soapRequest(exchange, style, *body);
        HttpRequest sent;
        sent.method = "POST";
        sent.url = baseOf(call) + "/";
        sent.headers = {{"Content-Type", "text/xml; charset=utf-8"}, {"SOAPAction", "\"\""}};
        sent.body = Blob{text};
        MOTCUA_SDK_TRY(http, send(call, std::move(sent)));
        if (http.status >= 300 && http.status < 400)
            return unavailable("sector.unexpected", "it sends us elsewhere, and we do not go");
        auto answer = xroad::soapAnswer(exchange, style, text, http.body ? http.body->view() : "");
        if (!answer) { // faults come with 500: one without sense is a server's trouble
            const bool trouble = http.status >= 500 && answer.error().code == "sector.unexpected";
            return trouble ? unavailable("sector.provider_down", "HTTP " + std::to_string(http.status))
                           : answer.error();
        }
        if (http.status >= 300)
            return unavailable("sector.unexpected", "HTTP " + std::to_string(http.status));
        return understood(connector.verdict, http.status, *answer, false);
    }

    static std::string baseOf(const Call& call) {
        std::string url = call.config["url"].string();
        while (!url.empty() && url.back() == '/')
            url.pop_back();
        return url;
    }

    Result<HttpResponse> send(const Call& call, HttpRequest request) const {
        request.trust = call.config["ca"].string();
        request.certificate = call.config["certificate"].string();
        if (!request.certificate.empty()) {
            MOTCUA_SDK_TRY(key, host_.secret(call, "privateKey"));
            request.key = std::move(key);
        }
        auto answer = host_.http(call, request);
        if (!answer) {
            const Error& error = answer.error();
            if (error.code == "host.too_large") return unavailable("sector.unexpected", error.code);
            if (error.status == Status::Unavailable)
                return unavailable("sector.provider_down", error.code + " " + error.detail);
            return error;
        }
        const auto most = static_cast<std::size_t>(call.config["answerKb"].integer(2048)) * 1024;
        if (answer->body && answer->body->size() > most)
            return unavailable("sector.unexpected", "the answer is too long");
        return answer;
    }

    Host host_;
};

MOTCUA_PLUGIN(SectorXRoad)
