// The commands of the server program: what they do, what they say, their exit codes; beside a running server and without one.
// // N5, N16, U5
import assert from "node:assert/strict";
import { appendFileSync, chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { codeOf, filed, people } from "./lib/city.mjs";
import { mailPlugin } from "./lib/mailbox.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn } from "./lib/visitor.mjs";

const files = (folder, below = "") =>
    readdirSync(join(folder, below), { withFileTypes: true })
        .flatMap((one) => (one.isDirectory() ? files(folder, join(below, one.name)) : [join(below, one.name)]))
        .sort();

for (const backend of backends)
    describe(`commands on ${backend}`, () => {
        const scratch = mkdtempSync(join(tmpdir(), "motcua-commands-"));
        const place = (name) => join(scratch, name);
        cpSync(new URL("../../config/city", import.meta.url).pathname, place("city"), { recursive: true });
        const server = new Server({ backend, set: { "city.folder": place("city") } });
        const more = [];
        before(() => server.start());
        after(async () => {
            for (const one of [server, ...more]) await one.remove();
            rmSync(scratch, { recursive: true });
        });
        const run = async (...words) => server.runAside(...words);
        const good = async (...words) => {
            const { code, output } = await run(...words);
            assert.equal(code, 0, `${words.join(" ")}: ${output}`);
            return output;
        };
        const refused = async (status, pattern, ...words) => {
            const { code, output } = await run(...words);
            assert.equal(code, status, `${words.join(" ")}: ${output}`);
            assert.match(output, pattern);
            assert.doesNotMatch(output, /terminate|what\(\)|std::|\.cpp/);
            return output;
        };

        test("help names every command with a sentence; an unknown one is refused", async () => {
            const help = await good("help");
            for (const name of ["serve", "migrate", "doctor", "user create", "catalogue import", "catalogue export", "plugin list", "plugin check", "plugin enable", "plugin disable", "config export", "config import", "backup", "restore", "theme reload", "routes"])
                assert.match(help, new RegExp(`^  ${name}\\b.*\\n {8}\\S.*\\.$`, "m"), name);
            await refused(2, /unknown command: sing/, "sing");
            for (const words of [["plugin", "check"], ["plugin", "enable"], ["config", "export"], ["config", "import"], ["backup"], ["restore"], ["config", "import", place("x"), "--maybe"], ["restore", "a", "b", "c"]])
                await refused(2, /usage: motcua /, ...words);
        });

        test("plugins are listed, checked, switched on and off", async () => {
            const list = await good("plugin", "list");
            for (const id of [mailPlugin, "vn.motcua.payment-vnpay"])
                assert.match(list, new RegExp(`^${id.replaceAll(".", "\\.")}  off$`, "m"));
            assert.match(list, /^vn\.motcua\.signature-pkcs11  (starting|running)$/m); // the demo signs out of the box
            assert.match(list, /provides message\/1/);
            await refused(1, /plugin list/, "plugin", "enable", "vn.motcua.nobody");
            await refused(1, /plugin list/, "plugin", "check", "vn.motcua.nobody");
            assert.match(await good("plugin", "enable", mailPlugin), /is switched on: running/);
            assert.match(await good("plugin", "list"), new RegExp(`${mailPlugin}  running`));
            assert.match(await (await signedIn(server, "quantri@demo.motcua.example")).get("/quan-tri/mo-dun").then((page) => page.text), /Đang chạy|đang chạy/);
            assert.match(await good("plugin", "check", mailPlugin), /running/);
            assert.match(await good("plugin", "disable", mailPlugin), /is switched off: off/);
            writeFileSync(place("none.so"), "not a library");
            await refused(1, /error: plugin\./, "plugin", "check", place("none.so"));
        });

        test("a plugin's profile that cannot connect is told by check", async () => {
            const admin = await signedIn(server, "quantri@demo.motcua.example");
            await good("plugin", "enable", mailPlugin);
            const page = await admin.get(`/quan-tri/mo-dun/${mailPlugin}?profile=default`);
            await admin.submit(page.form(/\/save/), { "setting-host": "127.0.0.1", "setting-port": 9, "setting-security": "none", "setting-from": "motcua@example.vn", "setting-fromName": "Một Cửa", "setting-password": "mật khẩu của thư 77" });
            await refused(1, /profile default: NOT right/, "plugin", "check", mailPlugin);
        });

        test("the configuration goes out as files and comes back; nothing is done unasked", async () => {
            const output = await good("config", "export", place("out"));
            assert.match(output, /^\d+ files are in /m);
            const names = files(place("out"));
            for (const name of ["agencies.yaml", "calendar.yaml", "fields.yaml", "council_fees.yaml", "plugins.yaml", "site.yaml", "procedures/1.001193.yaml", "packages/1.001193/form.yaml", "packages/1.001193/process.bpmn", "packages/1.001193/result.mustache", "packages/1.001193/notices.yaml"])
                assert.ok(names.includes(name), `${name} is missing among ${names.length}`);
            for (const name of names) assert.doesNotMatch(readFileSync(join(place("out"), name), "utf8"), /mật khẩu của thư 77|mot-cua-2020-demo/);
            assert.match(readFileSync(join(place("out"), "plugins.yaml"), "utf8"), /host: "127\.0\.0\.1"/);
            assert.match(await good("config", "import", place("out")), /Nothing differs/);

            const edit = (name, from, to) => {
                const text = readFileSync(join(place("out"), name), "utf8");
                assert.ok(text.includes(from), `${name} has no ${from}`);
                writeFileSync(join(place("out"), name), text.replace(from, to));
            };
            edit("procedures/1.001193.yaml", "Đăng ký khai sinh", "Đăng ký khai sinh (mới)");
            edit("plugins.yaml", "fromName: Một Cửa", "fromName: Một Cửa (mới)");
            edit("site.yaml", '"1022"', '"1023"');
            edit("packages/1.001193/result.mustache", "@", "# đổi\n@");
            edit("agencies.yaml", "Sở Công Thương", "Sở Công Thương (mới)");
            writeFileSync(join(place("out"), "calendar.yaml"), readFileSync(join(place("out"), "calendar.yaml"), "utf8").replace("17:00", "16:30"));
            const waits = await refused(3, /Nothing was changed/, "config", "import", place("out"));
            for (const line of [/procedures\/1\.001193\.yaml: name.*→.*\(mới\)/, /plugins\.yaml: .*fromName: .*→.*\(mới\)/, /site\.yaml: /, /result\.mustache: changes/, /agencies\.yaml: so-cong-thuong changes/, /calendar\.yaml: sessions/])
                assert.match(waits, line);
            assert.doesNotMatch((await (await signedIn(server, people.citizen)).get("/thu-tuc/1.001193")).text, /\(mới\)/);

            assert.match(await good("config", "import", place("out"), "--yes"), /Done\./);
            assert.match((await (await signedIn(server, people.citizen)).get("/thu-tuc/1.001193")).text, /Đăng ký khai sinh \(mới\)/);
            assert.match(readFileSync(place("city/site.yaml"), "utf8"), /1023/);
            assert.match(await good("config", "import", place("out")), /Nothing differs/);
            await good("config", "export", place("again"));
            assert.deepEqual(files(place("again")), files(place("out")));
            for (const name of files(place("out"))) assert.equal(readFileSync(join(place("again"), name), "utf8"), readFileSync(join(place("out"), name), "utf8"), name);
            const profile = await (await signedIn(server, "quantri@demo.motcua.example")).get(`/quan-tri/mo-dun/${mailPlugin}?profile=default`);
            assert.match(profile.body, /value="Một Cửa \(mới\)"/);
            // The secret that was there is still there, for this address; another one is not told it.
            cpSync(place("out"), place("moved"), { recursive: true });
            writeFileSync(join(place("moved"), "plugins.yaml"), readFileSync(join(place("out"), "plugins.yaml"), "utf8").replace("port: 9", "port: 25"));
            await refused(3, /port: 9 → 25[^]*secret password is to be given/, "config", "import", place("moved"));
        });

        test("a folder with a mistake changes nothing and says where it is", async () => {
            cpSync(place("out"), place("wrong"), { recursive: true });
            appendFileSync(join(place("wrong"), "procedures/1.001193.yaml"), "\nsurprise: 1\n");
            writeFileSync(join(place("wrong"), "agencies.yaml"), readFileSync(join(place("wrong"), "agencies.yaml"), "utf8").replace("(mới)", "(sai)"));
            await refused(1, /1\.001193\.yaml.*surprise|surprise/, "config", "import", place("wrong"), "--yes");
            assert.match(await good("config", "import", place("out")), /Nothing differs/);
            await refused(1, /config export/, "config", "import", place("nowhere"));
        });

        test("a city of its own takes the configuration of another", async () => {
            const other = new Server({ backend, set: { "city.folder": place("city") } });
            more.push(other);
            await other.start();
            assert.match((await other.runAside("config", "import", place("again"), "--yes")).output, /secret password is to be given/);
            await other.runAside("config", "export", place("others"));
            const differing = files(place("again")).filter((name) => readFileSync(join(place("others"), name), "utf8") !== readFileSync(join(place("again"), name), "utf8"));
            assert.deepEqual(differing, ["plugins.yaml"]); // which names the secrets that are set
        });

        test("backup and restore: the city is there again, and everything in the way is told", async () => {
            const citizen = await signedIn(server, people.citizen);
            const { id, number } = await filed(citizen);
            await good("backup", place("backup"));
            await refused(1, /does not exist yet/, "backup", place("backup"));
            const later = await filed(citizen);
            await refused(1, /stop it first/, "restore", place("backup"));
            await server.stop();

            await refused(1, /--force/, "restore", place("backup"));
            await refused(1, /motcua backup/, "restore", place("nowhere"));
            for (const [name, harm] of [
                ["changed", (folder) => appendFileSync(join(folder, files(folder).find((one) => one.startsWith("motcua."))), "x")],
                ["lost", (folder) => rmSync(join(folder, files(folder).find((one) => one.startsWith("files/"))))],
                ["linked", (folder) => {
                    const paper = join(folder, files(folder).find((one) => one.startsWith("files/")));
                    rmSync(paper);
                    symlinkSync(join(place("backup"), paper.slice(folder.length)), paper);
                }],
                ["forged", (folder) => appendFileSync(join(folder, "SHA256SUMS"), `${"0".repeat(64)}  ../../etc/passwd\n`)],
            ]) {
                cpSync(place("backup"), place(name), { recursive: true });
                harm(place(name));
                await refused(1, /backup\.damaged[\s\S]*Nothing was changed/, "restore", place(name), "--force");
            }
            const key = join(server.folder, "keys/master.key");
            copyFileSync(key, place("master.key"));
            rmSync(key);
            await refused(1, /master\.key is missing[\s\S]*Put the keys/, "restore", place("backup"), "--force");
            writeFileSync(key, `${"ab".repeat(32)}\n`);
            chmodSync(key, 0o400);
            await refused(1, /is not the key of the city/, "restore", place("backup"), "--force");
            rmSync(key, { force: true });
            copyFileSync(place("master.key"), key);
            chmodSync(key, 0o400);

            writeFileSync(join(place("backup"), "files/nobodys"), "named by no sum");
            const said = await good("restore", place("backup"), "--force");
            assert.equal(existsSync(join(server.folder, "files/nobodys")), false);
            assert.match(said, /every chain whole/);
            assert.match(said, /newest head fits/);
            assert.match(said, /What stood here is in/);
            await server.restart();
            const again = await signedIn(server, people.citizen);
            assert.match((await again.get(`/ho-so/${id}/da-nop`)).body, new RegExp(number));
            assert.equal((await again.get(`/ho-so/${later.id}`)).status, 404); // came after the backup
            const paper = (await again.get(`/ho-so/${id}`)).links(/\/tep\//)[0];
            assert.equal((await again.get(paper)).bytes.subarray(0, 5).toString(), "%PDF-");
            assert.match(await good("doctor"), /the sealed bytes of each are there/);
            assert.equal(codeOf(await again.get(`/ho-so/${id}`)), undefined);
        });

        test("a restore into an empty place needs the keys and nothing else", async () => {
            const fresh = new Server({ backend, set: { "city.folder": place("city") } });
            more.push(fresh);
            fresh.port = server.port; // never started before the restore
            assert.match((await fresh.runAside("restore", place("backup"))).output, /Put the keys/);
            mkdirSync(join(fresh.folder, "keys"), { mode: 0o700, recursive: true });
            for (const name of ["master.key", "audit.pem"]) copyFileSync(join(server.folder, "keys", name), join(fresh.folder, "keys", name));
            const { code, output } = await fresh.runAside("restore", place("backup"));
            assert.equal(code, 0, output);
            fresh.port = undefined;
            await fresh.start("serve");
            assert.match((await (await signedIn(fresh, people.citizen)).get("/tai-khoan")).text, /TN-\d{6}-/);
            assert.equal(existsSync(join(fresh.folder, "restoring")), false);
        });

        test("doctor finds a paper whose bytes are gone", async () => {
            const [paper] = files(join(server.folder, "files"));
            rmSync(join(server.folder, "files", paper), { force: true });
            await refused(1, /files: MISSING, the bytes of 1 of/, "doctor");
        });

        test("without a server the commands work by themselves, those that need one say so", async () => {
            await server.stop();
            assert.match(await good("plugin", "list"), new RegExp(mailPlugin));
            await good("config", "export", place("alone"));
            await refused(1, /motcua serve/, "theme", "reload");
            await refused(1, /motcua serve/, "routes");
            await server.restart();
            assert.match(await good("theme", "reload"), /taken up/);
            assert.match(await good("routes"), /^POST \/dang-nhap public page$/m);
        });
    });
