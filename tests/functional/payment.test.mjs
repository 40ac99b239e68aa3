// A fee paid online over HTTP, at the demonstration bank (tools/simulators/vnpay): every way it may go, and that money
// counts once. // P10, O1, O2, X6
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";
import { Bank } from "../../tools/simulators/vnpay/bank.mjs";
import { act, beginDraft, file, people, readyDraft, validAnswers } from "./lib/city.mjs";
import { configureMail, Mailbox } from "./lib/mailbox.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn, Visitor } from "./lib/visitor.mjs";
import { wordsOf } from "./lib/words.mjs";

const plugin = "vn.motcua.payment-vnpay";
const copies = "2.000635"; // 8,000 đ a copy
const terminal = "MOTCUATS", secret = "SECRETOFTHEFUNCTIONALTEST";
const said = wordsOf("default", "vi");
const fill = (key, values = {}) => said.get(key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? `{${name}}`);

async function until(holds, what) {
    for (let i = 0; i < 300; ++i) {
        const found = await holds();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.fail(`in vain: ${what}`);
}

// The process of a plugin: the child of the server that has its library open.
function pluginProcess(server, library) {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        try {
            const parent = /\nPPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1];
            if (parent === String(server.process.pid) && readFileSync(`/proc/${pid}/maps`, "utf8").includes(library)) return Number(pid);
        } catch { /* gone meanwhile */ }
    }
    return undefined;
}

