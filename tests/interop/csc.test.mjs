// signature-csc against a service of our own (tools/simulators/csc), as no public one can be had: not independent as to the
// protocol. What it signs with OpenSSL's keys is judged by openssl. // O12
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { RemoteService } from '../../tools/simulators/csc/service.mjs';
import { Authority } from './authority.mjs';
import { Plugin } from './plugin.mjs';

const client = { id: 'motcua', secret: 'client-secret-0123456789' };
const user = '079123456789', pin = '24681357', password = 'mat-khau-rat-dai';
const rsa = '1.2.840.113549.1.1.1', rsaSha256 = '1.2.840.113549.1.1.11', pss = '1.2.840.113549.1.1.10', ec = '1.2.840.10045.2.1';
const words = 'Giấy chứng nhận số 01/GCN';
const digestOf = (hash, text = words) => createHash(hash).update(text).digest('base64');
let ca, owner, ecOwner;
const services = {}, plugins = {}, settings = {};

async function start(name, version, config = {}, options = {}) {
    const service = new RemoteService({ version, client, accounts: { [user]: password }, ...options });
    services[name] = service;
    const url = await service.listen();
    const base = { user, chain: [owner.der, ca.ca], keyFile: owner.keyFile, otherKeyFile: ca.path('other.key'), algo: [rsa, pss] };
    service.add('rsa-key', { ...base, pin, otp: '111111', nextOtp: '222222' });
    service.add('pin-key', { ...base, pin, algo: [rsaSha256] });
    service.add('ec-key', { ...base, pin, chain: [ecOwner.der, ca.ca], keyFile: ecOwner.keyFile, algo: [ec], rawEcdsa: version === 2 });
    service.add('device-key', { ...base, mode: 'implicit' });
    service.add('page-key', { ...base, mode: 'oauth2code' });
    service.add('later-key', { ...base, pin, later: 2 });
    service.add('old-key', { ...base, disabled: true });
    service.add('another-one', { ...base, user: 'somebody-else', pin });
    settings[name] = { config: { url, version: String(version), clientId: client.id, user, ...config }, secrets: { clientSecret: client.secret, password } };
    plugins[name] = new Plugin('signature-csc', settings[name]);
    return { service, plugin: plugins[name] };
}

// Another process with the same settings.
function again(name) {
    plugins[`${name} ${Object.keys(plugins).length}`] = new Plugin('signature-csc', settings[name]);
    return Object.values(plugins).at(-1);
}

before(async () => {
    ca = new Authority();
    owner = ca.issue('owner');
    ecOwner = ca.issue('ec-owner', 'ec');
    ca.issue('other');
    await start('one', 1);
    await start('two', 2);
    await start('basic', 1, { login: 'basic' });
    await start('mysign', 1, { login: 'mysign' });
});
after(async () => {
    for (const plugin of Object.values(plugins)) {
        await plugin.close();
        for (const word of [pin, password, client.secret, user, '111111', '999999', 'token-', 'sad-']) assert.ok(!plugin.log.includes(word), `${word} is logged: ${plugin.log}`);
    }
    for (const service of Object.values(services)) await service.close();
    ca.close();
});

const listed = (plugin, whose = user) => plugin.reply('signature.certificates/1', { user: whose }).then((reply) => reply.certificates);
async function requestFor(plugin, name, algorithm = 'rsa_pkcs1_sha256', texts = [words]) {
    const fingerprint = createHash('sha256').update(name === 'ec-key' ? ecOwner.der : owner.der).digest('hex');
    return { certificate: `${name}#${fingerprint}`, algorithm, digests: texts.map((text) => digestOf(algorithm.split('_').at(-1), text)), user };
}
let keys = 0;
async function begun(plugin, request, more = {}) {
    return plugin.reply('signature.begin/1', { request, names: request.digests.map((_, i) => `${i}.pdf`), ...more }, { key: `begin-${++keys}` });
}
const finish = (plugin, request, { session }, typed = {}) => plugin.reply('signature.finish/1', { session, request, ...typed });
const failed = (plugin, request, { session }, typed = {}) => plugin.error('signature.finish/1', { session, request, ...typed });

