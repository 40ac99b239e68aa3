// The machine's clock jumps while the city works: ahead by hours, back by a day, over midnight and over a year's end. Nothing
// that was acknowledged is lost, no code stands twice, and jobs and messages go on. // N11
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { configureMail, Mailbox } from "../functional/lib/mailbox.mjs";
import { Server } from "../functional/lib/server.mjs";
import { Load, until } from "./lib/load.mjs";

const hour = 3600;

describe("a clock that jumps", () => {
    const server = new Server();
    const mailbox = new Mailbox();
    const load = new Load();
    const file = join(server.folder, "clock");
    const library = join(server.folder, "shifted_clock.so");
    const jump = (seconds) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64LE(BigInt(seconds));
        writeFileSync(file, bytes, { flag: "r+" }); // in place: the program looks at this very file
    };
    before(async () => {
        writeFileSync(file, Buffer.alloc(8));
        execFileSync("cc", ["-O1", "-shared", "-fPIC", "-o", library, new URL("lib/shifted_clock.c", import.meta.url).pathname, "-ldl"]);
        // Only what tells the time of day: waits go by the steady clock, as on a real machine.
        server.wrap = ["env", `LD_PRELOAD=${library}`, `SHIFTED_CLOCK=${file}`, "ASAN_OPTIONS=verify_asan_link_order=0"];
        const port = await mailbox.listen();
        await server.start();
        await configureMail(server, port);
    });
    after(async () => {
        mailbox.close();
        await server.remove();
    });

    for (const [what, seconds] of [["two hours ahead", 2 * hour], ["back to the day before", -24 * hour], ["a minute back", -24 * hour - 60], ["over the year's end", 500 * 24 * hour], ["home again", 0]])
        test(what, async () => {
            jump(seconds);
            load.days = Math.round(seconds / (24 * hour));
            await load.signIn(server); // sessions may have ended by it
            const filings = load.filed.size;
            load.start(2);
            await load.awhile(500);
            await load.stop();
            assert.ok(load.filed.size > filings);
            await load.verify();
            const records = await load.healthy();
            // The jobs run: the log takes up what was recorded. (A clock that went back by less than ten minutes may only be a
            // little wrong: then they wait until it is where it was.)
            const database = join(server.folder, "motcua.db");
            await until("the audit log has taken up every record", () => execFileSync("sqlite3", [`file:${database}?mode=ro`, "SELECT count(*) FROM audit_record WHERE position IS NULL"], { encoding: "utf8" }).trim() === "0", 90_000);
            assert.ok(records > 0);
        });

    test("every letter has gone out", async () => {
        await load.lettersOf(mailbox);
    });
});
