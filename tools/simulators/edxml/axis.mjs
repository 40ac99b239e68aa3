// The document axis of a province, played: REST as its integration platform offers it (send, list, fetch, tell), and the
// systems of other agencies on it, which sign and judge with xmlsec1. Written from the protocol's description, apart
// from the plugin. It does not read XML by itself: xmlsec1 and the zip tools do.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Faulty } from "../faulty.mjs";

export const space = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.codePointAt(0)};`);
const unescape = (text) => text.replace(/&(#\d+|#x[0-9a-f]+|lt|gt|amp|quot);/gi, (_, name) => ({ lt: "<", gt: ">", amp: "&", quot: '"' })[name] ?? String.fromCodePoint(Number(name.slice(1).replace(/^x/i, "0x"))));

// Text of the first such element; enough for messages whose signature is already known to be right.
export const field = (xml, name) => unescape(new RegExp(`<(?:\\w+:)?${name}(?: [^>]*)?>([^<]*)</`).exec(xml)?.[1] ?? "");
export const fields = (xml, name) => [...xml.matchAll(new RegExp(`<(?:\\w+:)?${name}(?: [^>]*)?>([\\s\\S]*?)</(?:\\w+:)?${name}>`, "g"))].map((one) => one[1]);

const algorithms = {
    rsa: { signature: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", digest: "http://www.w3.org/2001/04/xmlenc#sha256" },
    ec: { signature: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", digest: "http://www.w3.org/2001/04/xmlenc#sha256" },
    sha1: { signature: "http://www.w3.org/2000/09/xmldsig#rsa-sha1", digest: "http://www.w3.org/2000/09/xmldsig#sha1" },
};
export const exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
export const inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";

// What xmlsec1 fills in. `reference`: "" is the whole document.
export function template({ kind = "rsa", form = exclusive, reference = "", transforms = ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", form] } = {}) {
    const { signature, digest } = algorithms[kind];
    return `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="${form}"/><SignatureMethod Algorithm="${signature}"/>
<Reference URI="${reference}"><Transforms>${transforms.map((one) => `<Transform Algorithm="${one}"/>`).join("")}</Transforms><DigestMethod Algorithm="${digest}"/><DigestValue/></Reference></SignedInfo>
<SignatureValue/><KeyInfo><X509Data><X509Certificate/></X509Data></KeyInfo></Signature>`;
}

const organisation = (name, code) => `<edXML:${name}><edXML:OrganId>${escape(code)}</edXML:OrganId><edXML:OrganName>Cơ quan ${escape(code)}</edXML:OrganName></edXML:${name}>`;
const framed = (header, rest = "", body = "") => `<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="${space}">
  <edXML:edXMLEnvelope xmlns:edXML="${space}"><edXML:edXMLHeader>${header}</edXML:edXMLHeader>${body}</edXML:edXMLEnvelope>
  ${rest}
</edXML>`;

// A document as another agency writes it, unsigned; `signature` is what stands in its place.
export function documentXml({ from, to, documentId = randomUUID(), number = "12", notation = "UBND-VP", date = "2020/07/13", subject = "Về việc phối hợp", papers = [], more = "", signature = template() }) {
    const cid = (index) => `cid:${index}`;
    const references = papers.map(({ name, type = "application/pdf" }, index) => `<edXML:Reference><edXML:ContentId>${cid(index)}</edXML:ContentId><edXML:ContentType>${type}</edXML:ContentType><edXML:AttachmentName>${escape(name)}</edXML:AttachmentName></edXML:Reference>`);
    const attachments = papers.map(({ name, content }, index) => `<Attachment><ContentId>${cid(index)}</ContentId><AttachmentName>${escape(name)}</AttachmentName><edXML:ContentTransferEncoded xmlns:edXML="${space}">${content.toString("base64").replace(/(.{76})/g, "$1\n")}</edXML:ContentTransferEncoded></Attachment>`);
    return framed(`<edXML:MessageHeader>${organisation("From", from)}${to.map((code) => organisation("To", code)).join("")}
