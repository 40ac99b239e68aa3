// VNPT's brand-name service, as its description says: registered templates, one account, one contract. It keeps what
// it was sent and can fail on request.
import { createServer as createPlain } from 'node:http';
import { createServer as createSecure } from 'node:https';

const texts = ['REQID', 'LABELID', 'CONTRACTTYPEID', 'CONTRACTID', 'TEMPLATEID', 'SCHEDULETIME', 'MOBILELIST', 'ISTELCOSUB', 'AGENTID', 'APIUSER', 'APIPASS',
    'USERNAME', 'DATACODING'];

export class BrandService {
    // templates: {id: number of parameters}; account: {APIUSER, APIPASS, AGENTID, CONTRACTID}
    constructor({ templates, account, tls }) {
        this.templates = templates;
        this.account = account;
        this.taken = [];   // what went out
        this.fault = null; // 'down', 'half', 'close', 'slow', 'busy', 'html', 'other'
        this.server = tls ? createSecure(tls, (...both) => this.serve(...both)) : createPlain((...both) => this.serve(...both));
        this.server.keepAliveTimeout = 1;
        this.scheme = tls ? 'https' : 'http';
    }

    async listen() {
        await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
        return `${this.scheme}://localhost:${this.server.address().port}/SMSBNAPI/rest`;
    }

    close() { return new Promise((resolve) => this.server.close(resolve)); }

    // [ERROR, ERROR_DESC]
    judge(request) {
        if (request?.name !== 'send_sms_list') return ['1', 'UNKNOWN_REQUEST'];
        for (const name of texts) if (typeof request[name] !== 'string') return ['2', `MISSING_${name}`];
        for (const [name, value] of Object.entries(this.account)) if (request[name] !== value) return ['3', name === 'CONTRACTID' ? 'CONTRACT_NOT_FOUND' : 'AUTHENTICATION_FAILED'];
        const count = this.templates[request.TEMPLATEID];
        if (count === undefined) return ['5', `TEMPLATE_NOT_FOUND for ${request.MOBILELIST}`];
        if (!Array.isArray(request.PARAMS) || request.PARAMS.length !== count) return ['6', 'WRONG_PARAMS'];
        if (request.PARAMS.some((one, i) => one.NUM !== String(i + 1) || typeof one.CONTENT !== 'string')) return ['6', 'WRONG_PARAMS'];
        if (!/^84\d{9}$/.test(request.MOBILELIST)) return ['7', 'INVALID_MOBILE'];
        this.taken.push(request);
        return ['0', 'SUCCESS'];
    }

    async serve(request, response) {
        let body = '';
        for await (const part of request) body += part;
        if (request.method !== 'POST') return response.writeHead(405).end();
        switch (this.fault) {
        case 'down': return response.writeHead(500).end('{"RPLY":{"name":"send_sms_list","ERROR":"0"}}');
        case 'busy': return response.writeHead(429, { 'Retry-After': '7' }).end();
        case 'close': return request.socket.destroy();
        case 'html': return response.end('<html>maintenance</html>');
        case 'other': return response.end('{"RPLY":{"name":"get_balance","ERROR":"0"}}');
        case 'half':
            response.writeHead(200, { 'Content-Length': 500 });
            response.write('{"RPLY":{"name":"send_sms_list","ERROR":"0"');
            return setTimeout(() => request.socket.destroy(), 20);
        default: {
            if (this.fault === 'slow') await new Promise((resolve) => setTimeout(resolve, 1500));
            let read = null;
            try { read = JSON.parse(body); } catch { /* judged as nothing */ }
            const [ERROR, ERROR_DESC] = this.judge(read?.RQST);
            return response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ RPLY: { name: 'send_sms_list', ERROR, ERROR_DESC } }));
        }
        }
    }
}
