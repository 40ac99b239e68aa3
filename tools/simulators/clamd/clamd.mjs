// A clamd that misbehaves when it is told to: the answers that a scanner must never take for "clean". Written from
// clamd's manual page; a true clamd judges the rest (tests/interop/clamd.test.mjs).
import { createServer } from 'node:net';

export class Clamd {
    // fault: '' | 'half' | 'closed' | 'early' | 'error' | 'garbage' | 'twice' | 'endless' | 'other'
    constructor() {
        this.fault = '';
        this.chunks = []; // lengths, of the last file
        this.file = Buffer.alloc(0);
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
        socket.on('close', () => this.open.delete(socket)).on('error', () => {});
        let kept = Buffer.alloc(0), streaming = false;
        socket.on('data', (data) => {
            kept = Buffer.concat([kept, data]);
            if (!streaming) {
                const end = kept.indexOf(0);
                if (end < 0) return;
                const command = kept.subarray(0, end).toString('latin1');
                kept = kept.subarray(end + 1);
                if (command === 'zVERSION') socket.end('ClamAV 1.4.6/27000/Mon Jul 13 09:00:00 2020\0');
                else if (command !== 'zINSTREAM') socket.end('UNKNOWN COMMAND\0');
                else streaming = true;
                if (!streaming) return;
                this.chunks = [];
                this.file = Buffer.alloc(0);
                if (this.fault === 'early') return socket.destroy();
            }
            while (kept.length >= 4) {
                const length = kept.readUInt32BE(0);
                if (kept.length < 4 + length) return;
                const part = kept.subarray(4, 4 + length);
                kept = kept.subarray(4 + length);
                if (length === 0) return this.answer(socket);
                this.chunks.push(length);
                this.file = Buffer.concat([this.file, part]);
            }
        });
    }

    answer(socket) {
        switch (this.fault) {
        case 'half': return socket.end('stream: OK');
        case 'closed': return socket.end();
        case 'error': return socket.end('stream: Can\'t allocate memory ERROR\0');
        case 'garbage': return socket.end('stream: OKAY\0');
        case 'twice': return socket.end('stream: OK\0stream: Worm.Test FOUND\0');
        case 'endless': return socket.end(`${'stream: '.repeat(4000)}OK\0`);
        case 'other': return socket.end('other: OK\0');
        default: return socket.end('stream: OK\0');
        }
    }
}
