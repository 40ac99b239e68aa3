// The disk is full: who files is told so by a page, what can be read is still read, and when there is room again the server
// goes on by itself. // N11
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { closeSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { people, pdf, readyDraft } from "../functional/lib/city.mjs";
import { root, Server } from "../functional/lib/server.mjs";
import { signedIn, Visitor } from "../functional/lib/visitor.mjs";
import { Load, times, until } from "./lib/load.mjs";

const rounds = times(6, 60);

// A process in a mount namespace of its own where `folder` is a small disk; it goes when the process does.
async function smallDisk(folder, megabytes) {
    const holder = spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c",
        `mount -t tmpfs -o size=${megabytes}m,mode=700 tmpfs '${folder}' && echo ready && exec cat`], { stdio: ["pipe", "pipe", "inherit"] });
    await new Promise((resolve, reject) => {
        holder.stdout.once("data", resolve);
        holder.once("exit", () => reject(new Error("no mount namespace: the suite runs as root")));
    });
    return { wrap: ["nsenter", `--mount=/proc/${holder.pid}/ns/mnt`, `--wd=${root}`, "--"], inside: (...path) => join(`/proc/${holder.pid}/root`, folder, ...path), end: () => holder.kill() };
}

describe("a full disk on SQLite", () => {
    const server = new Server();
    const load = new Load();
    let disk;
    before(async () => {
        disk = await smallDisk(server.folder, 96);
        server.wrap = disk.wrap;
        await server.start();
        await load.signIn(server);
    });
    after(async () => {
        load.stopping = true;
        await server.remove();
        disk?.end();
    });

    // Leaves `rest` bytes, or what is left already.
    function fill(rest) {
        const file = openSync(disk.inside("filler"), "a");
        const piece = Buffer.alloc(64 << 10);
        const free = () => {
            const { bavail, bsize } = statfsSync(disk.inside());
            return bavail * bsize;
        };
        try {
            for (let left = free() - rest; left > 0; left = free() - rest) writeSync(file, piece, 0, Math.min(left, piece.length));
        } catch (error) {
            if (error.code !== "ENOSPC") throw error;
        }
        closeSync(file);
    }
    const empty = () => rmSync(disk.inside("filler"), { force: true });

    test("filing is refused by a page, reading goes on", async () => {
        const visitor = await signedIn(server, people.citizen);
        const id = await readyDraft(visitor);
        const check = await visitor.get(`/ho-so/${id}/kiem-tra`);
        const papers = (await visitor.get(`/ho-so/${id}/giay-to`)).forms().find((form) => /\/giay-to\/[^/]+$/.test(form.action));
        fill(0);
        try {
            const upload = await visitor.upload(papers.action, papers.fields, [{ name: "b.pdf", bytes: Buffer.concat([pdf("đầy"), Buffer.alloc(300_000)]), type: "application/pdf" }]);
            assert.ok([500, 503, 507].includes(upload.status), `${upload.status} ${upload.text.slice(0, 300)}`);
            assert.match(upload.body, /<h1/);
            assert.doesNotMatch(upload.body, /SQLITE|disk|ENOSPC|\.cpp/i);
            // What the database had room for before it may still take; then it is there, else there is a page that says no.
            const filing = await visitor.submit(check.form(/\/kiem-tra$/), { declaration: "yes" });
            assert.match(filing.body, filing.status === 200 ? /TN-\d{6}-/ : /<h1/);
            assert.equal((await new Visitor(server).get("/thu-tuc?q=khai+sinh")).status, 200);
            assert.equal((await visitor.get(`/ho-so/${id}`)).status, 200);
        } finally {
            empty();
        }
        const again = await until("it can be filed", async () => {
            const page = await visitor.submit(check.form(/\/kiem-tra$/), { declaration: "yes" });
            return page.status === 200 && page;
        }, 20_000);
        assert.match(again.body, /TN-\d{6}-/);
    });

    test(`${rounds} times full at some moment under load, nothing that was acknowledged is lost`, async (t) => {
        for (let round = 0; round < rounds; ++round) {
            load.disturbed = true;
            load.start();
            await load.awhile(300);
            // Some room is left, so that the blow falls somewhere else each time; then none is.
            const refused = load.refused;
            fill(Math.floor(Math.random() * 512) << 10);
            await load.while(500);
            await load.until("somebody is refused", () => {
                fill(0); // what a checkpoint has given back too
                return load.refused > refused;
            });
            await load.while(500);
            empty();
            const filings = load.filings;
            await load.until("a dossier is filed again", () => load.filings > filings);
            await load.stop();
            if (round % 2) {
                await server.kill();
                await server.restart();
            }
            await load.verify(load.some());
        }
        await load.verify();
        const records = await load.healthy();
        t.diagnostic(`${rounds} rounds, ${load.filed.size} filings acknowledged, ${records} audit records`);
    });
});
