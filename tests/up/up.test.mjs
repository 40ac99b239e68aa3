// `./motcua up` builds with optimisation, where the compiler warns of more, and serves the demo city with its bank and its
// key; a second call finds everything made. // U1
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, test } from "node:test";
import { people } from "../functional/lib/city.mjs";
import { freePort, root } from "../functional/lib/server.mjs";
import { signedIn, Visitor } from "../functional/lib/visitor.mjs";

const buildingMs = 40 * 60_000; // from nothing, without a compiler's cache, on two cores

describe("./motcua up", () => {
    const folder = mkdtempSync(join(tmpdir(), "motcua-up-"));
    let running;
    afterEach(() => running.kill("SIGKILL")); // what it started ends with it
    after(() => rmSync(folder, { recursive: true, force: true }));

    // Resolves when it serves: { address, said }.
    async function up() {
        const port = await freePort();
        const child = spawn("./motcua", ["up", "--port", String(port), "--data", folder], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
        running = child;
        child.ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
        let said = "";
        await new Promise((resolve, reject) => {
            const heard = (chunk) => {
                said += chunk;
                if (/Một Cửa serves[^]*administrator +\S+\n/.test(said)) resolve();
            };
            child.stdout.setEncoding("utf8").on("data", heard);
            child.stderr.setEncoding("utf8").on("data", heard);
            child.ended.then((how) => reject(new Error(`it ended (${how}):\n${said.slice(-6000)}`)));
        });
        return { address: `http://127.0.0.1:${port}`, said };
    }

    const stop = () => {
        running.kill("SIGTERM");
        return running.ended;
    };

    test("a newcomer is told where to go and who may sign in, and it is so", { timeout: buildingMs }, async () => {
        const server = await up();
        assert.match(server.said, new RegExp(people.citizen.replaceAll(".", "\\.")));
        const visitor = new Visitor(server);
        const front = await visitor.get("/");
        assert.equal(front.status, 200);
        const style = /href="([^"]+\.css)"/.exec(front.body)[1];
        assert.equal((await visitor.get(style)).status, 200);
        assert.match((await visitor.get("/thu-tuc?q=khai+sinh")).body, /1\.001193/);
        const secret = /all with the password (\S+):/.exec(server.said)[1];
        assert.equal((await (await signedIn(server, people.citizen, undefined, secret)).get("/tai-khoan")).status, 200);
        assert.equal(await stop(), 0);
    });

    test("called again it serves the same city", { timeout: 120_000 }, async () => {
        const server = await up();
        assert.match((await new Visitor(server).get("/thu-tuc?q=khai+sinh")).body, /1\.001193/);
        assert.equal(await stop(), 0);
    });
});
