// Thirty-two officials accept at once: codes of one agency and day are unique and leave no gap (G12, Circular 01/2018, article 19).
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { actForm, codeOf, file, people, readyDraft } from "./lib/city.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn } from "./lib/visitor.mjs";

const crowd = 32;

for (const backend of backends)
    describe(`${crowd} officials at once on ${backend}`, () => {
        const server = new Server({ backend, set: { "http.trusted_proxies": "127.0.0.1", "http.workers": "32" } });
        const secret = "chuyen cu o mot cua 2020";
        let officials, dossiers;
        before(async () => {
            await server.start();
            const secretFile = join(server.folder, "secret");
            writeFileSync(secretFile, `${secret}\n`);
            const citizen = await signedIn(server, people.citizen);
            // Four at a time: the hasher and the drafts share two processors.
            dossiers = [];
            officials = [];
            const one = async (index) => {
                const email = `tiepnhan${index}@demo.motcua.example`;
                const made = await server.runAside("user", "create", email, `Người tiếp nhận ${index}`, "--password-file", secretFile,
                    "--role", "receiver", "--agency", "phuong-ben-nghe");
                assert.equal(made.code, 0, made.output);
                const official = await signedIn(server, email, `192.0.2.${index + 1}`, secret);
                officials.push(official);
                dossiers.push(await file(citizen, await readyDraft(citizen)));
            };
            let next = 0;
            await Promise.all(Array.from({ length: 4 }, async () => {
                while (next < crowd) await one(next++);
            }));
        });
        after(() => server.remove());

        test("each accepted dossier has a code of its own and the numbers run from 1 without a gap", async () => {
            const forms = await Promise.all(officials.map(async (official, index) => actForm(await official.get(`/cong-viec/${dossiers[index].id}`), "accept")));
            const answers = await Promise.all(officials.map((official, index) => official.submit(forms[index], { note: "" })));
            for (const answer of answers) assert.equal(answer.status, 200, answer.text.slice(0, 300));
            const citizen = await signedIn(server, people.citizen);
            const codes = [];
            for (const { id } of dossiers) codes.push(codeOf(await citizen.get(`/ho-so/${id}`)));
            assert.equal(new Set(codes).size, crowd);
            assert.equal(new Set(codes.map((code) => code.replace(/-\d+$/, ""))).size, 1);
            assert.deepEqual(codes.map((code) => Number(code.split("-").at(-1))).sort((a, b) => a - b), Array.from({ length: crowd }, (_, index) => index + 1));
        });

        test("all of them at one dossier: one accepts it, the others are told that it is done", async () => {
            const citizen = await signedIn(server, people.citizen);
            const { id } = await file(citizen, await readyDraft(citizen));
            const forms = await Promise.all(officials.map(async (official) => actForm(await official.get(`/cong-viec/${id}`), "accept")));
            const answers = await Promise.all(officials.map((official, index) => official.submit(forms[index], { note: "" })));
            assert.equal(answers.filter((page) => page.status === 200).length, 1);
            for (const page of answers) assert.ok([200, 404, 409].includes(page.status), `${page.status} ${page.text.slice(0, 300)}`);
            assert.equal(Number(codeOf(await citizen.get(`/ho-so/${id}`)).split("-").at(-1)), crowd + 1);
        });

        test("the audit chains are whole", async () => {
            const { code, output } = await server.runAside("doctor");
            assert.equal(code, 0, output);
            assert.match(output, /every chain whole/);
        });
    });
