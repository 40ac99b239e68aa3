// E-mail: an administrator switches the plugin on and configures it in the browser; registration and dossiers send mail.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { filed } from "./lib/city.mjs";
import { configureMail, Mailbox } from "./lib/mailbox.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn, Visitor } from "./lib/visitor.mjs";

for (const backend of backends)
    describe(`e-mail on ${backend}`, () => {
        const server = new Server({ backend });
        const mailbox = new Mailbox();
        before(async () => {
            const port = await mailbox.listen();
            await server.start();
            await configureMail(server, port);
        });
        after(async () => {
            mailbox.close();
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
    });
