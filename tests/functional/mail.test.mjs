// E-mail: an administrator switches the plugin on and configures it in the browser; registration and dossiers send mail.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { act, file, filed, people, problems, readyDraft } from "./lib/city.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn, Visitor } from "./lib/visitor.mjs";

const plugin = "vn.motcua.message-smtp";

// A mail server that keeps what it gets (RFC 5321, as little of it as a client needs). The plugin's own tests judge it by
// one that others wrote.
class Mailbox {
    letters = [];

    listen() {
        this.server = createServer((socket) => {
            let data = null;
            let buffer = "";
            socket.on("error", () => {});
            socket.write("220 mailbox\r\n");
            socket.on("data", (chunk) => {
                buffer += chunk.toString("utf8");
                for (let end = buffer.indexOf("\r\n"); end >= 0; end = buffer.indexOf("\r\n")) {
                    const line = buffer.slice(0, end);
                    buffer = buffer.slice(end + 2);
                    if (data !== null && line !== ".") data += line.replace(/^\.\./, ".") + "\r\n";
                    else if (data !== null) {
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

function bodyOf(raw) {
    const at = raw.indexOf("\r\n\r\n");
    const head = raw.slice(0, at);
    const body = raw.slice(at + 4);
    if (/content-transfer-encoding:\s*base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
    if (!/quoted-printable/i.test(head)) return body;
    const bytes = body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, "latin1").toString("utf8");
}

for (const backend of backends)
    describe(`e-mail on ${backend}`, () => {
        const server = new Server({ backend });
        const mailbox = new Mailbox();
        before(async () => {
            const port = await mailbox.listen();
            await server.start();
            const admin = await signedIn(server, "quantri@demo.motcua.example");
            const list = await admin.get("/quan-tri/mo-dun");
            const enabled = await admin.submit(list.form(new RegExp(`${plugin}/enable`)));
            assert.equal(enabled.status, 200, enabled.text.slice(0, 300));
            const settings = await admin.get(`/quan-tri/mo-dun/${plugin}?profile=default`);
            const saved = await admin.submit(settings.form(/\/save/), { "setting-host": "127.0.0.1", "setting-port": port, "setting-security": "none", "setting-from": "motcua@example.vn", "setting-fromName": "Một Cửa" });
            assert.equal(saved.status, 200, problems(saved));
        });
        after(async () => {
            mailbox.server.close();
            await server.remove();
        });

        test("a citizen registers, confirms by the link in the letter, and signs in", async () => {
            const visitor = new Visitor(server);
            const email = "nguyen.hai@example.vn";
            const secret = "cây cầu gỗ bắc qua sông";
            const form = (await visitor.get("/dang-ky")).form(/^\/dang-ky/);
            const sent = await visitor.submit(form, { full_name: "Nguyễn Văn Hải", email, phone: "0903 123 456", password: secret });
            assert.equal(sent.address, "/dang-ky/da-gui");
            assert.match((await new Visitor(server).signIn(email, secret)).address, /^\/dang-nhap/); // not before it is confirmed
            const link = /http:\/\/\S+(\/xac-nhan\/\S+)/.exec(await mailbox.letter(email, /xac-nhan/))[1];
            const asked = await visitor.get(link);
            const confirmed = await visitor.submit(asked.form(/^\/xac-nhan/));
            assert.equal(confirmed.status, 200, confirmed.text.slice(0, 300));
            assert.equal((await visitor.send("POST", link, { body: new URLSearchParams(asked.form(/^\/xac-nhan/).fields) })).status, 422); // once
            const inside = await signedIn(server, email, undefined, secret);
            assert.match((await inside.get("/tai-khoan")).text, /Nguyễn Văn Hải/);
        });

        test("registering an address again tells its owner, not the visitor", async () => {
            const visitor = new Visitor(server);
            const form = (await visitor.get("/dang-ky")).form(/^\/dang-ky/);
            const sent = await visitor.submit(form, { full_name: "Kẻ Lạ", email: "binh@demo.motcua.example", phone: "0903123457", password: "mười hai con giáp" });
            assert.equal(sent.address, "/dang-ky/da-gui");
            await mailbox.letter("binh@demo.motcua.example", /đã có tài khoản/);
        });

        test("whoever files a dossier gets its number by e-mail", async () => {
            const citizen = await signedIn(server, "an@demo.motcua.example");
            await filed(citizen);
            assert.match(await mailbox.letter("an@demo.motcua.example", /TN-\d{6}-/), /TN-\d{6}-[0-9A-Z]{10}/);
        });

        // N3
        test("letters are in the language of whoever they are for, not of the official who acts", async () => {
            const citizen = await signedIn(server, "binh@demo.motcua.example");
            const { id } = await filed(citizen);
            const foreign = await readyDraft(citizen);
            await citizen.get("/tai-khoan?lang=en");
            await file(citizen, foreign);
            assert.match(await mailbox.letter("binh@demo.motcua.example", /has received your online application/), new RegExp(`/ho-so/${foreign}`));
            await mailbox.letter("binh@demo.motcua.example", new RegExp(`đã nhận được[\\s\\S]*${id}`));
            const receiver = await signedIn(server, people.receiver);
            await act(receiver, foreign, "reject", "Not within the ward's competence");
            assert.match(await mailbox.letter("binh@demo.motcua.example", /has refused your application/), /Not within the ward's competence/);
        });

        // S9: the result comes with the way to rate the service.
        test("the letter of a result leads to the page where the service is rated", async () => {
            const citizen = await signedIn(server, "an@demo.motcua.example");
            const { id } = await filed(citizen);
            const [receiver, specialist, leader] = await Promise.all([people.receiver, people.specialist, people.leader].map((email) => signedIn(server, email)));
            await act(receiver, id, "accept");
            await act(specialist, id, "pass");
            await act(specialist, id, "");
            await act(leader, id, "approve");
            const link = new RegExp(`http://\\S+(/ho-so/${id}/danh-gia)`);
            const path = link.exec(await mailbox.letter("an@demo.motcua.example", link))[1];
            assert.equal((await citizen.get(path)).status, 200);
        });
    });
