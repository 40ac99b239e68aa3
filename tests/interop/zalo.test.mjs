// message-zalo against the simulator in tools/simulators/zalo (no independent counterpart exists). // O3, P10
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Zalo } from '../../tools/simulators/zalo/service.mjs';
import { Plugin } from './plugin.mjs';

const secrets = { appSecret: 'app-S3cret/+=', oaSecret: 'oa-S3cret', refreshToken: 'first+token/=' };
const plugins = [], ends = [];
const folder = mkdtempSync(join(tmpdir(), 'motcua-zalo-'));
after(async () => {
    for (const one of plugins) await one.close();
    for (const end of ends) await end();
    rmSync(folder, { recursive: true });
});
async function service(more = {}) {
    const made = new Zalo({ appId: '123456', ...secrets, templates: { 7001: ['ma_ho_so', 'ngay'], 7000: ['noi_dung'] }, strangers: ['84902222222'], ...more });
    made.url = await made.listen();
    ends.push(() => made.close());
    return made;
}
function start(zalo, more = {}, moreSecrets = {}) {
    const plugin = new Plugin('message-zalo', { config: { appId: '123456', baseUrl: zalo.url, oauthUrl: `${zalo.url}/v4/oa/access_token`, ...more }, secrets: { ...secrets, ...moreSecrets } });
    plugins.push(plugin);
    return plugin;
}
const notice = (more = {}) => ({ kind: 'app', to: [{ address: '0901234567' }], text: 'Hồ sơ đã xong', templateId: '7001',
    parameters: { ma_ho_so: '000.00.01.H29-200713-0001', ngay: '13/07/2020' }, ...more });

test('a notice by its template; the token is fetched once', async () => {
    const zalo = await service();
    const plugin = start(zalo);
    const sent = await plugin.reply('message.send/1', notice(), { key: 'k' });
    assert.deepEqual(zalo.taken, [{ phone: '84901234567', template_id: '7001', template_data: notice().parameters, tracking_id: sent.id }]);
    await plugin.reply('message.send/1', notice());
    assert.deepEqual(await plugin.reply('message.send/1', notice(), { key: 'k', attempt: 2 }), sent);
    assert.deepEqual([zalo.taken.length, zalo.renewals], [2, 1]);
});

test('a text without a template goes by the general one, or not at all', async () => {
    const zalo = await service();
    await start(zalo, { templateId: '7000' }).reply('message.send/1', notice({ templateId: undefined }));
    assert.deepEqual(zalo.taken[0].template_data, { noi_dung: 'Hồ sơ đã xong' });
    assert.equal((await start(zalo).error('message.send/1', notice({ templateId: undefined }))).code, 'message.unsupported');
    assert.equal((await start(zalo).error('message.send/1', notice({ kind: 'sms' }))).code, 'message.unsupported');
});

test('an access token that ended or was withdrawn is renewed, each refresh token used once, over a crash too', async () => {
    const zalo = await service();
    zalo.expiresIn = 300; // less than the margin: the next call renews
    const plugin = start(zalo);
    for (let i = 0; i < 3; ++i) await plugin.reply('message.send/1', notice());
    assert.equal(zalo.renewals, 3);
    zalo.expiresIn = '90000';
    await plugin.reply('message.send/1', notice());
    zalo.accessToken = 'another one';
    await plugin.reply('message.send/1', notice());
    assert.equal(zalo.renewals, 5);
    await plugin.kill();
    for (let answer = {}; !answer.ok;) { // until it stands again
        answer = await plugin.call('message.send/1', notice());
        assert.ok(answer.ok || answer.error.mayRetry, JSON.stringify(answer));
    }
    assert.deepEqual([zalo.renewals, zalo.taken.length], [5, 6]);
});

test('a refresh token that is not taken is told once and for all; a new first token is taken up', async () => {
    const zalo = await service({ refreshToken: 'given later' });
    const refused = await start(zalo).error('message.send/1', notice());
    assert.deepEqual([refused.code, refused.mayRetry], ['message.login_refused', false]);
    assert.deepEqual((await start(zalo).reply('config.check/1', {})).findings[0].field, 'refreshToken');
    const plugin = start(zalo, {}, { refreshToken: 'given later' });
    assert.deepEqual(await plugin.reply('config.check/1', {}), { summary: 'Zalo 123456' });
    await plugin.reply('message.send/1', notice());
});

test('what the service says no to', async () => {
    const zalo = await service();
    const cases = [[-131, 'message.refused', false], [-132, 'message.refused', false], [-118, 'message.recipient_refused', false], [-139, 'message.recipient_refused', false],
        [-144, 'message.provider_down', true], [-32, 'message.provider_down', true]];
    for (const [number, code, mayRetry] of cases) {
        zalo.fault = number;
        const refused = await start(zalo, {}, { refreshToken: zalo.refreshToken }).error('message.send/1', notice());
        assert.deepEqual([refused.code, refused.mayRetry], [code, mayRetry], String(number));
        assert.ok(!refused.detail?.includes('901234567'));
    }
    zalo.fault = null;
    const sent = await start(zalo, {}, { refreshToken: zalo.refreshToken }).reply('message.send/1', notice({ to: [{ address: '0901234567' }, { address: '0902222222' }] }));
    assert.deepEqual([sent.parts, sent.refused.map((one) => one.address)], [1, ['+84902222222']]);
});

