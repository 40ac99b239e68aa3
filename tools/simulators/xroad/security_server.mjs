// An X-Road security server, played, as a client's own information system sees it: REST (message protocol 1) answered
// here, SOAP (4.0) handed on to a service of others. Written from the protocol's pages, apart from the plugin. It refuses
// whatever those pages call wrong.
import { createHash, randomUUID } from "node:crypto";
import { Faulty } from "../faulty.mjs";

const road = "http://x-road.eu/xsd/xroad.xsd", ids = "http://x-road.eu/xsd/identifiers", envelope = "http://schemas.xmlsoap.org/soap/envelope/";
const encoded = (id) => id.split("/").map(encodeURIComponent).join("/");
const element = (xml, name) => new RegExp(`<(\\w+):${name}(?: [^>]*)?>([\\s\\S]*?)</\\1:${name}>`).exec(xml)?.[2] ?? "";

export class SecurityServer extends Faulty {
    // `clients`: who may ask, by what: client → ["member/service", …]. `provider`: address of a SOAP service.
    constructor({ clients, provider = "", ...options }) {
        super(options);
        Object.assign(this, { clients, provider, services: {}, spoil: null, exchanges: [] });
    }

    answer(asked) {
        return asked.path.startsWith("/r1/") ? this.rest(asked) : this.soap(asked);
    }

    refusal(type, message) {
        return { status: 500, headers: { "X-Road-Error": type }, json: { type, message, detail: randomUUID() } };
    }

    rest({ method, rawPath, query, headers, body }) {
        const [instance, kind, member, subsystem, service, ...path] = rawPath.split("/").slice(2).map(decodeURIComponent);
        const provider = [instance, kind, member, subsystem].join("/");
        const client = headers["x-road-client"]?.split("/").map(decodeURIComponent).join("/");
        if (!client || client.split("/").length < 3) return this.refusal("Client.ClientProxy.InvalidClientIdentifier", "X-Road-Client");
        if (!this.clients[client]) return this.refusal("Server.ClientProxy.UnknownMember", `Client '${client}' not found`);
        const handler = this.services[`${provider}/${service}`];
        if (!handler) return this.refusal("Server.ServerProxy.UnknownService", `Unknown service: ${service}`);
        if (!this.clients[client].includes(`${provider}/${service}`)) return this.refusal("Server.ServerProxy.AccessDenied", `Request is not allowed: ${service}`);
        this.exchanges.push({ client, provider, service, path, id: headers["x-road-id"], userId: headers["x-road-userid"], issue: headers["x-road-issue"], server: headers["x-road-security-server"] });
        const answer = handler({ method, path, query, body, headers });
        const told = { "X-Road-Client": encoded(client), "X-Road-Service": encoded(`${provider}/${service}`), "X-Road-Id": headers["x-road-id"] ?? randomUUID(), "X-Road-Request-Id": randomUUID(),
            "X-Road-Request-Hash": createHash("sha512").update(rawPath).digest("base64") };
        const out = { ...answer, headers: { ...told, ...answer.headers } };
        return this.spoil ? this.spoil(out) : out;
    }

    fault(code, words) {
        return { status: 500, type: "text/xml", bytes: `<soapenv:Envelope xmlns:soapenv="${envelope}"><soapenv:Body><soapenv:Fault><faultcode>${code}</faultcode><faultstring>${words}</faultstring><detail><faultDetail xmlns="${road}">${randomUUID()}</faultDetail></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>` };
    }

    async soap({ method, text, headers }) {
        if (method !== "POST" || !headers["content-type"]?.startsWith("text/xml")) return this.fault("Client.InvalidContentType", "text/xml");
        const header = element(text, "Header");
        const identifier = (xml) => ["xRoadInstance", "memberClass", "memberCode", "subsystemCode"].map((name) => element(xml, name)).filter(Boolean).join("/");
        const client = identifier(element(header, "client")), service = element(header, "service");
        const provider = identifier(service), code = element(service, "serviceCode"), id = element(header, "id");
        for (const [name, type] of [["client", "SUBSYSTEM"], ["service", "SERVICE"]])
            if (!new RegExp(`<xroad:${name} id:objectType="${type}">`).test(header)) return this.fault("Client.InvalidSoap", name);
        if (!text.includes(`xmlns:xroad="${road}"`) || !text.includes(`xmlns:id="${ids}"`) || element(header, "protocolVersion") !== "4.0" || !id) return this.fault("Client.MissingHeaderField", "header");
        if (!new RegExp(`<\\w+:Body>\\s*<\\w+:${code}[ >]`).test(text)) return this.fault("Client.InvalidSoap", "service code and element differ");
        if (!this.clients[client]) return this.fault("Server.ClientProxy.UnknownMember", client);
        if (!this.clients[client].includes(`${provider}/${code}`)) return this.fault("Server.ServerProxy.AccessDenied", code);
        this.exchanges.push({ client, provider, service: code, version: element(service, "serviceVersion"), id, userId: element(header, "userId"), issue: element(header, "issue") });
        const answer = await fetch(this.provider, { method: "POST", headers: { "Content-Type": "text/xml; charset=utf-8", SOAPAction: '""' }, body: text });
        const said = await answer.text(), prefix = /<(\w+):Envelope/.exec(said)[1];
        const hash = `<xroad:requestHash algorithmId="http://www.w3.org/2001/04/xmlenc#sha512">${createHash("sha512").update(text).digest("base64")}</xroad:requestHash>`;
        const echoed = `<${prefix}:Header xmlns:xroad="${road}" xmlns:id="${ids}">${header}${hash}</${prefix}:Header><${prefix}:Body>`;
        const bytes = said.replace(`<${prefix}:Body>`, () => echoed);
        return { status: answer.status, type: "text/xml; charset=utf-8", bytes: this.spoil ? this.spoil(bytes) : bytes };
    }
}
