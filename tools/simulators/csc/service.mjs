// A demonstration remote signing service that speaks the Cloud Signature Consortium's API, versions 1 and 2: logins, credentials,
// authorisation by PIN and one-time code, by a device or in the browser, signatures at once or later, and faults on request.
// Written from the protocol's description and knowing nothing of the plugin. Keys are OpenSSL's.
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const hashes = { "2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512" };
const withHash = { "1.2.840.113549.1.1.11": "sha256", "1.2.840.113549.1.1.12": "sha384", "1.2.840.113549.1.1.13": "sha512",
    "1.2.840.10045.4.3.2": "sha256", "1.2.840.10045.4.3.3": "sha384", "1.2.840.10045.4.3.4": "sha512" };
const rsaEncryption = "1.2.840.113549.1.1.1", rsaPss = "1.2.840.113549.1.1.10", ecdsa = "1.2.840.10045.";
const lengths = { sha256: 32, sha384: 48, sha512: 64 };
const secretWord = () => randomBytes(24).toString("base64url");
const oidBytes = (hash) => `0609608648016503040${{ sha256: "201", sha384: "202", sha512: "203" }[hash]}`;
// RSASSA-PSS-params of RFC 4055 with MGF1 of the same hash and a salt as long as it.
const pssParameters = (hash) => `3034a00f300d${oidBytes(hash)}0500a11c301a06092a864886f70d010108300d${oidBytes(hash)}0500a2030201${lengths[hash].toString(16)}`;

class Refusal extends Error {
    constructor(status, error, description = "") {
        super(description || error);
        Object.assign(this, { status, body: { error, error_description: description } });
    }
}

export class RemoteService {
    // { version: 1 | 2, client: { id, secret }, accounts: { user: password }, tokenSeconds, tls: { key, cert } }
    constructor({ version = 1, client, accounts = {}, tokenSeconds = 3600, tls = null }) {
        Object.assign(this, { version, client, accounts, tokenSeconds });
        this.credentials = new Map();
        this.tokens = new Map(); // token -> { user, until }
        this.sads = new Map();
        this.codes = new Map(); // of the browser's page
        this.handles = new Map();
        this.responses = new Map();
        this.asked = []; // { path, body, headers }
        this.sentCodes = 0;
        this.signed = 0;
        // path -> a word: "500" | "429" | "close" | "half" | "slow" | "html"; once each in the order given
        this.faults = {};
        this.signs = ""; // "another hash" | "another key" | "too few" | "in another order"
        this.slowMs = 3000;
        this.folder = mkdtempSync(join(tmpdir(), "motcua-csc-"));
        const handler = (request, response) => this.handle(request, response).catch((problem) => {
            if (!response.headersSent) response.writeHead(500);
            response.end(String(problem));
        });
        this.tls = tls;
        this.server = tls ? createSecureServer(tls, handler) : createServer(handler);
    }

    async listen() {
        await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        return `${this.tls ? "https" : "http"}://localhost:${this.server.address().port}/csc/v${this.version}`;
    }

    async close() {
        this.server.closeAllConnections?.();
        await new Promise((resolve) => this.server.close(resolve));
        rmSync(this.folder, { recursive: true });
    }

    // { user, keyFile, chain: [DER], algo: [oid], mode, pin, otp, otpType, multisign, rawEcdsa, later, disabled }
    add(id, credential) {
        this.credentials.set(id, { id, mode: "explicit", multisign: 50, agreed: null, ...credential });
    }

    // What the owner does on the device: true, false, or null (nothing yet).
    decide(id, verdict) { this.credentials.get(id).agreed = verdict; }

    // Forgets every token, as after a restart.
    forgetTokens() { this.tokens.clear(); }

