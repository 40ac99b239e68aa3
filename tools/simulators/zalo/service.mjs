// Zalo's notices and its OAuth, as their description says: refresh tokens are good for one use, access tokens end. It
// keeps what it took, signs webhooks, and can fail on request.
import { createHash } from 'node:crypto';
import { createServer as createPlain } from 'node:http';
import { createServer as createSecure } from 'node:https';

export class Zalo {
    // templates: {id: [parameter names]}; strangers: numbers without Zalo
    constructor({ appId, appSecret, oaSecret, refreshToken, templates, strangers = [], tls }) {
        Object.assign(this, { appId, appSecret, oaSecret, templates, strangers });
        this.refreshToken = refreshToken;
        this.accessToken = null;
        this.expiresIn = '90000';
        this.renewals = 0;
        this.taken = [];
        this.fault = null;      // of notices: 'down', 'half', 'close', 'html', 'slow', or a number of Zalo's
        this.oauthFault = null; // 'down', 'html', 'empty'
        this.server = tls ? createSecure(tls, (...both) => this.serve(...both)) : createPlain((...both) => this.serve(...both));
        this.server.keepAliveTimeout = 1;
        this.scheme = tls ? 'https' : 'http';
    }

    async listen() {
        await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
        return `${this.scheme}://localhost:${this.server.address().port}`;
    }

    close() { return new Promise((resolve) => this.server.close(resolve)); }

    // A webhook's body and header, as they arrive.
    signed(event, { secret = this.oaSecret, appId = this.appId } = {}) {
        const body = JSON.stringify({ app_id: appId, timestamp: '1594610130000', ...event });
        const mac = createHash('sha256').update(appId + body + JSON.parse(body).timestamp + secret).digest('hex');
        return { body, header: `mac=${mac}` };
    }

    renew(headers, form) {
        if (this.oauthFault === 'html') return '<html>';
        if (this.oauthFault === 'empty') return {};
        if (headers.secret_key !== this.appSecret || form.get('app_id') !== this.appId) return { error: -14004, error_name: 'Invalid secret key' };
        if (form.get('grant_type') !== 'refresh_token' || form.get('refresh_token') !== this.refreshToken) return { error: -14014, error_name: 'Invalid refresh token' };
        ++this.renewals;
        this.accessToken = `access-${this.renewals}`;
        this.refreshToken = `refresh-${this.renewals}`;
        return { access_token: this.accessToken, refresh_token: this.refreshToken, expires_in: this.expiresIn };
    }

    notice(headers, body) {
        if (headers.access_token !== this.accessToken) return { error: -124, message: 'Access token invalid' };
        if (typeof this.fault === 'number') return { error: this.fault, message: `no for ${body.phone}` };
        if (!/^84\d{9}$/.test(body.phone ?? '')) return { error: -108, message: 'Phone number invalid' };
        if (this.strangers.includes(body.phone)) return { error: -118, message: 'Zalo account not existed' };
        const names = this.templates[body.template_id];
        if (!names) return { error: -131, message: 'Template is not approved' };
        if (names.slice().sort().join() !== Object.keys(body.template_data ?? {}).sort().join()) return { error: -132, message: 'Template data invalid' };
        this.taken.push(body);
        return { error: 0, message: 'Success', data: { msg_id: `msg-${this.taken.length}`, sent_time: '1594610130000', quota: { remainingQuota: '499', dailyQuota: '500' } } };
    }

    async serve(request, response) {
        let body = '';
        for await (const part of request) body += part;
        const tell = (value) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(typeof value === 'string' ? value : JSON.stringify(value));
        if (request.url === '/v4/oa/access_token') {
            if (this.oauthFault === 'down') return response.writeHead(502).end();
            return tell(this.renew(request.headers, new URLSearchParams(body)));
        }
        switch (this.fault) {
        case 'down': return response.writeHead(500).end('{"error":0,"data":{"msg_id":"1"}}');
        case 'close': return request.socket.destroy();
        case 'html': return tell('<html>');
        case 'half':
            response.writeHead(200, { 'Content-Length': 500 });
            response.write('{"error":0,"data":{"msg_id":"1"}');
            return setTimeout(() => request.socket.destroy(), 20);
        case 'slow':
            await new Promise((resolve) => setTimeout(resolve, 1500));
        }
        if (request.method === 'GET' && request.url === '/message/quota')
            return tell(request.headers.access_token === this.accessToken ? { error: 0, data: { remainingQuota: 499 } } : { error: -124, message: 'Access token invalid' });
        if (request.method !== 'POST' || request.url !== '/message/template') return response.writeHead(404).end();
        return tell(this.notice(request.headers, JSON.parse(body)));
    }
}