test('what is not the service\'s answer is not believed, and may be tried again', async () => {
    const zalo = await service();
    for (const fault of ['down', 'half', 'close', 'html']) {
        zalo.fault = fault;
        const plugin = start(zalo, {}, { refreshToken: zalo.refreshToken });
        const refused = await plugin.error('message.send/1', notice(), { key: fault });
        assert.deepEqual([refused.code, refused.mayRetry], ['message.provider_down', true], fault);
        zalo.fault = null;
        await plugin.reply('message.send/1', notice(), { key: fault, attempt: 2 });
    }
    zalo.fault = 'slow';
    await start(zalo, {}, { refreshToken: zalo.refreshToken }).reply('message.send/1', notice());
    zalo.fault = null;
    for (zalo.oauthFault of ['down', 'html', 'empty'])
        assert.equal((await start(zalo, {}, { refreshToken: zalo.refreshToken }).error('message.send/1', notice())).code, 'message.provider_down', zalo.oauthFault);
});

// ---- webhooks -------------------------------------------------------------------------------------------------------

const received = { event_name: 'user_received_message', sender: { id: '900' }, recipient: { id: '77' }, message: { msg_id: 'm1', tracking_id: 'abc123', delivery_time: '1594610131000' } };
let blobs = 0;
async function hook(plugin, { body, header }, headers = header === undefined ? {} : { 'x-zevent-signature': header }) {
    const file = join(folder, `body-${++blobs}`);
    writeFileSync(file, body);
    return plugin.reply('webhook.verify/1', { webhook: 'events', request: { method: 'POST', headers, body: { blob: 0 } } }, { blobs: [file] });
}

test('a signed receipt and a signed message become events, the same ones each time', async () => {
    const zalo = await service();
    const plugin = start(zalo);
    const told = await hook(plugin, zalo.signed(received));
    assert.equal(told.authentic, true);
    assert.deepEqual(told.events, [{ kind: 'message.receipt', key: 'abc123 delivered', data: { id: 'abc123', outcome: 'delivered', at: 1594610131000 } }]);
    assert.deepEqual(await hook(plugin, zalo.signed(received)), told);
    const one = await hook(plugin, zalo.signed({ ...received, message: { ...received.message, tracking_id: 'abc123-1' } }));
    assert.deepEqual([one.events[0].data.id, one.events[0].key], ['abc123', 'abc123-1 delivered']);
    const written = await hook(plugin, zalo.signed({ event_name: 'user_send_text', sender: { id: '77' }, recipient: { id: '900' }, message: { msg_id: 'm9', text: 'tra cứu hồ sơ' } }));
    assert.deepEqual(written.events, [{ kind: 'message.received', key: 'm9', data: { kind: 'app', id: 'm9', from: '77', to: '900', text: 'tra cứu hồ sơ', at: 1594610130000 } }]);
    assert.deepEqual((await hook(plugin, zalo.signed({ event_name: 'follow' }))).events ?? [], []);
});

test('a missing, wrong or foreign signature is none; every byte is signed', async () => {
    const zalo = await service();
    const plugin = start(zalo);
    const { body, header } = zalo.signed(received);
    const forged = [{ body, header: undefined }, { body, header: '' }, { body, header: 'mac=' }, { body, header: `${header}0` }, { body, header: header.replace(/.$/, (c) => (c === '0' ? '1' : '0')) },
        { body: body.replace('abc123', 'abc124'), header }, { body: body.replace('1594610130000', '1594610130001'), header }, { body: `${body} `, header },
        zalo.signed(received, { secret: 'another' }), zalo.signed(received, { appId: '654321' }), { body: '', header }, { body: '[]', header }, { body: body.slice(0, 40), header }];
    for (const [i, one] of forged.entries()) {
        const told = await hook(plugin, one);
        assert.deepEqual([told.authentic, told.events], [false, undefined], `forged ${i}`);
        assert.equal(told.notAuthentic.status, 403);
    }
    assert.equal((await hook(plugin, { body, header: header.toUpperCase().replace('MAC=', 'mac=') })).authentic, true);
});

test('TLS is verified before a token is shown', async () => {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key', '-out', 'cert', '-days', '2', '-subj', '/CN=localhost',
        '-addext', 'subjectAltName=DNS:localhost'], { cwd: folder, stdio: 'pipe' });
    const [key, cert] = ['key', 'cert'].map((name) => readFileSync(join(folder, name), 'utf8'));
    const zalo = await service({ tls: { key, cert } });
    assert.equal((await start(zalo).error('message.send/1', notice())).code, 'host.tls_failed');
    assert.equal(zalo.renewals, 0);
    await start(zalo, { ca: cert }).reply('message.send/1', notice());
});

test('neither secrets, tokens nor numbers are in any log', () => {
    for (const plugin of plugins)
        for (const hidden of [...Object.values(secrets), 'access-1', 'refresh-1', '901234567']) assert.ok(!plugin.log.includes(hidden), plugin.log);
});