    async handle(request, response) {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString("utf8");
        const path = new URL(request.url, "http://csc").pathname.replace(/^\/csc\/v\d/, "");
        const form = (request.headers["content-type"] ?? "").includes("form-urlencoded");
        const body = form ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text || "{}");
        this.asked.push({ path, body, headers: request.headers });
        const fault = (this.faults[path] ?? []).shift();
        if (fault === "500") return response.writeHead(500).end("oh");
        if (fault === "429") return response.writeHead(429).end("{}");
        if (fault === "close") return request.socket.destroy();
        if (fault === "html") return response.writeHead(200, { "Content-Type": "text/html" }).end("<html>maintenance</html>");
        if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, this.slowMs));
        let status = 200, answer;
        try {
            answer = this.answer(path, body, request.headers);
            if (answer.status) ({ status, answer } = answer);
        } catch (problem) {
            if (!(problem instanceof Refusal)) throw problem;
            ({ status } = problem);
            answer = problem.body;
        }
        const json = JSON.stringify(answer);
        if (fault === "half") {
            response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(json) });
            return response.write(json.slice(0, json.length / 2), () => request.socket.destroy());
        }
        return response.writeHead(status, { "Content-Type": "application/json" }).end(json);
    }

    answer(path, body, headers) {
        const open = { "/auth/login": "basicLogin", "/oauth2/token": "oauthToken", "/login": "mySignLogin" };
        if (open[path]) return this[open[path]](body, headers);
        const owner = this.ownerOf(headers);
        const known = { "/credentials/list": "list", "/credentials/info": "info", "/credentials/sendOTP": "sendOtp",
            "/credentials/getChallenge": "sendOtp", "/credentials/authorize": "authorize", "/credentials/authorizeCheck": "authorizeCheck",
            "/signatures/signHash": "signHash", "/signatures/signPolling": "signPolling" };
        const second = ["/credentials/getChallenge", "/credentials/authorizeCheck", "/signatures/signPolling"];
        if (!known[path] || (this.version === 1 && second.includes(path)) || (this.version === 2 && path === "/credentials/sendOTP"))
            throw new Refusal(404, "not_found");
        return this[known[path]](body, owner);
    }

    grant(user) {
        const token = `token-${secretWord()}`;
        this.tokens.set(token, { user, until: Date.now() + this.tokenSeconds * 1000 });
        return { access_token: token, token_type: "Bearer", expires_in: this.tokenSeconds };
    }

    basicLogin(body, headers) {
        const [user, ...rest] = Buffer.from((headers.authorization ?? "").replace(/^Basic /, ""), "base64").toString().split(":");
        if (!this.accounts[user] || this.accounts[user] !== rest.join(":")) throw new Refusal(400, "authentication_error", "An error occurred during authentication process");
        return this.grant(user);
    }

    isClient(body) { return body.client_id === this.client.id && body.client_secret === this.client.secret; }

    mySignLogin(body) {
        if (!this.isClient(body) || body.profile_id !== "adss:ras:profile:001") throw new Refusal(400, "invalid_client");
        return this.grant(body.user_id);
    }

    oauthToken(body) {
        if (!this.isClient(body)) throw new Refusal(401, "invalid_client");
        if (body.grant_type === "client_credentials" && body.scope === "service") return this.grant(null);
        if (body.grant_type !== "authorization_code") throw new Refusal(400, "unsupported_grant_type");
        const code = this.codes.get(body.code);
        this.codes.delete(body.code);
        const challenge = createHash("sha256").update(body.code_verifier ?? "").digest("base64url");
        if (!code || code.redirect !== body.redirect_uri || code.challenge !== challenge) throw new Refusal(400, "invalid_grant");
        return { access_token: this.newSad(code.id, code.digests), token_type: "SAD", expires_in: 300 };
    }

    // The owner at the service's page: where the browser goes back to.
    visit(address, agrees = true) {
        const query = new URL(address).searchParams;
        const back = new URL(query.get("redirect_uri"));
        back.searchParams.set("state", query.get("state"));
        if (query.get("scope") !== "credential" || query.get("client_id") !== this.client.id || query.get("code_challenge_method") !== "S256") throw new Error("a bad page");
        if (!agrees) {
            back.searchParams.set("error", "access_denied");
            return back.href;
        }
        const digests = query.get(this.version === 2 ? "hashes" : "hash").split(",").map((one) => Buffer.from(one, "base64url").toString("base64"));
        if (digests.length !== Number(query.get("numSignatures"))) throw new Error("a bad page");
        const code = secretWord();
        this.codes.set(code, { id: query.get("credentialID"), digests, redirect: query.get("redirect_uri"), challenge: query.get("code_challenge") });
        back.searchParams.set("code", code);
        return back.href;
    }

    ownerOf(headers) {
        const token = this.tokens.get((headers.authorization ?? "").replace(/^Bearer /, ""));
        if (!token || token.until < Date.now()) throw new Refusal(401, "invalid_token", "The access token expired");
        return token.user;
    }

    list(body, owner) {
        if (owner !== null && body.userID !== undefined && body.userID !== owner) throw new Refusal(400, "invalid_request", "userID parameter MUST be null");
        if (owner === null && !body.userID) throw new Refusal(400, "invalid_request", "Missing (or invalid type) string parameter userID");
        const all = [...this.credentials.values()].filter((one) => one.user === (owner ?? body.userID)).map((one) => one.id);
        const at = Number(body.pageToken ?? 0), size = 2;
        return { credentialIDs: all.slice(at, at + size), ...(at + size < all.length ? { nextPageToken: String(at + size) } : {}) };
    }

    of(body, owner) {
        const credential = this.credentials.get(body.credentialID);
        if (!credential || (owner !== null && credential.user !== owner)) throw new Refusal(400, "invalid_request", "Invalid parameter credentialID");
        return credential;
    }

    info(body, owner) {
        const one = this.of(body, owner);
        if (body.certificates !== "chain") throw new Refusal(400, "invalid_request", "certificates");
        const common = { description: "A credential", key: { status: one.disabled ? "disabled" : "enabled", algo: one.algo, len: 2048 }, SCAL: "2",
            cert: { status: "valid", certificates: one.chain.map((der) => der.toString("base64")) }, multisign: one.multisign };
        if (this.version === 1)
            return { ...common, authMode: one.mode, PIN: { presence: one.pin ? "true" : "false", format: "N" },
                OTP: { presence: one.otp ? "true" : "false", type: one.otpType ?? "online" } };
        const objects = [...(one.pin ? [{ type: "Password", id: "secret-word", format: "N" }] : []),
            ...(one.otp ? [{ type: (one.otpType ?? "online") === "online" ? "ChallengeResponse" : "OTP", id: "one-time", format: "N" }] : [])];
        return { ...common, auth: { mode: one.mode, expression: objects.map((object) => object.id).join(" AND "), objects } };
    }

    sendOtp(body, owner) {
        this.of(body, owner);
        this.sentCodes += 1;
        return {};
    }

    digestsOf(body) {
        const digests = body[this.version === 1 ? "hash" : "hashes"], oid = body[this.version === 1 ? "hashAlgo" : "hashAlgorithmOID"];
        if (!Array.isArray(digests) || digests.length === 0) throw new Refusal(400, "invalid_request", "Missing (or invalid type) array parameter hash");
        return { digests, hash: hashes[oid] };
    }

    newSad(id, digests) {
        const sad = `sad-${secretWord()}`;
        this.sads.set(sad, { id, digests });
        return sad;
    }

    authorize(body, owner) {
        const one = this.of(body, owner);
        const { digests } = this.digestsOf(body);
        if (body.numSignatures !== digests.length || digests.length > one.multisign) throw new Refusal(400, "invalid_request", "Invalid parameter numSignatures");
        if (one.mode === "explicit") {
            const typed = this.version === 1 ? { pin: body.PIN, otp: body.OTP }
                : Object.fromEntries((body.authData ?? []).map(({ id, value }) => [{ "secret-word": "pin", "one-time": "otp" }[id], value]));
            if (one.pin && typed.pin !== one.pin) throw new Refusal(400, "invalid_pin", `The PIN ${typed.pin} is invalid`);
            if (one.otp && typed.otp !== one.otp) throw new Refusal(400, "invalid_otp", `The OTP ${typed.otp} is invalid`);
            if (one.otp) one.otp = one.nextOtp ?? "spent"; // each is good once
            return { SAD: this.newSad(one.id, digests), expiresIn: 300 };
        }
        if (this.version === 2) {
            const handle = secretWord();
            this.handles.set(handle, { id: one.id, digests });
            return { status: 202, answer: { handle } };
        }
        if (one.agreed !== true) throw new Refusal(400, one.agreed === false ? "access_denied" : "expired_request");
        return { SAD: this.newSad(one.id, digests), expiresIn: 300 };
    }

    authorizeCheck(body) {
        const waiting = this.handles.get(body.handle);
        if (!waiting) throw new Refusal(400, "invalid_request", "Invalid parameter handle");
        const { agreed } = this.credentials.get(waiting.id);
        if (agreed === null) return { status: 202, answer: {} };
        if (agreed === false) throw new Refusal(400, "access_denied", "The user declined");
        return { SAD: this.newSad(waiting.id, waiting.digests), expiresIn: 300 };
    }

    signHash(body, owner) {
        const one = this.of(body, owner);
        const { digests, hash } = this.digestsOf(body);
        const sad = this.sads.get(body.SAD);
        this.sads.delete(body.SAD);
        if (!sad || sad.id !== one.id || JSON.stringify(sad.digests) !== JSON.stringify(digests)) throw new Refusal(400, "invalid_request", "Invalid parameter SAD");
        const by = withHash[body.signAlgo] ?? hash;
        if (!by || digests.some((digest) => Buffer.from(digest, "base64").length !== lengths[by])) throw new Refusal(400, "invalid_request", "Invalid digest value length");
        if (body.signAlgo === rsaPss && Buffer.from(body.signAlgoParams ?? "", "base64").toString("hex") !== pssParameters(by)) throw new Refusal(400, "invalid_request", "Invalid parameter signAlgoParams");
        if (body.signAlgo !== rsaPss && body.signAlgo !== rsaEncryption && !withHash[body.signAlgo]) throw new Refusal(400, "invalid_request", "Invalid parameter signAlgo");
        const signatures = this.made(one, digests, by, body.signAlgo);
        if (!one.later) return { signatures };
        const responseID = secretWord();
        this.responses.set(responseID, { after: one.later, signatures });
        return { status: 202, answer: { responseID } };
    }

    signPolling(body) {
        const waiting = this.responses.get(body.responseID);
        if (!waiting) throw new Refusal(400, "invalid_request", "Invalid parameter responseID");
        if (waiting.after-- > 0) return { status: 202, answer: {} };
        return { signatures: waiting.signatures };
    }

    made(credential, digests, hash, algorithm) {
        this.signed += 1;
        const keyFile = this.signs === "another key" ? credential.otherKeyFile : credential.keyFile;
        const all = digests.map((digest) => {
            const bytes = this.signs === "another hash" ? createHash(hash).update("something else").digest() : Buffer.from(digest, "base64");
            return this.sign(keyFile, bytes, hash, algorithm, credential.rawEcdsa).toString("base64");
        });
        if (this.signs === "too few") all.pop();
        return this.signs === "in another order" ? all.reverse() : all;
    }

    sign(keyFile, digest, hash, algorithm, rawEcdsa) {
        const file = join(this.folder, "digest");
        writeFileSync(file, digest);
        const padding = algorithm === rsaPss ? ["-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:digest"] : [];
        const der = execFileSync("openssl", ["pkeyutl", "-sign", "-inkey", keyFile, "-in", file, "-pkeyopt", `digest:${hash}`, ...padding]);
        if (!rawEcdsa || !algorithm.startsWith(ecdsa)) return der;
        const number = (at) => der.subarray(at + 2, at + 2 + der[at + 1]); // short lengths: P-256
        const r = number(2), s = number(4 + r.length);
        const fixed = (value) => Buffer.concat([Buffer.alloc(32), value]).subarray(-32);
        return Buffer.concat([fixed(r), fixed(s)]);
    }
}