for (const name of ['one', 'two']) {
    test(`version ${name}: the certificates of a user, with chain, algorithms and batch; pages are followed, disabled keys left out`, async () => {
        const all = await listed(plugins[name]);
        assert.deepEqual(all.map((one) => one.id.split('#')[0]), ['rsa-key', 'pin-key', 'ec-key', 'device-key', 'page-key', 'later-key']);
        assert.deepEqual(Buffer.from(all[0].certificate, 'base64'), owner.der);
        assert.deepEqual(all[0].chain.map((one) => Buffer.from(one, 'base64')), [ca.ca]);
        assert.equal(all[0].label, 'owner');
        assert.equal(all[0].batch, 50);
        assert.equal(all[0].algorithms.length, 6);
        assert.deepEqual(all[1].algorithms, ['rsa_pkcs1_sha256']);
        assert.deepEqual(all[2].algorithms, ['ecdsa_sha256', 'ecdsa_sha384', 'ecdsa_sha512']);
    });

    for (const algorithm of ['rsa_pkcs1_sha256', 'rsa_pkcs1_sha384', 'rsa_pkcs1_sha512', 'rsa_pss_sha256', 'rsa_pss_sha384', 'rsa_pss_sha512']) {
        test(`version ${name}: with PIN and code, openssl verifies ${algorithm}`, async () => {
            const { [name]: plugin } = plugins, { [name]: service } = services;
            service.credentials.get('rsa-key').otp = '111111';
            const request = await requestFor(plugin, 'rsa-key', algorithm, [words, 'hai', 'ba']);
            const sent = service.sentCodes;
            const session = await begun(plugin, request);
            assert.equal(session.consent, 'pin_otp');
            assert.equal(service.sentCodes, sent + 1);
            const done = await finish(plugin, request, session, { pin, otp: '111111' });
            assert.equal(done.state, 'signed');
            for (const [i, text] of [words, 'hai', 'ba'].entries()) {
                assert.ok(ca.verifies('owner', algorithm, text, done.signatures[i]));
                assert.ok(!ca.verifies('owner', algorithm, `${text}.`, done.signatures[i]));
            }
        });
    }

    for (const hash of ['sha256', 'sha384', 'sha512']) {
        test(`version ${name}: openssl verifies ecdsa with ${hash}, whatever form it came in`, async () => {
            const request = await requestFor(plugins[name], 'ec-key', `ecdsa_${hash}`);
            const session = await begun(plugins[name], request);
            assert.equal(session.consent, 'pin');
            const done = await finish(plugins[name], request, session, { pin });
            assert.ok(ca.verifies('ec-owner', `ecdsa_${hash}`, words, done.signatures[0]));
        });
    }

    test(`version ${name}: a wrong PIN or code is refused, a right one then taken; after signed the answer stays`, async () => {
        const { [name]: plugin } = plugins, { [name]: service } = services;
        service.credentials.get('rsa-key').otp = '111111';
        const request = await requestFor(plugin, 'rsa-key');
        const session = await begun(plugin, request);
        for (const typed of [{ pin, otp: '999999' }, { pin: '99999999', otp: '111111' }, { pin }, { otp: '111111' }, {}]) {
            const error = await failed(plugin, request, session, typed);
            assert.deepEqual([error.code, error.mayRetry], ['signature.code_refused', false]);
            for (const word of [pin, '111111', '999999']) assert.ok(!JSON.stringify(error).includes(word));
        }
        const done = await finish(plugin, request, session, { pin, otp: '111111' });
        const signed = service.signed;
        for (let i = 0; i < 3; ++i) assert.deepEqual(await finish(plugin, request, session, { pin, otp: '111111' }), done);
        assert.equal(service.signed, signed);
        await plugin.kill();
        for (let i = 0; i < 200; ++i) {
            const again = await plugin.call('signature.finish/1', { session: session.session, request });
            if (!again.ok && again.error.mayRetry) continue;
            assert.deepEqual(again.reply, done); // another process remembers it too
            break;
        }
    });

    test(`version ${name}: the service's page: only the right state and code sign, once`, async () => {
        const { [name]: plugin } = plugins, { [name]: service } = services;
        const request = await requestFor(plugin, 'page-key', 'rsa_pkcs1_sha256', [words, 'hai']);
        const session = await begun(plugin, request, { returnUrl: 'https://dichvucong.example.vn/ky/ve?a=1' });
        assert.equal(session.consent, 'browser');
        assert.equal((await finish(plugin, request, session)).state, 'waiting');
        const query = new URL(service.visit(session.url)).search.slice(1);
        const returned = (text) => ({ returned: { method: 'GET', query: text } });
        assert.equal((await failed(plugin, request, session, returned(query.replace('state=', 'state=x')))).code, 'signature.session_unknown');
        assert.equal((await failed(plugin, request, session, returned(query.replace(/state=[^&]*/, '')))).code, 'signature.session_unknown');
        const done = await finish(plugin, request, session, returned(query));
        assert.ok(ca.verifies('owner', 'rsa_pkcs1_sha256', 'hai', done.signatures[1]));
        assert.deepEqual(await finish(plugin, request, session, returned(query)), done);

        const second = await begun(plugin, request, { returnUrl: 'https://dichvucong.example.vn/ky/ve' });
        assert.equal((await failed(plugin, request, second, returned(query))).code, 'signature.session_unknown'); // of another session
        const no = new URL(service.visit(second.url, false)).search.slice(1);
        assert.equal((await finish(plugin, request, second, returned(no))).state, 'refused');
        const yes = new URL(service.visit(second.url)).search.slice(1);
        assert.equal((await finish(plugin, request, second, returned(yes))).state, 'refused'); // a "no" stays one
        const third = await begun(plugin, request, { returnUrl: 'https://dichvucong.example.vn/ky/ve' });
        const forged = new URL(service.visit(third.url)).search.slice(1).replace(/code=[^&]*/, 'code=forged');
        assert.equal((await finish(plugin, request, third, returned(forged))).state, 'expired');
    });

    test(`version ${name}: what is signed over another hash, by another key, in another order or in part is not taken`, async () => {
        const { [name]: plugin } = plugins, { [name]: service } = services;
        const request = await requestFor(plugin, 'pin-key', 'rsa_pkcs1_sha256', [words, 'hai']);
        const session = await begun(plugin, request);
        for (const wrong of ['another hash', 'another key', 'too few', 'in another order']) {
            service.signs = wrong;
            const error = await failed(plugin, request, session, { pin });
            assert.deepEqual([error.code, error.mayRetry], ['signature.not_valid', false], wrong);
        }
        service.signs = '';
        assert.equal((await finish(plugin, request, session, { pin })).state, 'signed');
    });

    test(`version ${name}: a certificate that changed since it was listed signs nothing`, async () => {
        const { [name]: plugin } = plugins, { [name]: service } = services;
        const request = await requestFor(plugin, 'pin-key');
        const credential = service.credentials.get('pin-key');
        ca.issue('renewed', 'rsa', { key: 'owner' });
        credential.chain = [ca.der('renewed'), ca.ca];
        assert.equal((await plugin.error('signature.begin/1', { request })).code, 'signature.no_such_certificate');
        const other = ca.issue('usurper');
        credential.chain = [owner.der, ca.ca];
        const session = await begun(plugin, request);
        Object.assign(credential, { chain: [other.der, ca.ca], keyFile: other.keyFile });
        assert.equal((await failed(plugin, request, session, { pin })).code, 'signature.not_valid');
        Object.assign(credential, { chain: [owner.der, ca.ca], keyFile: owner.keyFile });
    });

    test(`version ${name}: tokens that the service forgot are fetched anew; a wrong secret is said to be one`, async () => {
        const { [name]: plugin } = plugins, { [name]: service } = services;
        const request = await requestFor(plugin, 'pin-key');
        const session = await begun(plugin, request);
        service.forgetTokens();
        assert.equal((await finish(plugin, request, session, { pin })).state, 'signed');
        const kept = service.client;
        service.client = { id: client.id, secret: 'changed' };
        service.forgetTokens();
        const error = await plugin.error('signature.certificates/1', { user });
        assert.deepEqual([error.code, error.mayRetry], ['signature.login_refused', false]);
        assert.equal((await plugin.reply('config.check/1', {})).findings[0].field, 'clientSecret');
        service.client = kept;
        assert.equal((await plugin.reply('config.check/1', {})).summary, '6');
    });

    test(`version ${name}: slow, failing and breaking answers may be repeated, and sign once they are over`, async () => {
        const { [name]: service } = services;
        const request = await requestFor(plugins[name], 'pin-key');
        for (const path of ['/credentials/authorize', '/signatures/signHash']) {
            const plugin = again(name); // its breaker is closed
            const session = await begun(plugin, request);
            for (const fault of ['500', '429', 'close', 'html', ...(path === '/credentials/authorize' ? ['half'] : [])]) {
                service.faults[path] = [fault];
                const error = await failed(plugin, request, session, { pin });
                assert.deepEqual([error.code, error.mayRetry], ['signature.provider_down', true], `${path} ${fault}`);
            }
            service.slowMs = 300;
            service.faults[path] = ['slow'];
            const done = await finish(plugin, request, session, { pin });
            assert.ok(ca.verifies('owner', 'rsa_pkcs1_sha256', words, done.signatures[0]));
        }
        for (const path of ['/credentials/list', '/credentials/info']) {
            const plugin = again(name);
            for (const fault of ['500', 'half', 'close']) {
                service.faults[path] = [fault];
                assert.equal((await plugin.error('signature.certificates/1', { user })).code, 'signature.provider_down');
            }
        }
    });

    test(`version ${name}: a session is good for its own request only, and one key begins once`, async () => {
        const { [name]: plugin } = plugins, { [name]: service } = services;
        service.credentials.get('rsa-key').otp = '111111';
        const request = await requestFor(plugin, 'rsa-key');
        const sent = service.sentCodes;
        const first = await plugin.reply('signature.begin/1', { request }, { key: 'the-same' });
        assert.deepEqual(await plugin.reply('signature.begin/1', { request }, { key: 'the-same', attempt: 2 }), first);
        assert.equal(service.sentCodes, sent + 1);
        const another = { ...request, digests: [digestOf('sha256', 'another')] };
        assert.equal((await plugin.error('signature.begin/1', { request: another }, { key: 'the-same' })).code, 'plugin.malformed');
        assert.equal((await failed(plugin, another, first, { pin, otp: '111111' })).code, 'signature.session_unknown');
        for (const session of ['no-such-session', '{}', '{"request":1}']) assert.equal((await failed(plugin, request, { session }, { pin })).code, 'signature.session_unknown');
    });

    test(`version ${name}: what cannot be signed is told as what it is`, async () => {
        const { [name]: plugin } = plugins;
        const good = await requestFor(plugin, 'pin-key');
        const code = async (more) => (await plugin.error('signature.begin/1', { request: { ...good, ...more } })).code;
        assert.equal(await code({ certificate: 'pin-key' }), 'signature.no_such_certificate');
        assert.equal(await code({ certificate: good.certificate.replace('pin-key', 'another-one') }), 'signature.no_such_certificate');
        assert.equal(await code({ user: 'somebody-else' }), 'signature.no_such_certificate');
        assert.equal(await code({ certificate: good.certificate.replace('pin-key', 'old-key') }), 'signature.no_such_certificate');
        assert.equal(await code({ digests: [digestOf('sha512')] }), 'signature.digest_length');
        assert.equal(await code({ algorithm: 'rsa_pss_sha256' }), 'signature.algorithm_unsupported');
        assert.equal(await code({ algorithm: 'ecdsa_sha256' }), 'signature.algorithm_unsupported');
        assert.equal(await code({ digests: Array(51).fill(digestOf('sha256')) }), 'plugin.malformed');
    });
}

