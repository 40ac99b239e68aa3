// Satisfaction: who rates what and when, once and for good; what officials, leaders and everybody see of it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { act, filed, people } from "./lib/city.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn, Visitor } from "./lib/visitor.mjs";
import { wordsOf } from "./lib/words.mjs";

const said = wordsOf("default", "vi");
const stages = ["reception", "processing", "result"];
const slip = (id) => `/ho-so/${id}/danh-gia`;
const everyStage = (score) => Object.fromEntries(stages.map((stage) => [stage, score]));

for (const backend of backends)
    describe(`satisfaction on ${backend}`, () => {
        const server = new Server({ backend });
        let citizen, other, receiver, specialist, leader;
        before(async () => {
            await server.start();
            [citizen, other, receiver, specialist, leader] = await Promise.all([people.citizen, "binh@demo.motcua.example",
                people.receiver, people.specialist, people.leader].map((email) => signedIn(server, email)));
        });
        after(() => server.remove());

        async function settled(visitor = citizen) {
            const { id } = await filed(visitor);
            await act(receiver, id, "accept");
            await act(specialist, id, "pass");
            await act(specialist, id, "");
            await act(leader, id, "approve");
            return id;
        }
        const formOf = async (visitor, id) => (await visitor.get(slip(id))).form(/\/danh-gia$/);
        const conflict = (page, key) => {
            assert.equal(page.status, 409);
            assert.ok(page.text.includes(said.get(`error.assessment.${key}`)), page.text.slice(0, 400));
        };

        // S2, S9, O11
        test("the owner rates each stage with a face, reasons and a word, and is thanked", async () => {
            const id = await settled();
            const dossier = await citizen.get(`/ho-so/${id}`);
            assert.deepEqual(dossier.links(/\/danh-gia$/).filter((href) => href.startsWith("/ho-so/")), [slip(id)]);
            const page = await citizen.get(slip(id));
            assert.equal(page.status, 200);
            for (const stage of stages) assert.equal(page.body.match(new RegExp(`name="${stage}" type="radio"`, "g")).length, 5);
            for (let face = 1; face <= 5; ++face) assert.ok(page.body.includes(`#face-${face}`));
            const thanked = await citizen.submit(page.form(/\/danh-gia$/), { ...everyStage("4"), reasons: ["conduct", "time"], comment: "Nhanh & tử tế <3" });
            assert.equal(thanked.address, `/ho-so/${id}`);
            assert.ok(thanked.text.includes(said.get("rate.thanks")));
            assert.ok(thanked.text.includes(said.get("dossier.rated")));
            assert.deepEqual(thanked.links(/^\/ho-so\/.*\/danh-gia$/), []);
            // Nothing of it reaches those who were rated.
            for (const official of [receiver, specialist, leader]) assert.doesNotMatch((await official.get(`/cong-viec/${id}`)).text, /tử tế|đánh giá/i);
        });

        test("reception may be rated once the dossier is accepted, the rest when it is over", async () => {
            const { id } = await filed(citizen);
            conflict(await citizen.get(slip(id)), "not_yet");
            await act(receiver, id, "accept");
            const form = await formOf(citizen, id);
            assert.deepEqual((await citizen.get(`/ho-so/${id}`)).links(/^\/ho-so\/.*\/danh-gia$/), []); // not pressed upon anybody
            conflict(await citizen.submit(form, { processing: "5" }), "not_yet"); // a forged stage
            conflict(await citizen.submit(form, { reception: "5", result: "5" }), "not_yet");
            assert.equal((await citizen.submit(form, { reception: "5" })).status, 200);
            await act(specialist, id, "pass");
            await act(specialist, id, "");
            await act(leader, id, "approve");
            const stale = await citizen.submit(form, { reception: "4", comment: "Lời vừa gõ" });
            conflict(stale, "already");
            assert.match(stale.body, /<textarea[^>]*>Lời vừa gõ</);
            const rest = await citizen.get(slip(id));
            assert.doesNotMatch(rest.body, /name="reception"/);
            assert.match(rest.body, /name="processing"/);
        });

        test("a stage is rated once, also by two clicks and from a stale page", async () => {
            const id = await settled();
            const form = await formOf(citizen, id);
            const answers = await Promise.all([1, 2, 3, 4].map((score) => citizen.submit(form, everyStage(`${score}`))));
            assert.deepEqual(answers.map((page) => page.status).sort(), [200, 409, 409, 409]);
            conflict(await citizen.submit(form, everyStage("1")), "already");
            assert.equal((await citizen.get(slip(id))).address, `/ho-so/${id}`);
        });

        test("wrong answers come back with what was typed, and nothing is kept", async () => {
            const id = await settled();
            const form = await formOf(citizen, id);
            const kept = "Lời dài nhưng vẫn giữ";
            const nothing = await citizen.submit(form, { comment: kept, reasons: "time" });
            assert.equal(nothing.status, 422);
            assert.ok(nothing.text.includes(said.get("error.assessment.score_needed")));
            assert.ok(nothing.body.includes(kept));
            assert.match(nothing.body, /value="time" checked/);
            for (const [field, value] of [["reception", "6"], ["reception", "0"], ["reception", "5'"], ["reception", "-1"], ["result", "năm"]]) {
                const page = await citizen.submit(form, { [field]: value, comment: kept });
                assert.equal(page.status, 422, `${field}=${value}`);
                assert.ok(page.text.includes(said.get("error.assessment.no_such_score")));
            }
            const long = await citizen.submit(form, { ...everyStage("5"), comment: "ệ".repeat(2001) });
            assert.equal(long.status, 422);
            assert.match(long.text, /nhiều nhất 2000 ký tự/);
            assert.match(long.body, /id="result"[^>]*checked/);
            assert.equal((await citizen.submit(form, { ...everyStage("5"), reasons: "' OR 1=1" })).status, 422);
            assert.equal((await citizen.submit(form, { magic: "5" })).status, 422); // a stage that there is not
            assert.equal((await citizen.submit(form, { ...everyStage("5"), comment: "ệ".repeat(2000) })).status, 200);
        });

        test("somebody else's dossier cannot be rated, nor without the form's token", async () => {
            const id = await settled();
            const form = await formOf(citizen, id);
            for (const visitor of [other, receiver, leader]) {
                assert.equal((await visitor.get(slip(id))).status, 404);
                const own = (await visitor.get(visitor === other ? "/tai-khoan" : "/cong-viec")).form(/\/dang-xuat/).fields;
                assert.equal((await visitor.post(slip(id), [...own, ["reception", "1"]])).status, 404);
            }
            const visitor = new Visitor(server);
            assert.match((await visitor.get(slip(id))).address, /^\/dang-nhap/);
            const bare = form.fields.filter(([name]) => name !== "csrf");
            assert.equal((await citizen.post(slip(id), [...bare, ["reception", "1"]])).status, 403);
            assert.equal((await citizen.submit(form, { reception: "1" }, { headers: { origin: "https://evil.example" } })).status, 403);
            assert.equal((await citizen.get("/ho-so/01930000-0000-7000-8000-000000000001/danh-gia")).status, 404);
            assert.equal((await citizen.submit(form, everyStage("5"))).status, 200);
        });

        // S1, S3, S4, S5, S6
        test("figures are published and shown inside once there are enough of them", async () => {
            const rowOf = (page, name) => page.body.split("<tr").find((row) => row.includes(name)) ?? "";
            const words = (html) => html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
            const ranked = async (visitor) => words(rowOf(await visitor.get("/danh-gia?kind=ward&days=30"), "Bến Nghé"));
            const few = said.get("ratings.too_few");
            const before = Number(/ (\d+) [\d,]+ %/.exec(await ranked(citizen))?.[1] ?? 0);
            for (let people = 0; people < 5; ++people) {
                const visitor = people % 2 ? other : citizen;
                const id = await settled(visitor);
                assert.equal((await visitor.submit(await formOf(visitor, id), { ...everyStage("5"), reasons: "conduct", comment: `Ý kiến số ${people}` })).status, 200);
            }
            const row = await ranked(citizen);
            assert.match(row, / 1 .*Bến Nghé.* \d+ [\d,]+ % [\d,]+/);
            assert.ok(Number(/ (\d+) [\d,]+ %/.exec(row)[1]) >= before + 5);
            const publicPage = await new Visitor(server).get("/danh-gia?kind=ward&days=30&from=0");
            assert.equal(publicPage.status, 200);
            assert.doesNotMatch(publicPage.text, /Ý kiến số|Đặng Thị Kim Chi/);
            assert.ok(words(rowOf(await citizen.get("/danh-gia?kind=district"), "Quận 12")).includes(few));
            assert.equal((await citizen.get("/danh-gia?kind=%27&days=-1&from=999999999999999999999")).status, 200);

            const own = await specialist.get("/cong-viec/danh-gia?days=30");
            assert.match(words(rowOf(own, "khai sinh")), /Bến Nghé.*khai sinh \d+ [\d,]+ % [\d,]+ [\d,]+/);
            assert.deepEqual(own.links(/^\/cong-viec\/danh-gia\/[^?]/), []);
            const detail = (await leader.get("/cong-viec/danh-gia?days=30")).links(/^\/cong-viec\/danh-gia\/[^?]/)[0];
            const inside = await leader.get(detail);
            assert.match(inside.text, /Ý kiến số 4/);
            assert.match(inside.text, /Đặng Thị Kim Chi/);
            assert.match(inside.text, /Thái độ của cán bộ \d+/);
            assert.doesNotMatch(inside.text, /Nguyễn Văn An|Trần Thị Bình|H29-\d{6}/); // who said it does not stand there
            for (const visitor of [receiver, specialist]) assert.equal((await visitor.get(detail)).status, 403);
            const elsewhere = await signedIn(server, "lanhdao.sxd@demo.motcua.example");
            assert.equal((await elsewhere.get(detail)).status, 403);
            assert.ok((await elsewhere.get("/cong-viec/danh-gia")).text.includes(said.get("ratings.none")));
            assert.equal((await citizen.get("/cong-viec/danh-gia")).status, 403);
            assert.equal((await leader.get("/cong-viec/danh-gia/khong-co")).status, 404);
        });
    });
