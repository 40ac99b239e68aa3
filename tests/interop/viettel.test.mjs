// message-viettel against npm soap as the service; a bare server for answers that no SOAP stack gives. // O3, P10
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import soap from 'soap';
import { Plugin } from './plugin.mjs';

const wsdl = readFileSync(new URL('viettel.wsdl', import.meta.url), 'utf8');
const password = 'mật-khẩu & <bí mật>';
const plugins = [], servers = [], folders = [];
after(async () => {
    for (const one of plugins) await one.close();
    for (const one of servers) await new Promise((resolve) => one.close(resolve));
    for (const one of folders) rmSync(one, { recursive: true });
});

const settings = (url, more = {}) => ({
    config: { url, user: 'quan1', cpCode: 'UBNDQ1', sender: 'UBND Q1', ...more }, secrets: { password } });
function start(url, more) {
    const plugin = new Plugin('message-viettel', settings(url, more));
    plugins.push(plugin);
    return plugin;
}
async function listen(server) {
    servers.push(server);
    server.keepAliveTimeout = 1;
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server.address().port;
}

// The service by npm soap; what `answer` returns is the answer.
async function service(answer = () => ({ message: 'OK', result: 1 }), tls) {
    const asked = [];
    const server = tls ? createSecure(tls) : createServer();
    const port = await listen(server);
    const handle = (operation) => (args) => {
        asked.push({ operation, ...args });
        return { return: answer(args, asked.length, operation) };
    };
    await new Promise((resolve) => soap.listen(server, { path: '/bulkapi', xml: wsdl, callback: resolve,
        services: { CcApi: { CcApiPort: { wsCpMt: handle('wsCpMt'), checkBalance: handle('checkBalance') } } } }));
    return { asked, url: `${tls ? 'https' : 'http'}://localhost:${port}/bulkapi` };
}
const sms = (more = {}) => ({ kind: 'sms', to: [{ address: '+84901234567' }], text: 'Ho so da xong', ...more });

test('npm soap reads every field as it was meant', async () => {
    const { asked, url } = await service();
    const text = 'Lệ phí <8.000đ> & "biên lai" ]]> \'A\'\ndòng hai';
    const sent = await start(url).reply('message.send/1', sms({ text }), { key: 'k' });
    assert.equal(sent.parts, 1);
    assert.deepEqual(asked, [{ operation: 'wsCpMt', User: 'quan1', Password: password, CPCode: 'UBNDQ1', RequestID: sent.id, UserID: '84901234567', ReceiverID: '84901234567',
        ServiceID: 'UBND Q1', CommandCode: 'bulksms', Content: text, ContentType: '1' }]);
});

test('texts without marks are of the plain type; control characters are left out', async () => {
    const { asked, url } = await service();
    const plugin = start(url, { plainType: 'F', commandCode: 'bulk' });
    await plugin.reply('message.send/1', sms({ text: 'Đã có\u0001 kết quả\f', withoutMarks: true }));
    assert.deepEqual([asked[0].Content, asked[0].ContentType, asked[0].CommandCode], ['Da co ket qua', 'F', 'bulk']);
});

test('one call for each recipient; a repetition reaches only who was missed', async () => {
    let down = true;
    const { asked, url } = await service((args) => {
        if (args.ReceiverID === '84902222222' && down) throw { Fault: { faultcode: 'soap:Server', faultstring: 'database' } };
        return { message: 'OK', result: 1 };
    });
    const plugin = start(url);
    const message = sms({ to: ['0901111111', '0902222222', '0903333333'].map((address) => ({ address })) });
    const failed = await plugin.error('message.send/1', message, { key: 'three' });
    assert.deepEqual([failed.code, failed.mayRetry], ['message.provider_down', true]);
    down = false;
    const sent = await plugin.reply('message.send/1', message, { key: 'three', attempt: 2 });
    assert.equal(sent.parts, 3);
    assert.deepEqual(asked.map((one) => one.ReceiverID), ['84901111111', '84902222222', '84902222222', '84903333333']);
    assert.equal(asked[1].RequestID, asked[2].RequestID);
    assert.equal(new Set(asked.map((one) => one.RequestID)).size, 3);
    assert.deepEqual(await plugin.reply('message.send/1', message, { key: 'three', attempt: 3 }), sent);
    assert.equal(asked.length, 4);
});

test('a no of the service is told, its words without numbers; a wrong login apart', async () => {
    const cases = [[{ message: 'Khong tim thay alias 84901234567 / 090 123 4567', result: 0 }, 'message.refused'], [{ message: 'Authenticate: Wrong password', result: 0 }, 'message.login_refused']];
    for (const [answer, code] of cases) {
        const { url } = await service(() => answer);
        const plugin = start(url);
        const refused = await plugin.error('message.send/1', sms());
        assert.deepEqual([refused.code, refused.mayRetry], [code, false]);
        assert.ok(!/\d{3}/.test(refused.detail), refused.detail);
        assert.ok(!`${plugin.log}${JSON.stringify(refused)}`.includes('901234567'));
    }
});

