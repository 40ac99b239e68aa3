// A plugin at work, as the server would run it: motcua-plugin-call at the other end of two pipes.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const build = process.env.MOTCUA_BUILD;

export class Plugin {
    constructor(name, settings) {
        this.folder = mkdtempSync(join(tmpdir(), 'motcua-plugin-'));
        const file = join(this.folder, 'settings.json');
        writeFileSync(file, JSON.stringify(settings));
        this.process = spawn(join(build, 'motcua-plugin-call'),
            [join(build, 'plugins', name, `${name}.so`), '--settings', file, '--lines'], { stdio: ['pipe', 'pipe', 'pipe'] });
        this.log = '';
        this.process.stderr.on('data', (data) => { this.log += data; });
        this.waiting = [];
        createInterface({ input: this.process.stdout }).on('line', (line) => this.waiting.shift().resolve(JSON.parse(line)));
        this.ended = new Promise((resolve) => this.process.on('exit', resolve));
        this.ended.then((code) => {
            for (const one of this.waiting) one.reject(new Error(`motcua-plugin-call ended (${code}): ${this.log}`));
        });
    }

    // Answers come in the order of the questions.
    ask(question) {
        return new Promise((resolve, reject) => {
            this.waiting.push({ resolve, reject });
            this.process.stdin.write(`${JSON.stringify(question)}\n`);
        });
    }

    async call(op, request, options = {}) {
        return this.ask({ op, request, ...options });
    }

    async reply(op, request, options = {}) {
        const answer = await this.call(op, request, options);
        if (!answer.ok) throw new Error(`${op}: ${JSON.stringify(answer.error)}`);
        return answer.reply;
    }

    async error(op, request, options = {}) {
        const answer = await this.call(op, request, options);
        if (answer.ok) throw new Error(`${op} succeeded: ${JSON.stringify(answer.reply)}`);
        return answer.error;
    }

    // The plugin's own process, killed as an out-of-memory killer would; waits until it is known to run.
    async kill() {
        const { pid } = await this.running();
        process.kill(pid, 'SIGKILL');
    }

    async running() {
        for (let i = 0; i < 500; ++i) {
            const status = await this.ask({ op: 'status' });
            if (status.state === 'running') return status;
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        throw new Error(`it does not start: ${this.log}`);
    }

    async close() {
        this.process.stdin.end();
        await this.ended;
        rmSync(this.folder, { recursive: true });
    }
}
