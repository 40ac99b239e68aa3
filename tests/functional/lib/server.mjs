// The real program on a free port, with a data folder and, where asked, a PostgreSQL database of its own.
import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, existsSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const program = process.env.MOTCUA_PROGRAM ?? join(root, "build/dev/motcua");
export const password = "mot-cua-2020-demo";
// The backends that a suite runs on; PostgreSQL where tests/run has started one.
export const backends = process.env.MOTCUA_TEST_POSTGRESQL ? ["SQLite", "PostgreSQL"] : ["SQLite"];

let databases = 0;

export function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer().once("error", reject);
        server.listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

function freshDatabase(address) {
    const name = `functional_${process.pid}_${++databases}`;
    execFileSync("psql", ["-qAt", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", `CREATE DATABASE ${name}`]);
    const parts = Object.fromEntries(address.split(/\s+/).map((pair) => pair.split("=")));
    return `postgresql://${parts.user}@/${name}?host=${encodeURIComponent(parts.host)}`;
}

export class Server {
    // { backend: "SQLite" }; `set` are configuration keys; `postgres` another PostgreSQL than the run's own; `wrap` is a
    // command that is given the program and its words and becomes it (nsenter, env).
    constructor({ backend = "SQLite", set = {}, postgres = process.env.MOTCUA_TEST_POSTGRESQL, wrap = [] } = {}) {
        this.folder = mkdtempSync(join(tmpdir(), "motcua-functional-"));
        this.set = { ...set };
        this.wrap = wrap;
        if (backend === "PostgreSQL") this.set["database.address"] = freshDatabase(postgres);
        this.log = "";
        this.journal = ""; // all that it ever wrote to its log
    }

    settings() {
        const all = { "http.port": this.port, "data.folder": this.folder, "demo.password": password, ...this.set };
        return Object.entries(all).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
    }

    // `up` the first time; later `serve` is enough and quicker.
    async start(command = "up") {
        this.port ??= await freePort();
        this.address = `http://127.0.0.1:${this.port}`;
        const [first, ...words] = [...this.wrap, program, ...this.settings(), command];
        this.process = spawn(first, words, {
            cwd: root,
            env: { ...process.env, LSAN_OPTIONS: "detect_leaks=0", UBSAN_OPTIONS: "print_stacktrace=1" },
            stdio: ["ignore", "pipe", "pipe"],
        });
        this.ended = new Promise((resolve) => this.process.once("exit", (code, signal) => resolve({ code, signal })));
        await new Promise((resolve, reject) => {
            const greeted = (chunk) => {
                this.log = (this.log + chunk).slice(-200_000);
                if (this.log.includes("Một Cửa serves")) resolve();
            };
            this.process.stdout.setEncoding("utf8").on("data", greeted);
            this.process.stderr.setEncoding("utf8").on("data", greeted).on("data", (chunk) => (this.journal += chunk));
            this.ended.then(({ code, signal }) => reject(new Error(`the server ended (${code ?? signal}):\n${this.log.slice(-4000)}`)));
        });
        return this;
    }

    async stop() {
        this.process.kill("SIGTERM");
        return this.ended;
    }

    async kill() {
        this.process.kill("SIGKILL");
        await this.ended;
    }

    async restart() {
        this.log = "";
        return this.start("serve");
    }

    // A command that the running server carries out: { code, output }.
    runAside(...words) {
        const [first, ...rest] = [...this.wrap, program, ...this.settings(), ...words];
        return new Promise((resolve) => {
            execFile(first, rest, { cwd: root, env: { ...process.env, LSAN_OPTIONS: "detect_leaks=0" } },
                (failed, stdout, stderr) => resolve({ code: failed ? (failed.code ?? 1) : 0, output: stdout + stderr }));
        });
    }

    async remove() {
        if (this.process && this.process.exitCode === null && this.process.signalCode === null) await this.kill();
        if (existsSync(this.folder)) rmSync(this.folder, { recursive: true });
    }
}
