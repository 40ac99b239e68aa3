// The packages of the city end to end: a building permit through several units, an opinion of another agency and its
// timers; marital status and household business from filing to the returned result.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { act, codeOf, filed, handOut, pdf, validAnswers } from "./lib/city.mjs";
import { OwnCity } from "./lib/cities.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn } from "./lib/visitor.mjs";
import { wordsOf } from "./lib/words.mjs";

const said = wordsOf("default", "vi");
const permit = "1.013225";
const marital = "1.004873";
const business = "1.001612";
const demo = (name) => `${name}@demo.motcua.example`;

// What stands in the database of a server that is stopped: its timers are due now.
function makeTimersDue(server, backend, element) {
    const statement = `UPDATE process_timer SET due_ms = 1 WHERE element = '${element}'`;
    if (backend === "PostgreSQL") {
        execFileSync("psql", ["-qAt", "-v", "ON_ERROR_STOP=1", "-d", server.set["database.address"], "-c", statement]);
        return;
    }
    const script = "import sqlite3, sys; base = sqlite3.connect(sys.argv[1]); base.execute(sys.argv[2]); base.commit()";
    execFileSync("python3", ["-c", script, join(server.folder, "motcua.db"), statement]);
}

async function until(what, look) {
    for (let tries = 0; tries < 120; ++tries) {
        const found = await look();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
    return assert.fail(`waited in vain for ${what}`);
}

for (const backend of backends)
    describe(`the city's packages on ${backend}`, () => {
        const city = new OwnCity().waiveFees(permit, marital, business);
        const server = new Server({ backend, set: { "city.folder": city.folder } });
        const names = { citizen: "an", other: "binh", receiver: "tiepnhan.q1", leader: "lanhdao.q1", specialist: "chuyenvien.qldt", head: "lanhdao.qldt",
            asked: "chuyenvien.qhkt", stranger: "chuyenvien.sxd", ward: "tiepnhan.bennghe", wardSpecialist: "chuyenvien.bennghe",
            wardLeader: "lanhdao.bennghe", finance: "chuyenvien.tckh", financeHead: "lanhdao.tckh" };
        const who = {};
        const signIn = async () => {
            for (const [role, name] of Object.entries(names)) who[role] = await signedIn(server, demo(name), `192.0.2.${Object.keys(names).indexOf(role) + 1}`);
        };
        before(async () => {
            server.set["http.trusted_proxies"] = "127.0.0.1";
            await server.start();
            await signIn();
        });
        after(async () => {
            await server.remove();
            city.remove();
        });

        const permitFiled = () => filed(who.citizen, { code: permit, agency: "Quận 1" });
        async function consulting() {
            const { id } = await permitFiled();
            await act(who.receiver, id, "accept");
            await act(who.specialist, id, "pass");
            await act(who.specialist, id, "pass");
            return id;
        }
        const done = (page) => assert.equal(page.status, 200, page.text.slice(0, 400));

        // O9, O21: several units in sequence, each at its own desk.
        test("a building permit goes through the district's office and another agency to the signed permit", async () => {
            const { id, number } = await permitFiled();
            assert.ok(!(await who.asked.get("/cong-viec")).text.includes(number));
            assert.equal((await who.asked.get(`/cong-viec/${id}`)).status, 404);
            done(await act(who.receiver, id, "accept"));
            const code = codeOf(await who.citizen.get(`/ho-so/${id}`));
            assert.match(code, /^000\.00\.41\.H29-\d{6}-\d{4}$/);

            assert.ok((await who.specialist.get("/cong-viec")).text.includes(code));
            done(await act(who.specialist, id, "supplement", "Thiếu mặt cắt móng"));
            const papers = await who.citizen.get(`/ho-so/${id}/giay-to`);
            const slot = papers.forms().find((form) => /giay-to\/ban_ve$/.test(form.action));
            done(await who.citizen.upload(slot.action, slot.fields, [{ name: "mat-cat-mong.pdf", bytes: pdf("mat cat mong"), type: "application/pdf" }]));
            const answer = (await who.citizen.get(`/ho-so/${id}/bo-sung`)).form(/\/bo-sung$/);
            done(await who.citizen.submit(answer, { note: "Đã bổ sung" }));
            done(await act(who.specialist, id, "pass"));
            done(await act(who.specialist, id, "pass")); // the site was inspected; the building adjoins others

            const asked = await who.citizen.get(`/ho-so/${id}`);
            assert.match(asked.text, /Trả lời ý kiến/);
            assert.equal((await who.stranger.get(`/cong-viec/${id}`)).status, 404);
            assert.ok((await who.asked.get("/cong-viec")).text.includes(code));
            const seen = await who.asked.get(`/cong-viec/${id}`);
            assert.match(seen.text, /mat-cat-mong\.pdf/);
            assert.equal((await who.asked.get(seen.links(/\/tep\//)[0])).status, 200);
            done(await act(who.asked, id, "agree", "Phù hợp quy hoạch"));
            assert.equal((await who.asked.get(`/cong-viec/${id}`)).status, 404); // no longer his business

            done(await act(who.specialist, id, "pass"));
            done(await act(who.head, id, "return", "Ghi rõ chỉ giới"));
            done(await act(who.specialist, id, "pass"));
            done(await act(who.head, id, "approve"));
            assert.ok(!(await who.head.get("/cong-viec")).text.includes(code)); // the district's head signs
            done(await act(who.leader, id, "approve"));
            assert.match((await who.citizen.get(`/ho-so/${id}`)).text, /Đã xử lý xong/);
            done(await handOut(who.receiver, id));
            const page = await who.citizen.get(`/ho-so/${id}`);
            assert.match(page.text, /Đã trả kết quả/);
            for (const name of ["Phạm Ngọc Lan", "Mai Anh Tuấn", "Lâm Chí Thiện", "Phan Văn Lộc", "Huỳnh Công Hậu"]) assert.ok(page.text.includes(name), name);
            const slip = (await who.citizen.get(`/ho-so/${id}/danh-gia`)).form(/\/danh-gia$/);
            done(await who.citizen.submit(slip, { reception: "5", processing: "4", result: "5" }));
        });

        test("a house that touches nobody needs no opinion", async () => {
            const { id } = await filed(who.citizen, { code: permit, agency: "Quận 1", answers: { ...validAnswers(permit), lien_ke: false, can_pccc: false } });
            await act(who.receiver, id, "accept");
            await act(who.specialist, id, "pass");
            await act(who.specialist, id, "pass");
            assert.match((await who.citizen.get(`/ho-so/${id}`)).text, /Tổng hợp ý kiến, soạn giấy phép/);
            assert.equal((await who.specialist.get(`/cong-viec/${id}`)).status, 200);
        });

        test("an inspection that fails ends in a refusal signed by the district, with its reason", async () => {
            const { id } = await permitFiled();
            await act(who.receiver, id, "accept");
            await act(who.specialist, id, "pass");
            done(await act(who.specialist, id, "refuse", "Xây trên đất lưu không"));
            done(await act(who.leader, id, "approve"));
            assert.match((await who.citizen.get(`/ho-so/${id}`)).text, /Xây trên đất lưu không/);
        });

        // O8, P11: a step that is late is told of; silence counts as agreement. Nothing is lost by a restart.
        test("an opinion that does not come is pressed for, and then not waited for", async () => {
            const id = await consulting();
            await server.stop();
            makeTimersDue(server, backend, "consult_late");
            await server.restart();
            await signIn();
            const told = await until("the reminder", async () => {
                const page = await who.leader.get(`/cong-viec/${id}`);
                return page.text.includes(said.get("event.step_late")) && page;
            });
            assert.match(told.text, /Trả lời ý kiến về quy hoạch/);
            assert.equal((await who.asked.get(`/cong-viec/${id}`)).status, 200); // it may still answer

            await server.stop();
            makeTimersDue(server, backend, "consult_overdue");
            await server.restart();
            await signIn();
            const page = await until("the end of the wait", async () => {
                const found = await who.citizen.get(`/ho-so/${id}`);
                return /Quá hạn coi như đồng ý/.test(found.text) && found;
            });
            assert.match(page.text, /Tổng hợp ý kiến, soạn giấy phép/);
            assert.equal(page.text.split(said.get("event.step_late")).length, 2); // once
            assert.equal((await who.asked.get(`/cong-viec/${id}`)).status, 404);
            done(await act(who.specialist, id, "pass"));
        });

        test("a certificate of marital status goes from filing to the returned result", async () => {
            const { id } = await filed(who.other, { code: marital, agency: "Bến Nghé" });
            done(await act(who.ward, id, "accept"));
            assert.match(codeOf(await who.other.get(`/ho-so/${id}`)), /^000\.01\.41\.H29-\d{6}-\d{4}$/);
            done(await act(who.wardSpecialist, id, "pass"));
            done(await act(who.wardSpecialist, id, ""));
            done(await act(who.wardLeader, id, "approve"));
            done(await handOut(who.ward, id));
            assert.match((await who.other.get(`/ho-so/${id}`)).text, /Đã trả kết quả/);
        });

        test("a household business is registered by the district's finance office", async () => {
            const { id } = await filed(who.other, { code: business, agency: "Quận 1" });
            done(await act(who.receiver, id, "accept"));
            done(await act(who.finance, id, "pass"));
            done(await act(who.finance, id, ""));
            done(await act(who.financeHead, id, "approve"));
            done(await handOut(who.receiver, id));
            const page = await who.other.get(`/ho-so/${id}`);
            assert.match(page.text, /Đã trả kết quả/);
            for (const name of ["Hồ Thị Bích Ngọc", "Đinh Thị Mỹ Duyên"]) assert.ok(page.text.includes(name), name);
        });
    });
