// A city with everybody in it, and requests that no browser would send.
import { request } from "node:http";
import { connect } from "node:net";
import { filed, people } from "../../functional/lib/city.mjs";
import { Server } from "../../functional/lib/server.mjs";
import { signedIn, Visitor } from "../../functional/lib/visitor.mjs";

export const who = ["anonymous", "owner", "citizen", "official", "elsewhere", "admin"];

export async function openHouse(options = {}) {
    const server = await new Server({ ...options, set: { "http.trusted_proxies": "127.0.0.1", ...options.set } }).start();
    const [owner, citizen, official, elsewhere, admin] = await Promise.all(
        [people.citizen, "binh@demo.motcua.example", people.receiver, "tiepnhan.sxd@demo.motcua.example", "quantri@demo.motcua.example"].map((email) => signedIn(server, email)));
    const { id } = await filed(owner); // with the ward that `official` receives for
    const paper = (await owner.get(`/ho-so/${id}`)).links(/\/tep\//)[0];
    return { server, owner, citizen, official, elsewhere, admin, anonymous: new Visitor(server), dossier: id, paper };
}

// Every route as the program itself tells: { method, pattern, access, kind }.
export async function routesOf(server) {
    const { code, output } = await server.runAside("routes");
    if (code !== 0) throw new Error(output);
    return output.trim().split("\n").map((line) => {
        const [method, pattern, access, kind] = line.split(" ");
        return { method, pattern, access, kind, name: `${method} ${pattern}` };
    });
}

// A request as given, Host and all: { status, headers, body }.
export function raw(server, { method = "GET", path = "/", headers = {}, body } = {}) {
    return new Promise((resolve, reject) => {
        const sent = request({ host: "127.0.0.1", port: server.port, method, path, headers }, (answer) => {
            const pieces = [];
            answer.on("data", (piece) => pieces.push(piece));
            answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces).toString("utf8") }));
        });
        sent.on("error", reject);
        sent.end(body);
    });
}

// Bytes over a socket, and all that comes back.
export function wire(server, bytes) {
    return new Promise((resolve, reject) => {
        const socket = connect(server.port, "127.0.0.1", () => socket.write(bytes));
        const pieces = [];
        socket.on("data", (piece) => pieces.push(piece)).on("error", reject).on("close", () => {
            const [head, ...body] = Buffer.concat(pieces).toString("utf8").split("\r\n\r\n");
            const [first, ...fields] = head.split("\r\n");
            resolve({ status: Number(first.split(" ")[1]), headers: Object.fromEntries(fields.map((field) => [field.slice(0, field.indexOf(":")).toLowerCase(), field.slice(field.indexOf(":") + 1).trim()])), body: body.join("\r\n\r\n") });
        });
        socket.setTimeout(20_000, () => socket.destroy());
    });
}

// The CSRF token of a visitor's own session.
export async function tokenOf(visitor) {
    const page = await visitor.get("/dang-ky");
    const form = page.forms().find((one) => one.method === "post");
    return form.fields.find(([name]) => name === "csrf")[1];
}
