// Citizens who file and officials who accept, without a pause, and a ledger of everything that the server has acknowledged
// to them; what must hold after whatever was done to the server.
import assert from "node:assert/strict";
import { actForm, birth, codeOf, people, readyDraft, validAnswers } from "../../functional/lib/city.mjs";
import { bodyOf } from "../../functional/lib/mailbox.mjs";
import { signedIn } from "../../functional/lib/visitor.mjs";

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
// How often each suite disturbs: a handful of times, or hundreds in the long tier.
export const times = (whole, long) => Number(process.env.MOTCUA_FAULTS ?? (process.env.MOTCUA_TEST_TIER === "long" ? long : whole));

// Asks until the answer is a truthy one.
export async function until(what, ask, ms = 180_000) {
    for (const end = Date.now() + ms; Date.now() < end; await wait(100)) {
        const answer = await ask();
        if (answer) return answer;
    }
    assert.fail(`after ${ms / 1000} s still not: ${what}`);
}

// A connection that broke is no answer.
const cutOff = (error) => error.name === "TypeError" && /fetch failed|terminated|other side closed/.test(error.message);
class Refused extends Error {}

// A visitor whom an answer 5xx stops at once, whatever page he is on.
async function persistent(server, email) {
    const visitor = await signedIn(server, email);
    const send = visitor.send.bind(visitor);
    visitor.send = async (...words) => {
        const page = await send(...words);
        if (page.status >= 500) throw new Refused(`${page.status} on ${page.address}: ${page.text.slice(0, 300)}`);
        return page;
    };
    return visitor;
}

function needs(page, status) {
    assert.equal(page.status, status, `${page.address}: ${page.text.slice(0, 300)}`);
    return page;
}

export class Load {
    filed = new Map(); // dossier → submission number that a citizen has read, null where the page was never read
    accepted = new Map(); // dossier → legal code that an official has read
    codes = new Map(); // legal code → dossier, of all that were ever seen
    filings = 0;
    refused = 0; // answers 5xx, while they are borne
    days = 0; // by which the server's clock is ahead of ours
    disturbed = false; // then broken connections and answers 5xx are borne; else they are faults

    async signIn(server) {
        this.server = server;
        this.citizen = await persistent(server, people.citizen);
        this.receiver = await persistent(server, people.receiver);
        return this;
    }

    // One dossier, from an empty draft to its acceptance.
    async once() {
        const { citizen, receiver } = this;
        const id = await readyDraft(citizen, { answers: validAnswers(birth, this.days) });
        const check = needs(await citizen.get(`/ho-so/${id}/kiem-tra`), 200);
        needs(await citizen.submit(check.form(/\/kiem-tra$/), { declaration: "yes" }, { follow: false }), 303);
        this.filed.set(id, null);
        ++this.filings;
        this.filed.set(id, /TN-\d{6}-[0-9A-Z]{10}/.exec(needs(await citizen.get(`/ho-so/${id}/da-nop`), 200).body)[0]);
        const form = actForm(needs(await receiver.get(`/cong-viec/${id}`), 200), "accept");
        needs(await receiver.submit(form, { note: "" }, { follow: false }), 303);
        this.accepted.set(id, null);
        this.accepted.set(id, codeOf(needs(await citizen.get(`/ho-so/${id}`), 200)));
        return id;
    }

    // `workers` at work until stop(); a fault of theirs comes out of stop().
    start(workers = 3) {
        this.stopping = false;
        const work = async () => {
            while (!this.stopping) {
                try {
                    await this.once();
                } catch (error) {
                    if (!this.disturbed || !(cutOff(error) || error instanceof Refused)) throw error;
                    if (error instanceof Refused) ++this.refused;
                    await wait(20);
                }
            }
        };
        this.working = Promise.all(Array.from({ length: workers }, work));
        this.working.catch(() => {}); // told by stop()
        return this;
    }

    async stop() {
        this.stopping = true;
        await this.working;
    }

    // Up to so many milliseconds; a fault of the load ends it.
    while(most) {
        return Promise.race([wait(Math.random() * most), this.working]);
    }

    // Until the load has brought something about; a fault of the load ends it.
    until(what, ask, ms = 30_000) {
        return Promise.race([until(what, ask, ms), this.working]);
    }

    // A while in which at least one dossier was filed, and a random one after it.
    async awhile(most = 1000) {
        const before = this.filings;
        await this.until("a dossier is filed", () => this.filings > before);
        await this.while(most);
    }

    // Of these dossiers nothing that was acknowledged is missing, and no code stands twice.
    async verify(ids = [...this.filed.keys()]) {
        for (const id of ids) {
            const page = await this.citizen.get(`/ho-so/${id}`);
            assert.equal(page.status, 200, `${id} is gone`);
            const number = this.filed.get(id);
            const confirmation = await this.citizen.get(`/ho-so/${id}/da-nop`);
            assert.match(confirmation.body, new RegExp(number ?? "TN-\\d{6}-[0-9A-Z]{10}"), `${id} lost its number`);
            this.filed.set(id, /TN-\d{6}-[0-9A-Z]{10}/.exec(confirmation.body)[0]);
            const code = codeOf(page);
            if (this.accepted.has(id)) assert.ok(code, `${id} lost its acceptance`);
            if (this.accepted.get(id)) assert.equal(code, this.accepted.get(id));
            if (!code) continue;
            assert.ok(!this.codes.has(code) || this.codes.get(code) === id, `${code} is used twice`);
            this.codes.set(code, id);
        }
        const numbers = [...this.filed.values()].filter(Boolean);
        assert.equal(new Set(numbers).size, numbers.length, "a submission number is used twice");
    }

    // The newest and some of the older ones: enough after each blow, since all are looked at in the end.
    some(newest = 30, older = 20) {
        const ids = [...this.filed.keys()];
        const old = ids.slice(0, -newest);
        return [...ids.slice(-newest), ...Array.from({ length: Math.min(older, old.length) }, () => old[Math.floor(Math.random() * old.length)])];
    }

    // Every chain of the audit log is whole, and so is what else the doctor looks at.
    async healthy() {
        const { code, output } = await this.server.runAside("doctor");
        assert.equal(code, 0, output);
        assert.match(output, /every chain whole/);
        return Number(/(\d+) records/.exec(output)[1]);
    }

    // A letter has gone out for every filing and every acceptance.
    async lettersOf(mailbox) {
        let read = 0;
        const submissions = new Set();
        const codes = new Set();
        const missing = () => {
            for (; read < mailbox.letters.length; ++read) {
                const text = bodyOf(mailbox.letters[read]);
                for (const number of text.match(/TN-\d{6}-[0-9A-Z]{10}/g) ?? []) submissions.add(number);
                const code = codeOf({ text });
                if (code) codes.add(code);
            }
            return [...[...this.filed.values()].filter((number) => !submissions.has(number)),
                ...[...this.accepted.values()].filter((code) => code && !codes.has(code))];
        };
        await until("every letter has come", () => missing().length === 0).catch((error) => {
            throw new Error(`${error.message}: ${missing().length} of ${this.filed.size + this.accepted.size} are missing, such as ${missing().slice(0, 3)}`);
        });
        return read;
    }
}
