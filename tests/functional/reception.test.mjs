// Reception at the counter over HTTP: an official files for who stands before him, the dossier is accepted at once, the receipt
// is printed, and the applicant follows it by code and telephone number. // O1, O7, O23, P12
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { act, beginDraft, birth, codeOf, fillSections, handOut, pdf, people, problems, validAnswers } from "./lib/city.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn, Visitor } from "./lib/visitor.mjs";
import { wordsOf } from "./lib/words.mjs";

const said = wordsOf("default", "vi");
const counter = "/cong-viec/tiep-nhan";
const minh = { full_name: "Trần Minh Đức", national_id: "079090012345", phone: "0912 345 678" };

function textOf(bytes) {
    const folder = mkdtempSync(join(tmpdir(), "motcua-reception-"));
    writeFileSync(join(folder, "a.pdf"), bytes);
    const text = execFileSync("pdftotext", ["-layout", join(folder, "a.pdf"), "-"], { encoding: "utf8" }).replace(/\s+/g, " ");
    rmSync(folder, { recursive: true });
    return text;
}

// The page of the counter, filled in and sent.
async function receive(official, changes = {}) {
    const page = await official.get(counter);
    const form = page.form(/tiep-nhan$/);
    const agency = /<select[^>]*name="agency"[\s\S]*?<option value="([^"]+)"/.exec(page.body)?.[1];
    return official.submit(form, { procedure: birth, agency, ...minh, ...changes });
}

// { id, page: the dossier as it is accepted }
async function takenIn(official, changes) {
    const begun = await receive(official, changes);
    const id = /^\/ho-so\/([0-9a-f-]{36})$/.exec(begun.address)?.[1];
    assert.ok(id, `no draft was begun: ${begun.status} ${begun.address} ${problems(begun)}`);
    await fillSections(official, id, validAnswers(birth));
    const papers = await official.get(`/ho-so/${id}/giay-to`);
    const seen = await official.submit(papers.form(/giay_chung_sinh\/tai-quay$/), { seen: "original" });
    assert.ok(seen.text.includes("Đã xem bản chính"));
    await official.submit(seen.form(/\/giay-to$/));
    const check = await official.get(`/ho-so/${id}/kiem-tra`);
    assert.ok(check.text.includes(said.get("reception.declare")), check.text);
    const page = await official.submit(check.form(/\/kiem-tra$/), { declaration: "yes" });
    return { id, page };
}

