// Plugins and those behind them fail, hang, and are killed: the message still goes out, and no page waits for it. // U3, P11
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { configureMail, mailPlugin, Mailbox } from "../functional/lib/mailbox.mjs";
import { Server } from "../functional/lib/server.mjs";
import { Load, until, wait } from "./lib/load.mjs";

// The processes of a server's plugins, or of the one whose library is `library`.
function pluginProcesses(server, library = "") {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((pid) => {
        try {
            const [, program, state, parent] = /^\d+ \((.*)\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"));
            return program.startsWith("motcua-plugin") && state !== "Z" && Number(parent) === server.process.pid &&
                readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(library);
        } catch {
            return false; // it ended meanwhile
        }
    }).map(Number);
}

describe("plugins that fail", () => {
    const server = new Server();
    const mailbox = new Mailbox();
    const load = new Load();
    const mailProcesses = () => pluginProcesses(server, "message-smtp"); // papers are signed by another plugin meanwhile
    let admin;
    before(async () => {
        const port = await mailbox.listen();
        await server.start();
        admin = await configureMail(server, port);
        await load.signIn(server);
    });
    after(async () => {
        mailbox.close();
        await server.remove();
    });

    test("killed while letters go out: every letter goes out", async () => {
        load.start();
        for (let kill = 0; kill < 4; ++kill) { // the fifth in ten minutes would be one too many
            const [pid] = await until("the plugin runs", () => mailProcesses().length > 0 && mailProcesses());
            await load.awhile(500);
            process.kill(pid, "SIGKILL");
        }
        await load.stop();
        await load.lettersOf(mailbox);
    });

    test("one that keeps ending is put aside, and goes on when an administrator says so", async () => {
        const again = async () => (await admin.get("/quan-tri/mo-dun")).forms().find((form) => form.action.includes(`${mailPlugin}/try-again`));
        const seen = new Set();
        const aside = `"plugin":"${mailPlugin}","state":"quarantined"`;
        await until("it is put aside", () => {
            for (const pid of mailProcesses()) {
                process.kill(pid, "SIGKILL");
                seen.add(pid);
            }
            return mailProcesses().length === 0 && server.journal.includes(aside);
        }, 60_000);
        assert.ok(seen.size > 0 && seen.size < 8, `after ${seen.size} ends`);
        await load.once();
        await wait(2000);
        assert.deepEqual(mailProcesses(), []);
        const said = await admin.submit(await again());
        assert.equal(said.status, 200, said.text.slice(0, 300));
        await load.lettersOf(mailbox);
    });

    for (const mood of ["busy", "silent"])
        test(`a mail server that is ${mood} holds up no citizen, and gets its letters later`, async () => {
            mailbox.become(mood);
            const times = [];
            for (let i = 0; i < 4; ++i) {
                const began = Date.now();
                await load.citizen.get("/tai-khoan");
                times.push(Date.now() - began);
                await load.once();
            }
            assert.ok(Math.max(...times) < 2000, `${times} ms`);
            const kept = mailbox.letters.length;
            await wait(3000);
            assert.equal(mailbox.letters.length, kept);
            mailbox.become("kind");
            await load.lettersOf(mailbox);
        });

    test("none of its processes outlives a killed server", async () => {
        const before = await until("the plugin runs", () => pluginProcesses(server).length > 0 && pluginProcesses(server));
        await server.kill();
        await until("they are gone", () => before.every((pid) => {
            try {
                return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
            } catch {
                return true;
            }
        }), 10_000);
        await server.restart();
        await load.verify();
        await load.healthy();
    });
});