test('faults: the caller\'s is final, the service\'s may be tried again', async () => {
    for (const [faultcode, code] of [['soap:Client', 'message.refused'], ['soap:Server', 'message.provider_down']]) {
        const { url } = await service(() => { throw { Fault: { faultcode, faultstring: 'no' } }; });
        assert.equal((await start(url).error('message.send/1', sms())).code, code);
    }
});

test('"test connection" asks for the balance', async () => {
    const { asked, url } = await service((args) => (args.Password === password ? { balance: 1200000, errCode: 0 } : { errCode: 1, errDesc: 'Wrong password' }));
    assert.deepEqual(await start(url).reply('config.check/1', {}), { summary: 'UBNDQ1' });
    assert.equal(asked[0].operation, 'checkBalance');
    const refused = await service(() => ({ errCode: 1, errDesc: 'Authentication failed' }));
    assert.deepEqual((await start(refused.url).reply('config.check/1', {})).findings[0].field, 'password');
});

test('nothing is sent to what is no mobile number, or is too long', async () => {
    const { asked, url } = await service();
    const plugin = start(url);
    for (const address of ['02838291234', '+6591234567', '1022', '090123456<', '0901234567\r\n'])
        assert.equal((await plugin.error('message.send/1', sms({ to: [{ address }] }))).code, 'message.recipient_invalid', address);
    assert.equal((await plugin.error('message.send/1', sms({ text: 'ạ'.repeat(500) }))).code, 'message.too_large');
    assert.equal((await plugin.error('message.send/1', sms({ kind: 'app' }))).code, 'message.unsupported');
    assert.deepEqual(asked, []);
});

const good = (result = '1') => `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><n:wsCpMtResponse xmlns:n="http://impl.bulkSms.ws/"><return><message>OK</message><result>${result}</result></return></n:wsCpMtResponse></S:Body></S:Envelope>`;

test('what is not this service\'s answer is not believed: entities, DTDs, halves, other operations, 500, a closed socket', async () => {
    const bodies = [`<!DOCTYPE a [<!ENTITY e "1">]>${good('&e;')}`, `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>${good('&e;')}`,
        Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY e "1">]>${good('&e;')}`, 'utf16le'), good('&e;'), good().slice(0, -20), good().replaceAll('wsCpMt', 'checkBalance'),
        good().replace('impl.bulkSms.ws', 'elsewhere'), good(''), good('one'), '<html>1</html>', '', 'null'];
    let body = '', status = 200, way = 'answer';
    const port = await listen(createServer((request, response) => {
        request.resume();
        if (way === 'close') return request.socket.destroy();
        if (way === 'half') {
            response.writeHead(200, { 'Content-Length': 1000 });
            response.write(good());
            return setTimeout(() => request.socket.destroy(), 20);
        }
        response.writeHead(status, { 'Content-Type': 'text/xml' });
        response.end(body);
    }));
    const url = `http://localhost:${port}/bulkapi`;
    const refused = async (what) => {
        const plugin = start(url); // a breaker of its own
        const error = await plugin.error('message.send/1', sms());
        assert.deepEqual([error.code, error.mayRetry], ['message.provider_down', true], what);
    };
    for (const one of bodies) {
        body = one;
        await refused(String(one));
    }
    body = good();
    for (const one of [500, 502, 429, 404]) {
        status = one;
        await refused(`HTTP ${one}`);
    }
    status = 200;
    for (way of ['close', 'half']) await refused(way);
    way = 'answer';
    await start(url).reply('message.send/1', sms());
});

test('TLS is verified; without it nothing is said', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'motcua-viettel-'));
    folders.push(folder);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key', '-out', 'cert', '-days', '2', '-subj', '/CN=localhost',
        '-addext', 'subjectAltName=DNS:localhost'], { cwd: folder, stdio: 'pipe' });
    const [key, cert] = ['key', 'cert'].map((name) => readFileSync(join(folder, name), 'utf8'));
    const { asked, url } = await service(undefined, { key, cert });
    assert.equal((await start(url).error('message.send/1', sms())).code, 'host.tls_failed');
    assert.equal((await start(url.replace('localhost', '127.0.0.1'), { ca: cert }).error('message.send/1', sms())).code, 'host.tls_failed');
    assert.deepEqual(asked, []);
    await start(url, { ca: cert }).reply('message.send/1', sms());
    assert.equal(asked.length, 1);
});

test('neither the password nor a number is in any log', () => {
    for (const plugin of plugins) assert.ok(!plugin.log.includes(password) && !plugin.log.includes('901234567') && !plugin.log.includes('xong'), plugin.log);
});
