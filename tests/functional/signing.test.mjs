// Papers signed together in one act of a leader, the organisation's seal, and signatures that get more proof later: by the plugin on
// SoftHSM tokens, a time-stamp authority of `openssl ts` and answers of `openssl ocsp`. // P14, O8, O22, N6
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Tsa } from "../../tools/simulators/tsa/tsa.mjs";
import { act, filed, people } from "./lib/city.mjs";
import { backends, freePort, program, Server } from "./lib/server.mjs";
import { signedIn, unescape } from "./lib/visitor.mjs";
import { wordsOf } from "./lib/words.mjs";

const said = wordsOf("default", "vi");
const plugin = "vn.motcua.signature-pkcs11";
const adminMail = "quantri@demo.motcua.example";

function run(folder, program, ...words) {
    return execFileSync(program, words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

async function until(ask, what) {
    for (let tries = 0; tries < 1500; ++tries) {
        const found = await ask();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.fail(`never: ${what}`);
}

function linksTo(page, word) {
    return [...page.body.matchAll(/<a [^>]*href="([^"]*\/tep\/[^"]*)"[^>]*>([\s\S]*?)<\/a>/g)]
        .filter(([, , text]) => unescape(text.replace(/<[^>]+>/g, "")).trim() === said.get(`document.${word}`)).map(([, href]) => href);
}

async function resultOf(citizen, id) {
    const links = await until(async () => {
        const found = linksTo(await citizen.get(`/ho-so/${id}`), "result");
        return found.length > 0 && found;
    }, `a result of ${id}`);
    assert.equal(links.length, 1);
    return (await citizen.get(links[0])).bytes;
}

function pdfsig(bytes) {
    const folder = mkdtempSync(join(tmpdir(), "motcua-pdfsig-"));
    writeFileSync(join(folder, "paper.pdf"), bytes);
    const said = run(folder, "pdfsig", "-nocert", "paper.pdf");
    rmSync(folder, { recursive: true });
    return said;
}
const validOnes = (bytes) => pdfsig(bytes).match(/Signature Validation: Signature is Valid/g)?.length ?? 0;

const page = "/cong-viec/ky-nhieu";
// The boxes of the page by the dossier's id.
const boxesOf = (shown) => new Map([...shown.body.matchAll(/name="steps" type="checkbox" value="([^"]*)"/g)].map(([, value]) => [value.split(" ")[0], value]));
const rowsOf = (shown) => new Map([...shown.body.matchAll(/<tr class="govuk-table__row">\s*<th scope="row"[^>]*><a [^>]*href="\/cong-viec\/([^"]*)"[\s\S]*?<\/tr>/g)]
    .map(([row, id]) => [id, unescape(row.replace(/<[^>]+>/g, " ")).replace(/\s+/g, " ")]));

for (const backend of backends)
    describe(`signing together on ${backend}`, () => {
        const server = new Server({ backend });
        let citizen, receiver, specialist, leader, otherLeader;
        before(async () => {
            await server.start();
            [citizen, receiver, specialist, leader, otherLeader] = await Promise.all([people.citizen, people.receiver, people.specialist, people.leader,
                "lanhdao.stp@demo.motcua.example"].map((email) => signedIn(server, email)));
        });
        after(() => server.remove());

        async function ready() {
            const { id } = await filed(citizen);
            await act(receiver, id, "accept");
            await act(specialist, id, "pass");
            await act(specialist, id, "");
            return id;
        }
        const calls = () => [...server.journal.matchAll(/paper\.signed_together.*?papers\W+(\d+)/g)].map(([, count]) => Number(count));
        const chosen = (shown, ids) => {
            const form = shown.form(/ky-nhieu$/);
            const boxes = boxesOf(shown);
            return [form.action, [...form.fields, ...ids.map((id) => ["steps", boxes.get(id)])]];
        };

        test("one act approves several dossiers, the key is asked once, each has its own result", async () => {
            const ids = [await ready(), await ready(), await ready(), await ready()];
            assert.ok((await leader.get("/cong-viec")).links(/ky-nhieu/).length > 0);
            const shown = await leader.get(page);
            assert.deepEqual([...boxesOf(shown).keys()].sort(), [...ids].sort());
            // One of them is approved by itself meanwhile: its box is stale and stops no other.
            await act(leader, ids[1], "approve");
            const [action, fields] = chosen(shown, ids);
            const [first, again] = await Promise.all([leader.post(action, fields), leader.post(action, fields)]);
            assert.equal(first.status, 200);
            assert.equal(again.address, first.address);
            for (const id of ids) assert.equal(validOnes(await resultOf(citizen, id)), 1);
            const rows = rowsOf(await leader.get(first.address));
            assert.equal(rows.size, 4);
            for (const id of [ids[0], ids[2], ids[3]]) assert.ok(rows.get(id).includes(said.get("together.signed")), rows.get(id));
            assert.ok(rows.get(ids[1]).includes(said.get("together.failed")), rows.get(ids[1]));
            assert.match(rows.get(ids[1]), new RegExp(`${said.get("error.process.no_task")}|${said.get("error.process.task_closed")}|${said.get("error.process.stale")}|${said.get("error.dossier.result_unsigned")}`));
            assert.deepEqual(calls(), [3]);
            for (const id of ids) assert.equal((await citizen.get(`/ho-so/${id}`)).text.split(said.get("event.result_issued")).length, 2);
            // The same form once more, after all is done: nothing new.
            assert.equal((await leader.post(action, fields)).address, first.address);
            assert.deepEqual(calls(), [3]);
        });

        test("nobody else approves, sees or is shown what was signed", async () => {
            const id = await ready();
            const shown = await leader.get(page);
            const [, fields] = chosen(shown, [id]);
            for (const visitor of [receiver, specialist]) assert.equal((await visitor.get(page)).status, 403);
            assert.equal(boxesOf(await otherLeader.get(page)).size, 0);
            const forged = await otherLeader.get(page);
            const token = await otherLeader.get("/cong-viec");
            const csrf = /name="csrf" value="([^"]*)"/.exec(forged.body + token.body)?.[1];
            const once = "0192f0c4-0000-7000-8000-000000000001";
            const outcome = await otherLeader.post(page, [...fields.filter(([name]) => name === "steps"), ["csrf", csrf], ["once", once]]);
            assert.ok(rowsOf(outcome).get(id).includes(said.get("together.failed")), outcome.text);
            assert.doesNotMatch(outcome.text, /Hạnh/);
            assert.equal((await leader.get(`${page}/${once}`)).status, 404); // another's act
            assert.deepEqual(linksTo(await citizen.get(`/ho-so/${id}`), "result"), []);
            const none = await leader.post(page, shown.form(/ky-nhieu$/).fields);
            assert.equal(none.status, 422);
            assert.ok(none.text.includes(said.get("error.signing.none_chosen")));
            await act(leader, id, "approve");
        });

        test("without a key all of them wait by name, and go on when there is one", async () => {
            const ids = [await ready(), await ready()];
            const admin = await signedIn(server, adminMail);
            await admin.submit((await admin.get("/quan-tri/mo-dun")).form(new RegExp(`${plugin}/disable`)));
            const outcome = await leader.post(...chosen(await leader.get(page), ids));
            await until(async () => {
                const rows = rowsOf(await leader.get(outcome.address));
                return ids.every((id) => rows.get(id).includes(said.get("desk.waiting_no_profile")));
            }, "that both wait");
            await admin.submit((await admin.get("/quan-tri/mo-dun")).form(new RegExp(`${plugin}/enable`)));
            for (const id of ids) assert.equal(validOnes(await resultOf(citizen, id)), 1);
            const rows = rowsOf(await leader.get(outcome.address));
            for (const id of ids) assert.ok(rows.get(id).includes(said.get("together.signed")));
        });
    });

// One backend is enough: what differs between them is proved above.
describe("seal and lasting signatures", () => {
    const folder = mkdtempSync(join(tmpdir(), "motcua-lasting-"));
    const at = (name) => join(folder, name);
    const server = new Server({});
    let tsa, tsaPort, responder, responderPort, citizen, receiver, specialist, leader;

    function issue(name, extensions) {
        writeFileSync(at(`${name}.ext`), extensions);
        run(folder, "openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
        run(folder, "openssl", "x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", `${name}.ext`, "-out", `${name}.pem`);
    }

    async function respond() {
        const serial = run(folder, "openssl", "x509", "-in", "tsa.pem", "-noout", "-serial").trim().split("=")[1];
        writeFileSync(at("index.txt"), ["V", "491231235959Z", "", serial, "unknown", "/CN=tsa"].join("\t") + "\n");
        responder = spawn("openssl", ["ocsp", "-port", String(responderPort), "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ocsp.pem", "-rkey", "ocsp.key", "-nmin", "5"],
            { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
        await new Promise((resolve, reject) => {
            for (const said of [responder.stdout, responder.stderr]) said.on("data", (text) => text.includes("ACCEPT") && resolve());
            responder.on("exit", () => reject(new Error("the responder has gone")));
        });
    }

    // A second token beside the demo's, for the organisation's key.
    function makeSeal() {
        const config = join(server.folder, "demo-token/softhsm2.conf");
        const module = run(folder, "sh", "-c", "ls /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so 2>/dev/null | head -1").trim();
        const authority = execFileSync(join(dirname(program), "motcua-demo-token"), [module, "con-dau"],
            { input: "87654321\n", encoding: "utf8", env: { ...process.env, SOFTHSM2_CONF: config } });
        writeFileSync(join(server.folder, "trust/con-dau.pem"), authority);
        return { "setting-module": module, "setting-token": "con-dau", "setting-environment": `SOFTHSM2_CONF=${config}`, "setting-pin": "87654321" };
    }

    async function signIn() {
        [citizen, receiver, specialist, leader] = await Promise.all([people.citizen, people.receiver, people.specialist, people.leader].map((email) => signedIn(server, email)));
    }

    before(async () => {
        run(folder, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "3", "-subj", "/CN=Test CA");
        [tsaPort, responderPort] = [await freePort(), await freePort()];
        const end = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n";
        issue("tsa", `${end}extendedKeyUsage=critical,timeStamping\nauthorityInfoAccess=OCSP;URI:http://127.0.0.1:${responderPort}/\n`);
        issue("ocsp", `${end}extendedKeyUsage=critical,OCSPSigning\n`);
        server.set["signing.tsa"] = `http://127.0.0.1:${tsaPort}/`;
        server.set["signing.authorities"] = `127.0.0.1:${responderPort}`;
        await server.start();
        writeFileSync(join(server.folder, "trust/ca.pem"), readFileSync(at("ca.pem")));
        const fields = makeSeal();
        const admin = await signedIn(server, adminMail);
        const settings = await admin.get(`/quan-tri/mo-dun/${plugin}?profile=default-seal`);
        const saved = await admin.submit(settings.form(/\/save/), fields);
        assert.equal(saved.status, 200, saved.text.slice(0, 800));
        await server.stop();
        await server.restart();
        await signIn();
    });
    after(async () => {
        responder?.kill();
        await tsa?.close();
        await server.remove();
        rmSync(folder, { recursive: true });
    });

    async function approved() {
        const { id } = await filed(citizen);
        await act(receiver, id, "accept");
        await act(specialist, id, "pass");
        await act(specialist, id, "");
        await act(leader, id, "approve");
        return id;
    }
    const standsFor = (bytes) => ({ seals: validOnes(bytes), timed: bytes.includes("/DocTimeStamp"), lasting: bytes.includes("/DSS") });
    const reached = (id, wanted) => until(async () => {
        const bytes = await resultOf(citizen, id);
        return wanted(standsFor(bytes)) && bytes;
    }, `more proof in ${id}`);

    test("leader and organisation sign; the authority was silent: the time-stamp comes later, then what proves it lasting", async () => {
        const id = await approved();
        const basic = await resultOf(citizen, id);
        assert.deepEqual(standsFor(basic), { seals: 2, timed: false, lasting: false });
        tsa = new Tsa({ certificate: at("tsa.pem"), key: at("tsa.key"), others: at("ca.pem") });
        await tsa.listen(tsaPort);
        const timed = await reached(id, ({ timed }) => timed); // the job signing.extend, once a minute
        assert.deepEqual(timed.subarray(0, basic.length), basic); // nothing that went out has changed
        assert.equal(standsFor(timed).lasting, false); // the responder is silent

        const at2 = await approved(); // B-T at once, its proof later
        const second = await resultOf(citizen, at2);
        assert.deepEqual(standsFor(second), { seals: 2, timed: true, lasting: false });
        await respond();
        await server.stop(); // forgets that nobody answered
        await server.restart();
        await signIn();
        const lasting = await reached(at2, ({ lasting }) => lasting);
        assert.deepEqual(lasting.subarray(0, second.length), second);
        assert.equal(validOnes(lasting), 2);
        assert.equal((await citizen.get(`/ho-so/${at2}`)).text.split(said.get("event.result_issued")).length, 2); // told once
        const third = await resultOf(citizen, await approved()); // all of it at once
        assert.deepEqual(standsFor(third), { seals: 2, timed: true, lasting: true });
    });
});
