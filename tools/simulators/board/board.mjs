// A board of a waiting hall: takes signed events, shows the latest board and says each announcement once.
import { createServer } from 'node:http';

export class Board {
    // verify(body, headers) throws where the signature is wrong; fault: '' | 'error' | 'closed' | 'slow' | 'redirect'
    constructor(verify) {
        Object.assign(this, { verify, fault: '', shown: null, said: [], greeted: 0, events: [], refused: 0 });
        this.heard = new Set();
        this.server = createServer((request, response) => this.serve(request, response));
    }

    async listen(port = 0) {
        await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
        return this.server.address().port;
    }

    async close() {
        this.server.closeAllConnections?.();
        await new Promise((resolve) => this.server.close(resolve));
    }

    async serve(request, response) {
        const parts = [];
        for await (const part of request) parts.push(part);
        const say = (status, headers = {}) => { response.writeHead(status, headers); response.end(); };
        if (this.fault === 'error') return say(500);
        if (this.fault === 'closed') return request.socket.destroy();
        if (this.fault === 'slow') return; // until somebody gives up
        if (this.fault === 'redirect') return say(307, { location: '/elsewhere' });
        if (request.method !== 'POST' || request.url !== '/events') return say(404);
        let event;
        try {
            event = this.verify(Buffer.concat(parts).toString('utf8'), request.headers);
        } catch {
            this.refused += 1;
            return say(401);
        }
        const id = request.headers['webhook-id'];
        this.events.push({ id, ...event });
        if (event.type === 'queue.board') this.shown = event.data;
        else if (event.type === 'queue.announcement' && !this.heard.has(id)) this.said.push(event.data);
        else if (event.type === 'queue.hello') this.greeted += 1;
        this.heard.add(id);
        say(204);
    }
}
