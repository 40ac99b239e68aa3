// PostgreSQL is killed under load and comes back: nothing that was acknowledged is missing, the server goes on by itself.
// // N11
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { configureMail, Mailbox } from "../functional/lib/mailbox.mjs";
import { backends, root, Server } from "../functional/lib/server.mjs";
import { Load, times, until } from "./lib/load.mjs";

const kills = times(5, 50);
const postgres = join(root, "tests/support/postgres");

describe("kill -9 of the database under load", { skip: backends.length < 2 && "no PostgreSQL" }, () => {
    // One that keeps what it has acknowledged, unlike the run's own.
    const address = backends.length < 2 ? "" : execFileSync(postgres, ["start", String(process.pid)], { encoding: "utf8", env: { ...process.env, MOTCUA_TEST_DURABLE: "1" } }).trim();
    const folder = /host=(\S+)/.exec(address)?.[1];
    const mailbox = new Mailbox();
    const load = new Load();
    let server;
    before(async () => {
        server = new Server({ backend: "PostgreSQL", postgres: address });
        const port = await mailbox.listen();
        await server.start();
        await configureMail(server, port);
        await load.signIn(server);
    });
    after(async () => {
        mailbox.close();
        await server.remove();
    });

    test(`${kills} kills lose nothing, and the same server goes on`, async (t) => {
        const pid = server.process.pid;
        const pauses = [];
        for (let kill = 1; kill <= kills; ++kill) {
            load.disturbed = false;
            load.start();
            await load.awhile();
            load.disturbed = true;
            const killed = Date.now();
            await promisify(execFile)(postgres, ["crash", folder]);
            const filings = load.filings;
            await until("a dossier is filed again", () => load.filings > filings, 30_000);
            pauses.push(Date.now() - killed);
            await load.stop();
            await load.verify(load.some());
        }
        await load.verify();
        const letters = await load.lettersOf(mailbox);
        const records = await load.healthy();
        assert.equal(server.process.pid, pid);
        assert.equal(server.process.exitCode, null);
        t.diagnostic(`${kills} kills, ${load.filed.size} filings acknowledged, ${letters} letters, ${records} audit records, filed again after at most ${Math.max(...pauses)} ms`);
    });
});