test('version 1: the owner agrees on a device while the service waits, or says no', async () => {
    const { one: plugin } = plugins, { one: service } = services;
    const request = await requestFor(plugin, 'device-key');
    for (const [verdict, state] of [[true, 'signed'], [false, 'refused'], [null, 'expired']]) {
        service.decide('device-key', verdict);
        const session = await begun(plugin, request);
        assert.equal(session.consent, 'device');
        assert.equal((await finish(plugin, request, session)).state, state);
        service.decide('device-key', true);
        assert.equal((await finish(plugin, request, session)).state, state); // out of order: the first end stays
    }
});

test('version 2: a device is asked once and polled until its owner agrees or says no', async () => {
    const { two: plugin } = plugins, { two: service } = services;
    const request = await requestFor(plugin, 'device-key');
    for (const [verdict, state] of [[true, 'signed'], [false, 'refused']]) {
        service.decide('device-key', null);
        const session = await begun(plugin, request);
        const before = service.handles.size;
        for (let i = 0; i < 3; ++i) assert.equal((await finish(plugin, request, session)).state, 'waiting');
        assert.equal(service.handles.size, before + 1);
        service.decide('device-key', verdict);
        const done = await finish(plugin, request, session);
        assert.equal(done.state, state);
        if (verdict) assert.ok(ca.verifies('owner', 'rsa_pkcs1_sha256', words, done.signatures[0]));
    }
});

