// signature-smartca against a service of our own (tools/simulators/smartca), as no public one can be had: not independent as to
// the protocol. What it signs with OpenSSL's keys is judged by openssl. // O12
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { SmartCa } from '../../tools/simulators/smartca/service.mjs';
import { Authority } from './authority.mjs';
import { Plugin } from './plugin.mjs';

const user = '079123456789', spPassword = 'sp-password-0123456789';
const words = ['Giấy chứng nhận số 01/GCN', 'hai', 'ba'];
const all = [];
let ca, owner, ecOwner, service, plugin, url;

function started(config = {}, secrets = { spPassword }) {
    all.push(new Plugin('signature-smartca', { config: { url, spId: 'motcua-sp', ...config }, secrets }));
    return all.at(-1);
}

before(async () => {
    ca = new Authority();
    owner = ca.issue('owner');
    ecOwner = ca.issue('ec-owner', 'ec');
    const old = ca.issue('old');
    ca.issue('other');
    service = new SmartCa({ spId: 'motcua-sp', spPassword });
    url = await service.listen();
    const certificate = (name, one) => ({ serial: ca.serial(name), der: one.der, keyFile: one.keyFile, otherKeyFile: ca.path('other.key'), chain: ca.ca });
    service.add(user, certificate('owner', owner));
    service.add(user, certificate('ec-owner', ecOwner));
    service.add(user, { ...certificate('old', old), status: 'REVOKED' });
    plugin = started();
});
after(async () => {
    for (const one of all) {
        await one.close();
        for (const word of [spPassword, user]) assert.ok(!one.log.includes(word), `${word} is logged: ${one.log}`);
    }
    await service.close();
    ca.close();
});

const digestOf = (text) => createHash('sha256').update(text).digest('base64');
const idOf = (name, { der }) => `${ca.serial(name)}#${createHash('sha256').update(der).digest('hex')}`;
const requestOf = (texts = words, more = {}) => ({ certificate: idOf('owner', owner), algorithm: 'rsa_pkcs1_sha256', digests: texts.map(digestOf), user, reason: 'Ký kết quả', ...more });
let keys = 0;
const begun = (request, by = plugin) => by.reply('signature.begin/1', { request, names: request.digests.map((_, i) => `${i}.pdf`) }, { key: `begin-${++keys}` });
const finish = (request, { session }, by = plugin) => by.reply('signature.finish/1', { session, request });
const failed = (request, { session }, by = plugin) => by.error('signature.finish/1', { session, request });

test('lists what is valid of a user, with its issuer', async () => {
    const { certificates } = await plugin.reply('signature.certificates/1', { user });
    assert.deepEqual(certificates.map((one) => [one.id, one.label, one.algorithms]), [[idOf('owner', owner), 'owner', ['rsa_pkcs1_sha256']], [idOf('ec-owner', ecOwner), 'ec-owner', ['ecdsa_sha256']]]);
    assert.deepEqual(Buffer.from(certificates[0].certificate, 'base64'), owner.der);
    assert.deepEqual(Buffer.from(certificates[0].chain[0], 'base64'), ca.ca);
    assert.deepEqual(await plugin.reply('signature.certificates/1', { user: '000000000001' }), {});
    assert.deepEqual(await plugin.reply('signature.certificates/1', {}), {});
    assert.equal((await started({ user }).reply('signature.certificates/1', {})).certificates.length, 2);
});

for (const [name, algorithm] of [['owner', 'rsa_pkcs1_sha256'], ['ec-owner', 'ecdsa_sha256']]) {
    test(`the signer agrees on a phone, and openssl verifies ${algorithm} of each document`, async () => {
        const request = requestOf(words, { certificate: idOf(name, name === 'owner' ? owner : ecOwner), algorithm });
        const session = await begun(request);
        assert.deepEqual([session.consent, session.askAfterMs], ['device', 3000]);
        assert.ok(Math.abs(session.expiresAt - Date.now() - 180_000) < 20_000);
        assert.match([...service.transactions.values()].at(-1).description, /^Ký kết quả; 0\.pdf; 1\.pdf/);
        for (let i = 0; i < 3; ++i) assert.deepEqual(await finish(request, session), { state: 'waiting' });
        service.decide('SUCCESS');
        service.signs = 'reversed'; // documents are known by their names, not their order
        const done = await finish(request, session);
        service.signs = '';
        for (const [i, text] of words.entries()) {
            assert.ok(ca.verifies(name, algorithm, text, done.signatures[i]));
            assert.ok(!ca.verifies(name, algorithm, `${text}.`, done.signatures[i]));
        }
        service.decide('PENDING'); // out of order: signed stays signed
        assert.deepEqual(await finish(request, session), done);
        service.decide('REJECTED');
        assert.deepEqual(await finish(request, session), done);
    });
}

test('digests go out in base64 where the setting says so, and the service may name transactions itself', async () => {
    const by = started({ digestEncoding: 'base64' });
    Object.assign(service, { encoding: 'base64', ownIds: true });
    const request = requestOf();
    const session = await begun(request, by);
    service.decide('SUCCESS');
    const done = await finish(request, session, by);
    Object.assign(service, { encoding: 'hex', ownIds: false });
    assert.ok(ca.verifies('owner', 'rsa_pkcs1_sha256', words[2], done.signatures[2]));
});

