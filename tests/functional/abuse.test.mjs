// What must not work: others' dossiers, forged steps, stale pages, double submits, broken input. The right status, a page
// with a clear sentence, and nothing of the inside in it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { act, actForm, beginDraft, birth, boxes, codeOf, filed, fillSections, pdf, people, readyDraft, validAnswers, file } from "./lib/city.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn, Visitor } from "./lib/visitor.mjs";

const inside = /sqlite|postgres|select |insert |\.cpp|std::|exception|motcua::|error\.[a-z]|stack/i;

function assertRefused(page, statuses, words) {
    assert.ok([statuses].flat().includes(page.status), `${page.status} on ${page.address}: ${page.text.slice(0, 300)}`);
    assert.match(page.headers.get("content-type"), /^text\/html/);
    assert.match(page.body, /<h1[^>]*>[^<]{5,}/);
    if (words) assert.match(page.text, words);
    assert.doesNotMatch(page.body, inside);
    return page;
}

for (const backend of backends)
    describe(`what must not work on ${backend}`, () => {
        const server = new Server({ backend, set: { "http.trusted_proxies": "127.0.0.1" } });
        let citizen, receiver, specialist, stranger, other;
        before(async () => {
            await server.start();
            [citizen, receiver, specialist, stranger, other] = await Promise.all([people.citizen, people.receiver, people.specialist,
                "tiepnhan.sxd@demo.motcua.example", "binh@demo.motcua.example"].map((email) => signedIn(server, email)));
        });
        after(() => server.remove());

        test("somebody else's dossier, draft and paper do not exist", async () => {
            const draft = await readyDraft(citizen);
            const paper = (await citizen.get(`/ho-so/${draft}/giay-to`)).links(/\/tep\//)[0];
            const { id } = await filed(citizen);
            for (const visitor of [other, stranger])
                for (const path of [`/ho-so/${id}`, `/ho-so/${id}/qr.svg`, `/ho-so/${id}/rut`, `/ho-so/${id}/da-nop`, `/ho-so/${draft}`, `/ho-so/${draft}/kiem-tra`, `/ho-so/${draft}/phan/child`, paper])
                    assert.doesNotMatch(assertRefused(await visitor.get(path), 404).body, /Hạnh|Gia Bảo|079192004567/);
            assertRefused(await receiver.get(`/cong-viec/${draft}`), 404); // a draft is nobody's business
            assertRefused(await stranger.get(`/cong-viec/${id}`), 404); // of another agency
            assertRefused(await citizen.get("/cong-viec"), 403, /chỉ dành cho cán bộ/);
            const own = (await other.get("/tai-khoan")).form(/\/dang-xuat/).fields;
            for (const below of ["rut", "xoa", "kiem-tra", "bo-sung", "giay-to", "phan/child"])
                assertRefused(await other.post(`/ho-so/${draft}/${below}`, [...own, ["reason", "x"], ["declaration", "yes"], ["submit_key", "01930000-0000-7000-8000-000000000001"]]), 404);
            assertRefused(await other.upload(`/ho-so/${draft}/giay-to/giay_chung_sinh`, own, [{ name: "a.pdf", bytes: pdf("a"), type: "application/pdf" }]), 404);
            assert.equal((await citizen.get(`/ho-so/${draft}/giay-to`)).links(/\/tep\//).length, 1);
            for (const id of ["01930000-0000-7000-8000-000000000001", "1", "%2e%2e", "'; DROP TABLE dossier"])
                assertRefused(await citizen.get(`/ho-so/${encodeURIComponent(id)}`), 404);
        });

        test("a wrong code tells nothing, and a draft has none", async () => {
            const anyone = new Visitor(server);
            for (const code of ["TN-261123-0000000000", "000.01.41.H29-261123-9999", "%", "' OR 1=1 --"]) {
                const page = await anyone.get(`/tra-cuu?code=${encodeURIComponent(code)}`);
                assertRefused(page, 404, /Không có hồ sơ nào mang mã này/);
            }
        });

        test("a forged step, an act of another's role and a step that is done are refused", async () => {
            const { id } = await filed(citizen);
            const page = await receiver.get(`/cong-viec/${id}`);
            const form = actForm(page, "accept");
            assertRefused(await receiver.submit(form, { action: "approve" }), [409, 422]);
            assertRefused(await receiver.submit(form, { action: "" }), [409, 422]);
            assertRefused(await receiver.submit(form, { task: "01930000-0000-7000-8000-000000000001" }), 404);
            assertRefused(await receiver.submit(form, { version: "999" }), 409);
            assertRefused(await receiver.submit(form, { version: "x'" }), 409);
            const own = (await specialist.get("/cong-viec")).form(/\/dang-xuat/).fields.filter(([name]) => name === "csrf");
            const forged = [...form.fields.filter(([name]) => !["csrf", "once"].includes(name)), ...own];
            assertRefused(await specialist.post(form.action, forged), 403);
            assertRefused(await stranger.post(form.action, [...forged.filter(([name]) => name !== "csrf"), ...(await stranger.get("/cong-viec")).form(/\/dang-xuat/).fields]), 404);
            const elsewhere = await filed(citizen); // the step of one dossier under the address of another
            assertRefused(await receiver.post(`/cong-viec/${elsewhere.id}`, form.fields), 404);
            assert.equal(codeOf(await citizen.get(`/ho-so/${id}`)), undefined);

            assert.equal((await receiver.submit(form, { note: "" })).status, 200);
            const again = await receiver.submit(form, { note: "" });
            assertRefused(again, [404, 409]);
            const code = codeOf(await citizen.get(`/ho-so/${id}`));
            assert.match((await act(specialist, id, "pass")).text, new RegExp(code.replaceAll(".", "\\.")));
        });

        test("a section from a stale page is not kept, and what was typed is shown again", async () => {
            const id = await beginDraft(citizen);
            const list = await citizen.get(`/ho-so/${id}`);
            const first = await citizen.get(list.links(/\/phan\//)[0]);
            const stale = first.form(/\/phan\//);
            const token = stale.fields.filter(([name]) => ["csrf", "version"].includes(name));
            const answers = validAnswers(birth);
            assert.equal((await citizen.post(stale.action, [...token, ...boxes(answers)])).status, 200);
            const late = await citizen.post(stale.action, [...token, ...boxes({ ...answers, uy_quyen: true })]);
            assertRefused(late, [409, 422], /vừa được thay đổi/);
            assert.match(late.body, /name="uy_quyen"[^>]*value="yes"[^>]*checked/);
        });

        test("wrong answers come back with a sentence at each box and nothing is kept", async () => {
            const id = await beginDraft(citizen);
            await fillSections(citizen, id, validAnswers(birth));
            const page = await citizen.get(`/ho-so/${id}/phan/child`);
            const form = page.form(/\/phan\//);
            const token = form.fields.filter(([name]) => ["csrf", "version"].includes(name));
            const wrong = validAnswers(birth);
            wrong.child = { ...wrong.child, full_name: "<script>alert(1)</script>", birth_date: "2026-02-31", gender: "x".repeat(5000) };
            const refused = await citizen.post(form.action, [...token, ...boxes(wrong)]);
            assert.equal(refused.status, 422);
            assert.match(refused.text, /Có chỗ cần sửa/);
            assert.ok(refused.body.match(/govuk-error-message/g).length >= 2);
            assert.doesNotMatch(refused.body, /<script>alert/);
            assert.doesNotMatch(refused.text, /\{label\}|error\.form/);
            assert.match((await citizen.get(`/ho-so/${id}/phan/child`)).body, /Trần Nguyễn Gia Bảo/);
        });

        test("the same submission sent twice, at once or later, is one dossier", async () => {
            const id = await readyDraft(citizen);
            const form = (await citizen.get(`/ho-so/${id}/kiem-tra`)).form(/\/kiem-tra$/);
            const answers = await Promise.all(Array.from({ length: 6 }, () => citizen.submit(form, { declaration: "yes" })));
            const numbers = new Set(answers.map((page) => /TN-\d{6}-[0-9A-Z]{10}/.exec(page.body)?.[0] ?? `${page.status} ${page.text.slice(0, 200)}`));
            assert.equal(numbers.size, 1, [...numbers].join("\n"));
            const later = await citizen.submit(form, { declaration: "yes", submit_key: "01930000-0000-7000-8000-00000000000a" });
            assert.equal(later.address, `/ho-so/${id}/da-nop`);
            assert.ok(later.body.includes([...numbers][0]));
            assertRefused(await citizen.submit(form, { declaration: "yes", submit_key: "../../etc/passwd" }), [200, 400]);
            assert.match((await citizen.get(`/ho-so/${id}/phan/child`)).address, new RegExp(`/ho-so/${id}$`));
        });

        test("a draft with something missing is not filed", async () => {
            const id = await beginDraft(citizen);
            const form = (await citizen.get(`/ho-so/${id}/kiem-tra`)).form(/\/kiem-tra$/);
            const page = await citizen.submit(form, { declaration: "yes" });
            assert.equal(page.address, `/ho-so/${id}`);
            assert.equal((await citizen.get(`/tra-cuu?code=${id}`)).status, 404);
        });

        test("a form without its token, or with another's, changes nothing", async () => {
            const id = await readyDraft(citizen);
            const form = (await citizen.get(`/ho-so/${id}/kiem-tra`)).form(/\/kiem-tra$/);
            const rest = form.fields.filter(([name]) => name !== "csrf");
            assertRefused(await citizen.post(form.action, [...rest, ["declaration", "yes"]]), 403, /Biểu mẫu đã hết hạn/);
            const foreign = (await other.get("/tai-khoan")).form(/\/dang-xuat/).fields.find(([name]) => name === "csrf");
            assertRefused(await citizen.post(form.action, [...rest, foreign, ["declaration", "yes"]]), 403);
            assertRefused(await citizen.submit(form, { declaration: "yes" }, { headers: { "sec-fetch-site": "cross-site" } }), 403);
            assertRefused(await citizen.submit(form, { declaration: "yes" }, { headers: { origin: "https://evil.example" } }), 403);
            assert.match((await citizen.get(`/ho-so/${id}/kiem-tra`)).address, /kiem-tra$/);
            await file(citizen, id);
        });

        test("a session that has ended leads to the sign-in page and does nothing", async () => {
            const visitor = await signedIn(server, people.citizen);
            const id = await readyDraft(visitor);
            const form = (await visitor.get(`/ho-so/${id}/kiem-tra`)).form(/\/kiem-tra$/);
            const cookies = new Map(visitor.cookies);
            await visitor.signOut();
            visitor.cookies = cookies; // whoever kept the cookie has nothing
            const page = await visitor.submit(form, { declaration: "yes" });
            assert.match(page.address, /^\/dang-nhap/);
            assert.match((await visitor.get("/tai-khoan")).address, /^\/dang-nhap/);
            assert.match((await citizen.get(`/ho-so/${id}/kiem-tra`)).address, /kiem-tra$/);
            const forged = new Visitor(server);
            forged.cookies.set("motcua", "A".repeat(43));
            assert.match((await forged.get("/tai-khoan")).address, /^\/dang-nhap/);
        });

        test("broken text, wrong types and too much are refused with a page", async () => {
            const fresh = (await citizen.get("/tai-khoan")).form(/\/dang-xuat/).fields.find(([name]) => name === "csrf")[1];
            const id = await beginDraft(citizen);
            const path = `/ho-so/${id}/phan/start`;
            const type = { "content-type": "application/x-www-form-urlencoded" };
            assertRefused(await citizen.send("POST", path, { body: `csrf=${fresh}&uy_quyen=%ff%fe`, headers: type }), 400);
            assertRefused(await citizen.send("POST", path, { body: `csrf=${fresh}&uy_quyen=a%00b`, headers: type }), 400);
            assertRefused(await citizen.get("/thu-tuc?q=%ff%c0"), 400);
            assertRefused(await citizen.send("POST", path, { body: `csrf=${fresh}&${"a=1&".repeat(2000)}`, headers: type }), 413);
            assertRefused(await citizen.send("POST", path, { body: `csrf=${fresh}&a=${"x".repeat(3 << 20)}`, headers: type }), 413);
            assertRefused(await citizen.send("POST", path, { body: "{}", headers: { "content-type": "application/json" } }), 403);
            assertRefused(await citizen.send("POST", path, { body: "--x\r\nbroken", headers: { "content-type": "multipart/form-data; boundary=x" } }), 400);
            assertRefused(await citizen.send("DELETE", path), 405);
            assertRefused(await citizen.get("/khong-co-trang-nay"), 404);
            assertRefused(await citizen.get(`/ho-so/${id}/phan/khong-co`), 404);
        });

        test("a program is told in JSON (RFC 9457)", async () => {
            const answer = await new Visitor(server).get("/api/khong-co", { headers: { accept: "application/json" } });
            assert.equal(answer.status, 404);
            assert.match(answer.headers.get("content-type"), /^application\/problem\+json/);
            const { status, code, title, trace } = JSON.parse(answer.body);
            assert.deepEqual([status, code], [404, "http.no_page"]);
            assert.ok(title.length > 5 && trace.length === 32);
        });

        test("a paper of a wrong kind, an empty one and a huge one are told apart", async () => {
            const id = await beginDraft(citizen);
            await fillSections(citizen, id, validAnswers(birth));
            const form = (await citizen.get(`/ho-so/${id}/giay-to`)).forms().find((one) => /giay-to\/[^/]+$/.test(one.action));
            const send = (name, bytes, type = "application/pdf") => citizen.upload(form.action, form.fields, [{ name, bytes, type }]);
            for (const [name, bytes, words] of [
                ["a.pdf", Buffer.from("MZ\x90\x00 not a paper"), /Không nhận loại tệp này|Chỉ nhận|bị hỏng|tệp/],
                ["a.pdf", Buffer.from("<html><script>alert(1)</script></html>"), /tệp/],
                ["a.pdf", Buffer.alloc(0), /./],
                ["a.pdf", Buffer.concat([pdf("to"), Buffer.alloc(21 << 20)]), /lớn|MB/],
            ]) {
                const page = await send(name, bytes);
                assert.ok([200, 413, 422].includes(page.status), `${page.status} ${page.text.slice(0, 200)}`);
                assert.match(page.text, words);
                assert.doesNotMatch(page.text, /\{\w+\}/);
                assert.deepEqual((await citizen.get(`/ho-so/${id}/giay-to`)).links(/\/tep\//), []);
            }
            const odd = await citizen.upload(`/ho-so/${id}/giay-to/khong_co`, form.fields, [{ name: "a.pdf", bytes: pdf("a"), type: "application/pdf" }]);
            assertRefused(odd, 404);
            const named = await send("../../etc/\u202Epasswd<b>.pdf", pdf("ten"));
            assert.equal(named.status, 200);
            assert.doesNotMatch(named.body, /\.\.\/|<b>|\u202E/);
        });

        // N8, G13: guessing is slowed down for one account and for one address, and tells nothing.
        test("guessing passwords is slowed down and does not tell which accounts exist", async () => {
            const guess = async (email) => {
                const visitor = new Visitor(server, "203.0.113.7");
                return (await visitor.signIn(email, "sai mat khau nay")).text.match(/Lỗi: ([^.]*)/)?.[1];
            };
            const known = "chuyenvien.stp@demo.motcua.example";
            assert.equal(await guess(known), await guess("khong.co@demo.motcua.example"));
            for (let i = 0; i < 5; ++i) await guess(known);
            const right = await new Visitor(server, "203.0.113.8").signIn(known);
            assert.equal(right.status, 429);
            assert.match(right.text, /Đã sai quá nhiều lần/);
            const flood = await Promise.all(Array.from({ length: 40 }, async () => {
                const visitor = new Visitor(server, "198.51.100.9");
                return visitor.post("/dang-nhap", { email: "ai@demo.motcua.example", password: "x" });
            }));
            const limited = flood.filter((page) => page.status === 429);
            assert.ok(limited.length >= 10, `${limited.length}`);
            assert.ok(Number(limited[0].headers.get("retry-after")) > 0);
            assert.equal((await signedIn(server, people.leader, "192.0.2.1")).cookies.size > 0, true);
        });
    });
