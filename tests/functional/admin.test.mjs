// What administrators look after, inside their regions only: accounts and deliveries; and the pages about the site itself.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { people } from "./lib/city.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn, Visitor } from "./lib/visitor.mjs";

const accounts = "/quan-tri/tai-khoan";
const deliveries = "/quan-tri/viec-gui-di";

// One statement on the server's database, from outside.
function sql(server, statement) {
    const address = server.set["database.address"];
    if (address) return execFileSync("psql", ["-qAt", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", statement]).toString().trim();
    return execFileSync("sqlite3", ["-cmd", ".timeout 10000", join(server.folder, "motcua.db"), statement]).toString().trim();
}

// A delivery that was given up; its payload cannot be opened, so trying again gives it up again.
function giveUp(server, id, at) {
    const blob = server.set["database.address"] ? "'\\x00'::bytea" : "x'00'";
    sql(server, `INSERT INTO outbox (id, kind, subject, payload, state, attempts, not_before_ms, lease_until_ms, made_ms, settled_ms, last_error)
        VALUES ('${id}', 'message.send', 'subject-${id}', ${blob}, 2, 12, 0, 0, 0, ${at}, 'messaging.no_plugin')`);
}

for (const backend of backends)
    describe(`administration on ${backend}`, () => {
        const server = new Server({ backend });
        let city, district, citizen, receiver;
        before(async () => {
            await server.start();
            [city, district, citizen, receiver] = await Promise.all(["quantri@demo.motcua.example", "quantri.q1@demo.motcua.example", people.citizen, people.receiver].map((email) => signedIn(server, email)));
        });
        after(() => server.remove());

        test("only administrators see administration", async () => {
            for (const path of ["/quan-tri", accounts, `${accounts}/moi`, deliveries, `${deliveries}/x/bo`]) {
                assert.equal((await citizen.get(path)).status, 403, path);
                assert.equal((await receiver.get(path)).status, 403, path);
                assert.match((await new Visitor(server).get(path)).address, /^\/dang-nhap/);
            }
            const csrf = (await receiver.get("/cong-viec")).form(/dang-xuat/).fields.find(([name]) => name === "csrf");
            for (const path of [`${accounts}/moi`, `${deliveries}/x/gui-lai`, `${deliveries}/x/bo`])
                assert.equal((await receiver.post(path, [csrf])).status, 403, path);
            assert.equal((await district.get("/quan-tri")).address, accounts); // a district's looks after its own people
            assert.equal((await district.get(deliveries)).status, 403);
            const own = (await district.get(accounts)).form(/dang-xuat/).fields.find(([name]) => name === "csrf");
            for (const path of [`${deliveries}/x/gui-lai`, `${deliveries}/x/bo`]) assert.equal((await district.post(path, [own])).status, 403, path);
            const home = await city.get("/quan-tri");
            assert.match(home.text, /Chưa bật mô-đun gửi thư/);
            assert.match(home.text, /\d+ thủ tục, 5 nộp được trên mạng/);
        });

        // O18
        test("an administrator of a district looks after its officials and nobody else's", async () => {
            const own = await district.get(accounts);
            assert.match(own.text, /Phạm Ngọc Lan/); // of the district
            assert.match(own.text, /Đặng Thị Kim Chi/); // of a ward below it
            assert.doesNotMatch(own.text, /Trần Quốc Bảo|Quản trị hệ thống/);
            const all = await city.get(accounts);
            assert.match(all.text, /Trần Quốc Bảo/);
            const foreign = (await city.get(`${accounts}?q=${encodeURIComponent("Trần Quốc Bảo")}`)).links(/tai-khoan\/[0-9a-f-]{36}$/)[0];
            assert.equal((await district.get(foreign)).status, 404);
            const csrf = own.form(/dang-xuat/).fields.find(([name]) => name === "csrf");
            for (const act of ["khoa", "mo-khoa", "mat-khau", "vai-tro", "bo-vai-tro"])
                assert.equal((await district.post(`${foreign}/${act}`, [csrf, ["role", "admin"], ["agency", "quan-1"]])).status, 404, act);
            const lan = (await district.get(`${accounts}?q=pham+ngoc+lan`)).links(/tai-khoan\/[0-9a-f-]{36}$/)[0];
            const outside = await district.post(`${lan}/vai-tro`, [csrf, ["role", "leader"], ["agency", "so-tu-phap"]]);
            assert.equal(outside.status, 422);
            assert.match(outside.text, /vùng dữ liệu của bạn/);
            assert.equal((await district.post(`${lan}/vai-tro`, [csrf, ["role", "king"], ["agency", "quan-1"]])).status, 422);
            const citizens = await district.get(`${accounts}?q=${encodeURIComponent("an@demo.motcua.example")}`);
            assert.doesNotMatch(citizens.text, /Nguyễn Văn An/);
            assert.match((await city.get(`${accounts}?q=${encodeURIComponent("an@demo.motcua.example")}`)).text, /Nguyễn Văn An/);
        });

        test("a blocked official is out at once and in again once unblocked; nobody blocks himself", async () => {
            const desk = await signedIn(server, "lanhdao.q1@demo.motcua.example");
            const path = (await district.get(`${accounts}?q=huynh+cong+hau`)).links(/tai-khoan\/[0-9a-f-]{36}$/)[0];
            const blocked = await district.submit((await district.get(path)).form(/\/khoa$/));
            assert.match(blocked.text, /Đã khóa/);
            assert.match((await desk.get("/cong-viec")).address, /^\/dang-nhap/);
            assert.match((await new Visitor(server).signIn("lanhdao.q1@demo.motcua.example")).address, /^\/dang-nhap/);
            await district.submit(blocked.form(/\/mo-khoa$/));
            await signedIn(server, "lanhdao.q1@demo.motcua.example");
            const self = (await district.get(`${accounts}?q=vu+thi+hong+nhung`)).links(/tai-khoan\/[0-9a-f-]{36}$/)[0];
            const refused = await district.submit((await district.get(self)).form(/\/khoa$/));
            assert.equal(refused.status, 422);
            assert.match(refused.text, /không thể tự khóa mình/);
            const kept = await district.submit((await district.get(self)).form(/\/bo-vai-tro$/));
            assert.equal(kept.status, 422);
            assert.equal((await district.get(accounts)).status, 200);
        });

        test("a new official's address must be free, and the account waits for its owner's password", async () => {
            const form = (await district.get(`${accounts}/moi`)).form(/\/moi$/);
            const typed = { full_name: "Trương Mỹ Lệ", phone: "", role: "receiver", agency: "quan-1" };
            const taken = await district.submit(form, { ...typed, email: "an@demo.motcua.example" });
            assert.equal(taken.status, 422);
            assert.match(taken.text, /Địa chỉ này đã có tài khoản/);
            const made = await district.submit(form, { ...typed, email: "le@thanhpho.example" });
            assert.match(made.text, /Trương Mỹ Lệ/);
            assert.match(made.text, /Bộ phận Một cửa – Ủy ban nhân dân Quận 1 /);
        });

        test("what was given up is listed with its reason, tried again or put aside after asking", async () => {
            giveUp(server, "00000000-0000-7000-8000-000000000001", 1000);
            giveUp(server, "00000000-0000-7000-8000-000000000002", 2000);
            assert.equal((await district.get("/quan-tri")).address, accounts); // a district's looks after its own people
            assert.equal((await district.get(deliveries)).status, 403);
            const own = (await district.get(accounts)).form(/dang-xuat/).fields.find(([name]) => name === "csrf");
            for (const path of [`${deliveries}/x/gui-lai`, `${deliveries}/x/bo`]) assert.equal((await district.post(path, [own])).status, 403, path);
            const home = await city.get("/quan-tri");
            assert.match(home.text, /2 việc gửi đi đã bị bỏ/);
            const list = await city.get(deliveries);
            assert.match(list.text, /messaging\.no_plugin/);
            assert.ok(list.text.indexOf("subject-00000000-0000-7000-8000-000000000002") < list.text.indexOf("subject-00000000-0000-7000-8000-000000000001"));
            await city.submit(list.form(/000002\/gui-lai$/));
            const state = () => sql(server, "SELECT state, attempts FROM outbox WHERE id = '00000000-0000-7000-8000-000000000002'");
            for (let tries = 0; tries < 100 && !state().startsWith("2|1"); ++tries) await new Promise((resolve) => setTimeout(resolve, 100));
            assert.equal(state(), "2|1"); // it was taken up once more
            const ask = await city.get((await city.get(deliveries)).links(/000001\/bo$/)[0]);
            assert.match(ask.text, /không bao giờ được gửi nữa/);
            const gone = await city.submit(ask.form(/000001\/bo$/));
            assert.doesNotMatch(gone.text, /subject-00000000-0000-7000-8000-000000000001/);
            assert.equal((await city.submit(ask.form(/000001\/bo$/))).status, 404); // once
            const actions = sql(server, "SELECT action FROM audit_record WHERE subject LIKE 'outbox:%' ORDER BY id");
            assert.deepEqual(actions.split("\n"), ["outbox.sent_again", "outbox.discarded"]);
        });

        test("deliveries come in pages", async () => {
            for (let i = 0; i < 52; ++i) giveUp(server, `00000000-0000-7000-8000-0000000001${String(i).padStart(2, "0")}`, 3000);
            const first = await city.get(deliveries);
            const next = first.links(/after=(?!.*lang=)/)[0];
            const second = await city.get(next);
            const seen = (page) => [...page.body.matchAll(/subject-[0-9a-f-]{36}/g)].map((match) => match[0]);
            assert.equal(seen(first).length, 50);
            assert.equal(new Set([...seen(first), ...seen(second)]).size, 53);
            assert.deepEqual(second.links(/after=(?!.*lang=)/), []);
        });

        // P5, N13
        test("help, contact, privacy and accessibility stand in both languages and are linked from every page", async () => {
            const visitor = new Visitor(server);
            const home = await visitor.get("/");
            const words = { "/huong-dan": [/Khai và nộp hồ sơ/, /Fill in and file/], "/lien-he": [/Sở Tư pháp/, /Department of Justice/], "/bao-ve-du-lieu": [/13\/2023/, /72 hours/], "/kha-nang-tiep-can": [/WCAG 2\.2/, /keyboard alone/] };
            for (const [path, [vi, en]] of Object.entries(words)) {
                assert.ok(home.links(new RegExp(`^${path}$`)).length > 0, path);
                assert.match((await visitor.get(path)).text, vi);
                assert.match((await visitor.get(`${path}?lang=en`)).text, en);
                await visitor.get(`${path}?lang=vi`);
            }
            const contact = await visitor.get("/lien-he");
            assert.match(contact.text, /1022/);
            assert.match(contact.text, /141-143 Pasteur/);
        });

        test("without a mail module no page promises a letter", async () => {
            const visitor = new Visitor(server);
            const form = (await visitor.get("/dang-ky")).form(/^\/dang-ky/);
            const sent = await visitor.submit(form, { full_name: "Lý Thường", email: "thuong@thu.example", phone: "0903123458", password: "mưa rơi trên mái tôn cũ" });
            assert.match(sent.text, /chưa gửi được thư xác nhận/);
        });

        test("what was typed into a page whose session ended is kept for its sender only", async () => {
            const visitor = await signedIn(server, people.citizen);
            const begun = await visitor.get("/ho-so/nop/1.001193");
            const form = begun.form(/\/nop\//);
            const cookies = new Map(visitor.cookies);
            await visitor.signOut();
            visitor.cookies = new Map(cookies);
            const kept = await visitor.submit(form, { agency: "phuong-ben-nghe" });
            assert.match(kept.text, /điều bạn vừa khai vẫn được giữ/);
            const again = await visitor.submit(kept.form(/^\/dang-nhap/), { email: people.citizen, password: "mot-cua-2020-demo" });
            const draft = await visitor.submit(again.form(/\/nop\//));
            assert.match(draft.address, /^\/ho-so\/[0-9a-f-]{36}$/);
            // Another site's form is neither kept nor shown.
            visitor.cookies = new Map(cookies);
            const forged = await visitor.post("/ho-so/nop/1.001193", { csrf: "x", agency: "lạ" });
            assert.equal(forged.status, 403);
            assert.doesNotMatch(forged.body, /kept/);
        });
    });
