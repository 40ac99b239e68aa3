// A JSON server that errs on request, for the simulators to stand on: they answer, it spoils. Faults are taken one
// by one from `faults`, each for one request; `always` is for all of them.
import http from "node:http";
import https from "node:https";

const deep = (levels) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

// Each gets the response, the honest status and text.
export const spoilers = {
    slow: async (response, status, text, ms = 60_000) => {
        await new Promise((resolve) => setTimeout(resolve, ms).unref?.());
        response.writeHead(status, { "Content-Type": "application/json" }).end(text);
    },
    half: (response, status, text) => {
        response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
        response.write(text.slice(0, Math.floor(text.length / 2)));
        setTimeout(() => response.destroy(), 20);
    },
    truncated: (response, status, text) => response.writeHead(status, { "Content-Type": "application/json" }).end(text.slice(0, Math.floor(text.length / 2))),
    error: (response) => response.writeHead(500, { "Content-Type": "text/html" }).end("<h1>500</h1>"),
    busy: (response) => response.writeHead(429, { "Retry-After": "7" }).end(),
    denied: (response) => response.writeHead(401).end(),
    closed: (response) => response.socket.destroy(),
    html: (response, status) => response.writeHead(status, { "Content-Type": "text/html" }).end("<html>Bảo trì</html>"),
    huge: (response, status) => response.writeHead(status, { "Content-Type": "application/json" }).end(`{"a":"${"x".repeat(5 << 20)}"}`),
    deep: (response, status) => response.writeHead(status, { "Content-Type": "application/json" }).end(deep(5000)),
    list: (response, status) => response.writeHead(status, { "Content-Type": "application/json" }).end("[1,2,3]"),
    empty: (response, status) => response.writeHead(status).end(),
    elsewhere: (response) => response.writeHead(302, { Location: "http://169.254.169.254/latest/meta-data/" }).end(),
    twice: (response, status, text) => response.writeHead(status, { "Content-Type": "application/json" }).end(text.replace("{", '{"Result":1,"Result":0,')),
};

export class Faulty {
    // `tls`: { key, cert, ca } makes it HTTPS that asks for a client's certificate.
    constructor({ tls } = {}) {
        this.faults = [];
        this.always = "";
        this.asked = []; // { method, path, query, headers, body, text, peer } as they came
        const serve = (request, response) => this.take(request, response).catch((problem) => {
            if (!response.headersSent) response.writeHead(500);
            response.end(String(problem));
        });
        this.server = tls ? https.createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, serve) : http.createServer(serve);
        this.scheme = tls ? "https" : "http";
        this.slowMs = 60_000;
    }

    async listen(port = 0) {
        await new Promise((resolve, reject) => this.server.once("error", reject).listen(port, "127.0.0.1", resolve));
        this.address = `${this.scheme}://localhost:${this.server.address().port}`;
        return this.address;
    }

    async close() {
        this.server.closeAllConnections?.();
        await new Promise((resolve) => this.server.close(resolve));
    }

    async take(request, response) {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const url = new URL(request.url, "http://simulator");
        const text = Buffer.concat(chunks).toString("utf8");
        const asked = { method: request.method, path: decodeURIComponent(url.pathname), rawPath: url.pathname, query: Object.fromEntries(url.searchParams),
            headers: request.headers, text, body: this.parsed(request, text), peer: request.socket.getPeerCertificate?.()?.subject?.CN ?? "" };
        this.asked.push(asked);
        const answer = await this.answer(asked);
        const status = answer.status ?? 200;
        const fault = this.exempt?.(asked) ? "" : this.faults.shift() ?? this.always;
        const out = answer.bytes ?? JSON.stringify(answer.json ?? {});
        if (fault) return spoilers[fault](response, status, String(out), this.slowMs);
        return response.writeHead(status, { "Content-Type": answer.type ?? "application/json", ...answer.headers }).end(out);
    }

    parsed(request, text) {
        if (String(request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
        try {
            return JSON.parse(text);
        } catch {
            return null;
        }
    }

    last(path) {
        return this.asked.filter((one) => one.path === path).at(-1);
    }
}
