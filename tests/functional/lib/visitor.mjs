// A browser without scripts: keeps cookies, reads the forms of a page and sends them as a person would.
import { password } from "./server.mjs";

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'", "#x2F": "/", "#x3D": "=" };
export const unescape = (text) => text.replace(/&(#?\w+);/g, (whole, name) => entities[name] ?? whole);

function attributes(tag) {
    const found = {};
    for (const [, name, value] of tag.matchAll(/\s([\w-]+)(?:="([^"]*)")?/g)) found[name] = unescape(value ?? "");
    return found;
}

export class Page {
    constructor(response, body, address) {
        this.status = response.status;
        this.headers = response.headers;
        this.body = body;
        this.address = address;
    }

    // Words as a person sees them.
    get text() {
        return unescape(this.body.replace(/<(script|style)[\s\S]*?<\/\1>/g, "").replace(/<[^>]+>/g, " ")).replace(/\s+/g, " ").trim();
    }

    get title() {
        return unescape(/<title>([^<]*)/.exec(this.body)?.[1] ?? "");
    }

    links(pattern) {
        return [...this.body.matchAll(/<a\s[^>]*href="([^"]*)"/g)].map((match) => unescape(match[1])).filter((href) => pattern.test(href));
    }

    // Every form: { action, method, fields: [[name, value]…], buttons: [[name, value]…] } with what stands in it.
    forms() {
        return [...this.body.matchAll(/(<form\s[^>]*>)([\s\S]*?)<\/form>/g)].map(([, head, inner]) => {
            const { action, method } = attributes(head);
            const fields = [];
            const buttons = [];
            for (const [tag] of inner.matchAll(/<(?:input|button)\s[^>]*>/g)) {
                const { name, value = "", type = "text", ...rest } = attributes(tag);
                if (tag.startsWith("<button") || type === "submit") buttons.push([name ?? "", value]);
                else if (name && type !== "file" && !(["checkbox", "radio"].includes(type) && !("checked" in rest)))
                    fields.push([name, value]);
            }
            for (const [, tag, value] of inner.matchAll(/(<textarea\s[^>]*>)([\s\S]*?)<\/textarea>/g))
                fields.push([attributes(tag).name, unescape(value)]);
            for (const [, tag, options] of inner.matchAll(/(<select\s[^>]*>)([\s\S]*?)<\/select>/g)) {
                const chosen = [...options.matchAll(/<option\s[^>]*>/g)].map(([option]) => attributes(option)).find((option) => "selected" in option);
                fields.push([attributes(tag).name, chosen?.value ?? ""]);
            }
            return { action: action ?? "", method: (method ?? "get").toLowerCase(), fields, buttons };
        });
    }

    form(pattern) {
        const found = this.forms().find((form) => form.method === "post" && pattern.test(form.action));
        if (!found) throw new Error(`no form to ${pattern} on ${this.address} (${this.status}): ${this.text.slice(0, 300)}`);
        return found;
    }
}

export class Visitor {
    // `address` is what a trusted proxy says of the visitor (http.trusted_proxies).
    constructor(server, address) {
        this.server = server;
        this.peer = address;
        this.cookies = new Map();
    }

    async send(method, path, { body, headers = {}, follow = true } = {}) {
        let target = new URL(path, this.server.address);
        let answer;
        for (let hops = 0; hops < 6; ++hops) {
            const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
            answer = await fetch(target, { method, body, redirect: "manual", headers: { ...(cookie ? { cookie } : {}), ...(this.peer ? { "x-forwarded-for": this.peer } : {}), ...headers } });
            for (const line of answer.headers.getSetCookie()) this.keep(line);
            const next = answer.headers.get("location");
            if (!follow || !next || answer.status < 300 || answer.status > 399) break;
            await answer.arrayBuffer();
            target = new URL(next, target);
            if (answer.status === 307 || answer.status === 308) continue; // sent again as it was
            method = "GET";
            body = undefined;
            headers = {};
        }
        const bytes = Buffer.from(await answer.arrayBuffer());
        const page = new Page(answer, bytes.toString("utf8"), target.pathname + target.search);
        page.bytes = bytes;
        return page;
    }

    keep(line) {
        const [pair, ...rest] = line.split(";");
        const at = pair.indexOf("=");
        const gone = rest.some((part) => /^\s*max-age=0$/i.test(part));
        if (gone) this.cookies.delete(pair.slice(0, at));
        else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }

    get(path, options) {
        return this.send("GET", path, options);
    }

    // Fields as { name: value | [values] } or pairs; multipart where one of them is a Blob.
    post(path, fields, options = {}) {
        const pairs = Array.isArray(fields) ? fields : Object.entries(fields).flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]]));
        return this.send("POST", path, { ...options, body: new URLSearchParams(pairs) });
    }

    upload(path, fields, files, options = {}) {
        const form = new FormData();
        for (const [name, value] of fields) form.append(name, value);
        for (const { field = "file", name, bytes, type } of files) form.append(field, new Blob([bytes], { type }), name);
        return this.send("POST", path, { ...options, body: form });
    }

    // Sends a form of a page with some values changed, as its button does.
    submit(form, changes = {}, options) {
        const kept = form.fields.filter(([name]) => !(name in changes));
        const added = Object.entries(changes).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)]));
        return this.post(form.action, [...kept, ...added], options);
    }

    async signIn(email, secret = password, at = "/dang-nhap") {
        const page = await this.get(at);
        return this.submit(page.form(/^\/dang-nhap/), { email, password: secret });
    }

    async signOut() {
        const page = await this.get("/tai-khoan");
        return this.submit(page.form(/^\/dang-xuat/));
    }
}

export async function signedIn(server, email, address, secret) {
    const visitor = new Visitor(server, address);
    const page = await visitor.signIn(email, secret);
    if (page.status !== 200 || page.address.startsWith("/dang-nhap")) throw new Error(`${email} cannot sign in: ${page.text.slice(0, 300)}`);
    return visitor;
}