test('version 2: signatures that come later are polled, the SAD used once', async () => {
    const { two: plugin } = plugins, { two: service } = services;
    const request = await requestFor(plugin, 'later-key');
    const session = await begun(plugin, request);
    const states = [];
    const signed = service.signed;
    for (let i = 0; i < 4; ++i) states.push((await finish(plugin, request, session, { pin })).state);
    assert.deepEqual(states, ['waiting', 'waiting', 'waiting', 'signed']);
    assert.equal(service.signed, signed + 1);
    assert.ok(ca.verifies('owner', 'rsa_pkcs1_sha256', words, (await finish(plugin, request, session)).signatures[0]));
});

for (const name of ['basic', 'mysign']) {
    test(`login ${name} signs, and tells wrong credentials`, async () => {
        const { [name]: plugin } = plugins, { [name]: service } = services;
        const request = await requestFor(plugin, 'pin-key');
        const done = await finish(plugin, request, await begun(plugin, request), { pin });
        assert.ok(ca.verifies('owner', 'rsa_pkcs1_sha256', words, done.signatures[0]));
        if (name === 'basic') service.accounts = { [user]: 'another' };
        if (name === 'mysign') service.client = { id: client.id, secret: 'another' };
        const [finding] = (await plugin.reply('config.check/1', {})).findings;
        assert.deepEqual([finding.field, finding.code], [name === 'basic' ? 'password' : 'clientSecret', 'signature.login_refused']);
    });
}

