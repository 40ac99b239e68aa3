// What the room of signatures makes, judged by pdfsig and openssl, with a time-stamp authority by `openssl ts`. // P14, O12
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Tsa } from '../../tools/simulators/tsa/tsa.mjs';

const driver = join(process.env.MOTCUA_BUILD, 'signing_driver');
const folder = mkdtempSync(join(tmpdir(), 'motcua-signing-'));
const at = (name) => join(folder, name);
let tsa;

function run(program, ...words) {
    return execFileSync(program, words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

// Not execFileSync: the authority answers from this very process.
async function drive(...words) {
    const { stdout } = await promisify(execFile)(driver, words, { cwd: folder, timeout: 60_000 });
    return stdout.trim().split('\n');
}

function issue(name, algorithm, extensions) {
    writeFileSync(at(`${name}.ext`), extensions);
    run('openssl', 'genpkey', ...algorithm, '-out', `${name}.key`);
    run('openssl', 'req', '-new', '-key', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    run('openssl', 'x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2',
        '-extfile', `${name}.ext`, '-out', `${name}.pem`);
}

// A page with a classic table, as Cairo writes them.
function plainPdf() {
    const bodies = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [ 3 0 R ] /Count 1 >>',
        '<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 595 842 ] >>'];
    let file = '%PDF-1.5\n', table = '0000000000 65535 f \n';
    bodies.forEach((body, i) => {
        table += `${String(file.length).padStart(10, '0')} 00000 n \n`;
        file += `${i + 1} 0 obj\n${body}\nendobj\n`;
    });
    return `${file}xref\n0 4\n${table}trailer\n<< /Root 1 0 R /Size 4 >>\nstartxref\n${file.length}\n%%EOF\n`;
}

const rsa = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], curve = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const signing = 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n';

before(async () => {
    run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '3', '-subj', '/CN=Test CA');
    mkdirSync(at('trust'));
    writeFileSync(at('trust/ca.pem'), readFileSync(at('ca.pem')));
    issue('leader', rsa, signing);
    issue('office', curve, signing);
    issue('tsa', rsa, 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n');
    writeFileSync(at('plain.pdf'), plainPdf());
    tsa = new Tsa({ certificate: at('tsa.pem'), key: at('tsa.key'), others: at('ca.pem') });
    await tsa.listen();
});
after(async () => {
    await tsa.close();
    rmSync(folder, { recursive: true });
});

const signPdf = (from, to, by, ...more) => drive('pdf', from, to, `${by}.key`, `${by}.pem`, 'ca.pem', ...more);
const contentsOf = (name) => {
    const texts = [...readFileSync(at(name), 'latin1').matchAll(/\/Contents <([0-9a-f]+)>/g)];
    return Buffer.from(texts.at(-1)[1], 'hex');
};
// Padded with zeros: the length stands in the first bytes.
const trimmed = (der) => der.subarray(0, 4 + der.readUInt16BE(2));

test('pdfsig finds B-B and B-T signatures valid, one behind the other', async () => {
    assert.deepEqual(await signPdf('plain.pdf', 'once.pdf', 'leader', tsa.url, 'trust'), ['ok']);
    assert.deepEqual(await signPdf('once.pdf', 'twice.pdf', 'office', tsa.url, 'trust'), ['ok']);
    const said = run('pdfsig', '-nocert', 'twice.pdf');
    assert.equal(said.match(/Signature Validation: Signature is Valid/g)?.length, 2, said);
    assert.equal(said.match(/ETSI.CAdES.detached/g)?.length, 2);
    assert.deepEqual(await drive('verify', 'twice.pdf', 'trust'),
        ['good', 'signature good proved=yes by=leader', 'signature good proved=yes by=office']);
});

test('openssl takes envelope and time-stamp as they stand in the file', async () => {
    await signPdf('plain.pdf', 'stamped.pdf', 'leader', tsa.url, 'trust');
    const file = readFileSync(at('stamped.pdf'), 'latin1');
    const [, a, b, c, d] = file.match(/\/ByteRange \[(\d+) (\d+) (\d+) (\d+)/).map(Number);
    writeFileSync(at('covered'), Buffer.from(file.slice(a, a + b) + file.slice(c, c + d), 'latin1'));
    writeFileSync(at('envelope.der'), trimmed(contentsOf('stamped.pdf')));
    const cms = spawnSync('openssl', ['cms', '-verify', '-binary', '-cades', '-inform', 'DER', '-in', 'envelope.der', '-content', 'covered',
        '-CAfile', 'ca.pem', '-purpose', 'any', '-out', '/dev/null'], { cwd: folder, encoding: 'utf8' });
    assert.match(cms.stderr, /CAdES Verification successful/);
    // The token is the value of the one unsigned attribute, over the signature's own bytes.
    const der = readFileSync(at('envelope.der'));
    const oid = Buffer.from('060b2a864886f70d010910020e', 'hex');
    const from = der.indexOf(oid) + oid.length + 4; // and the SET around it
    writeFileSync(at('token.der'), der.subarray(from, from + 4 + der.readUInt16BE(from + 2)));
    writeFileSync(at('signature'), der.subarray(der.indexOf(oid) - 4 - 4 - 256, der.indexOf(oid) - 4 - 4));
    const ts = spawnSync('openssl', ['ts', '-verify', '-data', 'signature', '-in', 'token.der', '-token_in', '-CAfile', 'ca.pem'],
        { cwd: folder, encoding: 'utf8' });
    assert.match(ts.stdout + ts.stderr, /Verification: OK/);
});

test('a time-stamp over the whole file comes later and harms no signature', async () => {
    await signPdf('plain.pdf', 'basic.pdf', 'office');
    assert.deepEqual(await drive('verify', 'basic.pdf', 'trust'), ['good', 'signature good proved=no by=office']);
    assert.deepEqual(await drive('stamp', 'basic.pdf', 'later.pdf', tsa.url, 'trust'), ['ok']);
    assert.deepEqual(await drive('verify', 'later.pdf', 'trust'),
        ['good', 'signature good proved=yes by=office', 'timestamp good proved=yes by=']);
    assert.match(run('pdfsig', '-nocert', 'later.pdf'), /Signature Validation: Signature is Valid/);
    const file = readFileSync(at('later.pdf'), 'latin1');
    const [, a, b, c, d] = [...file.matchAll(/\/ByteRange \[(\d+) (\d+) (\d+) (\d+)/g)].at(-1).map(Number);
    writeFileSync(at('covered'), Buffer.from(file.slice(a, a + b) + file.slice(c, c + d), 'latin1'));
    writeFileSync(at('token.der'), trimmed(contentsOf('later.pdf')));
    const ts = spawnSync('openssl', ['ts', '-verify', '-data', 'covered', '-in', 'token.der', '-token_in', '-CAfile', 'ca.pem'],
        { cwd: folder, encoding: 'utf8' });
    assert.match(ts.stdout + ts.stderr, /Verification: OK/);
});

test('an authority that answers wrongly gives no time-stamp', async () => {
    await signPdf('plain.pdf', 'basic.pdf', 'office');
    tsa.fault = 'repeated';
    assert.deepEqual(await drive('stamp', 'basic.pdf', 'none.pdf', tsa.url, 'trust'), ['ok']); // the first one is right
    const expected = { refused: 'signing.time_refused', repeated: 'signing.time_wrong', garbage: 'signing.time_wrong',
        half: 'signing.authority_unreachable', kind: 'signing.authority_unreachable', 500: 'signing.authority_unreachable',
        closed: 'signing.authority_unreachable', slow: 'signing.authority_unreachable' };
    for (const [fault, code] of Object.entries(expected)) {
        tsa.fault = fault;
        assert.deepEqual(await drive('stamp', 'basic.pdf', 'none.pdf', tsa.url, 'trust'), [`error ${code}`], fault);
    }
    tsa.fault = 'none';
    mkdirSync(at('nobody'), { recursive: true });
    assert.deepEqual(await drive('stamp', 'basic.pdf', 'none.pdf', tsa.url, 'nobody'), ['error signing.time_untrusted']);
});
