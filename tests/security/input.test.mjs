// What people type stays what they typed: no markup, no template, no header, no path, no statement comes of it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { act, beginDraft, birth, boxes, filed, fillSections, handInPapers, file, pdf, people, png, validAnswers } from "../functional/lib/city.mjs";
import { signedIn, Visitor } from "../functional/lib/visitor.mjs";
import { openHouse, raw, wire } from "./lib/house.mjs";

const markup = `"><svg onload=alert(1)>'{{{csrf}}}{{> head}}<script>x()</script>`;
const statements = ["' OR '1'='1", "'; DROP TABLE account; --", '" OR ""="', "1) UNION SELECT password_hash FROM account --", "\\", "%", "_", "?", "$1", ":a", "/*"];

// Nothing of the markup is markup, and no template was filled in by what a visitor typed.
function assertPlain(page, about) {
    assert.doesNotMatch(page.body, /<svg onload|<script>x\(\)/, about);
    assert.ok(page.status < 500, `${about}: ${page.status}`);
}

describe("what people type", () => {
    let house;
    before(async () => {
        house = await openHouse();
    });
    after(() => house.server.remove());

    test("comes back as text in every box that is shown again", async () => {
        const visitor = new Visitor(house.server);
        for (const path of ["/thu-tuc?q=", "/thu-tuc?field=", "/thu-tuc?level=", "/thu-tuc?cursor=", "/tra-cuu?code=", "/dang-nhap?back=", "/dang-nhap?lang=", "/?lang=", "/thu-tuc/", "/xac-nhan/", "/quen-mat-khau/", "/khong-co/"])
            assertPlain(await visitor.get(path + encodeURIComponent(markup)), path);
        for (const [path, fields] of [["/dang-ky", ["full_name", "email", "phone", "password"]], ["/dang-nhap", ["email", "password", "back"]], ["/quen-mat-khau", ["email"]]])
            for (const field of fields) {
                const form = (await visitor.get(path)).forms().find((one) => one.method === "post" && one.action.startsWith(path));
                const page = await visitor.submit(form, { ...Object.fromEntries(fields.map((name) => [name, "x"])), [field]: markup });
                assertPlain(page, `${path} ${field}`);
                assert.ok(!page.body.includes("{{{csrf}}}") || page.body.includes("&lt;svg") || page.body.includes("&quot;&gt;"), `${path} ${field}`);
            }
    });

    test("comes back as text in a dossier, for citizen, official and whoever asks by code", async () => {
        const answers = validAnswers(birth);
        answers.requester.full_name = `Hạnh ${markup}`;
        answers.requester.residence.line = markup;
        answers.birth_facility = markup;
        answers.child.home_town = markup;
        const { owner, official } = house;
        const id = await beginDraft(owner);
        const list = await owner.get(`/ho-so/${id}`);
        for (const link of list.links(/\/phan\//)) {
            const page = await owner.get(link);
            const form = page.form(/\/phan\//);
            const token = form.fields.filter(([name]) => ["csrf", "version"].includes(name));
            const shown = await owner.post(form.action, [...token, ...boxes(answers)], { follow: false });
            assertPlain(shown, link);
        }
        // What the form's rules refuse is not needed for the rest.
        const kept = validAnswers(birth);
        kept.birth_facility = "Bệnh viện <b>Từ Dũ</b> {{csrf}}";
        const second = await beginDraft(owner);
        await fillSections(owner, second, kept);
        await handInPapers(owner, second);
        assertPlain(await owner.get(`/ho-so/${second}/kiem-tra`), "check");
        const { number } = await file(owner, second);
        const page = await official.get(`/cong-viec/${second}`);
        assertPlain(page, "official");
        assert.doesNotMatch(page.body, /<b>Từ Dũ/);
        assert.match(page.text, /Từ Dũ<\/b> \{\{csrf\}\}|Từ Dũ/);
        assertPlain(await new Visitor(house.server).get(`/tra-cuu?code=${number}`), "by code");
        assertPlain(await act(official, second, "supplement", `Bổ sung ${markup}`).catch(() => act(official, second, "refuse", `Lý do ${markup}`)), "note");
        const told = await owner.get(`/ho-so/${second}`);
        assertPlain(told, "told");
        assert.ok(told.text.includes("{{{csrf}}}"), "the official's words are shown as they were written");
    });

    test("is no statement of the database", async () => {
        const visitor = new Visitor(house.server);
        const all = (await visitor.get("/thu-tuc")).links(/^\/thu-tuc\/\d/).length;
        assert.ok(all > 5);
        for (const text of statements) {
            const found = await visitor.get(`/thu-tuc?q=${encodeURIComponent(text)}`);
            assert.ok(found.status < 500, text);
            // Signs alone are no words to search for; a statement's words find what speaks of them, never everything.
            if (/[a-z]{3}/i.test(text)) assert.ok(found.links(/^\/thu-tuc\/\d/).length < all, `${text} finds everything`);
            assert.equal((await visitor.get(`/tra-cuu?code=${encodeURIComponent(text)}`)).status, 404, text);
            assert.ok([400, 404].includes((await visitor.get(`/thu-tuc/${encodeURIComponent(text)}`)).status), text);
            assert.equal((await house.owner.get(`/ho-so/${encodeURIComponent(text)}`)).status, 404, text);
            const refused = await new Visitor(house.server, `198.51.100.${statements.indexOf(text)}`).signIn(text, text);
            assert.match(refused.address, /^\/dang-nhap/);
        }
        assert.equal((await visitor.get("/thu-tuc")).links(/^\/thu-tuc\/\d/).length, all);
        assert.equal((await signedIn(house.server, people.citizen)).cookies.size > 0, true);
    });

    test("is no other header, and leads to no other site", async () => {
        for (const back of ["//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "///evil.example", "/%2f/evil.example", "javascript:alert(1)", "/\t/evil.example", "/\r\nSet-Cookie: a=b", "http:/evil.example", " //evil.example", "/../..//evil.example"]) {
            const visitor = new Visitor(house.server);
            const page = await visitor.get(`/dang-nhap?back=${encodeURIComponent(back)}`);
            const form = page.form(/^\/dang-nhap/);
            const done = await visitor.submit(form, { email: people.citizen, password: "mot-cua-2020-demo", back }, { follow: false });
            const target = done.headers.get("location") ?? "/";
            assert.equal(new URL(target, "http://city.example").host, "city.example", `${back} → ${target}`);
            assert.ok(target.startsWith("/") && !target.startsWith("//") && !target.startsWith("/\\"), `${back} → ${target}`);
            assert.equal(done.headers.get("a"), null);
            assert.ok(!done.headers.getSetCookie().some((line) => line.startsWith("a=")));
        }
        for (const path of ["/?lang=en%0d%0aX-Evil:%201", "/thu-tuc/?x=%0d%0aX-Evil:%201", "//evil.example/", "/%0d%0aX-Evil:%201/", "//evil.example/%2e%2e/"]) {
            const answer = await raw(house.server, { path });
            assert.equal(answer.headers["x-evil"], undefined, path);
            const target = answer.headers.location;
            if (target) assert.ok(/^\/(?![/\\])/.test(target), `${path} → ${target}`);
        }
    });

    test("is no path", async () => {
        for (const path of ["/static/../../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fetc/passwd", "/static/%252e%252e/etc/passwd", "/static/..\\..\\etc\\passwd", "/static//etc/passwd", "/../etc/passwd", "/static/main.css%00.html", "/static/.git/config", "/.env", "/motcua.db", "/keys/master.key", "/thu-tuc/..%2f..%2fetc%2fpasswd"]) {
            const answer = await wire(house.server, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
            assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
            assert.doesNotMatch(answer.body, /root:|\[core\]/);
        }
    });

    test("a file is what its bytes are, and comes back as a thing to keep, never as a page", async () => {
        const { owner } = house;
        const id = await beginDraft(owner);
        await fillSections(owner, id, validAnswers(birth));
        const form = (await owner.get(`/ho-so/${id}/giay-to`)).forms().find((one) => /giay-to\/[^/]+$/.test(one.action));
        const script = "<script>alert(document.cookie)</script>";
        const send = (name, bytes, type) => owner.upload(form.action, form.fields, [{ name, bytes: Buffer.from(bytes), type }]);
        for (const [name, bytes, type] of [
            ["a.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, "image/svg+xml"],
            ["a.pdf", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "application/pdf"],
            ["a.html", `<!DOCTYPE html>${script}`, "text/html"],
            ["a.jpg", `<!DOCTYPE html>${script}`, "image/jpeg"],
            ["a.gif", `GIF89a/*${script}*/=1;alert(1)`, "image/gif"],
            ["a.pdf", `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`, "application/pdf"],
            ["a.pdf", "#!/bin/sh\nid\n", "application/pdf"],
            ["a.pdf.exe", "MZ\x90\x00\x03", "application/pdf"],
        ]) {
            const page = await send(name, bytes, type);
            assert.ok([400, 413, 422].includes(page.status), `${name} as ${type}: ${page.status}`);
        }
        // These are what they claim to be, with a page hidden behind: taken, and never shown as one.
        for (const [name, bytes, type] of [
            ["anh.png", Buffer.concat([png(7), Buffer.from(script)]), "image/png"],
            [`giấy "a"\r\nX-Evil: 1;.pdf`, Buffer.concat([pdf("a"), Buffer.from(script)]), "text/html"],
        ]) {
            const before = (await owner.get(`/ho-so/${id}/giay-to`)).links(/\/tep\//);
            const taken = await send(name, bytes, type);
            if (taken.status === 422) continue;
            assert.equal(taken.status, 200, `${name}: ${taken.status}`);
            const link = taken.links(/\/tep\//).find((one) => !before.includes(one));
            const answer = await owner.get(link, { follow: false });
            assert.equal(answer.status, 200);
            assert.match(answer.headers.get("content-type"), /^(image\/png|application\/pdf)/);
            assert.match(answer.headers.get("content-disposition"), /^attachment/);
            assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
            assert.match(answer.headers.get("content-security-policy"), /sandbox/);
            assert.equal(answer.headers.get("x-evil"), null);
        }
    });
});
