// Killed at random moments under load: what was acknowledged is there, no code is used twice, the audit chains are whole.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { actForm, codeOf, people, readyDraft } from "./lib/city.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn } from "./lib/visitor.mjs";

const kills = process.env.MOTCUA_TEST_TIER === "long" ? 200 : 10;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
// A connection that broke is no answer; everything else is a fault of the test.
const cutOff = (error) => error.name === "TypeError" && /fetch failed|terminated|other side closed/.test(error.message);

for (const backend of backends)
    describe(`kill -9 under load on ${backend}`, () => {
        const server = new Server({ backend });
        let citizen, receiver;
        before(async () => {
            await server.start();
            citizen = await signedIn(server, people.citizen);
            receiver = await signedIn(server, people.receiver);
        });
        after(() => server.remove());

        test(`${kills} kills lose nothing that was acknowledged`, async () => {
            const filed = new Map(); // dossier → submission number that a citizen has read
            const accepted = new Map(); // dossier → legal code that an official has read
            let filings = 0;

            // Each worker makes drafts ready, files them and has them accepted until the server is gone.
            const work = async () => {
                for (;;) {
                    const id = await readyDraft(citizen);
                    const check = await citizen.get(`/ho-so/${id}/kiem-tra`);
                    const page = await citizen.submit(check.form(/\/kiem-tra$/), { declaration: "yes" }, { follow: false });
                    ++filings;
                    assert.equal(page.status, 303, page.text.slice(0, 300));
                    filed.set(id, null);
                    filed.set(id, /TN-\d{6}-[0-9A-Z]{10}/.exec((await citizen.get(`/ho-so/${id}/da-nop`)).body)[0]);
                    const form = actForm(await receiver.get(`/cong-viec/${id}`), "accept");
                    const done = await receiver.submit(form, { note: "" }, { follow: false });
                    assert.equal(done.status, 303, done.text.slice(0, 300));
                    accepted.set(id, null);
                    accepted.set(id, codeOf(await citizen.get(`/ho-so/${id}`)));
                }
            };

            const codes = new Map();
            for (let kill = 0; kill < kills; ++kill) {
                let killed = false;
                const workers = Array.from({ length: 3 }, () => work().catch((error) => {
                    if (!killed || !cutOff(error)) throw error;
                }));
                const working = Promise.all(workers);
                // However slow the machine: a random while after this round's first filing.
                const before = filings;
                while (filings === before) await Promise.race([wait(20), working]);
                await Promise.race([wait(Math.random() * 1000), working]);
                killed = true;
                await server.kill();
                await working;
                await server.restart();
                for (const [id, number] of filed) {
                    const page = await citizen.get(`/ho-so/${id}`);
                    assert.equal(page.status, 200, `${id} is gone after kill ${kill + 1}`);
                    assert.match((await citizen.get(`/ho-so/${id}/da-nop`)).body, new RegExp(number ?? "TN-"));
                    const code = codeOf(page);
                    if (accepted.has(id)) assert.ok(code, `${id} lost its code`);
                    if (accepted.get(id)) assert.equal(code, accepted.get(id));
                    if (code) {
                        assert.ok(!codes.has(code) || codes.get(code) === id, `${code} is used twice`);
                        codes.set(code, id);
                    }
                }
            }
            assert.ok(filed.size >= kills && accepted.size > 0, `${filed.size} filings, ${accepted.size} acceptances`);
            const { code, output } = await server.runAside("doctor");
            assert.equal(code, 0, output);
            assert.match(output, /every chain whole/);
        });
    });