<edXML:DocumentId>${escape(documentId)}</edXML:DocumentId><edXML:Code><edXML:CodeNumber>${number}</edXML:CodeNumber><edXML:CodeNotation>${notation}</edXML:CodeNotation></edXML:Code>
<edXML:PromulgationInfo><edXML:Place>Hà Nội</edXML:Place><edXML:PromulgationDate>${date}</edXML:PromulgationDate></edXML:PromulgationInfo>
<edXML:DocumentType><edXML:Type>1</edXML:Type><edXML:TypeName>Công văn</edXML:TypeName></edXML:DocumentType><edXML:Subject>${escape(subject)}</edXML:Subject>
<edXML:SignerInfo><edXML:Position>Chánh Văn phòng</edXML:Position><edXML:FullName>Lê Văn C</edXML:FullName></edXML:SignerInfo>${more}</edXML:MessageHeader>
<edXML:TraceHeaderList><edXML:TraceHeader><edXML:OrganId>${escape(from)}</edXML:OrganId><edXML:Timestamp>2020/07/13 10:00:00</edXML:Timestamp></edXML:TraceHeader></edXML:TraceHeaderList>${signature}`,
    `<AttachmentEncoded>${attachments.join("")}</AttachmentEncoded>`, `<edXML:edXMLBody><edXML:edXMLManifest version="1.0">${references.join("")}</edXML:edXMLManifest></edXML:edXMLBody>`);
}

export function statusXml({ from, to, documentId, code = "03", words = "Đã tiếp nhận", time = "2020/07/14 08:00:00", signature = template() }) {
    return framed(`<edXML:Status><edXML:ResponseFor><edXML:OrganId>${escape(to)}</edXML:OrganId><edXML:Code>12/UBND-VP</edXML:Code><edXML:PromulgationDate>2020/07/13</edXML:PromulgationDate><edXML:DocumentId>${escape(documentId)}</edXML:DocumentId></edXML:ResponseFor>