for (const backend of backends)
    describe(`payment on ${backend}`, () => {
        const server = new Server({ backend, set: { "payments.ask_after": 1 } });
        const mailbox = new Mailbox();
        let bank, citizen, receiver, leader;

        before(async () => {
            await server.start();
            await configureMail(server, await mailbox.listen());
            const hook = `${server.address}/hook/payment/${plugin}/default`;
            bank = new Bank({ terminal, secret, notifyUrl: hook, retryMs: 200 });
            const address = await bank.listen();
            [citizen, receiver, leader] = await Promise.all([people.citizen, people.receiver, people.leader].map((email) => signedIn(server, email)));
            const id = await draft();
            const none = await citizen.get(`/ho-so/${id}/thanh-toan`);
            assert.equal(none.status, 200);
            assert.ok(none.text.includes(said.get("payment.no_way"))); // nobody takes money yet
            assert.deepEqual(none.forms().filter((form) => /thanh-toan/.test(form.action)), []);

            const admin = await signedIn(server, "quantri@demo.motcua.example");
            const list = await admin.get("/quan-tri/mo-dun");
            assert.equal((await admin.submit(list.form(new RegExp(`${plugin}/enable`)))).status, 200);
            const settings = await admin.get(`/quan-tri/mo-dun/${plugin}?profile=default`);
            assert.ok(settings.text.includes(hook), "the address to tell the provider");
            const saved = await admin.submit(settings.form(/\/save/), { "setting-tmnCode": terminal, "setting-hashSecret": secret,
                "setting-payUrl": `${address}/paymentv2/vpcpay.html`, "setting-apiUrl": `${address}/merchant_webapi/api/transaction` });
            assert.equal(saved.status, 200, saved.text.slice(0, 600));
            assert.ok(saved.text.includes(fill("notice.plugin_saved", { name: "Thanh toán qua VNPay" })), saved.text.slice(0, 900));
        });
        after(async () => {
            await bank?.close();
            mailbox.close();
            await server.remove();
        });
        beforeEach(() => { bank.faults = {}; });

        const draft = (visitor = citizen) => readyDraft(visitor, { code: copies, answers: { ...validAnswers(copies), copies: 2 } });
        const payPage = (id, visitor = citizen) => visitor.get(`/ho-so/${id}/thanh-toan`);
        const state = (name) => said.get(`payment.state.${name}`);

        // The button of the page: where it leads, and the page's form for a second click.
        async function begin(id, visitor = citizen) {
            const page = await payPage(id, visitor);
            const form = page.forms().find((one) => one.buttons.some(([name, value]) => name === "way" && value.startsWith(plugin)));
            assert.ok(form, `no way to pay on ${page.address}: ${page.text.slice(0, 600)}`);
            const way = form.buttons.find(([name]) => name === "way")[1];
            const away = await visitor.submit(form, { way }, { follow: false });
            assert.equal(away.status, 303, away.text.slice(0, 600));
            return { url: away.headers.get("location"), form, way };
        }

        // What the citizen does at the bank; where the bank sends the browser back to.
        async function atBank(url, choice, fault = "none") {
            const shown = await (await fetch(url)).text();
            const order = /name="order" value="([^"]+)"/.exec(shown)?.[1];
            assert.ok(order, shown.slice(0, 400));
            const gone = await fetch(new URL("/decide", url), { method: "POST", redirect: "manual", body: new URLSearchParams({ order, choice, fault }) });
            assert.equal(gone.status, 303);
            const back = new URL(gone.headers.get("location"));
            assert.equal(back.origin, server.address);
            return back.pathname + back.search;
        }

        async function paid(visitor = citizen) {
            const id = await draft(visitor);
            const { url } = await begin(id, visitor);
            await visitor.get(await atBank(url, "pay"));
            return id;
        }
        const referenceOf = (url) => new URL(url).searchParams.get("vnp_TxnRef");
        const lastAnswers = (count) => bank.notices.slice(-count).map((notice) => JSON.parse(notice.answer).RspCode);

        test("a fee is paid, then the dossier is filed, and both sides see the money", async () => {
            const id = await draft();
            const list = await citizen.get(`/ho-so/${id}`);
            assert.ok(list.text.includes(fill("tasks.fee", { amount: "16.000 đ" })));
            assert.equal((await citizen.get(`/ho-so/${id}/kiem-tra`)).address, `/ho-so/${id}/thanh-toan`); // nothing is filed before
            const page = await payPage(id);
            assert.match(page.text, /Phí cấp bản sao Trích lục hộ tịch, 2 bản 8\.000 đ\/bản 16\.000 đ/);
            assert.match(page.headers.get("content-security-policy"), /form-action 'self' http:\/\/localhost:\d+/);
            const { url } = await begin(id);
            const asked = new URL(url).searchParams;
            assert.equal(asked.get("vnp_Amount"), "1600000");
            assert.doesNotMatch(url, /Nguy|Hanh|0790|an%40/); // no personal data leaves
            const back = await citizen.get(await atBank(url, "pay"));
            assert.equal(back.address, `/ho-so/${id}/thanh-toan`);
            assert.ok(back.text.includes(asked.get("vnp_TxnRef")) && back.text.includes("Đã nhận 16.000 đ"));
            assert.deepEqual(lastAnswers(1), ["00"]);
            assert.deepEqual(back.links(/^\/ho-so\/.*kiem-tra$/), [`/ho-so/${id}/kiem-tra`]);
            const letter = await mailbox.letter(people.citizen, /Chúng tôi đã nhận 16\.000 đ/);
            assert.ok(letter.includes(`/ho-so/${id}`) && !/Biên lai/.test(letter)); // no receipt is promised that is not there
            await file(citizen, id);
            const mine = await citizen.get(`/ho-so/${id}`);
            assert.ok(mine.text.includes(asked.get("vnp_TxnRef")) && mine.text.includes(said.get("event.paid")));
            const desk = await receiver.get(`/cong-viec/${id}`);
            assert.ok(desk.text.includes(asked.get("vnp_TxnRef")) && desk.text.includes(state("paid")));
            assert.deepEqual(desk.links(/\/hoan$/), []); // the fee of an open dossier stays
        });

        test("after a refusal and a cancellation the next attempt pays", async () => {
            const id = await draft();
            for (const choice of ["fail", "cancel"]) {
                const back = await citizen.get(await atBank((await begin(id)).url, choice));
                assert.match(back.text, /không thành công/);
                assert.equal((await citizen.get(`/ho-so/${id}/kiem-tra`)).address, `/ho-so/${id}/thanh-toan`);
            }
            assert.match((await citizen.get(await atBank((await begin(id)).url, "pay"))).text, /Đã nhận 16\.000 đ/);
        });

        test("clicked twice, in two tabs, and after the end: one attempt each time", async () => {
            const id = await draft();
            const first = await begin(id);
            const again = await citizen.submit(first.form, { way: first.way }, { follow: false });
            assert.equal(again.headers.get("location"), first.url);
            const [one, two] = await Promise.all([1, 2].map(() => citizen.submit(first.form, { way: first.way }, { follow: false })));
            assert.deepEqual([one.headers.get("location"), two.headers.get("location")], [first.url, first.url]);
            const waiting = await payPage(id);
            assert.ok(waiting.text.includes(said.get("payment.open_again")));
            assert.equal((await begin(id)).url, first.url);
            await citizen.get(await atBank(first.url, "pay"));
            const late = await citizen.submit(first.form, { way: first.way });
            assert.match(late.text, /Đã nhận 16\.000 đ/);
        });

        test("a notification that comes twice counts once; one that is forged, or of another amount, counts never", async () => {
            const id = await draft();
            const { url } = await begin(id);
            await atBank(url, "pay", "twice");
            assert.deepEqual(lastAnswers(2), ["00", "02"]);
            const desk = await draft();
            const forged = await begin(desk);
            await atBank(forged.url, "pay", "forged");
            assert.deepEqual(lastAnswers(1), ["97"]);
            const hook = `/hook/payment/${plugin}/default?${bank.notices.at(-1).query}`;
            assert.equal(JSON.parse((await new Visitor(server).get(hook)).body).RspCode, "97");
            assert.ok(!(await payPage(desk)).text.includes("Đã nhận"), "not counted before the bank is asked");
        });

        test("another amount is not counted, and officials see it", async () => {
            bank.faults.api = "down"; // so that only the notification speaks
            const id = await draft();
            const { url } = await begin(id);
            await atBank(url, "pay", "wrong_amount");
            assert.deepEqual(lastAnswers(1), ["04"]);
            assert.doesNotMatch((await payPage(id)).text, /Đã nhận/);
            const money = await receiver.get("/cong-viec/khoan-thu");
            assert.ok(money.text.includes(referenceOf(url)) && money.text.includes("160.000 đ"), money.text.slice(0, 900));
        });

        test("a lost notification is made up: by the browser's return, by the citizen's question, by the server's own", async () => {
            for (const way of ["return", "ask", "server"]) {
                const id = await draft();
                const { url } = await begin(id);
                const back = await atBank(url, "pay", "no_ipn");
                if (way === "return") await citizen.get(back);
                if (way === "ask") await citizen.submit((await payPage(id)).forms().find((form) => form.buttons.some(([name]) => name === "ask")), { ask: "again" });
                await until(async () => /Đã nhận 16\.000 đ/.test((await payPage(id)).text), `paid by ${way}`);
                assert.ok(!bank.notices.some((notice) => notice.query.includes(referenceOf(url))));
            }
        });

        test("a bank that is slow, half answers or signs wrongly is believed in nothing and asked again", async () => {
            const id = await draft();
            const { url } = await begin(id);
            for (const api of ["half", "forged", "down"]) {
                bank.faults = { api };
                const back = await citizen.get(await atBank(url, "pay", "no_ipn").catch(() => `/ho-so/${id}/thanh-toan`));
                assert.doesNotMatch(back.text, /Đã nhận/, api);
            }
            bank.faults = {};
            await until(async () => /Đã nhận 16\.000 đ/.test((await payPage(id)).text), "paid once the bank answers");
        });

        test("a return that nobody signed changes nothing", async () => {
            bank.faults.api = "down";
            const id = await draft();
            const { url } = await begin(id);
            const back = new URL(new URL(url).searchParams.get("vnp_ReturnUrl"));
            for (const query of ["", "?vnp_ResponseCode=00&vnp_TransactionStatus=00&vnp_SecureHash=00"])
                assert.doesNotMatch((await citizen.get(back.pathname + query)).text, /Đã nhận/);
            const stranger = await signedIn(server, "binh@demo.motcua.example");
            assert.equal((await stranger.get(back.pathname)).status, 404);
        });

        test("money for a dossier that was withdrawn is kept, seen, and goes back once", async () => {
            const id = await paid();
            await file(citizen, id);
            const form = (await citizen.get(`/ho-so/${id}/rut`)).form(/\/rut$/);
            await citizen.submit(form, { reason: "Không cần nữa" });
            const seen = await receiver.get("/cong-viec/khoan-thu");
            assert.ok(seen.text.includes(said.get("money.why_ended")));
            assert.deepEqual(seen.links(/\/hoan$/), []); // the desk sees it, a leader decides
            const desk = await leader.get(`/cong-viec/${id}`);
            const [refund] = desk.links(/\/hoan$/);
            assert.ok(refund, desk.text.slice(-600));
            assert.equal((await receiver.post(refund, (await receiver.get(refund)).form(/hoan$/).fields)).status, 403);
            const ask = (await leader.get(refund)).form(/hoan$/);
            assert.equal((await leader.submit(ask, { reason: "  " })).status, 422);
            const before = bank.refunds;
            const both = await Promise.all([1, 2].map(() => leader.submit(ask, { reason: "Người dân đã rút hồ sơ" })));
            for (const answer of both) assert.equal(answer.status, 200, answer.text.slice(0, 300));
            await until(async () => (await citizen.get(`/ho-so/${id}`)).text.includes(state("refunded")), "refunded");
            assert.equal(bank.refunds, before + 1);
            assert.ok(!JSON.stringify(bank.asked.filter((one) => one.vnp_Command === "refund")).includes("rút"), "the official's words stay here");
            assert.ok((await leader.get(`/cong-viec/${id}`)).text.includes(state("refunded")));
        });

        test("a notification after the withdrawal is recorded; a refused refund says so and may be ordered again", async () => {
            const id = await paid();
            await file(citizen, id);
            await act(receiver, id, "reject", "Không thuộc thẩm quyền");
            const [refund] = (await leader.get(`/cong-viec/${id}`)).links(/\/hoan$/);
            bank.faults.refund = "refuse";
            await leader.submit((await leader.get(refund)).form(/hoan$/), { reason: "Không tiếp nhận" });
            await until(async () => (await leader.get(`/cong-viec/${id}`)).text.includes(state("refund_refused")), "refused");
            bank.faults = {};
            await leader.submit((await leader.get(refund)).form(/hoan$/), { reason: "Không tiếp nhận" });
            await until(async () => (await leader.get(`/cong-viec/${id}`)).text.includes(state("refunded")), "refunded");
        });

        test("killing the plugin at any moment loses nothing, and counts nothing twice", async () => {
            const kill = async () => process.kill(await until(() => pluginProcess(server, "payment-vnpay.so"), "the plugin runs"), "SIGKILL");
            // Between the page and the notification; the provider repeats where it is told 503.
            const id = await draft();
            const { url } = await begin(id);
            await kill();
            await atBank(url, "pay");
            await until(async () => /Đã nhận 16\.000 đ/.test((await payPage(id)).text), "paid after the kill");
            // While notifications come in.
            const other = await draft();
            const second = await begin(other);
            const decided = atBank(second.url, "pay", "twice");
            await kill();
            await decided;
            await until(async () => /Đã nhận 16\.000 đ/.test((await payPage(other)).text), "paid through the kill");
            await file(citizen, other);
            // In the middle of a refund.
            await citizen.submit((await citizen.get(`/ho-so/${other}/rut`)).form(/\/rut$/), { reason: "Không cần nữa" });
            const [refund] = (await leader.get(`/cong-viec/${other}`)).links(/\/hoan$/);
            const before = bank.refunds;
            bank.faults.apiDelayMs = 1500;
            const ordered = bank.asked.length;
            await leader.submit((await leader.get(refund)).form(/hoan$/), { reason: "Người dân đã rút hồ sơ" });
            await until(() => bank.asked.slice(ordered).some((one) => one.vnp_Command === "refund"), "the order is on its way");
            await kill();
            bank.faults = {};
            await until(async () => (await leader.get(`/cong-viec/${other}`)).text.includes(state("refunded")), "refunded after the kill");
            assert.equal(bank.refunds, before + 1);
        });

        test("a plugin that is switched off: 503 to the provider, clear words to the citizen, nothing lost", async () => {
            const id = await draft();
            const { url } = await begin(id);
            const admin = await signedIn(server, "quantri@demo.motcua.example");
            const flip = async (word) => admin.submit((await admin.get("/quan-tri/mo-dun")).form(new RegExp(`${plugin}/${word}`)));
            await flip("disable");
            bank.faults.notice = "none";
            await atBank(url, "pay");
            assert.equal(bank.notices.at(-1).status, 503);
            const hook = await new Visitor(server).get(`/hook/payment/${plugin}/default?${bank.notices.at(-1).query}`);
            assert.deepEqual([hook.status, hook.headers.get("retry-after")], [503, "60"]);
            const page = await payPage(id);
            assert.equal(page.status, 200);
            assert.ok(page.text.includes(said.get("payment.no_way")));
            await flip("enable");
            await until(async () => /Đã nhận 16\.000 đ/.test((await payPage(id)).text), "the provider's repetition");
        });

        test("what others must not do: a stranger's dossier, a missing token, another way, a forged state", async () => {
            const id = await draft();
            const stranger = await signedIn(server, "binh@demo.motcua.example");
            assert.equal((await payPage(id, stranger)).status, 404);
            assert.equal((await receiver.get(`/ho-so/${id}/thanh-toan`)).status, 404);
            const { form, way } = await begin(id);
            const own = (await stranger.get("/tai-khoan")).forms()[0].fields.find(([name]) => name === "csrf");
            assert.equal((await stranger.post(form.action, [own, ["once", "0123456789abcdef"], ["way", way]])).status, 404);
            assert.equal((await citizen.post(form.action, { way })).status, 403);
            const wrong = await citizen.submit(form, { way: "vn.motcua.message-smtp:default" });
            assert.equal(wrong.status, 422);
            assert.ok(wrong.text.includes(said.get("error.payment.no_such_way")));
            assert.match((await new Visitor(server).get(`/ho-so/${id}/thanh-toan`)).address, /^\/dang-nhap/);
            assert.equal((await citizen.get("/cong-viec/khoan-thu")).status, 403);
            for (const path of ["/hook/payment/x/y", `/hook/payment/${plugin}/none?vnp_TxnRef=1`, `/hook/payment/${plugin}/DROP%20TABLE`])
                assert.equal((await new Visitor(server).get(path)).status, 503, path);
            // A draft that is not answered yet is not paid: what it costs may still change.
            const bare = await beginDraft(citizen, { code: copies });
            assert.equal((await payPage(bare)).address, `/ho-so/${bare}`);
            assert.equal((await citizen.post(`/ho-so/${bare}/thanh-toan`, form.fields.concat([["way", way]]))).address, `/ho-so/${bare}`);
        });
    });