test('two clicks at once ask the owner once', async () => {
    const { one: plugin } = plugins, { one: service } = services;
    const request = await requestFor(plugin, 'pin-key');
    const session = await begun(plugin, request);
    service.slowMs = 300;
    service.faults['/credentials/authorize'] = ['slow'];
    const signed = service.signed;
    const [first, second] = await Promise.all([finish(plugin, request, session, { pin }), finish(plugin, request, session, { pin })]);
    assert.equal(service.signed, signed + 1);
    assert.ok([first, second].every((one) => ['signed', 'waiting'].includes(one.state)));
    assert.deepEqual((await finish(plugin, request, session, { pin })).state, 'signed');
});

test('TLS is verified: only an authority that is trusted is spoken to', async () => {
    ca.issue('server', 'rsa', { extensions: 'subjectAltName=DNS:localhost' });
    const tls = { key: ca.read('server.key'), cert: ca.read('server.pem') };
    const { plugin: trusting } = await start('trusted', 1, { ca: ca.read('ca.pem') }, { tls });
    assert.equal((await listed(trusting)).length, 6);
    const { plugin, service } = await start('untrusted', 1, {}, { tls });
    assert.equal((await plugin.error('signature.certificates/1', { user })).code, 'host.tls_failed');
    assert.equal(service.asked.length, 0);
});

test('an address in the clear is refused where it is not this machine', async () => {
    const clear = new Plugin('signature-csc', { config: { url: 'http://sign.example.vn/csc/v1' }, secrets: {} });
    await assert.rejects(clear.call('config.check/1', {}), /ended \(2\)[^]*url/);
    await clear.ended;
});
