// A demonstration of VNPT SmartCA: certificates of a user, hashes to sign, a phone on which the signer agrees, the status of a
// transaction, and faults on request. Written from the protocol's description and knowing nothing of the plugin. Keys are
// OpenSSL's.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class SmartCa {
    constructor({ spId, spPassword, encoding = "hex", expiresIn = 180 }) {
        Object.assign(this, { spId, spPassword, encoding, expiresIn });
        this.users = new Map(); // user -> [{ serial, der, keyFile, otherKeyFile, status, chain }]
        this.transactions = new Map();
        this.faults = {}; // "get_certificate" | "sign" | "status" -> words, one for each request
        this.signs = "";
        this.ownIds = false; // whether it names transactions itself
        this.folder = mkdtempSync(join(tmpdir(), "motcua-smartca-"));
        this.server = createServer((request, response) => this.handle(request, response).catch((problem) => {
            if (!response.headersSent) response.writeHead(500);
            response.end(String(problem));
        }));
    }

    async listen() {
        await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        return `http://localhost:${this.server.address().port}/sca/sp769`;
    }

    async close() {
        this.server.closeAllConnections?.();
        await new Promise((resolve) => this.server.close(resolve));
        rmSync(this.folder, { recursive: true });
    }

    add(user, certificate) {
        this.users.set(user, [...(this.users.get(user) ?? []), { status: "VALID", ...certificate }]);
    }

    // The phone, for the latest transaction.
    decide(verdict) { [...this.transactions.values()].at(-1).verdict = verdict; }

    async handle(request, response) {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const body = JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
        const path = request.url.replace("/sca/sp769", "");
        const status = /^\/v1\/signatures\/sign\/([^/]+)\/status$/.exec(path);
        const what = path === "/v1/credentials/get_certificate" ? "get_certificate" : path === "/v1/signatures/sign" ? "sign" : status ? "status" : "";
        const fault = (this.faults[what] ?? []).shift();
        if (fault === "500") return response.writeHead(500).end("oh");
        if (fault === "close") return request.socket.destroy();
        if (fault === "html") return response.writeHead(200).end("<html>");
        if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, 300));
        const answer = what === "" ? this.no(404, "NOT_FOUND") : what === "status" ? this.status(status[1])
            : body.sp_id !== this.spId || body.sp_password !== this.spPassword ? this.no(401, "UNAUTHORIZED") : this[what](body);
        if (fault === "lost") return request.socket.destroy();
        const json = JSON.stringify(answer.body);
        if (fault === "half") {
            response.writeHead(answer.status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(json) });
            return response.write(json.slice(0, json.length / 2), () => request.socket.destroy());
        }
        return response.writeHead(answer.status, { "Content-Type": "application/json" }).end(json);
    }

    yes(data, message = "SUCCESS") { return { status: 200, body: { status_code: 200, message, data } }; }
    no(code, message) { return { status: code, body: { status_code: code, message, data: null } }; }

    get_certificate(body) {
        const all = this.users.get(body.user_id);
        if (!all) return this.no(404, "USER_NOT_FOUND");
        const wanted = all.filter((one) => !body.serial_number || one.serial === body.serial_number);
        return this.yes({ user_certificates: wanted.map((one) => ({ service_type: "SMARTCA", serial_number: one.serial, cert_status_code: one.status,
            cert_data: one.der.toString("base64").replace(/(.{64})/g, "$1\r\n"), cert_valid_to: "2030-01-01T00:00:00Z",
            chain_data: { ca_cert: one.chain.toString("base64"), root_cert: null } })) });
    }

    sign(body) {
        const certificate = (this.users.get(body.user_id) ?? []).find((one) => one.serial === body.serial_number);
        if (!certificate) return this.no(400, "CERTIFICATE_NOT_FOUND");
        const age = Date.now() - Date.parse(body.time_stamp.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
        if (!(Math.abs(age) < 300_000)) return this.no(400, "BAD_TIME");
        if (this.transactions.has(body.transaction_id)) return this.no(400, "TRANSACTION_DUPLICATED");
        if (body.sign_files.some((file) => file.sign_type !== "hash" || Buffer.from(file.data_to_be_signed, this.encoding).length !== 32)) return this.no(400, "BAD_HASH");
        const id = this.ownIds ? `vnpt-${this.transactions.size}` : body.transaction_id;
        this.transactions.set(id, { id, certificate, files: body.sign_files, verdict: "PENDING", description: body.transaction_desc });
        return this.yes({ transaction_id: id, tran_code: "1", expired_in: this.expiresIn }, "Request_Accept");
    }

    status(id) {
        const transaction = this.transactions.get(id);
        if (!transaction) return this.no(404, "TRANSACTION_NOT_FOUND");
        if (transaction.verdict !== "SUCCESS") return this.yes({ transaction_id: id, signatures: null }, transaction.verdict);
        const keyFile = this.signs === "another key" ? transaction.certificate.otherKeyFile : transaction.certificate.keyFile;
        let all = transaction.files.map((file) => ({ doc_id: file.doc_id, timestamp_signature: null, signature_value: this.made(keyFile,
            this.signs === "another hash" ? createHash("sha256").update("x").digest() : Buffer.from(file.data_to_be_signed, this.encoding)) }));
        if (this.signs === "too few") all.pop();
        if (this.signs === "twice") all = [...all, all[0]];
        if (this.signs === "other names") all = all.map((one, i) => ({ ...one, doc_id: `${i}` }));
        if (this.signs === "swapped") all = all.map((one, i) => ({ ...one, signature_value: all[all.length - 1 - i].signature_value }));
        if (this.signs === "reversed") all.reverse();
        return this.yes({ transaction_id: this.signs === "another transaction" ? "somebody-elses" : id, signatures: all });
    }

    made(keyFile, digest) {
        const file = join(this.folder, "digest");
        writeFileSync(file, digest);
        return execFileSync("openssl", ["pkeyutl", "-sign", "-inkey", keyFile, "-in", file, "-pkeyopt", "digest:sha256"]).toString("base64");
    }
}
