// Every route that the program has, for everybody who might call it: who gets in, what a form needs, what every answer
// carries. A route that is not in the table below fails the suite. // N4, O18
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { actForm, beginDraft, filed, pdf, readyDraft } from "../functional/lib/city.mjs";
import { signedIn, Visitor } from "../functional/lib/visitor.mjs";
import { people } from "../functional/lib/city.mjs";
import { openHouse, raw, routesOf, tokenOf, who, wire } from "./lib/house.mjs";

// One letter for each of `who`: anonymous, owner, another citizen, the official who receives, an official of another agency,
// the administrator. "+" gets in, "-" is sent to sign in, refused or told that there is no such thing.
// `at` are the values of the path's parameters, `draft` and `spare` name another dossier than the one that is being processed,
// `send` is what a form holds besides its token, `upload` a paper.
const nobody = "01930000-0000-7000-8000-000000000001"; // of what is not there: nobody gets in
const table = {
    "GET /": { in: "++++++" },
    "GET /thu-tuc": { in: "++++++" },
    "GET /thu-tuc/:code": { in: "++++++", at: { code: "1.001193" } },
    "GET /tra-cuu": { in: "++++++" },
    "POST /tra-cuu": { in: "++++++" },
    "GET /kiem-tra": { in: "++++++" },
    "POST /kiem-tra": { in: "++++++" },
    "GET /dang-ky": { in: "++++++" },
    "POST /dang-ky": { in: "++++++" },
    "GET /dang-ky/da-gui": { in: "++++++" },
    "GET /xac-nhan/:link": { in: "++++++", at: { link: "A".repeat(43) } },
    "POST /xac-nhan/:link": { in: "++++++", at: { link: "A".repeat(43) } },
    "GET /dang-nhap": { in: "++++++" },
    "POST /dang-nhap": { in: "++++++", throwAway: true },
    "POST /dang-xuat": { in: "++++++", throwAway: true },
    "GET /quen-mat-khau": { in: "++++++" },
    "POST /quen-mat-khau": { in: "++++++" },
    "GET /quen-mat-khau/:link": { in: "++++++", at: { link: "A".repeat(43) } },
    "POST /quen-mat-khau/:link": { in: "++++++", at: { link: "A".repeat(43) } },
    "GET /tai-khoan": { in: "-+++++" },
    "GET /ho-so/nop/:code": { in: "-+++++", at: { code: "1.001193" } },
    "POST /ho-so/nop/:code": { in: "-+++++", at: { code: "1.001193" } },
    // Officials in whose region of data it lies (O18) are led to their own page; to administer a city is no reason to read dossiers.
    "GET /ho-so/:id": { in: "-+-+--" },
    "GET /ho-so/:id/tep/:file": { in: "-+-+--" },
    "GET /ho-so/:id/qr.svg": { in: "-+-+--" },
    "GET /ho-so/:id/da-nop": { in: "-+-+--" },
    "GET /ho-so/:id/bo-sung": { in: "-+-+--" }, // leads back, since nothing is asked for
    "POST /ho-so/:id/bo-sung": { in: "------" },
    "GET /ho-so/:id/rut": { in: "-+-+--" },
    "POST /ho-so/:id/rut": { in: "-+----", spare: true, send: { reason: "đổi ý" } },
    "GET /ho-so/:id/phan/:section": { in: "-+----", draft: true },
    "POST /ho-so/:id/phan/:section": { in: "-+----", draft: true },
    "GET /ho-so/:id/giay-to": { in: "-+----", draft: true },
    "POST /ho-so/:id/giay-to": { in: "-+----", draft: true },
    "POST /ho-so/:id/giay-to/:slot": { in: "-+----", draft: true, upload: true },
    "POST /ho-so/:id/giay-to/:slot/tai-quay": { in: "------", draft: true, send: { seen: "original" } }, // of what is filed at a counter
    "POST /ho-so/:id/giay-to/:slot/:file/xoa": { in: "-+----", draft: true },
    "GET /ho-so/:id/kiem-tra": { in: "-+----", draft: true },
    "POST /ho-so/:id/kiem-tra": { in: "-+----", draft: true },
    "POST /ho-so/:id/xoa": { in: "-+----", draft: true },
    "GET /danh-gia": { in: "++++++" },
    "GET /huong-dan": { in: "++++++" },
    "GET /lien-he": { in: "++++++" },
    "GET /bao-ve-du-lieu": { in: "++++++" },
    "GET /kha-nang-tiep-can": { in: "++++++" },
    "GET /phien": { in: "-+++++" },
    "POST /dang-nhap/giu-lai": { in: "++++++" },
    "GET /ho-so/:id/danh-gia": { in: "-+----" },
    "POST /ho-so/:id/danh-gia": { in: "-+----" },
    "GET /ho-so/:id/thanh-toan": { in: "-+----" },
    "POST /ho-so/:id/thanh-toan": { in: "-+----", send: { once: "01930000-0000-7000-8000-00000000000b", way: "vn.motcua.payment-vnpay:default" } },
    "GET /ho-so/:id/thanh-toan/:payment/ve": { in: "------", at: { payment: nobody } },
    "GET /ho-so/:id/thanh-toan/:payment/ma-qr": { in: "------", at: { payment: nobody } },
    "GET /hook/payment/:plugin/:profile": { in: "++++++", at: { plugin: "vn.motcua.payment-vnpay", profile: "default" } },
    "POST /hook/payment/:plugin/:profile": { in: "++++++", at: { plugin: "vn.motcua.payment-vnpay", profile: "default" } },
    "GET /cong-viec/danh-gia": { in: "---+++" },
    "GET /cong-viec/danh-gia/:agency": { in: "-----+", at: { agency: "phuong-ben-nghe" } },
    "GET /cong-viec/tiep-nhan": { in: "---++-" },
    "POST /cong-viec/tiep-nhan": { in: "---++-" },
    "GET /cong-viec/khoan-thu": { in: "---+++" },
    "GET /cong-viec/khoan-thu/:id/hoan": { in: "------", at: { id: nobody } },
    "POST /cong-viec/khoan-thu/:id/hoan": { in: "------", at: { id: nobody } },
    "GET /cong-viec/khoan-thu/tim": { in: "---+++" },
    "POST /cong-viec/khoan-thu/tim": { in: "---+++" },
    "GET /cong-viec/khoan-thu/:id/thu": { in: "------", at: { id: nobody } },
    "POST /cong-viec/khoan-thu/:id/thu": { in: "------", at: { id: nobody } },
    "GET /cong-viec/:id/thu-tien": { in: "---+--" }, // leads back, since nothing is due
    "POST /cong-viec/:id/thu-tien": { in: "---+--", send: { once: "01930000-0000-7000-8000-00000000000c", way: "vn.motcua.payment-counter:default" } },
    "GET /quan-tri/tai-khoan": { in: "-----+" },
    "GET /quan-tri/tai-khoan/moi": { in: "-----+" },
    "POST /quan-tri/tai-khoan/moi": { in: "-----+" },
    "GET /quan-tri/tai-khoan/:id": { in: "-----+", account: true },
    "POST /quan-tri/tai-khoan/:id/vai-tro": { in: "-----+", account: true },
    "POST /quan-tri/tai-khoan/:id/bo-vai-tro": { in: "-----+", account: true },
    "POST /quan-tri/tai-khoan/:id/khoa": { in: "-----+", account: true },
    "POST /quan-tri/tai-khoan/:id/mo-khoa": { in: "-----+", account: true },
    "POST /quan-tri/tai-khoan/:id/mat-khau": { in: "-----+", account: true },
    "GET /quan-tri/viec-gui-di": { in: "-----+" },
    "GET /quan-tri/viec-gui-di/:id/bo": { in: "-----+", at: { id: nobody } },
    "POST /quan-tri/viec-gui-di/:id/bo": { in: "------", at: { id: nobody } },
    "POST /quan-tri/viec-gui-di/:id/gui-lai": { in: "------", at: { id: nobody } },
    "GET /cong-viec/ky-nhieu": { in: "------" }, // of leaders
    "POST /cong-viec/ky-nhieu": { in: "------" },
    "GET /cong-viec/ky-nhieu/:batch": { in: "------", at: { batch: nobody } },
    "GET /cong-viec": { in: "---+++" },
    "GET /cong-viec/:id": { in: "---+--" },
    "POST /cong-viec/:id": { in: "---+--", send: "accept" },
    "GET /quan-tri": { in: "-----+" },
    "GET /quan-tri/mo-dun": { in: "-----+" },
    "GET /quan-tri/mo-dun/:id": { in: "-----+", at: { id: "vn.motcua.message-smtp" } },
    "POST /quan-tri/mo-dun/:id/save": { in: "-----+", at: { id: "vn.motcua.message-smtp" } },
    "POST /quan-tri/mo-dun/:id/test": { in: "-----+", at: { id: "vn.motcua.message-smtp" } },
    "POST /quan-tri/mo-dun/:id/enable": { in: "-----+", at: { id: "vn.motcua.message-smtp" } },
    "POST /quan-tri/mo-dun/:id/disable": { in: "-----+", at: { id: "vn.motcua.message-smtp" } },
    "POST /quan-tri/mo-dun/:id/try-again": { in: "-----+", at: { id: "vn.motcua.message-smtp" } },
};

