// Fees paid without a page of a provider, over HTTP: a VietQR code that a camera reads and the bank's signed notification,
// cash that an official takes at the counter for a draft and for a dossier that was filed there. // O2, P10, X6
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { file, fillSections, people, problems, readyDraft, validAnswers } from "./lib/city.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn } from "./lib/visitor.mjs";
import { wordsOf } from "./lib/words.mjs";

const vietqr = "vn.motcua.payment-vietqr", cash = "vn.motcua.payment-counter";
const copies = "2.000635"; // 8,000 đ a copy
const account = "113366668888", notifySecret = "KEY-OF-THE-BANK-2020";
const said = wordsOf("default", "vi");
const fill = (key, values = {}) => said.get(key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? `{${name}}`);

// What a camera would read of the picture.
function codeOn(svg) {
    const side = Number(/viewBox="0 0 (\d+) /.exec(svg)[1]), scale = 6;
    const dark = new Set();
    for (const [, x, y, run] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1/g))
        for (let i = 0; i < Number(run); ++i) dark.add(`${Number(x) + i},${y}`);
    const pixels = Buffer.alloc((side * scale) ** 2, 255);
    for (let y = 0; y < side * scale; ++y)
        for (let x = 0; x < side * scale; ++x)
            if (dark.has(`${Math.floor(x / scale)},${Math.floor(y / scale)}`)) pixels[y * side * scale + x] = 0;
    const folder = mkdtempSync(join(tmpdir(), "motcua-qr-"));
    writeFileSync(join(folder, "code.pgm"), Buffer.concat([Buffer.from(`P5\n${side * scale} ${side * scale}\n255\n`), pixels]));
    const read = execFileSync("zbarimg", ["-q", "--raw", join(folder, "code.pgm")], { encoding: "utf8" }).trim();
    rmSync(folder, { recursive: true });
    return read;
}

