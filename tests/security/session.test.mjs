// Sessions: a new token at each sign-in, an end at each sign-out, an end by itself, and no way to set one for somebody else.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { people } from "../functional/lib/city.mjs";
import { configureMail, Mailbox } from "../functional/lib/mailbox.mjs";
import { password, Server } from "../functional/lib/server.mjs";
import { signedIn, Visitor } from "../functional/lib/visitor.mjs";

describe("sessions", () => {
    const server = new Server({ set: { "http.trusted_proxies": "127.0.0.1" } });
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
    const signedOut = async (visitor) => /^\/dang-nhap/.test((await visitor.get("/tai-khoan")).address);
    const holding = (cookies) => Object.assign(new Visitor(server), { cookies: new Map(cookies) });
    const database = (statement) => execFileSync("sqlite3", [join(server.folder, "motcua.db"), ".timeout 5000", statement], { encoding: "utf8" }).trim();

    test("a token that was there before the sign-in is worth nothing after it", async () => {
        const visitor = new Visitor(server);
        await visitor.get("/dang-nhap");
        const before = visitor.cookies.get("motcua");
        assert.match(before, /^[\w-]{43}$/);
        await visitor.signIn(people.citizen);
        assert.notEqual(visitor.cookies.get("motcua"), before);
        assert.ok(await signedOut(holding([["motcua", before]])));
        assert.ok(!(await signedOut(visitor)));
    });

    test("signing in again ends the session that was there", async () => {
        const visitor = await signedIn(server, people.citizen);
        const first = new Map(visitor.cookies);
        const form = (await visitor.get("/dang-nhap")).forms().find((one) => /^\/dang-nhap/.test(one.action));
        await visitor.submit(form, { email: people.leader, password });
        assert.notEqual(visitor.cookies.get("motcua"), first.get("motcua"));
        assert.ok(await signedOut(holding(first)));
    });

    test("signing out ends it for whoever kept the cookie", async () => {
        const visitor = await signedIn(server, people.citizen);
        const kept = new Map(visitor.cookies);
        await visitor.signOut();
        assert.ok(await signedOut(holding(kept)));
    });

    test("an idle session ends, and so does one at its end, whatever it did", async () => {
        for (const change of ["seen_ms = seen_ms - 3 * 3600000", "ends_ms = 1"]) {
            const visitor = await signedIn(server, people.receiver);
            assert.ok(!(await signedOut(visitor)));
            assert.ok(Number(database(`UPDATE session SET ${change}; SELECT changes();`)) > 0);
            await new Promise((resolve) => setTimeout(resolve, 1500)); // what a node remembers of a session is forgotten within a second
            assert.ok(await signedOut(visitor), change);
        }
    });

    test("a new password ends every session of the account", async () => {
        const email = "binh@demo.motcua.example";
        const elsewhere = await signedIn(server, email);
        const visitor = new Visitor(server);
        await visitor.submit((await visitor.get("/quen-mat-khau")).form(/^\/quen-mat-khau/), { email });
        const path = /https?:\/\/[^/\s]+(\/quen-mat-khau\/\S+)/.exec(await mailbox.letter(email, /quen-mat-khau/))[1];
        const secret = "một hai ba bốn năm sáu";
        const page = await visitor.get(path);
        const changed = await visitor.submit(page.form(/\/quen-mat-khau\//), { password: secret, password_again: secret, again: secret });
        assert.equal(changed.status, 200, changed.text.slice(0, 300));
        assert.ok(await signedOut(elsewhere));
        assert.ok(!(await signedOut(await signedIn(server, email, undefined, secret))));
        assert.equal((await visitor.get(path)).forms().filter((form) => /\/quen-mat-khau\//.test(form.action)).length > 0 && (await visitor.submit(page.form(/\/quen-mat-khau\//), { password: "khác hẳn lần trước", again: "khác hẳn lần trước" })).status < 400, false); // once
    });

    test("the link in a letter leads to the city, whatever Host the request named", async () => {
        const email = people.specialist;
        const { raw } = await import("./lib/house.mjs");
        const page = await raw(server, { path: "/quen-mat-khau", headers: { host: "evil.example" } });
        const token = /name="csrf" value="([^"]+)"/.exec(page.body)[1];
        const cookie = page.headers["set-cookie"][0].split(";")[0];
        const sent = await raw(server, { method: "POST", path: "/quen-mat-khau", headers: { host: "evil.example", cookie, "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ csrf: token, email }).toString() });
        assert.ok([200, 303].includes(sent.status), `${sent.status}`);
        const letter = await mailbox.letter(email, /quen-mat-khau/);
        assert.doesNotMatch(letter, /evil\.example/);
        for (const path of ["/", "/thu-tuc", "/dang-nhap", "/tra-cuu?code=x"]) assert.doesNotMatch((await raw(server, { path, headers: { host: "evil.example" } })).body, /evil\.example/);
    });
});
