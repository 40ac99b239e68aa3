// A thermal printer on TCP: reads the commands of ESC/POS, keeps what came out as pictures (PBM), and has a lid, a
// paper roll and moods. Written from the protocol's description apart from plugins/queue-escpos.
import { createServer } from 'node:net';

export class Printer {
    // fault: '' | 'mute' (never answers) | 'nonsense' (answers what is no status) | 'hangs-up' (closes in the middle of a ticket)
    // | 'paper-ends' (in the middle of a ticket) | 'chatter' (unasked status bytes while it prints)
    constructor() {
        Object.assign(this, { fault: '', paperOut: false, paperLow: false, coverOpen: false, cutterBlocked: false });
        this.tickets = []; // {pbm, width, height, cut}
        this.mistakes = []; // what a real printer would print as rubbish
        this.most = 0; // connections at a time
        this.open = new Set();
        this.server = createServer((socket) => this.serve(socket));
    }

    async listen(port = 0) {
        await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
        return this.server.address().port;
    }

    async close() {
        for (const socket of this.open) socket.destroy();
        await new Promise((resolve) => this.server.close(resolve));
    }

    serve(socket) {
        this.open.add(socket);
        this.most = Math.max(this.most, this.open.size);
        const paper = { rows: [], width: 0, kept: Buffer.alloc(0), stuck: false };
        socket.on('close', () => this.open.delete(socket)).on('error', () => {});
        socket.on('data', (data) => {
            paper.kept = Buffer.concat([paper.kept, data]);
            while (!paper.stuck || paper.kept[0] === 0x10) {
                const used = this.command(paper, socket);
                if (used === 0) return;
                paper.kept = paper.kept.subarray(used);
            }
            // What a printer that stands still has taken waits; real-time commands are heard all the same.
            for (let at = paper.kept.indexOf(Buffer.from([0x10, 0x04])); at >= 0 && at + 2 < paper.kept.length;
                at = paper.kept.indexOf(Buffer.from([0x10, 0x04]))) {
                this.realTime(socket, paper.kept[at + 2]);
                paper.kept = Buffer.concat([paper.kept.subarray(0, at), paper.kept.subarray(at + 3)]);
            }
        });
    }

    // How many bytes the command in front has; 0: not there yet.
    command(paper, socket) {
        const b = paper.kept, starts = (...bytes) => bytes.every((byte, i) => b[i] === byte);
        const needs = (count) => b.length >= count;
        if (!needs(2)) return 0;
        if (starts(0x10, 0x04)) return needs(3) ? (this.realTime(socket, b[2]), 3) : 0;
        if (starts(0x1b, 0x40)) return 2;
        if (starts(0x1b, 0x64)) return needs(3) ? (this.finish(paper, 'torn'), 3) : 0;
        if (starts(0x1d, 0x72)) {
            if (!needs(3)) return 0;
            if (this.fault !== 'mute') socket.write(Buffer.from([this.paperLow ? 0x03 : 0x00]));
            return 3;
        }
        if (starts(0x1d, 0x56)) {
            if (!needs(4)) return 0;
            this.finish(paper, { 65: 'full', 66: 'partial' }[b[2]] ?? `unknown ${b[2]}`);
            return 4;
        }
        if (starts(0x1d, 0x76)) return this.raster(paper, socket);
        this.mistakes.push(`unknown command ${b.subarray(0, 4).toString('hex')}`);
        return 1;
    }

    raster(paper, socket) {
        const b = paper.kept;
        if (b.length < 8) return 0;
        const across = b.readUInt16LE(4), rows = b.readUInt16LE(6), whole = 8 + across * rows;
        if (b.length < whole) return 0;
        if (b[2] !== 0x30 || b[3] !== 0) this.mistakes.push('not GS v 0 in normal size');
        if (rows > 255) this.mistakes.push(`${rows} rows are more than its memory`);
        if (paper.rows.length && across * 8 !== paper.width) this.mistakes.push('bands of different width');
        for (let i = 8; i + 1 < whole; ++i)
            if (b[i] === 0x10 && [0x04, 0x05, 0x14].includes(b[i + 1])) this.mistakes.push('a real-time command in a picture');
        paper.width = across * 8;
        for (let y = 0; y < rows; ++y) paper.rows.push(b.subarray(8 + y * across, 8 + (y + 1) * across));
        if (this.fault === 'hangs-up') socket.destroy();
        if (this.fault === 'chatter') socket.write(Buffer.from([0x12, 0x16]));
        if (this.fault === 'paper-ends') {
            this.paperOut = true;
            paper.stuck = true;
        }
        return whole;
    }

    realTime(socket, what) {
        if (this.fault === 'mute') return;
        if (this.fault === 'nonsense') return void socket.write('HTTP');
        const troubled = this.paperOut || this.coverOpen || this.cutterBlocked;
        const bits = {
            1: troubled ? 0x08 : 0,
            2: (this.coverOpen ? 0x04 : 0) | (this.paperOut ? 0x20 : 0) | (this.cutterBlocked ? 0x40 : 0),
            3: this.cutterBlocked ? 0x08 : 0,
            4: (this.paperLow || this.paperOut ? 0x0c : 0) | (this.paperOut ? 0x60 : 0),
        };
        if (what in bits) socket.write(Buffer.from([0x12 | bits[what]]));
        else this.mistakes.push(`DLE EOT ${what}`);
    }

    finish(paper, cut) {
        const pbm = Buffer.concat([Buffer.from(`P4\n${paper.width} ${paper.rows.length}\n`), ...paper.rows]);
        this.tickets.push({ pbm, cut, width: paper.width, height: paper.rows.length });
        paper.rows = [];
    }
}
