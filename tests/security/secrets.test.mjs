// What stays secret: nothing of a person and no key stands in the log, in the database or in the files. // N4
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { act, filed, people, readyDraft } from "../functional/lib/city.mjs";
import { configureMail, Mailbox, mailPlugin } from "../functional/lib/mailbox.mjs";
import { backends, password, Server } from "../functional/lib/server.mjs";
import { signedIn, Visitor } from "../functional/lib/visitor.mjs";

const walk = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? walk(join(folder, one.name)) : [join(folder, one.name)]));

for (const backend of backends)
    describe(`secrets on ${backend}`, () => {
        const server = new Server({ backend });
        const mailbox = new Mailbox();
        const typed = { name: "Nguyễn Khánh Bí Mật", email: "bi.mat.77@thu.example", phone: "0987654321", password: "con mèo trèo cây cau 77", plugin: "mật khẩu của máy thư 77" };
        const secrets = new Set([...Object.values(typed), password, "Trần Nguyễn Gia Bảo", "Hồng Hạnh", "079192004567", "079090012345", "hanh.nguyen@thu.example", "0903123456", "25/3 Lê Thánh Tôn", "Nguyễn Văn An", people.citizen, "079000000001", "0900000001"]);
        const links = [];
        let number;

        // Everything that a person's secrets go through.
        before(async () => {
            const port = await mailbox.listen();
            await server.start();
            const admin = await configureMail(server, port);
            const settings = await admin.get(`/quan-tri/mo-dun/${mailPlugin}?profile=default`);
            await admin.submit(settings.form(/\/save/), { "setting-password": typed.plugin });
            const visitor = new Visitor(server);
            const register = (await visitor.get("/dang-ky")).form(/^\/dang-ky/);
            await visitor.submit(register, { full_name: typed.name, email: typed.email, phone: typed.phone, password: typed.password });
            await visitor.signIn(typed.email, "sai hẳn");
            const letter = await mailbox.letter(typed.email, /xac-nhan/);
            const link = /\/xac-nhan\/(\S+)/.exec(letter)[1];
            links.push(link);
            await visitor.submit((await visitor.get(`/xac-nhan/${link}`)).form(/^\/xac-nhan/));
            const inside = await signedIn(server, typed.email, undefined, typed.password);
            const draft = await readyDraft(inside);
            const sent = await filed(inside);
            number = sent.number;
            const official = await signedIn(server, people.receiver);
            await act(official, sent.id, "accept", "đã xem");
            await new Visitor(server).get(`/tra-cuu?code=${number}`);
            await inside.get(`/ho-so/${draft}/kiem-tra`);
            await inside.get("/khong-co?email=" + encodeURIComponent(typed.email));
            await inside.send("POST", "/dang-nhap", { body: `email=${encodeURIComponent(typed.email)}&password=${encodeURIComponent(typed.password)}`, headers: { "content-type": "application/x-www-form-urlencoded" } });
            for (const one of [visitor, inside, official, admin]) for (const value of one.cookies.values()) if (value.length > 20) links.push(value);
            await mailbox.letter(typed.email, /TN-\d{6}-/);
        });
        after(async () => {
            mailbox.close();
            await server.remove();
        });

        test("the log of the whole run holds none of them", () => {
            const journal = server.journal;
            assert.ok(journal.match(/http\.request/g)?.length > 30, "the log tells of every request");
            for (const secret of [...secrets, ...links, number]) assert.ok(!journal.includes(secret), `${secret} in: ${journal.split("\n").find((line) => line.includes(secret))?.slice(0, 300)}`);
            assert.doesNotMatch(journal, /BEGIN [A-Z ]*PRIVATE KEY|\$argon2|[\w.]+@(thu|demo)\./);
        });

        test("a dump of the database holds none of them", () => {
            let dump;
            if (backend === "SQLite") dump = Buffer.concat(walk(server.folder).filter((name) => /motcua\.db/.test(name)).map((name) => readFileSync(name)));
            else dump = execFileSync("pg_dump", ["--inserts", server.set["database.address"]], { maxBuffer: 1 << 30 });
            assert.ok(dump.length > 100_000);
            for (const secret of [...secrets, ...links]) {
                assert.ok(!dump.includes(Buffer.from(secret)), secret);
                if (backend !== "SQLite") assert.ok(!dump.includes(Buffer.from(secret).toString("hex")), `${secret} in hex`);
            }
            assert.ok(dump.includes(Buffer.from(number)), "the dump is of this city"); // a submission number tells nothing of anybody
            assert.ok(dump.includes("$argon2id$") || dump.includes(Buffer.from("$argon2id$").toString("hex")));
        });

        test("the files hold none of them, and are their owner's alone", () => {
            const all = walk(server.folder).filter((name) => !/motcua\.db|\.sock$/.test(name));
            const papers = all.filter((name) => name.includes("/files/"));
            assert.ok(papers.length >= 2);
            for (const name of papers) {
                const bytes = readFileSync(name);
                assert.ok(!bytes.includes("%PDF") && !bytes.includes("Helvetica"), name);
            }
            for (const name of [...all, ...walk(server.folder).filter((one) => /motcua\.db/.test(one))]) assert.equal(statSync(name).mode & 0o077, 0, `${name} is open to others`);
            assert.equal(statSync(server.folder).mode & 0o077, 0);
        });

        test("the plugin's process is told no secret in words or environment", () => {
            const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((pid) => {
                try {
                    return readFileSync(`/proc/${pid}/stat`, "utf8").includes(`(motcua-plugin-h) `) && readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ")[1] === String(server.process.pid);
                } catch {
                    return false;
                }
            });
            assert.ok(pids.length > 0);
            for (const pid of [...pids, server.process.pid])
                for (const part of ["cmdline", ...(pid === server.process.pid ? [] : ["environ"])]) {
                    const text = readFileSync(`/proc/${pid}/${part}`, "utf8");
                    for (const secret of [typed.plugin, typed.password]) assert.ok(!text.includes(secret));
                }
        });
    });