for (const backend of backends)
    describe(`paying without a provider's page on ${backend}`, () => {
        const server = new Server({ backend });
        let citizen, stranger, receiver, leader, elsewhere;

        async function switchOn(admin, plugin, settings) {
            const list = await admin.get("/quan-tri/mo-dun");
            assert.equal((await admin.submit(list.form(new RegExp(`${plugin}/enable`)))).status, 200);
            const page = await admin.get(`/quan-tri/mo-dun/${plugin}?profile=default`);
            const boxes = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`setting-${name}`, value]));
            const saved = await admin.submit(page.form(/\/save/), boxes);
            assert.equal(saved.status, 200, problems(saved));
        }

        before(async () => {
            await server.start();
            const admin = await signedIn(server, "quantri@demo.motcua.example");
            await switchOn(admin, vietqr, { bankBin: "970415", bankName: "VietinBank", account, accountName: "UBND QUAN 1", notifySecret });
            await switchOn(admin, cash, { series: "BL/20" });
            [citizen, stranger, receiver, leader, elsewhere] = await Promise.all([people.citizen, "binh@demo.motcua.example", people.receiver, people.leader,
                "tiepnhan.sxd@demo.motcua.example"].map((email) => signedIn(server, email)));
        });
        after(() => server.remove());

        const draft = () => readyDraft(citizen, { code: copies, answers: { ...validAnswers(copies), copies: 2 } });
        const payPage = (id, visitor = citizen) => visitor.get(`/ho-so/${id}/thanh-toan`);
        async function choose(id, plugin) {
            const page = await payPage(id);
            const form = page.forms().find((one) => one.buttons.some(([name, value]) => name === "way" && value.startsWith(plugin)));
            assert.ok(form, `no way by ${plugin}: ${page.text.slice(0, 600)}`);
            return citizen.submit(form, { way: form.buttons.find(([name, value]) => name === "way" && value.startsWith(plugin))[1] });
        }
        const referenceOn = (page) => /TT-\d{6}-[0-9A-Z]+/.exec(page.text)?.[0];
        async function tell(body, key = notifySecret) {
            const text = JSON.stringify(body);
            const answer = await fetch(`${server.address}/hook/payment/${vietqr}/default`, { method: "POST", body: text,
                headers: { "Content-Type": "application/json", "X-Signature": createHmac("sha256", key).update(text).digest("hex") } });
            return { status: answer.status, code: (await answer.json()).code };
        }

        test("a VietQR code is read by a camera, and only the bank's signed word pays", async () => {
            const id = await draft();
            const page = await choose(id, vietqr);
            assert.equal(page.address, `/ho-so/${id}/thanh-toan`);
            for (const words of ["VietinBank", account, "UBND QUAN 1", "16.000 đ", said.get("payment.transfer_lead")]) assert.ok(page.text.includes(words), `${words} in ${page.text}`);
            const picture = /src="(\/ho-so\/[^"]*\/ma-qr)"/.exec(page.body)[1];
            const svg = await citizen.get(picture);
            assert.match(svg.headers.get("content-type"), /^image\/svg\+xml/);
            const read = codeOn(svg.body);
            const content = /TT\d{6}[0-9A-Z]{10}/.exec(read)?.[0];
            assert.ok(read.startsWith("000201010212") && read.includes("A000000727") && read.includes(account) && read.includes("540516000"), read);
            assert.ok(page.text.includes(content), `${content} in ${page.text}`);
            assert.equal((await stranger.get(picture)).status, 404);
            assert.equal((await payPage(id, stranger)).status, 404);

            const came = { transactionId: `FT-${id}`, account, amount: 16000, currency: "VND", content: `CT DEN ${content} NGUYEN VAN AN`, time: "2020-07-13T10:15:30+07:00" };
            assert.deepEqual(await tell(came, "another key"), { status: 401, code: "97" });
            assert.deepEqual(await tell({ ...came, transactionId: "FT-1", content: "ung ho" }), { status: 200, code: "01" });
            assert.deepEqual(await tell({ ...came, transactionId: "FT-2", amount: 1600 }), { status: 200, code: "04" });
            assert.doesNotMatch((await payPage(id)).text, /Đã nhận 16\.000 đ/);
            assert.deepEqual(await tell(came), { status: 200, code: "00" });
            assert.deepEqual(await tell(came), { status: 200, code: "02" });
            assert.match((await payPage(id)).text, /Đã nhận 16\.000 đ/);
            await file(citizen, id);
            assert.ok((await receiver.get(`/cong-viec/${id}`)).text.includes(`FT-${id}`));
        });

        test("cash for a draft: the citizen brings the reference, the desk of that agency takes it, once", async () => {
            const id = await draft();
            const page = await choose(id, cash);
            const reference = referenceOn(page);
            assert.ok(reference && page.text.includes(said.get("payment.counter_lead")) && page.text.includes("Bến Nghé"), page.text);
            assert.doesNotMatch(page.body, /ma-qr/);
            const search = (official, words = reference) => official.get("/cong-viec/khoan-thu/tim").then((form) => official.submit(form.form(/\/tim$/), { reference: words }));
            assert.ok((await search(elsewhere)).text.includes(said.get("error.payment.none")));
            assert.ok((await search(leader)).text.includes(said.get("error.payment.not_at_counter")));
            const found = await search(receiver, ` ${reference} `);
            assert.match(found.address, /^\/cong-viec\/khoan-thu\/[0-9a-f-]{36}\/thu$/);
            assert.equal((await leader.get(found.address)).status, 403);
            assert.equal((await elsewhere.get(found.address)).status, 404);
            const form = found.form(/\/thu$/);
            const stale = await receiver.submit(form, { amount: "1" });
            assert.ok(stale.text.includes(said.get("error.payment.amount_differs")), stale.text);
            const taken = await receiver.submit(form);
            assert.match(taken.text, /Đã ghi nhận 16\.000 đ\. Số chứng từ: BL\/20-\d{7}/);
            const number = /BL\/20-\d{7}/.exec(taken.text)[0];
            await receiver.submit(form); // sent twice
            const paid = await payPage(id);
            assert.ok(paid.text.includes(fill("payment.receipt", { number })), paid.text);
            await file(citizen, id);
            const desk = await receiver.get(`/cong-viec/${id}`);
            assert.ok(desk.text.includes(fill("money.receipt", { number })), desk.text);
            assert.deepEqual(desk.links(/\/thu(-tien)?$/), []);
            const money = await receiver.get("/cong-viec/khoan-thu");
            assert.ok(!money.text.includes(reference) && money.links(/\/tim$/).length === 1);
        });

        test("the fee of a dossier that was filed at the counter is taken on its page", async () => {
            const begin = await receiver.get("/cong-viec/tiep-nhan");
            const agency = /<select[^>]*name="agency"[\s\S]*?<option value="([^"]+)"/.exec(begin.body)[1];
            const begun = await receiver.submit(begin.form(/tiep-nhan$/), { procedure: copies, agency, full_name: "Trần Minh Đức", national_id: "079090012345", phone: "0912 345 678" });
            const id = /^\/ho-so\/([0-9a-f-]{36})$/.exec(begun.address)?.[1];
            assert.ok(id, problems(begun));
            await fillSections(receiver, id, { ...validAnswers(copies), copies: 2 });
            let papers = await receiver.get(`/ho-so/${id}/giay-to`);
            for (const slot of papers.forms().filter((form) => /\/tai-quay$/.test(form.action)))
                papers = await receiver.submit(slot, { seen: "original" });
            await receiver.submit(papers.form(/\/giay-to$/));
            const check = await receiver.get(`/ho-so/${id}/kiem-tra`);
            const filed = await receiver.submit(check.form(/\/kiem-tra$/), { declaration: "yes" });
            assert.equal(filed.address, `/cong-viec/${id}`, problems(filed));
            const [take] = filed.links(/\/thu-tien$/);
            assert.ok(take, filed.text);
            assert.deepEqual((await leader.get(`/cong-viec/${id}`)).links(/\/thu-tien$/), []);
            assert.equal((await leader.get(take)).status, 403);
            const page = await receiver.get(take);
            const form = page.form(/\/thu-tien$/);
            const way = form.buttons.find(([name, value]) => name === "way" && value.startsWith(cash))[1];
            const taken = await receiver.submit(form, { way });
            assert.match(taken.text, /Số chứng từ: BL\/20-\d{7}/, taken.text.slice(0, 900));
            assert.deepEqual(taken.links(/\/thu-tien$/), []);
            const number = /BL\/20-\d{7}/.exec(taken.text)[0];
            const twice = await receiver.submit(form, { way });
            assert.ok(twice.text.includes(number));
            assert.equal((await receiver.get(take)).address, `/cong-viec/${id}`); // nothing is due any more
        });
    });