${organisation("From", from)}<edXML:StatusCode>${code}</edXML:StatusCode><edXML:Description>${escape(words)}</edXML:Description><edXML:Timestamp>${time}</edXML:Timestamp></edXML:Status>${signature}`);
}

// An agency's tools: xmlsec1 and zip in a folder of their own.
export class Bench {
    constructor() { this.folder = mkdtempSync(join(tmpdir(), "motcua-edxml-")); }
    path(name) { return join(this.folder, name); }
    close() { rmSync(this.folder, { recursive: true }); }

    sign(xml, { key, certificates }) {
        writeFileSync(this.path("in.xml"), xml);
        execFileSync("xmlsec1", ["--sign", "--privkey-pem", [key, ...certificates].join(","), "--output", "out.xml", "in.xml"], { cwd: this.folder, stdio: "pipe" });
        return readFileSync(this.path("out.xml"), "utf8");
    }

    // xmlsec1's verdict, with the chain up to `ca`.
    verifies(xml, ca) {
        writeFileSync(this.path("judged.xml"), xml);
        try {
            execFileSync("xmlsec1", ["--verify", "--enabled-key-data", "x509", "--trusted-pem", ca, "judged.xml"], { cwd: this.folder, stdio: "pipe" });
            return true;
        } catch {
            return false;
        }
    }

    zip(files) { // [[name, content], …]
        execFileSync("rm", ["-f", "papers.zip"], { cwd: this.folder });
        for (const [name, content] of files) {
            writeFileSync(this.path(name), content);
            execFileSync("zip", ["-q", "papers.zip", name], { cwd: this.folder });
        }
        return readFileSync(this.path("papers.zip"));
    }

    unzip(bytes) {
        writeFileSync(this.path("one.zip"), bytes);
        return execFileSync("unzip", ["-p", "one.zip"], { cwd: this.folder, maxBuffer: 64 << 20 });
    }
}

export class DocumentAxis extends Faulty {
    // `systems`: SystemId → SecretKey. `account`: { username, password, applicationCode } where a login is wanted too.
    constructor({ systems, account = null, ...options }) {
        super(options);
        Object.assign(this, { systems, account, messages: new Map(), tokens: new Set(), sendings: 0, locked: new Set(), spoil: null });
        this.clock = 0;
        this.exempt = (asked) => asked.path === "/v1/auth/login";
    }

    // A message lies ready for `to`.
    put({ kind = "edoc", from, to, xml, id = randomUUID() }) {
        this.messages.set(id, { id, kind, from, to, xml, status: "initial", created: `2020-07-13 10:00:${String(this.clock++).padStart(3, "0")}` });
        return id;
    }

    answer(asked) {
        if (asked.path === "/v1/auth/login") return this.logIn(asked);
        if (this.account && !this.tokens.has(asked.headers.authorization?.replace(/^Bearer /, ""))) return { status: 401, json: {} };
        const system = asked.headers["x-systemid"];
        if (!this.systems[system] || this.systems[system] !== asked.headers["x-secretkey"]) return this.refusal("15", "Sai SystemId hoặc SecretKey");
        const routes = { "POST /v1/sendEdoc": this.send, "GET /v1/syncReceivedEdocList": this.list, "GET /v1/getEdoc": this.get, "POST /v1/updateStatus": this.update };
        const answer = routes[`${asked.method} ${asked.path}`]?.call(this, asked, system) ?? { status: 404, json: {} };
        return this.spoil && answer.json ? { ...answer, json: this.spoil(structuredClone(answer.json), asked) } : answer;
    }

    refusal(errorCode, errorDesc) { return { json: { success: false, message: "Lỗi", data: { docId: null, status: "error", errorCode, errorDesc } } }; }

    logIn({ body }) {
        const { username, password, applicationCode } = body ?? {};
        if (!this.account || JSON.stringify({ username, password, applicationCode }) !== JSON.stringify(this.account)) return { status: 401, json: { code: 401 } };
        const token = randomUUID();
        this.tokens.add(token);
        return { json: { code: 200, message: "OK", data: { id: "1", username, token } } };
    }

    send({ headers, text }, system) {
        const boundary = /boundary=(.+)$/.exec(headers["content-type"] ?? "")?.[1];
        const parts = Object.fromEntries(text.split(`--${boundary}`).slice(1, -1).map((part) => {
            const [head, ...rest] = part.split("\r\n\r\n");
            return [/name="([^"]+)"/.exec(head)[1], rest.join("\r\n\r\n").replace(/\r\n$/, "")];
        }));
        const xml = parts.edocFile;
        if (!xml || !["edoc", "status"].includes(parts.messageType)) return this.refusal("21", "Lỗi xử lý file");
        const to = parts.messageType === "edoc" ? fields(xml, "To").map((one) => field(one, "OrganId")) : [field(fields(xml, "ResponseFor")[0] ?? "", "OrganId")];
        if (!to[0]) return this.refusal("22", "Định dạng edXML không đúng");
        if (to.some((one) => this.locked.has(one))) return this.refusal("23", "Đơn vị nhận đã khóa");
        this.sendings += 1;
        const docId = this.put({ kind: parts.messageType, from: system, to, xml });
        return { json: { success: true, message: "OK", docId } };
    }

    list({ query }, system) {
        if (!/^\d{4}\/\d\d\/\d\d$/.test(query.fromDate) || !/^\d{4}\/\d\d\/\d\d$/.test(query.toDate)) return this.refusal("18", "Ngày không đúng");
        const data = [...this.messages.values()].filter((one) => one.kind === query.messageType && one.to.includes(system))
            .map(({ id, from, status, created, kind }) => ({ serviceType: "eDoc", messageType: kind, docId: id, from, to: system, status, statusDesc: "", createdTime: created, updatedTime: created }));
        return { json: { success: true, message: "OK", count: data.length, data } };
    }

    get({ query }, system) {
        const one = this.messages.get(query.docId);
        if (!one || !one.to.includes(system)) return { status: 404, json: { success: false, message: "Không tìm thấy" } };
        return { json: { success: true, message: "OK", data: { docId: one.id, from: one.from, edxml: one.xml } } };
    }

    update({ body }, system) {
        const one = this.messages.get(body?.docId);
        if (!one || !one.to.includes(system)) return this.refusal("20", "Không có văn bản");
        one.status = body.status;
        return { json: { success: true, message: "OK" } };
    }

    sent(kind) { return [...this.messages.values()].filter((one) => one.kind === kind); }
}