for (const [verdict, state] of [['REJECTED', 'refused'], ['EXPIRED', 'expired']]) {
    test(`${verdict} is ${state}, and stays so`, async () => {
        const request = requestOf();
        const session = await begun(request);
        service.decide(verdict);
        assert.equal((await finish(request, session)).state, state);
        service.decide('SUCCESS');
        assert.equal((await finish(request, session)).state, state);
    });
}

test('what nobody answers in time has expired', async () => {
    const request = requestOf();
    const session = await begun(request);
    const past = { session: JSON.stringify({ ...JSON.parse(session.session), expiresAt: Date.now() - 60_000 }) };
    assert.equal((await finish(request, past)).state, 'expired');
});

test('signed over another hash, by another key, in part, twice, swapped, under other names or for another transaction: not taken', async () => {
    const request = requestOf();
    const session = await begun(request);
    service.decide('SUCCESS');
    for (const wrong of ['another hash', 'another key', 'too few', 'twice', 'other names', 'swapped', 'another transaction']) {
        service.signs = wrong;
        const error = await failed(request, session);
        assert.deepEqual([error.code, error.mayRetry], ['signature.not_valid', false], wrong);
    }
    service.signs = '';
    assert.equal((await finish(request, session)).state, 'signed');
});

test('a certificate that changed since it was listed signs nothing', async () => {
    const [certificate] = service.users.get(user);
    const kept = { ...certificate };
    ca.issue('renewed', 'rsa', { key: 'owner' });
    certificate.der = ca.der('renewed');
    assert.equal((await plugin.error('signature.begin/1', { request: requestOf() })).code, 'signature.no_such_certificate');
    Object.assign(certificate, kept);
    const session = await begun(requestOf());
    const usurper = ca.issue('usurper');
    [...service.transactions.values()].at(-1).certificate = { ...certificate, keyFile: usurper.keyFile };
    service.decide('SUCCESS');
    assert.equal((await failed(requestOf(), session)).code, 'signature.not_valid');
});

test('one key begins once, also where the answer was lost or broken', async () => {
    for (const fault of [[], ['lost'], ['half']]) {
        const by = started();
        const before = service.transactions.size;
        const ask = (attempt) => by.call('signature.begin/1', { request: requestOf() }, { key: `again-${fault}`, attempt });
        service.faults.sign = [...fault];
        let answer = await ask(1);
        if (fault.length) {
            assert.deepEqual([answer.error.code, answer.error.mayRetry], ['signature.provider_down', true]);
            answer = await ask(2);
        }
        assert.deepEqual((await ask(3)).reply, answer.reply);
        assert.equal(service.transactions.size, before + 1);
        service.decide('SUCCESS');
        assert.equal((await finish(requestOf(), answer.reply, by)).state, 'signed');
        assert.equal((await by.error('signature.begin/1', { request: requestOf(['another']) }, { key: `again-${fault}` })).code, 'plugin.malformed');
    }
    service.faults.sign = ['500'];
    const by = started();
    await by.error('signature.begin/1', { request: requestOf() }, { key: 'never-arrived' });
    const second = await by.reply('signature.begin/1', { request: requestOf() }, { key: 'never-arrived', attempt: 2 });
    service.decide('SUCCESS');
    assert.equal((await finish(requestOf(), second, by)).state, 'signed');
});

test('slow, failing and breaking answers may be repeated', async () => {
    const by = started();
    const session = await begun(requestOf(), by);
    service.decide('SUCCESS');
    for (const fault of ['500', 'close', 'half', 'html']) {
        service.faults.status = [fault];
        const error = await failed(requestOf(), session, by);
        assert.deepEqual([error.code, error.mayRetry], ['signature.provider_down', true], fault);
    }
    service.faults.status = ['slow'];
    assert.equal((await finish(requestOf(), session, by)).state, 'signed');
});

test('a session is good for its own request only', async () => {
    const session = await begun(requestOf());
    assert.equal((await failed(requestOf(['another']), session)).code, 'signature.session_unknown');
    assert.equal((await failed(requestOf(words, { user: '000000000002' }), session)).code, 'signature.session_unknown');
    for (const text of ['no-such-session', '{}', JSON.stringify({ ...JSON.parse(session.session), transaction: '../../x' })])
        assert.equal((await failed(requestOf(), { session: text })).code, 'signature.session_unknown');
});

test('what cannot be signed is told as what it is', async () => {
    const code = async (more) => (await plugin.error('signature.begin/1', { request: requestOf(words, more) })).code;
    assert.equal(await code({ certificate: ca.serial('owner') }), 'signature.no_such_certificate');
    assert.equal(await code({ user: '000000000001' }), 'signature.no_such_certificate');
    assert.equal(await code({ certificate: idOf('old', { der: ca.der('old') }) }), 'signature.no_such_certificate');
    assert.equal(await code({ algorithm: 'rsa_pss_sha256' }), 'signature.algorithm_unsupported');
    assert.equal(await code({ algorithm: 'rsa_pkcs1_sha512' }), 'signature.digest_length');
});

test('wrong credentials and an unknown account are told apart by "test connection"', async () => {
    const [finding] = (await started({}, { spPassword: 'wrong-password' }).reply('config.check/1', {})).findings;
    assert.deepEqual([finding.field, finding.code], ['spPassword', 'signature.login_refused']);
    assert.equal((await started({ user }).reply('config.check/1', {})).summary, '2');
    assert.equal((await plugin.reply('config.check/1', {})).findings, undefined);
    assert.equal((await started({ url: 'http://localhost:1/sca' }).reply('config.check/1', {})).findings[0].code, 'signature.provider_down');
});