async function until(ask, what) {
    for (let tries = 0; tries < 300; ++tries) {
        const found = await ask();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.fail(`never: ${what}`);
}

const follow = async (visitor, code, phone) => {
    const page = await visitor.get(`/tra-cuu?code=${code}`);
    return visitor.submit(page.form(/^\/tra-cuu/), { phone });
};

for (const backend of backends)
    describe(`reception on ${backend}`, () => {
        const server = new Server({ backend });
        let citizen, receiver, specialist, leader, elsewhere;
        before(async () => {
            await server.start();
            [citizen, receiver, specialist, leader, elsewhere] = await Promise.all([people.citizen, people.receiver, people.specialist, people.leader,
                "tiepnhan.sxd@demo.motcua.example"].map((email) => signedIn(server, email)));
        });
        after(() => server.remove());

        test("what is filed at the counter is accepted at once, with code, due time and a receipt that names its papers", async () => {
            const { id, page } = await takenIn(receiver);
            assert.equal(page.address, `/cong-viec/${id}`);
            const code = codeOf(page);
            assert.ok(code, page.text);
            assert.match(page.text, /Đã tiếp nhận hồ sơ [\w.]+-\d{6}-\d{4}/);
            assert.match(page.text, /Hạn: \d\d:\d\d \d\d\/\d\d\/\d{4}/);
            for (const words of ["Trần Minh Đức · 079090012345 · 0912345678", "Nộp trực tiếp tại quầy", "Đã xem bản chính"]) assert.ok(page.text.includes(words), `${words} in ${page.text}`);
            const href = await until(async () => {
                const shown = await receiver.get(`/cong-viec/${id}`);
                return /<a [^>]*href="([^"]*\/tep\/[^"]*)"[^>]*>(?:<svg[\s\S]*?<\/svg>)?Giấy tiếp nhận/.exec(shown.body)?.[1];
            }, "the receipt");
            const text = textOf((await receiver.get(href)).bytes);
            for (const words of ["GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", code, "Giấy chứng sinh – Đã xem bản chính", "Nguyễn Thị Hồng Hạnh", "Đặng Thị Kim Chi"]) assert.ok(text.includes(words), `${words} in ${text}`);
            assert.equal((await citizen.get(`/ho-so/${id}`)).status, 404);
        });

        test("the applicant follows it by code and telephone number, without an account", async () => {
            const { id, page } = await takenIn(receiver);
            const code = codeOf(page);
            const visitor = new Visitor(server);
            const bare = await visitor.get(`/tra-cuu?code=${code}`);
            assert.doesNotMatch(bare.text, /Trần Minh Đức|Đăng ký khai sinh/);
            const wrong = await follow(visitor, code, "0912345679");
            assert.equal(wrong.status, 422);
            assert.ok(wrong.text.includes(said.get("error.dossier.other_phone")));
            assert.doesNotMatch(wrong.text, /Đăng ký khai sinh|Hẹn trả/);
            const seen = await follow(visitor, code.toLowerCase(), "+84 912 345 678");
            assert.equal(seen.status, 200);
            assert.match(seen.text, /Đăng ký khai sinh/);
            assert.match(seen.text, /Hẹn trả kết quả \d\d:\d\d/);
            assert.doesNotMatch(seen.text, /Trần Minh Đức|079090012345|Gia Bảo/); // nobody's words
            await act(specialist, id, "supplement", "Giấy chứng sinh bị mờ");
            assert.ok((await follow(visitor, code, minh.phone)).text.includes("Giấy chứng sinh bị mờ"));
            const without = await visitor.post("/tra-cuu", { code, phone: minh.phone });
            assert.equal(without.status, 403); // no token
        });

        test("who comes back with a paper is served, and the way goes on to its end", async () => {
            const { id } = await takenIn(receiver);
            await act(specialist, id, "supplement", "Giấy chứng sinh bị mờ");
            const page = await receiver.get(`/cong-viec/${id}`);
            assert.ok(page.links(/\/bo-sung$/).length === 1);
            const papers = await receiver.get(`/ho-so/${id}/giay-to`);
            const slot = papers.form(/giay_chung_sinh$/);
            await receiver.upload(slot.action, slot.fields, [{ name: "quét lại.pdf", bytes: pdf(id), type: "application/pdf" }]);
            const answer = await receiver.get(`/ho-so/${id}/bo-sung`);
            const sent = await receiver.submit(answer.form(/\/bo-sung$/), { note: "Người nộp mang bản rõ hơn" });
            assert.equal(sent.address, `/cong-viec/${id}`);
            assert.ok(sent.text.includes("quét lại.pdf"));
            await act(specialist, id, "pass");
            await act(specialist, id, "");
            await act(leader, id, "approve");
            await handOut(receiver, id);
            assert.match((await receiver.get(`/cong-viec/${id}`)).text, /Đã trả kết quả/);
        });

        test("for somebody with an account it is among his own dossiers", async () => {
            const page = await receiver.get(counter);
            const found = await receiver.submit(page.form(/tiep-nhan$/), { email: "binh@demo.motcua.example", find: "1" });
            const filled = Object.fromEntries(found.form(/tiep-nhan$/).fields);
            assert.ok(found.text.includes(`tài khoản của ${filled.full_name}`), found.text);
            const none = await receiver.submit(page.form(/tiep-nhan$/), { email: "khong.ai@thu.example", find: "1" });
            assert.equal(none.status, 422);
            assert.ok(none.text.includes(said.get("error.account.none_with_address")));
            const other = await receive(receiver, { email: "binh@demo.motcua.example" });
            assert.equal(other.status, 422);
            assert.ok(other.text.includes(said.get("error.account.other_name")));
            const { id } = await takenIn(receiver, { email: "binh@demo.motcua.example", full_name: filled.full_name, national_id: "079090012345" });
            const binh = await signedIn(server, "binh@demo.motcua.example");
            assert.equal((await binh.get(`/ho-so/${id}`)).status, 200);
            assert.ok((await binh.get("/tai-khoan")).links(new RegExp(id)).length);
            assert.equal((await citizen.get(`/ho-so/${id}`)).status, 404);
        });

        test("only a desk that is competent takes in, and nobody else's draft", async () => {
            assert.ok((await receiver.get("/cong-viec")).links(/tiep-nhan$/).length);
            for (const official of [specialist, leader]) {
                assert.ok(!(await official.get("/cong-viec")).links(/tiep-nhan$/).length);
                assert.equal((await official.get(counter)).status, 403);
            }
            assert.equal((await citizen.get(counter)).status, 403);
            assert.doesNotMatch((await elsewhere.get(counter)).body, /phuong-ben-nghe/);
            const token = (visitor) => visitor.get("/thu-tuc").then((page) => page.form(/dang-xuat/).fields.filter(([name]) => name === "csrf"));
            const forced = await elsewhere.post(counter, [...(await token(elsewhere)), ...Object.entries({ procedure: birth, agency: "phuong-ben-nghe", ...minh })]);
            assert.equal(forced.status, 403);
            const begun = await receive(receiver);
            for (const visitor of [elsewhere, specialist, citizen]) {
                assert.equal((await visitor.get(begun.address)).status, 404);
                assert.equal((await visitor.get(`${begun.address}/giay-to`)).status, 404);
            }
            // A citizen's word that a paper was seen is none.
            const draft = await beginDraft(citizen);
            const papers = await citizen.get(`/ho-so/${draft}/giay-to`);
            assert.doesNotMatch(papers.body, /tai-quay/);
            assert.equal((await citizen.post(`/ho-so/${draft}/giay-to/giay_chung_sinh/tai-quay`, [...(await token(citizen)), ["seen", "original"]])).status, 403);
            assert.equal((await receiver.post(`/ho-so/${draft}/giay-to/giay_chung_sinh/tai-quay`, [...(await token(receiver)), ["seen", "original"]])).status, 404);
        });

        test("what was typed wrongly stands on the page again, with what is wrong", async () => {
            const page = await receive(receiver, { national_id: "12", phone: "1", full_name: "<b>" });
            assert.equal(page.status, 422);
            for (const id of ["national_id", "phone"]) assert.match(page.body, new RegExp(`href="#${id}"`));
            assert.ok(page.body.includes("&lt;b&gt;"));
            assert.equal((await receive(receiver, { procedure: "" })).status, 422);
            assert.equal((await receive(receiver, { agency: "khong-co" })).status, 422);
            assert.equal((await receive(receiver, { procedure: "9.999999" })).status, 404);
        });

        test("a result that waits for its signature is not handed out", async () => {
            const admin = await signedIn(server, "quantri@demo.motcua.example");
            const modules = await admin.get("/quan-tri/mo-dun");
            await admin.submit(modules.form(/signature-pkcs11\/disable/));
            const { id } = await takenIn(receiver);
            await act(specialist, id, "pass");
            await act(specialist, id, "");
            await act(leader, id, "approve");
            const held = await receiver.get(`/cong-viec/${id}`);
            assert.ok(held.text.includes(said.get("desk.result_unsigned")), held.text);
            assert.ok(!held.forms().some((form) => form.fields.some(([name]) => name === "task")));
            const again = await admin.get("/quan-tri/mo-dun");
            await admin.submit(again.form(/signature-pkcs11\/enable/));
            await handOut(receiver, id);
        });
    });
