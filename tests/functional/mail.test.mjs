// E-mail: an administrator switches the plugin on and configures it in the browser; registration and dossiers send mail.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { act, file, filed, handOut, people, readyDraft } from "./lib/city.mjs";
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

        // N3
        test("letters are in the language of whoever they are for, not of the official who acts", async () => {
            const citizen = await signedIn(server, "binh@demo.motcua.example");
            const { id } = await filed(citizen);
            await mailbox.letter("binh@demo.motcua.example", new RegExp(`đã nhận được[\\s\\S]*${id}`));
            const foreign = await readyDraft(citizen);
            await citizen.get("/tai-khoan?lang=en");
            await file(citizen, foreign);
            assert.match(await mailbox.letter("binh@demo.motcua.example", /has received your online application/), new RegExp(`/ho-so/${foreign}`));
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
            await handOut(receiver, id);
            const link = new RegExp(`http://\\S+(/ho-so/${id}/danh-gia)`);
            const path = link.exec(await mailbox.letter("an@demo.motcua.example", link))[1];
            assert.equal((await citizen.get(path)).status, 200);
        });
    });
