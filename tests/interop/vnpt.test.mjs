// message-vnpt against the simulator in tools/simulators/vnpt (no independent counterpart exists). // O3, P10
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BrandService } from '../../tools/simulators/vnpt/service.mjs';
import { Plugin } from './plugin.mjs';

const password = 'Mật khẩu "API"';
const account = { APIUSER: 'quan1', APIPASS: password, AGENTID: '77', CONTRACTID: '512' };
const plugins = [], ends = [];
after(async () => {
    for (const one of plugins) await one.close();
    for (const end of ends) await end();
});
async function service(tls) {
    const made = new BrandService({ account, templates: { 900: 1, 901: 3 }, tls });
    made.url = await made.listen();
    ends.push(() => made.close());
    return made;
}
function start(url, more = {}, secrets = { password }) {
    const plugin = new Plugin('message-vnpt', { config: { url, labelId: '12', contractId: '512', templateId: '900', agentId: '77', apiUser: 'quan1', userName: 'quan1', contractTypeId: '1', ...more }, secrets });
    plugins.push(plugin);
    return plugin;
}
const sms = (more = {}) => ({ kind: 'sms', to: [{ address: '0901234567' }], text: 'Hồ sơ, biên lai: đã xong', ...more });

test('a text goes by the general template, every field in its place', async () => {
    const vnpt = await service();
    const sent = await start(vnpt.url).reply('message.send/1', sms(), { key: 'k' });
    assert.deepEqual(vnpt.taken, [{ name: 'send_sms_list', REQID: sent.id, LABELID: '12', CONTRACTTYPEID: '1', CONTRACTID: '512', TEMPLATEID: '900',
        PARAMS: [{ NUM: '1', CONTENT: 'Ho so, bien lai: da xong' }], SCHEDULETIME: '', MOBILELIST: '84901234567', ISTELCOSUB: '0', AGENTID: '77', APIUSER: 'quan1', APIPASS: password,
        USERNAME: 'quan1', DATACODING: '0' }]);
});

test('parameters of a template keep commas, quotes and their order; gaps and names are refused', async () => {
    const vnpt = await service();
    const plugin = start(vnpt.url, { withoutMarks: false });
    await plugin.reply('message.send/1', sms({ templateId: '901', parameters: { 2: '8.000đ, 2 bản', 1: '"A"', 3: '' } }));
    assert.deepEqual(vnpt.taken[0].PARAMS, [{ NUM: '1', CONTENT: '"A"' }, { NUM: '2', CONTENT: '8.000đ, 2 bản' }, { NUM: '3', CONTENT: '' }]);
    assert.equal(vnpt.taken[0].DATACODING, '8');
    for (const parameters of [{ 1: 'a', 3: 'b' }, { name: 'a' }, { 0: 'a' }, { '01': 'a' }, { '1 ': 'a' }, { '-1': 'a' }])
        assert.equal((await plugin.error('message.send/1', sms({ templateId: '901', parameters }))).code, 'plugin.malformed');
    assert.equal(vnpt.taken.length, 1);
});

test('a repetition with the same key sends nothing twice, also where some were missed', async () => {
    const vnpt = await service();
    const plugin = start(vnpt.url);
    const message = sms({ to: ['0901111111', '0902222222'].map((address) => ({ address })) });
    const sent = await plugin.reply('message.send/1', message, { key: 'two' });
    assert.deepEqual(await plugin.reply('message.send/1', message, { key: 'two', attempt: 2 }), sent);
    assert.deepEqual(vnpt.taken.map((one) => [one.MOBILELIST, one.REQID]), [['84901111111', `${sent.id}-0`], ['84902222222', `${sent.id}-1`]]);
    assert.equal(sent.parts, 2);
});

test('refusals: a login, a template, an answer with a number in it', async () => {
    const vnpt = await service();
    const wrong = await start(vnpt.url, {}, { password: 'sai-mat-khau' }).error('message.send/1', sms());
    assert.deepEqual([wrong.code, wrong.mayRetry], ['message.login_refused', false]);
    const plugin = start(vnpt.url);
    const unknown = await plugin.error('message.send/1', sms({ templateId: '999', parameters: {} }));
    assert.deepEqual([unknown.code, unknown.mayRetry], ['message.refused', false]);
    assert.ok(!/\d{3}/.test(unknown.detail), unknown.detail);
    assert.equal((await plugin.error('message.send/1', sms({ to: [{ address: '1022' }] }))).code, 'message.recipient_invalid');
    assert.equal((await plugin.error('message.send/1', sms({ text: 'x'.repeat(900) }))).code, 'message.too_large');
    assert.deepEqual(vnpt.taken, []);
});

test('what is not the service\'s answer is not believed, and may be tried again', async () => {
    const vnpt = await service();
    for (const fault of ['down', 'busy', 'close', 'half', 'html', 'other']) {
        const plugin = start(vnpt.url);
        vnpt.fault = fault;
        const refused = await plugin.error('message.send/1', sms(), { key: fault });
        assert.deepEqual([refused.code, refused.mayRetry], ['message.provider_down', true], fault);
        vnpt.fault = null;
        await plugin.reply('message.send/1', sms(), { key: fault, attempt: 2 });
    }
    vnpt.fault = 'slow';
    await start(vnpt.url).reply('message.send/1', sms());
});

test('TLS is verified; "test connection" says what it proves', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'motcua-vnpt-'));
    ends.push(() => rmSync(folder, { recursive: true }));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key', '-out', 'cert', '-days', '2', '-subj', '/CN=localhost',
        '-addext', 'subjectAltName=DNS:localhost'], { cwd: folder, stdio: 'pipe' });
    const [key, cert] = ['key', 'cert'].map((name) => readFileSync(join(folder, name), 'utf8'));
    const vnpt = await service({ key, cert });
    const plugin = start(vnpt.url);
    assert.equal((await plugin.error('message.send/1', sms())).code, 'host.tls_failed');
    assert.deepEqual((await plugin.reply('config.check/1', {})).findings[0].field, 'url');
    assert.deepEqual(vnpt.taken, []);
    const trusted = start(vnpt.url, { ca: cert });
    await trusted.reply('message.send/1', sms());
    assert.match((await trusted.reply('config.check/1', {})).summary, /^HTTP 405/);
});

test('neither the password nor a number is in any log', () => {
    for (const plugin of plugins) assert.ok(!plugin.log.includes(password) && !plugin.log.includes('sai-mat-khau') && !plugin.log.includes('901234567'), plugin.log);
});
