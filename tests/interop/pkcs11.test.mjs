// signature-pkcs11 on SoftHSM2; signatures are judged by openssl. // O12
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Plugin } from './plugin.mjs';

const module = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'].find(existsSync);
const folder = mkdtempSync(join(tmpdir(), 'motcua-token-'));
const pin = '135792', environment = [`SOFTHSM2_CONF=${join(folder, 'softhsm2.conf')}`];
let plugin, certificates;

function run(program, ...words) {
    return execFileSync(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, SOFTHSM2_CONF: join(folder, 'softhsm2.conf') } });
}

function settings(more = {}, secrets = { pin }) {
    return { config: { module, token: 'UBND Quận 1', environment, ...more }, secrets };
}

// A key with a certificate of our authority, on the token under `id`.
function issue(name, id, ...algorithm) {
    run('openssl', 'genpkey', ...algorithm, '-out', `${name}.key`);
    run('openssl', 'req', '-new', '-key', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`, '-utf8');
    run('openssl', 'x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-out', `${name}.pem`);
    run('softhsm2-util', '--import', `${name}.key`, '--token', 'UBND Quận 1', '--label', name, '--id', id, '--pin', pin);
    store(name, id);
}

function store(name, id) {
    run('openssl', 'x509', '-in', `${name}.pem`, '-outform', 'DER', '-out', `${name}.der`);
    run('pkcs11-tool', '--module', module, '--token-label', 'UBND Quận 1', '--login', '--pin', pin, '--write-object', `${name}.der`,
        '--type', 'cert', '--id', id, '--label', name);
}

before(async () => {
    mkdirSync(join(folder, 'tokens'));
    writeFileSync(join(folder, 'softhsm2.conf'), `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
    run('softhsm2-util', '--init-token', '--free', '--label', 'UBND Quận 1', '--so-pin', '24680000', '--pin', pin);
    run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test CA');
    issue('con-dau', '01', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
    issue('chu-tich', '02', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
    issue('pho-chu-tich', '03', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384');
    store('ca', '99');
    plugin = new Plugin('signature-pkcs11', settings());
});
after(async () => {
    await plugin.close();
    rmSync(folder, { recursive: true });
});

const words = 'Giấy chứng nhận số 01/GCN';
const digestOf = (hash, text = words) => createHash(hash).update(text).digest();
const sign = (certificate, algorithm, digests) =>
    ({ certificate, algorithm, digests: digests.map((digest) => digest.toString('base64')) });

test('lists the certificates whose keys can sign, each with its chain', async () => {
    ({ certificates } = await plugin.reply('signature.certificates/1', {}));
    assert.deepEqual(certificates.map((one) => [one.id, one.label]), [['01', 'con-dau'], ['02', 'chu-tich'], ['03', 'pho-chu-tich']]);
    for (const one of certificates) {
        assert.ok(Buffer.from(one.certificate, 'base64').equals(readFileSync(join(folder, `${one.label}.der`))));
        assert.deepEqual(one.chain.map((der) => Buffer.from(der, 'base64')), [readFileSync(join(folder, 'ca.der'))]);
    }
    assert.deepEqual(certificates[0].algorithms, ['rsa_pkcs1_sha256', 'rsa_pkcs1_sha384', 'rsa_pkcs1_sha512', 'rsa_pss_sha256', 'rsa_pss_sha384', 'rsa_pss_sha512']);
    assert.deepEqual(certificates[1].algorithms, ['ecdsa_sha256', 'ecdsa_sha384', 'ecdsa_sha512']);
});

for (const [id, name, scheme] of [['01', 'con-dau', 'rsa_pkcs1'], ['01', 'con-dau', 'rsa_pss'], ['02', 'chu-tich', 'ecdsa'], ['03', 'pho-chu-tich', 'ecdsa']]) {
    for (const hash of ['sha256', 'sha384', 'sha512']) {
        test(`openssl verifies ${scheme} with ${hash} of ${name}`, async () => {
            const { signatures } = await plugin.reply('signature.sign/1', sign(id, `${scheme}_${hash}`, [digestOf(hash)]));
            writeFileSync(join(folder, 'words'), words);
            writeFileSync(join(folder, 'signature'), Buffer.from(signatures[0], 'base64'));
            run('sh', '-c', `openssl x509 -in ${name}.pem -noout -pubkey > ${name}.pub`);
            const pss = scheme === 'rsa_pss' ? ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest', '-sigopt', `rsa_mgf1_md:${hash}`] : [];
            assert.match(run('openssl', 'dgst', `-${hash}`, '-verify', `${name}.pub`, '-signature', 'signature', ...pss, 'words').toString(), /Verified OK/);
            writeFileSync(join(folder, 'words'), `${words}.`);
            assert.throws(() => run('openssl', 'dgst', `-${hash}`, '-verify', `${name}.pub`, '-signature', 'signature', ...pss, 'words'));
        });
    }
}

test('many digests in one call come back in their order', async () => {
    const texts = Array.from({ length: 40 }, (_, i) => `văn bản ${i}`);
    const { signatures } = await plugin.reply('signature.sign/1', sign('01', 'rsa_pkcs1_sha256', texts.map((text) => digestOf('sha256', text))));
    assert.equal(signatures.length, 40);
    for (const i of [0, 17, 39]) {
        const alone = await plugin.reply('signature.sign/1', sign('01', 'rsa_pkcs1_sha256', [digestOf('sha256', texts[i])]));
        assert.equal(signatures[i], alone.signatures[0]);
    }
});

test('calls at the same time do not disturb each other', async () => {
    const many = await Promise.all(Array.from({ length: 20 }, (_, i) => plugin.reply('signature.sign/1', sign('01', 'rsa_pkcs1_sha256', [digestOf('sha256', `${i}`)]))));
    assert.equal(new Set(many.map((one) => one.signatures[0])).size, 20);
});

test('what cannot be signed is told as what it is', async () => {
    const code = async (request) => (await plugin.error('signature.sign/1', request)).code;
    assert.equal(await code(sign('77', 'rsa_pkcs1_sha256', [digestOf('sha256')])), 'signature.no_such_certificate');
    assert.equal(await code(sign('99', 'rsa_pkcs1_sha256', [digestOf('sha256')])), 'signature.no_such_certificate');
    assert.equal(await code(sign('02', 'rsa_pkcs1_sha256', [digestOf('sha256')])), 'signature.algorithm_unsupported');
    assert.equal(await code(sign('01', 'rsa_pkcs1_sha256', [digestOf('sha384')])), 'signature.digest_length');
    assert.equal(await code(sign('01', 'md5', [digestOf('sha256')])), 'plugin.malformed');
    assert.equal(await code(sign('01', 'rsa_pkcs1_sha256', [])), 'plugin.malformed');
    assert.equal((await plugin.error('signature.timestamp/1', { request: 'AAAA' })).code, 'plugin.unimplemented');
});

test('a wrong PIN is tried once only, so that the token does not lock itself', async () => {
    const wrong = new Plugin('signature-pkcs11', settings({}, { pin: '000000' }));
    const first = await wrong.error('signature.certificates/1', {});
    assert.deepEqual([first.code, first.mayRetry], ['signature.pin_refused', false]);
    assert.match(first.detail, /C_Login/);
    for (let i = 0; i < 12; ++i) assert.match((await wrong.error('signature.certificates/1', {})).detail, /refused before/);
    assert.equal((await wrong.reply('config.check/1', {})).findings[0].field, 'pin');
    await wrong.close();
    assert.ok(!wrong.log.includes('000000'));
    assert.equal((await plugin.call('signature.certificates/1', {})).ok, true); // the right one still works
});

test('a missing token, library or PIN is told by its field', async () => {
    const findings = [[{ token: 'Không có' }, { pin }, 'token', 'signature.device_missing'],
        [{ module: '/usr/lib/nothing.so' }, { pin }, 'token', 'signature.device_missing'], [{}, {}, 'pin', 'host.no_such_secret']];
    for (const [more, secrets, field, code] of findings) {
        const other = new Plugin('signature-pkcs11', settings(more, secrets));
        const [finding] = (await other.reply('config.check/1', {})).findings;
        assert.deepEqual([finding.field, finding.code], [field, code]);
        await other.close();
    }
    assert.equal((await plugin.reply('config.check/1', {})).summary, 'UBND Quận 1: 3');
});

test('killed at any moment: a repetition signs', async () => {
    for (let i = 0; i < 3; ++i) {
        await plugin.kill();
        for (let attempt = 1; ; ++attempt) {
            const answer = await plugin.call('signature.sign/1', sign('01', 'rsa_pkcs1_sha256', [digestOf('sha256')]), { key: 'k', attempt });
            if (answer.ok) break;
            assert.equal(answer.error.mayRetry, true, JSON.stringify(answer.error));
            assert.ok(attempt < 100);
        }
    }
});
