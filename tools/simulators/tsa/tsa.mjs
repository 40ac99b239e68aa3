// A time-stamp authority over HTTP (RFC 3161, section 3.4): the answers are made by `openssl ts`, the faults here.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

// What may be asked to go wrong.
export const faults = ["none", "slow", "refused", "repeated", "half", "garbage", "kind", "500", "closed"];

const settings = (certificate, key) => `[tsa]
default_tsa = here
[here]
serial = serial
crypto_device = builtin
signer_cert = ${certificate}
signer_key = ${key}
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

export class Tsa {
    // PEM files of a certificate for time-stamps and its key; `others`: a file with its issuers.
    constructor({ certificate, key, others = "" }) {
        this.folder = mkdtempSync(join(tmpdir(), "motcua-tsa-"));
        this.others = others;
        this.fault = "none";
        this.asked = 0;
        writeFileSync(join(this.folder, "tsa.cnf"), settings(certificate, key));
        writeFileSync(join(this.folder, "serial"), "01\n");
        this.server = createServer((request, response) => {
            const parts = [];
            request.on("data", (part) => parts.push(part));
            request.on("end", () => this.answer(request, Buffer.concat(parts), response));
        });
    }

    listen(port = 0) {
        return new Promise((resolve) => this.server.listen(port, "127.0.0.1", () => {
            this.url = `http://127.0.0.1:${this.server.address().port}/`;
            resolve(this.url);
        }));
    }

    close() {
        this.server.closeAllConnections();
        rmSync(this.folder, { recursive: true, force: true });
        return new Promise((resolve) => this.server.close(resolve));
    }

    reply(query) {
        writeFileSync(join(this.folder, "query.tsq"), query);
        const chain = this.others ? ["-chain", this.others] : [];
        execFileSync("openssl", ["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr", ...chain],
            { cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] });
        return readFileSync(join(this.folder, "reply.tsr"));
    }

    answer(request, body, response) {
        this.asked += 1;
        const send = (bytes, type = "application/timestamp-reply") => response.writeHead(200, { "Content-Type": type }).end(bytes);
        if (request.method !== "POST" || request.headers["content-type"] !== "application/timestamp-query")
            return response.writeHead(415).end();
        switch (this.fault) {
            case "500": return response.writeHead(500).end("no");
            case "closed": return request.socket.destroy();
            case "garbage": return send("hello");
            case "refused": return send(this.reply(Buffer.from("no request")));
            case "kind": return send(this.reply(body), "text/html");
            case "half": {
                const whole = this.reply(body);
                response.writeHead(200, { "Content-Type": "application/timestamp-reply", "Content-Length": whole.length });
                response.write(whole.subarray(0, whole.length / 2));
                return setTimeout(() => request.socket.destroy(), 50);
            }
            case "repeated": return send((this.first ??= this.reply(body)));
            case "slow": return setTimeout(() => send(this.reply(body)), 60_000).unref();
            default: return send(this.reply(body));
        }
    }
}
