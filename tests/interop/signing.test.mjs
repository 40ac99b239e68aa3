// What the room of signatures makes, judged by pdfsig, openssl and xmlsec1, with a time-stamp authority by `openssl ts`
// and answers about certificates by `openssl ocsp`. // P14, O12
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Tsa } from '../../tools/simulators/tsa/tsa.mjs';

const driver = join(process.env.MOTCUA_BUILD, 'signing_driver');
const folder = mkdtempSync(join(tmpdir(), 'motcua-signing-'));
const at = (name) => join(folder, name);
let tsa, responder, responderPort;

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

async function freePort() {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
}

// Answers for these certificates; `revoked`: [name, moment].
async function respond(names, revoked = {}) {
    await silence();
    const moment = (date) => date.toISOString().replace(/[-:T]/g, '').slice(2, 14) + 'Z';
    const line = (name) => {
        const serial = run('openssl', 'x509', '-in', `${name}.pem`, '-noout', '-serial').trim().split('=')[1];
        const since = revoked[name] ? `${moment(revoked[name])},keyCompromise` : '';
        return [since ? 'R' : 'V', '491231235959Z', since, serial, 'unknown', `/CN=${name}`].join('\t');
    };
    writeFileSync(at('index.txt'), names.map((name) => `${line(name)}\n`).join(''));
    responder = spawn('openssl', ['ocsp', '-port', String(responderPort), '-index', 'index.txt', '-CA', 'ca.pem', '-rsigner', 'ocsp.pem',
        '-rkey', 'ocsp.key', '-nmin', '5'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    await new Promise((resolve, reject) => {
        for (const said of [responder.stdout, responder.stderr])
            said.on('data', (text) => text.includes('ACCEPT') && resolve());
        responder.on('exit', () => reject(new Error('the responder has gone')));
    });
}
async function silence() {
    if (!responder) return;
    const gone = once(responder, 'exit');
    responder.kill();
    await gone;
    responder = undefined;
}

before(async () => {
    run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '3', '-subj', '/CN=Test CA');
    mkdirSync(at('trust'));
    writeFileSync(at('trust/ca.pem'), readFileSync(at('ca.pem')));
    issue('leader', rsa, signing);
    issue('office', curve, signing);
    issue('tsa', rsa, 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n');
    issue('ocsp', rsa, 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,OCSPSigning\n');
    responderPort = await freePort();
    for (const name of ['asked', 'lost'])
        issue(name, curve, `${signing}authorityInfoAccess=OCSP;URI:http://127.0.0.1:${responderPort}/\n`);
    writeFileSync(at('plain.pdf'), plainPdf());
    tsa = new Tsa({ certificate: at('tsa.pem'), key: at('tsa.key'), others: at('ca.pem') });
    await tsa.listen();
});
after(async () => {
    await silence();
    await tsa.close();
    rmSync(folder, { recursive: true });
});

const inside = () => `127.0.0.1:${responderPort}`;
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
        ['good', 'signature good proved=yes state=untold by=leader', 'signature good proved=yes state=untold by=office']);
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
    assert.deepEqual(await drive('verify', 'basic.pdf', 'trust'), ['good', 'signature good proved=no state=untold by=office']);
    assert.deepEqual(await drive('stamp', 'basic.pdf', 'later.pdf', tsa.url, 'trust'), ['ok']);
    assert.deepEqual(await drive('verify', 'later.pdf', 'trust'),
        ['good', 'signature good proved=yes state=untold by=office', 'timestamp good proved=yes state=untold by=']);
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

test('B-LT: what the authority said of the certificate stays with the file', async () => {
    await respond(['asked', 'lost']);
    await signPdf('plain.pdf', 'timed.pdf', 'asked', tsa.url, 'trust');
    assert.deepEqual(await drive('lasting', 'timed.pdf', 'lasting.pdf', 'trust', inside()), ['ok']);
    await silence();
    assert.deepEqual(await drive('verify', 'lasting.pdf', 'trust'), ['good lasting', 'signature good proved=yes state=good by=asked']);
    assert.deepEqual(await drive('verify', 'timed.pdf', 'trust', 'ask', inside()), ['good', 'signature good proved=yes state=untold by=asked']);
    assert.match(run('pdfsig', '-nocert', 'lasting.pdf'), /Signature Validation: Signature is Valid/);
    const file = readFileSync(at('lasting.pdf'));
    const number = file.toString('latin1').match(/\/OCSPs \[ (\d+) 0 R/)[1];
    const stream = file.indexOf(`\n${number} 0 obj\n`), from = file.indexOf('stream\n', stream) + 7;
    const length = Number(file.subarray(stream, from).toString('latin1').match(/Length (\d+)/)[1]);
    writeFileSync(at('kept.ocsp'), file.subarray(from, from + length));
    const said = spawnSync('openssl', ['ocsp', '-respin', 'kept.ocsp', '-issuer', 'ca.pem', '-cert', 'asked.pem', '-CAfile', 'ca.pem', '-no_nonce'],
        { cwd: folder, encoding: 'utf8' });
    assert.match(said.stdout + said.stderr, /asked\.pem: good/);
    assert.match(said.stdout + said.stderr, /Response verify OK/);
    // The store may be added, and nothing beside it.
    writeFileSync(at('tail.pdf'), Buffer.concat([readFileSync(at('timed.pdf')), Buffer.from('\n')]));
    assert.equal((await drive('verify', 'tail.pdf', 'trust'))[0], 'added_after');
});

test('a revoked certificate signs nothing any more, and what it signed before stays good', async () => {
    await respond(['asked', 'lost']);
    await signPdf('plain.pdf', 'before.pdf', 'lost', tsa.url, 'trust');
    await signPdf('plain.pdf', 'claimed.pdf', 'lost');
    assert.equal((await drive('verify', 'claimed.pdf', 'trust', 'ask', inside()))[1], 'signature good proved=no state=good by=lost');
    await respond(['asked', 'lost'], { lost: new Date(Date.now() + 2000) });
    assert.equal((await drive('verify', 'before.pdf', 'trust', 'ask', inside()))[1], 'signature good proved=yes state=good by=lost');
    await respond(['asked', 'lost'], { lost: new Date(Date.now() - 3_600_000) });
    for (const name of ['before.pdf', 'claimed.pdf'])
        assert.match((await drive('verify', name, 'trust', 'ask', inside())).join('\n'), /^revoked\nsignature revoked proved=(yes|no) state=revoked by=lost$/);
    // Somebody else's answer counts for nothing.
    await respond(['asked']);
    assert.match((await drive('verify', 'before.pdf', 'trust', 'ask', inside()))[1], /state=untold/);
});

test('an address inside the own network is asked only where the operator named it', async () => {
    let calls = 0;
    const server = createServer((socket) => { calls++; socket.destroy(); }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    // By number, by name, as IPv6, hidden in IPv6, and what is no address of the web.
    const places = [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, `http://[::1]:${port}/`, `http://[::ffff:127.0.0.1]:${port}/`,
        `http://0.0.0.0:${port}/`, `https://127.0.0.1:${port}/`, `http://2130706433:${port}/`, `http://user@127.0.0.1:${port}/`, 'file:///etc/passwd', `ftp://127.0.0.1:${port}/`];
    for (const [index, place] of places.entries()) {
        const name = `place${index}`;
        issue(name, curve, `${signing}authorityInfoAccess=OCSP;URI:${place}\ncrlDistributionPoints=URI:${place}\n`);
        await signPdf('plain.pdf', `${name}.pdf`, name);
        assert.match((await drive('verify', `${name}.pdf`, 'trust', 'ask'))[1], /state=untold/, place);
        assert.equal(calls, 0, place);
    }
    await drive('verify', 'place0.pdf', 'trust', 'ask', `127.0.0.1:${port}`);
    assert.equal(calls, 2); // the responder, then the list
    server.close();
});

test('an authority that sends without end, or never, holds nobody up', async () => {
    const flood = createServer((socket) => {
        socket.on('error', () => {});
        socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n');
        const pour = () => { while (!socket.destroyed && socket.write(Buffer.alloc(1 << 16))); };
        socket.on('drain', pour);
        pour();
    }).listen(0, '127.0.0.1');
    const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await Promise.all([once(flood, 'listening'), once(silent, 'listening')]);
    for (const [name, server] of Object.entries({ flooded: flood, unheard: silent })) {
        const place = `127.0.0.1:${server.address().port}`;
        issue(name, curve, `${signing}crlDistributionPoints=URI:http://${place}/list.crl\n`);
        await signPdf('plain.pdf', `${name}.pdf`, name);
        const begun = Date.now();
        assert.match((await drive('verify', `${name}.pdf`, 'trust', 'ask', place))[1], /state=untold/);
        assert.ok(Date.now() - begun < 10_000);
        server.close();
    }
});

test('CAdES beside a file: openssl and we judge each other\'s', async () => {
    writeFileSync(at('paper.txt'), 'Giấy chứng nhận số 01/GCN');
    writeFileSync(at('other.txt'), 'Giấy chứng nhận số 02/GCN');
    const judged = (signature, content = 'paper.txt') => drive('verify-detached', signature, content, 'trust');
    const openssl = (...words) => spawnSync('openssl', ['cms', ...words], { cwd: folder, encoding: 'utf8' }).stderr;
    for (const [name, ...more] of [['leader'], ['office', tsa.url, 'trust']]) {
        assert.deepEqual(await drive('detached', 'paper.txt', 'ours.p7s', `${name}.key`, `${name}.pem`, 'ca.pem', ...more), ['ok']);
        assert.deepEqual(await judged('ours.p7s'),
            ['good', `signature good proved=${more.length > 0 ? 'yes' : 'no'} state=untold by=${name}`]);
        assert.match(openssl('-verify', '-binary', '-cades', '-inform', 'DER', '-in', 'ours.p7s', '-content', 'paper.txt', '-CAfile', 'ca.pem',
            '-purpose', 'any', '-out', '/dev/null'), /CAdES Verification successful/);
        assert.equal((await judged('ours.p7s', 'other.txt'))[0], 'changed');
    }
    openssl('-sign', '-binary', '-cades', '-in', 'paper.txt', '-outform', 'DER', '-out', 'theirs.p7s', '-signer', 'leader.pem', '-inkey',
        'leader.key', '-md', 'sha512');
    assert.deepEqual(await judged('theirs.p7s'), ['good', 'signature good proved=no state=untold by=leader']);
    openssl('-sign', '-binary', '-in', 'paper.txt', '-outform', 'DER', '-out', 'plain.p7s', '-signer', 'leader.pem', '-inkey', 'leader.key');
    assert.equal((await judged('plain.p7s'))[0], 'changed'); // it does not name its certificate
    assert.deepEqual(await judged('paper.txt'), ['broken']);
});

const xmlsec = (...words) => {
    const done = spawnSync('xmlsec1', words, { cwd: folder, encoding: 'utf8' });
    return done.status === 0 ? 'valid' : done.stdout + done.stderr;
};
const xmlsecVerifies = (name) => xmlsec('--verify', '--trusted-pem', 'ca.pem', '--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties', name);
const words = (...lines) => lines.join('\n');
const dossier = '<?xml version="1.0" encoding="UTF-8"?>\n<h:hoSo xmlns:h="urn:ho-so" b="2" a="1"><!-- ghi chú --><h:ma>H29-0001</h:ma><h:ten>Nguyễn Thị Hồng Hạnh &amp; con</h:ten></h:hoSo>\n';
const judgedXml = (name) => drive('verify-xml', name, 'trust', 'covered.xml');
const covered = () => readFileSync(at('covered.xml'), 'utf8');

test('XAdES in an XML document: xmlsec1 finds B-B and B-T valid, and so do we', async () => {
    writeFileSync(at('dossier.xml'), dossier);
    for (const [name, ...more] of [['leader'], ['office'], ['leader', tsa.url, 'trust'], ['office', tsa.url, 'trust']]) {
        assert.deepEqual(await drive('xml', 'dossier.xml', 'signed.xml', `${name}.key`, `${name}.pem`, 'ca.pem', ...more), ['ok']);
        assert.equal(xmlsecVerifies('signed.xml'), 'valid');
        assert.deepEqual(await judgedXml('signed.xml'), ['good', `signature good proved=${more.length > 0 ? 'yes' : 'no'} state=untold by=${name}`]);
        assert.equal(covered(), '<h:hoSo xmlns:h="urn:ho-so" a="1" b="2"><h:ma>H29-0001</h:ma><h:ten>Nguyễn Thị Hồng Hạnh &amp; con</h:ten></h:hoSo>');
        const file = readFileSync(at('signed.xml'), 'utf8');
        for (const [from, to] of [['H29-0001', 'H29-0002'], ['a="1"', 'a="2"'], ['</h:hoSo>', '<h:them/></h:hoSo>'], [/<xades:SigningTime>20/, '<xades:SigningTime>19'],
            ['<xades:MimeType>text/xml', '<xades:MimeType>text/html']]) {
            writeFileSync(at('changed.xml'), file.replace(from, to));
            assert.notEqual(readFileSync(at('changed.xml'), 'utf8'), file);
            assert.notEqual(xmlsecVerifies('changed.xml'), 'valid');
            assert.equal((await judgedXml('changed.xml'))[0], 'changed', String(from));
            assert.equal(covered(), '');
        }
    }
    // A comment is not covered, and is not handed on.
    writeFileSync(at('commented.xml'), readFileSync(at('signed.xml'), 'utf8').replace('H29-0001', 'H29-<!-- 9 -->0001'));
    assert.equal((await judgedXml('commented.xml'))[0], 'good');
    assert.match(covered(), /<h:ma>H29-0001<\/h:ma>/);
    // A token over something else is no proof.
    const stamped = readFileSync(at('signed.xml'), 'utf8');
    await drive('xml', 'dossier.xml', 'other.xml', 'office.key', 'office.pem', 'ca.pem', tsa.url, 'trust');
    const token = readFileSync(at('other.xml'), 'utf8').match(/<xades:EncapsulatedTimeStamp>[^<]*/)[0];
    writeFileSync(at('changed.xml'), stamped.replace(/<xades:EncapsulatedTimeStamp>[^<]*/, token));
    assert.deepEqual(await judgedXml('changed.xml'), ['bad_timestamp', 'signature bad_timestamp proved=no state=untold by=office']);
    // Nobody here trusts its issuer.
    assert.match((await drive('verify-xml', 'signed.xml', 'nobody', 'covered.xml'))[0], /untrusted/);
});

test('we find valid what xmlsec1 signs by the same rules, and nothing by others', async () => {
    const digest = run('sh', '-c', 'openssl x509 -in leader.pem -outform DER | openssl dgst -sha256 -binary | base64').trim();
    const c14n = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
    const template = ({ uri = '', transforms = [`${'http://www.w3.org/2000/09/xmldsig#'}enveloped-signature`], method = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
        hash = 'http://www.w3.org/2001/04/xmlenc#sha512', certificate = digest, wrap = (signature) => `<goi><ma>1</ma>${signature}</goi>` } = {}) => wrap(words(
        '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="s"><ds:SignedInfo>', `<ds:CanonicalizationMethod Algorithm="${c14n}"/><ds:SignatureMethod Algorithm="${method}"/>`,
        `<ds:Reference URI="${uri}"><ds:Transforms>${transforms.map((one) => `<ds:Transform Algorithm="${one}"/>`).join('')}</ds:Transforms><ds:DigestMethod Algorithm="${hash}"/><ds:DigestValue/></ds:Reference>`,
        `<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#p"><ds:DigestMethod Algorithm="${hash}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>`,
        '<ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo><ds:Object><x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#" Target="#s">',
        '<x:SignedProperties Id="p"><x:SignedSignatureProperties>', `<x:SigningTime>${new Date().toISOString()}</x:SigningTime><x:SigningCertificateV2><x:Cert><x:CertDigest>`,
        `<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>${certificate}</ds:DigestValue></x:CertDigest></x:Cert></x:SigningCertificateV2>`,
        '</x:SignedSignatureProperties></x:SignedProperties></x:QualifyingProperties></ds:Object></ds:Signature>'));
    const theirs = (options) => {
        writeFileSync(at('template.xml'), template(options));
        assert.equal(xmlsec('--sign', '--privkey-pem', 'leader.key,leader.pem', '--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties',
            '--id-attr:Id', 'goi', '--output', 'theirs.xml', 'template.xml'), 'valid');
        return judgedXml('theirs.xml');
    };
    assert.deepEqual(await theirs(), ['good', 'signature good proved=no state=untold by=leader']);
    assert.equal(covered(), '<goi><ma>1</ma></goi>');
    for (const after of ['http://www.w3.org/2001/10/xml-exc-c14n#', 'http://www.w3.org/2006/12/xml-c14n11'])
        assert.equal((await theirs({ transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', after] }))[0], 'good', after);
    const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
    // A part only, wherever it may be moved; a signature that is not the root's child; another certificate; SHA-1; transforms that choose.
    assert.equal((await theirs({ uri: '#g', wrap: (signature) => `<bao><goi Id="g"><ma>1</ma></goi>${signature}</bao>`, transforms: [c14n] }))[0], 'kind_unsupported');
    assert.equal(covered(), '');
    assert.equal((await theirs({ wrap: (signature) => `<goi><ma>1</ma><trong>${signature}</trong></goi>` }))[0], 'kind_unsupported');
    assert.equal((await theirs({ certificate: 'AAAA' }))[0], 'changed');
    for (const options of [{ method: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }, { transforms: [enveloped, 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments'] }])
        assert.match((await theirs(options))[0], /^(kind_unsupported|changed)$/, JSON.stringify(options));
});

test('a wrapped signature, entities and strangers in the document are refused', async () => {
    writeFileSync(at('dossier.xml'), dossier);
    await drive('xml', 'dossier.xml', 'signed.xml', 'leader.key', 'leader.pem', 'ca.pem');
    const file = readFileSync(at('signed.xml'), 'utf8');
    const body = file.replace(/^<\?xml[^>]*>\s*/, '').trim();
    const [signature] = body.match(/<ds:Signature [\s\S]*<\/ds:Signature>/);
    const [properties] = signature.match(/<xades:SignedProperties [\s\S]*<\/xades:SignedProperties>/);
    const forged = '<h:hoSo xmlns:h="urn:ho-so"><h:ma>GIA-MAO</h:ma>';
    const attacks = {
        'the signed document inside another': `${forged}${body}</h:hoSo>`,
        'the signature moved to another root': `${forged}${signature}</h:hoSo>`,
        'the old document hidden in the signature': `${forged}${signature.replace('</ds:Signature>', `<ds:Object>${body.replace(signature, '')}</ds:Object></ds:Signature>`)}</h:hoSo>`,
        'two signatures': body.replace('</h:hoSo>', `${signature}</h:hoSo>`),
        'properties twice': body.replace('<h:ma>', `${properties.replace(/<xades:SigningTime>20/, '<xades:SigningTime>19')}<h:ma>`),
        'properties elsewhere': body.replace(properties, properties.replace(/ Id="[^"]*"/, ' Id="other"')).replace('<h:ma>', `${properties}<h:ma>`),
        'no signature': body.replace(signature, ''),
        'a DOCTYPE': file.replace('?>', '?><!DOCTYPE h:hoSo>'),
        'an entity of a file': file.replace('?>', '?><!DOCTYPE h:hoSo [<!ENTITY x SYSTEM "file:///etc/hostname">]>').replace('H29-0001', '&x;'),
        'entities without end': file.replace('?>', `?><!DOCTYPE h:hoSo [<!ENTITY a "aaaaaaaaaa">${'bcdefghij'.split('').map((name, i) => `<!ENTITY ${name} "${`&${'abcdefghij'[i]};`.repeat(10)}">`).join('')}]>`).replace('H29-0001', '&j;'),
        'half of it': file.slice(0, file.length / 2),
        'no digest of the data': body.replace(/<ds:Reference Id[\s\S]*?<\/ds:Reference>/, ''),
        'an empty signature': body.replace(/(<ds:SignatureValue[^>]*>)[^<]*/, '$1'),
    };
    for (const [name, attack] of Object.entries(attacks)) {
        writeFileSync(at('attack.xml'), attack);
        const begun = Date.now();
        assert.match((await judgedXml('attack.xml'))[0], /^(changed|kind_unsupported|no_signature|broken)$/, name);
        assert.equal(covered(), '', name);
        assert.ok(Date.now() - begun < 5000, name);
    }
    for (const [text, code] of [[file, 'signing.xml_signed'], ['<a>', 'signing.xml_broken'], ['<!DOCTYPE a><a/>', 'signing.xml_broken'], ['', 'signing.xml_broken']]) {
        writeFileSync(at('attack.xml'), text);
        assert.deepEqual(await drive('xml', 'attack.xml', 'none.xml', 'leader.key', 'leader.pem', 'ca.pem'), [`error ${code}`]);
    }
});

test('XAdES beside a file of any kind: xmlsec1 agrees, and another file is found out', async () => {
    writeFileSync(at('package.bin'), Buffer.from([0, 1, 2, 255, 10, 13, 60, 38]));
    writeFileSync(at('other.bin'), Buffer.from([0, 1, 2, 254]));
    for (const [name, ...more] of [['leader'], ['office', tsa.url, 'trust']]) {
        assert.deepEqual(await drive('xml-beside', 'package.bin', 'beside.xml', `${name}.key`, `${name}.pem`, 'ca.pem', ...more), ['ok']);
        assert.equal(xmlsecVerifies('beside.xml'), 'valid');
        assert.deepEqual(await drive('verify-xml-beside', 'beside.xml', 'package.bin', 'trust'), ['good', `signature good proved=${more.length > 0 ? 'yes' : 'no'} state=untold by=${name}`]);
        assert.deepEqual(await drive('verify-xml-beside', 'beside.xml', 'other.bin', 'trust'), ['kind_unsupported']); // it calls its file otherwise
        const kept = readFileSync(at('package.bin'));
        writeFileSync(at('package.bin'), 'khác');
        assert.equal((await drive('verify-xml-beside', 'beside.xml', 'package.bin', 'trust'))[0], 'changed');
        writeFileSync(at('package.bin'), kept);
        assert.equal((await judgedXml('beside.xml'))[0], 'kind_unsupported'); // covers no document around it
    }
});
