// A mail server for tests, and what an administrator does in the browser so that letters go to it.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { problems } from "./city.mjs";
import { signedIn } from "./visitor.mjs";

export const mailPlugin = "vn.motcua.message-smtp";

// A mail server that keeps what it gets (RFC 5321, as little of it as a client needs). The plugin's own tests judge it by
// one that others wrote.
export class Mailbox {
    letters = [];
    // What a client meets: "kind" takes letters; "busy" answers 451 to each; "silent" takes the connection and says nothing.
    mood = "kind";
    sockets = new Set();

    listen() {
        this.server = createServer((socket) => {
            let data = null;
            let buffer = "";
            this.sockets.add(socket.on("error", () => {}).on("close", () => this.sockets.delete(socket)));
            if (this.mood === "silent") return;
            socket.write("220 mailbox\r\n");
            socket.on("data", (chunk) => {
                buffer += chunk.toString("utf8");
                for (let end = buffer.indexOf("\r\n"); end >= 0; end = buffer.indexOf("\r\n")) {
                    const line = buffer.slice(0, end);
                    buffer = buffer.slice(end + 2);
                    if (data !== null && line !== ".") data += line.replace(/^\.\./, ".") + "\r\n";
                    else if (data !== null && this.mood !== "kind") {
                        data = null;
                        socket.write("451 not now\r\n");
                    } else if (data !== null) {
                        this.letters.push(data);
                        data = null;
                        socket.write("250 kept\r\n");
                    } else if (/^DATA/i.test(line)) {
                        data = "";
                        socket.write("354 go on\r\n");
                    } else if (/^EHLO/i.test(line)) socket.write("250-mailbox\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n");
                    else if (/^QUIT/i.test(line)) socket.end("221 bye\r\n");
                    else socket.write("250 fine\r\n");
                }
            });
        });
        return new Promise((resolve) => this.server.listen(0, "127.0.0.1", () => resolve(this.server.address().port)));
    }

    become(mood) {
        this.mood = mood;
        for (const socket of this.sockets) socket.destroy();
    }

    close() {
        this.become("kind");
        this.server.close();
    }

    // The text of the first letter to that address that holds `words`, once it is there.
    async letter(address, words) {
        for (let tries = 0; tries < 300; ++tries) {
            for (const raw of this.letters) {
                if (!raw.toLowerCase().includes(`to: `) || !raw.includes(address)) continue;
                const text = bodyOf(raw);
                if (words.test(text)) return text;
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        assert.fail(`no letter to ${address} with ${words} among ${this.letters.length}`);
    }
}

export function bodyOf(raw) {
    const at = raw.indexOf("\r\n\r\n");
    const head = raw.slice(0, at);
    const body = raw.slice(at + 4);
    if (/content-transfer-encoding:\s*base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
    if (!/quoted-printable/i.test(head)) return body;
    const bytes = body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, "latin1").toString("utf8");
}

// Switches the e-mail plugin on and points it at the mailbox.
export async function configureMail(server, port) {
    const admin = await signedIn(server, "quantri@demo.motcua.example");
    const list = await admin.get("/quan-tri/mo-dun");
    const enabled = await admin.submit(list.form(new RegExp(`${mailPlugin}/enable`)));
    assert.equal(enabled.status, 200, enabled.text.slice(0, 300));
    const settings = await admin.get(`/quan-tri/mo-dun/${mailPlugin}?profile=default`);
    const saved = await admin.submit(settings.form(/\/save/), { "setting-host": "127.0.0.1", "setting-port": port, "setting-security": "none", "setting-from": "motcua@example.vn", "setting-fromName": "Một Cửa" });
    assert.equal(saved.status, 200, problems(saved));
    return admin;
}