const policy = { "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "font-src": "'self'", "connect-src": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'", "object-src": "'none'" };

function assertSafe(headers, about) {
    const get = (name) => (typeof headers.get === "function" ? headers.get(name) : headers[name]) ?? "";
    const said = Object.fromEntries(get("content-security-policy").split(";").map((part) => part.trim()).map((part) => [part.split(" ")[0], part.split(" ").slice(1).join(" ")]));
    if ("sandbox" in said) assert.equal(said["default-src"], "'none'", about);
    else for (const [name, value] of Object.entries(policy)) assert.equal(said[name], value, `${about}: ${name} of ${get("content-security-policy")}`);
    assert.doesNotMatch(get("content-security-policy"), /unsafe|\*/, about);
    assert.equal(get("x-content-type-options"), "nosniff", about);
    assert.equal(get("referrer-policy"), "same-origin", about);
    assert.equal(get("cross-origin-opener-policy"), "same-origin", about);
    assert.equal(get("cross-origin-resource-policy"), "same-origin", about);
    assert.equal(get("server"), "", about);
    assert.equal(get("x-powered-by"), "", about);
    const type = get("content-type");
    if (/^text\/|json|javascript/.test(type)) assert.match(type, /charset=utf-8/i, `${about}: ${type}`);
}

describe("every route", () => {
    let house, all, routes, draft, spare, accept, account;
    before(async () => {
        house = await openHouse();
        all = await routesOf(house.server);
        routes = all.filter((route) => route.name in table);
        draft = await readyDraft(house.owner);
        spare = (await filed(house.owner)).id;
        account = (await house.admin.get("/quan-tri/tai-khoan?q=chuyenvien.stp@demo.motcua.example")).links(/^\/quan-tri\/tai-khoan\/[0-9a-f-]{36}$/)[0]?.split("/").at(-1);
        assert.ok(account, "the administrator finds an account");
        const page = await house.official.get(`/cong-viec/${house.dossier}`);
        accept = Object.fromEntries(actForm(page, "accept").fields.filter(([name]) => !["csrf", "once"].includes(name)));
    });
    after(() => house.server.remove());

    // The path of a route with things that are there.
    function pathOf(route) {
        const row = table[route.name];
        const given = { id: row.account ? account : row.draft ? draft : row.spare ? spare : house.dossier, file: house.paper.split("/").at(-1), section: "child", slot: "giay_chung_sinh", ...row.at };
        return route.pattern.replace(/[:*](\w+)/g, (_, name) => encodeURIComponent(given[name]));
    }

    test("stands in the table, and nothing else does", () => {
        assert.deepEqual(all.map((route) => route.name).filter((name) => !(name in table)), [], "routes that nobody has thought about");
        assert.deepEqual(Object.keys(table).filter((name) => !all.some((route) => route.name === name)), [], "rows of routes that are gone");
    });

    test("lets in whom it should and nobody else", async () => {
        const wrong = [];
        for (const route of routes) {
            // Whoever must stay outside tries first, so that nothing is gone by then.
            const order = [...who.keys()].sort((a, b) => table[route.name].in[a].localeCompare(table[route.name].in[b])).reverse();
            for (const index of order) {
                const name = who[index];
                const expected = table[route.name].in[index];
                let visitor = house[name];
                if (table[route.name].throwAway)
                    visitor = name === "anonymous" ? new Visitor(house.server) : await signedIn(house.server, people.citizen, `198.51.100.${index}`);
                const options = { follow: false };
                const headers = { "x-forwarded-for": `203.0.113.${index}` };
                const { send, upload } = table[route.name];
                const fields = async () => ({ csrf: await tokenOf(visitor), ...(send === "accept" ? accept : send) });
                const page = route.method === "GET" ? await visitor.get(pathOf(route), options)
                    : upload ? await visitor.upload(pathOf(route), Object.entries(await fields()), [{ name: "a.pdf", bytes: pdf("a"), type: "application/pdf" }], { ...options, headers })
                    : await visitor.post(pathOf(route), await fields(), { ...options, headers });
                const away = route.access !== "public" && [303, 307].includes(page.status) && /^\/dang-nhap/.test(page.headers.get("location"));
                const got = away || [401, 403, 404].includes(page.status) ? "-" : "+";
                if (got !== expected) wrong.push(`${route.name} for ${name}: ${page.status} ${page.headers.get("location") ?? ""}, expected ${expected}`);
                if (page.status >= 500 && !(route.kind === "webhook" && page.status === 503)) wrong.push(`${route.name} for ${name}: ${page.status}`);
                if (route.access !== "public" && name === "anonymous") assert.ok(away, `${route.name} asks whom it does not know to sign in: ${page.status}`);
                assertSafe(page.headers, `${route.name} for ${name}`);
                if (got === "-") assert.doesNotMatch(page.body, /Gia Bảo|079192004567|Hồng Hạnh/);
                if (name !== "anonymous" && route.kind !== "webhook") assert.match(page.headers.get("cache-control"), /no-store|private/, `${route.name} for ${name} is kept by nobody else`);
            }
            if (route.name === "POST /ho-so/:id/xoa") draft = await readyDraft(house.owner);
        }
        assert.deepEqual(wrong, []);
    });

    test("takes no form without the token of this very session", async () => {
        const inside = (route) => house[who[table[route.name].in.lastIndexOf("+")]];
        draft = await readyDraft(house.owner);
        for (const route of routes) {
            if (route.method === "GET" || route.kind === "webhook") continue;
            const visitor = inside(route) ?? house.owner;
            const path = pathOf(route);
            const token = await tokenOf(visitor);
            const stranger = await tokenOf(house.citizen === visitor ? house.admin : house.citizen);
            for (const [what, fields, headers] of [
                ["none", {}, {}],
                ["an empty one", { csrf: "" }, {}],
                ["one of nonsense", { csrf: "A".repeat(86) }, {}],
                ["another's", { csrf: stranger }, {}],
                ["its own from another site", { csrf: token }, { "sec-fetch-site": "cross-site" }],
                ["its own from a neighbour", { csrf: token }, { "sec-fetch-site": "same-site" }],
                ["its own from another origin", { csrf: token }, { origin: "https://evil.example" }],
                ["its own from nowhere", { csrf: token }, { origin: "null" }],
            ]) {
                const page = await visitor.post(path, fields, { follow: false, headers: { "x-forwarded-for": `192.0.2.${Math.floor(Math.random() * 250)}`, ...headers } });
                assert.equal(page.status, 403, `${route.name} with ${what}: ${page.status} ${page.headers.get("location") ?? ""}`);
            }
            const json = await visitor.send(route.method, path, { body: "{}", follow: false, headers: { "content-type": "application/json", "x-forwarded-for": "192.0.2.251" } });
            assert.ok([400, 403, 415].includes(json.status), `${route.name} with JSON: ${json.status}`);
        }
        assert.equal((await house.owner.get(`/ho-so/${draft}/kiem-tra`)).status, 200); // nothing was done to it
    });

    test("answers other methods by 405 and a list", async () => {
        for (const route of routes) {
            if (routes.some((other) => other.pattern === route.pattern && other.method === "DELETE")) continue;
            const page = await house.owner.send("DELETE", pathOf(route), { follow: false });
            assert.equal(page.status, 405, `${route.name}: ${page.status}`);
            assert.match(page.headers.get("allow"), new RegExp(`\\b${route.method}\\b`));
        }
        for (const method of ["TRACE", "CONNECT", "PROPFIND"])
            assert.ok([400, 405, 501].includes((await wire(house.server, `${method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).status), method);
    });

    test("every error carries the same care as a page, the front's own too", async () => {
        const { server } = house;
        const answers = {
            "no page": await raw(server, { path: "/khong-co" }),
            "broken query": await raw(server, { path: "/thu-tuc?q=%ff" }),
            "broken path": await raw(server, { path: "/%zz" }),
            "no such asset": await raw(server, { path: "/static/none.css" }),
            "long address": await raw(server, { path: `/${"a".repeat(20_000)}` }),
            "large head": await raw(server, { headers: { "x-much": "y".repeat(20_000) } }),
            "two lengths": await wire(server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
            "no host": await wire(server, "GET / HTTP/1.1\r\n\r\n"),
            "another version": await wire(server, "GET / HTTP/3.7\r\nHost: x\r\n\r\n"),
            "too large": await wire(server, "POST /dang-nhap HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"),
            "program": await raw(server, { path: "/api/none", headers: { accept: "application/json" } }),
        };
        for (const [what, answer] of Object.entries(answers)) {
            assert.ok(answer.status >= 400 && answer.status < 600, `${what}: ${answer.status}`);
            assertSafe(answer.headers, what);
            assert.doesNotMatch(answer.body, /sqlite|postgres|\.cpp|std::|exception|stack|motcua::/i, what);
            if (!["program", "no such asset"].includes(what)) assert.match(answer.body, /<h1/, `${what}: ${answer.body.slice(0, 200)}`);
        }
        const asset = (await raw(server)).body.match(/\/static\/[^"]+\.css/)[0];
        const style = await raw(server, { path: asset });
        assert.equal(style.status, 200);
        assertSafe(style.headers, asset);
    });

    test("behind a proxy that speaks TLS: HSTS, and cookies that only TLS carries", async () => {
        const page = await raw(house.server, { path: "/dang-nhap", headers: { "x-forwarded-proto": "https" } });
        assert.match(page.headers["strict-transport-security"], /max-age=31536000/);
        assert.match(page.headers["set-cookie"][0], /^__Host-motcua=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
        assert.match((await raw(house.server, { path: "/dang-nhap" })).headers["set-cookie"][0], /^motcua=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    });

    test("a draft's paper is handed in by its owner only", async () => {
        const id = await beginDraft(house.owner);
        const fields = [["csrf", await tokenOf(house.citizen)]];
        const page = await house.citizen.upload(`/ho-so/${id}/giay-to/giay_chung_sinh`, fields, [{ name: "a.pdf", bytes: pdf("a"), type: "application/pdf" }]);
        assert.equal(page.status, 404);
    });
});
