// A real mail server (npm smtp-server) on a port of its own that keeps every letter as its reader would see it.
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

export class Mailbox {
    letters = [];
    waiting = [];

    listen() {
        this.server = new SMTPServer({
            authOptional: true,
            disabledCommands: ["STARTTLS", "AUTH"],
            onData: (stream, session, done) => {
                simpleParser(stream).then((letter) => {
                    this.letters.push({ to: letter.to.value.map((one) => one.address), subject: letter.subject, text: letter.text });
                    this.waiting.forEach((look) => look());
                    done();
                }, done);
            },
        });
        return new Promise((resolve) => this.server.listen(0, "127.0.0.1", () => resolve(this.server.server.address().port)));
    }

    // The first letter to that address whose subject or text holds `words`, as soon as it is there.
    letter(address, words, within = 60_000) {
        return new Promise((resolve, reject) => {
            const late = setTimeout(() => {
                const seen = this.letters.map((one) => `${one.to}: ${one.subject}`).join("\n");
                finish(() => reject(new Error(`no letter to ${address} with ${words} among:\n${seen}`)));
            }, within);
            const finish = (say) => {
                clearTimeout(late);
                this.waiting = this.waiting.filter((one) => one !== look);
                say();
            };
            const look = () => {
                const found = this.letters.find((one) => one.to.includes(address) && words.test(`${one.subject}\n${one.text}`));
                if (found) finish(() => resolve(found));
            };
            this.waiting.push(look);
            look();
        });
    }

    close() {
        return new Promise((resolve) => this.server.close(resolve));
    }
}
