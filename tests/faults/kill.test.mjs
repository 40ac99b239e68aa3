// Killed at random moments under load: what was acknowledged is there, no code is used twice, no message is lost, the
// audit chains are whole. // N11, G12, G24
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { configureMail, Mailbox } from "../functional/lib/mailbox.mjs";
import { backends, Server } from "../functional/lib/server.mjs";
import { Load, times } from "./lib/load.mjs";

const kills = times(10, 200);

for (const backend of backends)
    describe(`kill -9 under load on ${backend}`, () => {
        const server = new Server({ backend });
        const mailbox = new Mailbox();
        const load = new Load();
        before(async () => {
            const port = await mailbox.listen();
            await server.start();
            await configureMail(server, port);
            await load.signIn(server);
        });
        after(async () => {
            mailbox.close();
            await server.remove();
        });

        test(`${kills} kills lose nothing that was acknowledged`, async (t) => {
            for (let kill = 1; kill <= kills; ++kill) {
                load.disturbed = false;
                load.start();
                await load.awhile();
                load.disturbed = true;
                const killed = server.kill();
                await load.stop();
                await killed;
                await server.restart();
                await load.verify(load.some());
            }
            await load.verify();
            assert.ok(load.filed.size >= kills && load.accepted.size > 0, `${load.filed.size} filings, ${load.accepted.size} acceptances`);
            const letters = await load.lettersOf(mailbox);
            const records = await load.healthy();
            t.diagnostic(`${kills} kills, ${load.filed.size} filings and ${load.accepted.size} acceptances acknowledged, ${load.codes.size} codes, ${letters} letters, ${records} audit records`);
        });
    });
