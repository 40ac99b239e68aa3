// The dossier's way over HTTP: from a search without marks to the returned result, and the branches beside it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { act, actForm, beginDraft, birth, codeOf, file, filed, fillSections, handInPapers, handOut, pdf, people, png, readyDraft, validAnswers } from "./lib/city.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn, Visitor } from "./lib/visitor.mjs";
import { wordsOf } from "./lib/words.mjs";

const said = wordsOf("default", "vi");

for (const backend of backends)
    describe(`the way of a dossier on ${backend}`, () => {
        const server = new Server({ backend });
        let citizen, receiver, specialist, leader;
        before(async () => {
            await server.start();
            [citizen, receiver, specialist, leader] = await Promise.all(
                [people.citizen, people.receiver, people.specialist, people.leader].map((email) => signedIn(server, email)));
        });
        after(() => server.remove());

        // U5: found as people type, read without an account.
        test("a procedure is found by words without marks and its page says what it takes", async () => {
            const visitor = new Visitor(server);
            const found = await visitor.get("/thu-tuc?q=khai+sinh");
            assert.equal(found.links(/^\/thu-tuc\/\d/)[0], `/thu-tuc/${birth}`);
            const marked = await visitor.get(`/thu-tuc?q=${encodeURIComponent("khai sinh")}`);
            assert.deepEqual(marked.links(/^\/thu-tuc\/\d/), found.links(/^\/thu-tuc\/\d/));
            assert.match((await visitor.get("/thu-tuc?q=giay+phep+xay+dung")).text, /Giấy phép xây dựng|giấy phép xây dựng/);
            const page = await visitor.get(`/thu-tuc/${birth}`);
            assert.equal(page.status, 200);
            assert.match(page.text, /Giấy chứng sinh/);
            assert.deepEqual(page.links(/\/ho-so\/nop\//), [`/ho-so/nop/${birth}`]);
        });

        test("no page links to nothing, shows a raw key or says something in the other language", async () => {
            const pages = new Map([[new Visitor(server), ["/", "/thu-tuc", `/thu-tuc/${birth}`, "/tra-cuu", "/dang-nhap", "/dang-ky", "/quen-mat-khau", "/khong-co"]],
                [citizen, ["/tai-khoan", `/ho-so/nop/${birth}`]], [receiver, ["/cong-viec"]]]);
            for (const [visitor, paths] of pages) {
                const links = new Set();
                for (const path of paths) {
                    const page = await visitor.get(path);
                    assert.match(page.body, /<html lang="vi"/);
                    assert.doesNotMatch(page.text, /\{\{|\b(?:nav|error|notice|page|common|status|act|role|event|phase|headline|home|work)\.[a-z_]+\b/);
                    page.links(/^\/(?!static)(?!.*lang=en)/).forEach((link) => links.add(link));
                }
                for (const link of links) assert.ok((await visitor.get(link)).status < 400, link);
            }
            const english = await new Visitor(server).get("/?lang=en");
            assert.match(english.body, /<html lang="en"/);
            assert.match(english.text, /Sign in/);
        });

        test("who is not signed in is led to the sign-in page and back", async () => {
            const visitor = new Visitor(server);
            const page = await visitor.get(`/ho-so/nop/${birth}`);
            assert.match(page.address, /^\/dang-nhap\?back=/);
            const back = await visitor.signIn(people.citizen, undefined, page.address);
            assert.equal(back.address, `/ho-so/nop/${birth}`);
        });

        // U1, G12, O5, P11
        test("from the form through a supplement to the returned result", async () => {
            const id = await beginDraft(citizen);
            const afterSections = await fillSections(citizen, id, validAnswers(birth));
            assert.equal(afterSections.address, `/ho-so/${id}/giay-to`);
            await handInPapers(citizen, id);
            const check = await citizen.get(`/ho-so/${id}/kiem-tra`);
            assert.match(check.text, /Trần Nguyễn Gia Bảo/);
            const undeclared = await citizen.submit(check.form(/\/kiem-tra$/));
            assert.equal(undeclared.status, 422);
            assert.match(undeclared.text, /cam đoan/);
            const { number, page: confirmation } = await file(citizen, id);
            assert.match(confirmation.body, new RegExp(`/ho-so/${id}/qr.svg`));
            const qr = await citizen.get(`/ho-so/${id}/qr.svg`);
            assert.equal(qr.headers.get("content-type"), "image/svg+xml");
            assert.match(qr.body, /<svg/);

            const list = await receiver.get("/cong-viec");
            assert.ok(list.text.includes(number));
            const accepted = await act(receiver, id, "accept");
            assert.equal(accepted.status, 200);
            const code = codeOf(accepted);
            assert.match(code, /^[\w.]+-\d{6}-\d{4}$/); // Circular 01/2018, article 19
            const owner = await citizen.get(`/ho-so/${id}`);
            assert.ok(owner.text.includes(code));
            assert.match(owner.text, /Hẹn trả kết quả \d\d:\d\d \d\d\/\d\d\/\d{4}/);

            const noReason = await act(specialist, id, "supplement", " ");
            assert.equal(noReason.status, 422);
            await act(specialist, id, "supplement", "Giấy chứng sinh bị mờ");
            const asked = await citizen.get(`/ho-so/${id}`);
            assert.match(asked.text, /Giấy chứng sinh bị mờ/);
            assert.match(asked.text, /Yêu cầu bổ sung giấy tờ/);
            const papers = await citizen.get(`/ho-so/${id}/giay-to`);
            const slot = papers.forms().find((form) => /giay-to\/[^/]+$/.test(form.action));
            const more = await citizen.upload(slot.action, slot.fields, [{ name: "chup-lai.png", bytes: png(), type: "image/png" }]);
            assert.match(more.text, /chup-lai\.png/);
            const answer = await citizen.get(`/ho-so/${id}/bo-sung`);
            const sent = await citizen.submit(answer.form(/\/bo-sung$/), { note: "Đã chụp lại" });
            assert.equal(sent.address, `/ho-so/${id}`);
            assert.ok(sent.text.includes(said.get("event.supplemented")));
            assert.match((await specialist.get(`/cong-viec/${id}`)).text, /chup-lai\.png/);

            await act(specialist, id, "pass");
            await act(specialist, id, "");
            await act(leader, id, "return", "Sửa họ tên mẹ");
            await act(specialist, id, "");
            await act(leader, id, "approve");
            assert.match((await citizen.get(`/ho-so/${id}`)).text, /Đã xử lý xong/);
            await handOut(receiver, id);
            const done = await citizen.get(`/ho-so/${id}`);
            assert.match(done.text, /Đã trả kết quả/);
            for (const name of ["Đặng Thị Kim Chi", "Bùi Văn Phúc", "Đỗ Hoàng Yến"]) assert.ok(done.text.includes(name), name);
            assert.deepEqual(done.links(/\/rut$/), []); // nothing is left to withdraw

            // O5: anyone with the code sees how far it is, and nothing else.
            for (const known of [code, number]) {
                const anyone = await new Visitor(server).get(`/tra-cuu?code=${known}`);
                assert.equal(anyone.status, 200);
                assert.match(anyone.text, /Đã trả kết quả/);
                assert.doesNotMatch(anyone.text, /Hạnh|Gia Bảo|Bùi Văn Phúc|079192004567/);
            }
        });

        test("a refusal goes by the leader and tells the applicant why", async () => {
            const { id } = await filed(citizen);
            await act(receiver, id, "accept");
            await act(specialist, id, "refuse", "Trẻ đã được đăng ký khai sinh");
            await act(leader, id, "approve");
            const page = await citizen.get(`/ho-so/${id}`);
            assert.match(page.text, /Dừng xử lý/);
            assert.match(page.text, /Lý do Trẻ đã được đăng ký khai sinh/);
        });

        test("the desk turns a dossier down with a reason and gives it no code", async () => {
            const { id, number } = await filed(citizen);
            await act(receiver, id, "reject", "Không thuộc thẩm quyền của phường");
            const page = await citizen.get(`/ho-so/${id}`);
            assert.match(page.text, /Không được tiếp nhận/);
            assert.match(page.text, /Không thuộc thẩm quyền của phường/);
            assert.ok(page.text.includes(number));
            assert.equal(codeOf(page), undefined);
        });

        test("the owner withdraws a dossier and nobody works on it any more", async () => {
            const { id, number } = await filed(citizen);
            const stale = await receiver.get(`/cong-viec/${id}`);
            const form = (await citizen.get(`/ho-so/${id}/rut`)).form(/\/rut$/);
            assert.equal((await citizen.submit(form, { reason: "" })).status, 422);
            const gone = await citizen.submit(form, { reason: "Tôi sẽ nộp ở nơi khác" });
            assert.match(gone.text, /Công dân yêu cầu rút hồ sơ/);
            assert.ok(!(await receiver.get("/cong-viec")).text.includes(number));
            const late = await receiver.submit(actForm(stale, "accept"), { note: "" });
            assert.ok([404, 409].includes(late.status), `${late.status}`);
            assert.equal(codeOf(await citizen.get(`/ho-so/${id}`)), undefined);
        });

        test("an uploaded paper comes back byte for byte, and can be removed from a draft", async () => {
            const id = await beginDraft(citizen);
            await fillSections(citizen, id, validAnswers(birth));
            const bytes = pdf("tung byte");
            const papers = await citizen.get(`/ho-so/${id}/giay-to`);
            const slot = papers.forms().find((form) => /giay-to\/[^/]+$/.test(form.action));
            const stored = await citizen.upload(slot.action, slot.fields, [{ name: "giấy chứng sinh.pdf", bytes, type: "application/pdf" }]);
            const href = stored.links(/\/tep\//)[0];
            assert.deepEqual((await citizen.get(href)).bytes, bytes);
            const removed = await citizen.submit(stored.form(/\/xoa$/));
            assert.deepEqual(removed.links(/\/tep\//), []);
        });

        test("a draft survives signing out, and a restart that nobody prepared", async () => {
            const id = await readyDraft(citizen);
            await citizen.signOut();
            assert.match((await citizen.get(`/ho-so/${id}`)).address, /^\/dang-nhap/);
            await server.kill();
            await server.restart();
            citizen = await signedIn(server, people.citizen);
            const list = await citizen.get("/tai-khoan");
            assert.ok(list.links(/^\/ho-so\//).includes(`/ho-so/${id}`));
            assert.match((await citizen.get(`/ho-so/${id}/kiem-tra`)).text, /Trần Nguyễn Gia Bảo/);
            await file(citizen, id);
        });
    });
