// sector-edxml against a simulator of the document axis; what it signs is judged by xmlsec1, what it must judge is signed
// by xmlsec1, papers are packed and unpacked by zip and unzip. The axis is ours: not an independent judge; those
// tools are. // G17, X6
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Bench, documentXml, DocumentAxis, exclusive, field, fields, inclusive, statusXml, template } from '../../tools/simulators/edxml/axis.mjs';
import { Authority } from './authority.mjs';
import { Plugin } from './plugin.mjs';

const us = '000.00.01.H29', ministry = '000.00.00.G09', province = '000.00.00.H26';
const secretKey = 'khoa-bi-mat-cua-truc';
const authority = new Authority(), stranger = new Authority(), bench = new Bench();
const folder = mkdtempSync(join(tmpdir(), 'motcua-axis-'));
const file = (name, content) => { const path = join(folder, name); writeFileSync(path, content); return path; };
const letter = file('cong-van.pdf', `%PDF-1.7 công văn ${'á'.repeat(5000)}`), annex = file('phu-luc.docx', 'PK\x03\x04 phụ lục');
let axis, base, plugin;
const closing = [];
const keyUsage = { extensions: 'keyUsage=digitalSignature' };

// Who signs on the other side, by name: { key, certificates } for xmlsec1.
const signers = {};
function signer(name, of = authority, kind = 'rsa', options = keyUsage) {
    of.issue(name, kind, options);
    signers[name] = { key: of.path(`${name}.key`), certificates: [of.path(`${name}.pem`)] };
}

function open(more = {}, secrets = {}) {
    const one = new Plugin('sector-edxml', { config: { url: base, systemId: us, agencyCode: us, agencyName: 'UBND Thành phố', signingCertificate: authority.read('ours.pem'), signerTrust: authority.read('ca.pem'), ...more },
        secrets: { secretKey, signingKey: authority.read('ours.key'), ...secrets } });
    closing.push(one);
    return one;
}

before(async () => {
    signer('ours');
    signer('bo-nganh');
    signer('tinh-ha-tinh', authority, 'ec');
    signer('nguoi-la', stranger);
    authority.issue('may-chu', 'rsa', { extensions: 'keyUsage=keyEncipherment' });
    signers['may-chu'] = { key: authority.path('may-chu.key'), certificates: [authority.path('may-chu.pem')] };
    axis = new DocumentAxis({ systems: { [us]: secretKey, [ministry]: 'x', [province]: 'y' } });
    base = await axis.listen();
    plugin = open();
});
beforeEach(() => {
    Object.assign(axis, { faults: [], always: '', spoil: null, sendings: 0, clock: 0 });
    for (const set of [axis.messages, axis.locked]) set.clear();
    axis.asked.length = 0;
});
after(async () => {
    for (const one of closing) await one.close();
    await axis.close();
    for (const one of [authority, stranger, bench]) one.close();
    rmSync(folder, { recursive: true });
});

const envelope = (more = {}) => ({ from: us, to: [ministry, province], number: '12', notation: 'UBND-VP', date: '2020-07-13', place: 'TP. Hồ Chí Minh', kind: 'Công văn', subject: 'Trả lời "hồ sơ" <A & B>',
    signer: 'Nguyễn Văn A', signerTitle: 'Chủ tịch', dueDate: '2020-07-31', dossier: '000.00.01.H29-200713-0001', ...more });
const papers = [{ name: 'công văn.pdf', contentType: 'application/pdf', content: { blob: 0 } }, { name: 'phụ lục.docx', contentType: 'application/msword', content: { blob: 1 } }];
let serial = 0;
const send = (one, more = {}, key = `k${++serial}`) => one.call('sector.send/1', { document: envelope(more), papers }, { blobs: [letter, annex], key });
const incoming = (more = {}, name = 'bo-nganh', options = {}) => bench.sign(documentXml({ from: ministry, to: [us], signature: template(options), papers: [{ name: 'công văn đến.pdf', content: bench.zip([['a.pdf', 'nội dung đến']]) }], ...more }), signers[name]);
const put = (xml, more = {}) => axis.put({ from: ministry, to: [us], xml, ...more });
const refusals = (one, id) => [...one.log.matchAll(/sector\.message_refused.*/g)].map((found) => found[0]).filter((line) => line.includes(id));
const received = async (one = plugin) => (await one.reply('sector.receive/1', {})).documents ?? [];

// ---- sending --------------------------------------------------------------------------------------------------------

test('a document goes out as edXML whose signature xmlsec1 finds right, with key RSA and EC', async () => {
    signer('ours-ec', authority, 'ec');
    const elliptic = open({ signingCertificate: authority.read('ours-ec.pem') }, { signingKey: authority.read('ours-ec.key') });
    for (const one of [plugin, elliptic]) {
        const { reply } = await send(one);
        const message = axis.messages.get(reply.id);
        assert.equal(bench.verifies(message.xml, authority.path('ca.pem')), true);
        assert.equal(bench.verifies(message.xml, stranger.path('ca.pem')), false);
        assert.equal(bench.verifies(message.xml.replace('Chủ tịch', 'Phó Chủ tịch'), authority.path('ca.pem')), false);
    }
});

test('its envelope is that of QCVN 102, its papers come out of their archives unchanged', async () => {
    const { reply } = await send(plugin);
    const { xml, from, to } = axis.messages.get(reply.id);
    assert.deepEqual([from, to], [us, [ministry, province]]);
    const said = Object.fromEntries(['DocumentId', 'CodeNumber', 'CodeNotation', 'PromulgationDate', 'Place', 'TypeName', 'Subject', 'FullName', 'Position', 'DueDate', 'ReferenceCodes', 'BussinessDocType'].map((name) => [name, field(xml, name)]));
    assert.deepEqual(said, { DocumentId: `${us},2020/07/13,12/UBND-VP`, CodeNumber: '12', CodeNotation: 'UBND-VP', PromulgationDate: '2020/07/13', Place: 'TP. Hồ Chí Minh', TypeName: 'Công văn', Subject: 'Trả lời "hồ sơ" <A & B>',
        FullName: 'Nguyễn Văn A', Position: 'Chủ tịch', DueDate: '2020/07/31', ReferenceCodes: '000.00.01.H29-200713-0001', BussinessDocType: '0' });
    const ids = fields(xml, 'Reference').map((one) => field(one, 'ContentId')).filter(Boolean);
    const attachments = fields(xml, 'Attachment');
    assert.deepEqual(attachments.map((one) => field(one, 'ContentId')), ids);
    for (const [index, path] of [letter, annex].entries())
        assert.ok(bench.unzip(Buffer.from(field(attachments[index], 'ContentTransferEncoded'), 'base64')).equals(readFileSync(path)));
});

test('it is sent once for each key; a lost answer repeats it under the same DocumentId', async () => {
    const first = await send(plugin, {}, 'same'), second = await send(plugin, {}, 'same');
    assert.equal(first.reply.id, second.reply.id);
    assert.equal(axis.sendings, 1);
    const unnumbered = { number: '', notation: '' };
    axis.faults = ['closed'];
    assert.equal((await send(plugin, unnumbered, 'lost')).error.code, 'sector.provider_down');
    assert.equal((await send(plugin, unnumbered, 'lost')).ok, true);
    const ids = axis.sent('edoc').slice(-2).map((one) => field(one.xml, 'DocumentId'));
    assert.match(ids[0], /^[0-9a-f]{8}-/);
    assert.equal(ids[0], ids[1]);
});

test('what cannot be sent is refused before anybody is asked', async () => {
    for (const more of [{ from: ministry }, { date: '2020-02-30' }, { dueDate: '31/07/2020' }])
        assert.equal((await send(plugin, more)).error.code, 'sector.keys_invalid', JSON.stringify(more));
    const empty = await plugin.error('sector.send/1', { document: envelope(), papers: papers.slice(0, 1) }, { blobs: [file('trong', '')] });
    assert.deepEqual([empty.code, empty.detail], ['sector.keys_invalid', 'papers: an empty file']);
    for (const one of [{ document: envelope({ to: [] }), papers: papers.slice(0, 1) }, { document: envelope(), papers: [] }]) assert.equal((await plugin.error('sector.send/1', one, { blobs: [letter] })).code, 'plugin.malformed');
    assert.equal(axis.asked.length, 0);
    for (const [config, secrets] of [[{ signingCertificate: authority.read('bo-nganh.pem') }, {}], [{}, { signingKey: 'x' }]]) {
        const one = open(config, secrets);
        assert.equal((await send(one)).error.code, 'plugin.misconfigured');
        assert.equal((await one.reply('config.check/1', {})).findings[0].field, 'signingCertificate');
    }
    assert.equal(axis.sendings, 0);
});

test('letters that XML cannot hold do not spoil a message', async () => {
    const { reply } = await send(plugin, { subject: 'a\u0001b\uffffc & ]]> <!DOCTYPE x>' });
    const { xml } = axis.messages.get(reply.id);
    assert.equal(field(xml, 'Subject'), 'abc & ]]> <!DOCTYPE x>');
    assert.equal(bench.verifies(xml, authority.path('ca.pem')), true);
});

test('the axis\'s "no" is told in its words; a wrong key is a login that is refused', async () => {
    axis.locked.add(province);
    const refused = (await send(plugin)).error;
    assert.deepEqual([refused.code, refused.kind, refused.detail], ['sector.refused', 'rejected', '23 Đơn vị nhận đã khóa']);
    const wrong = open({}, { secretKey: 'khác' });
    assert.equal((await send(wrong)).error.code, 'sector.login_refused');
    assert.equal((await wrong.reply('config.check/1', {})).findings[0].field, 'secretKey');
});

// ---- receiving ------------------------------------------------------------------------------------------------------

test('documents that others signed are taken, the oldest first, with their papers', async () => {
    const first = put(incoming({ documentId: 'D-1', more: `<edXML:DueDate>2020-08-01</edXML:DueDate><edXML:ResponseFor><edXML:DocumentId>${us},2020/07/01,9/UBND</edXML:DocumentId></edXML:ResponseFor>` }));
    const second = put(incoming({ from: province, subject: 'Khóa EC' }, 'tinh-ha-tinh', { kind: 'ec' }), { from: province });
    const third = put(incoming({ subject: 'Dạng chuẩn bao hàm' }, 'bo-nganh', { form: inclusive }));
    const documents = await received();
    assert.deepEqual(documents.map((one) => one.id), [first, second, third]);
    assert.deepEqual(documents[0], { id: first, signedBy: 'CN=bo-nganh', papers: [{ name: 'công văn đến.pdf', handle: `0.${first}` }],
        document: { from: ministry, to: [us], number: '12', notation: 'UBND-VP', date: '2020-07-13', place: 'Hà Nội', kind: 'Công văn', subject: 'Về việc phối hợp', signer: 'Lê Văn C', signerTitle: 'Chánh Văn phòng', dueDate: '2020-08-01', repliesTo: `${us},2020/07/01,9/UBND` } });
    const { paper } = await plugin.reply('sector.paper/1', { handle: `0.${first}` });
    assert.deepEqual([paper.name, paper.contentType], ['công văn đến.pdf', 'application/pdf']);
    for (const [handle, code] of [[`1.${first}`, 'sector.unknown'], ['0.none', 'sector.unknown'], [first, 'sector.keys_invalid'], ['.x', 'sector.keys_invalid'], ['-1.x', 'sector.keys_invalid']])
        assert.equal((await plugin.error('sector.paper/1', { handle })).code, code, handle);
});

test('what went out comes in at another agency as it was: the two halves fit', async () => {
    const { reply } = await send(plugin);
    const theirs = open({ systemId: ministry, agencyCode: ministry }, { secretKey: 'x' });
    const [document] = await received(theirs);
    assert.equal(document.id, reply.id);
    assert.deepEqual(document.document, envelope());
    assert.deepEqual(document.papers.map((one) => one.name), papers.map((one) => one.name));
});

test('nobody is told before it is stored; then the sender hears status 01 and the axis "done", once', async () => {
    const id = put(incoming({ documentId: 'D-7' }));
    const one = open();
    const page = await one.reply('sector.receive/1', {});
    assert.deepEqual(page.documents.map((each) => each.id), [id]);
    assert.deepEqual([axis.messages.get(id).status, axis.sent('status').length], ['initial', 0]);
    assert.equal((await one.reply('sector.receive/1', {})).documents.length, 1); // asked again: not stored yet
    axis.faults = ['closed'];
    assert.equal((await one.error('sector.receive/1', { after: page.next })).code, 'sector.provider_down');
    for (let i = 0; i < 2; ++i) assert.deepEqual(await one.reply('sector.receive/1', { after: page.next }), { next: page.next });
    assert.equal(axis.messages.get(id).status, 'done');
    const [told, again, ...more] = axis.sent('status'); // the first answer was lost
    assert.deepEqual([again.xml, more.length], [told.xml, 0]);
    assert.deepEqual([told.to, field(told.xml, 'StatusCode'), field(fields(told.xml, 'ResponseFor')[0], 'DocumentId'), field(fields(told.xml, 'From')[0], 'OrganId')], [[ministry], '01', 'D-7', us]);
    assert.equal(bench.verifies(told.xml, authority.path('ca.pem')), true);
    assert.equal((await one.error('sector.receive/1', { after: '../x' })).code, 'sector.keys_invalid');
});

test('a page at a time, each document once, even where the axis forgets what it was told', async () => {
    const ids = Array.from({ length: 7 }, (_, i) => put(incoming({ documentId: `P-${i}` })));
    const one = open({ pageSize: 3, acknowledge: false });
    const seen = [];
    for (let after = '', turn = 0; turn < 6; ++turn) {
        const page = await one.reply('sector.receive/1', { after });
        seen.push(...(page.documents ?? []).map((each) => each.id));
        after = page.next;
        for (const message of axis.messages.values()) message.status = 'initial';
    }
    assert.deepEqual(seen, ids);
    assert.equal(axis.sent('status').length, 0);
});

test('long words are cut between letters, and no reason to refuse; the whole stands in the paper', async () => {
    put(incoming({ subject: 'ề'.repeat(700) }));
    const [{ document }] = await received();
    assert.match(document.subject, /^ề+…$/);
    assert.ok(Buffer.byteLength(document.subject) <= 1000 && Buffer.byteLength(document.subject) > 990);
});

test('many documents with the longest names still make pages that can be told again', async () => {
    const wide = (text, size) => text.repeat(Math.floor(size / Buffer.byteLength(text)));
    const ids = Array.from({ length: 100 }, (_, i) => put(incoming({ documentId: `${i}${wide('ề', 190)}`, notation: wide('Đ', 100), papers: [] }), { id: `${String(i).padStart(3, '0')}${'i'.repeat(190)}` }));
    const one = open({ pageSize: 100, acknowledge: false });
    const seen = [];
    for (let after = '', turn = 0; turn < 4 && seen.length < ids.length; ++turn) {
        const page = await one.reply('sector.receive/1', { after });
        seen.push(...page.documents.map((each) => each.id));
        after = page.next;
    }
    assert.deepEqual(seen, ids);
});

// ---- forgeries ------------------------------------------------------------------------------------------------------

test('without a right signature nothing is believed, and a forged message does not keep the true one back', async () => {
    const good = incoming({ documentId: 'D-9' });
    const swap = (from, to) => { assert.ok(good.includes(from)); return good.replace(from, to); };
    const header = '</edXML:MessageHeader>';
    const signature = good.slice(good.indexOf('<Signature'), good.indexOf('</Signature>') + '</Signature>'.length);
    const expired = (() => { // a day that is over
        authority.run('openssl', 'x509', '-req', '-in', 'bo-nganh.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-days', '-1', '-extfile', 'bo-nganh.ext', '-out', 'cu.pem');
        return bench.sign(documentXml({ from: ministry, to: [us] }), { key: signers['bo-nganh'].key, certificates: [authority.path('cu.pem')] });
    })();
    const forged = {
        'no signature': documentXml({ from: ministry, to: [us], signature: '' }),
        'an empty one': documentXml({ from: ministry, to: [us], signature: '<edXML:DigitalSignature/>' }),
        'a template never filled': documentXml({ from: ministry, to: [us] }),
        'another subject': swap('Về việc phối hợp', 'Về việc khác'),
        'another receiver beside us': swap(header, `<edXML:To><edXML:OrganId>${province}</edXML:OrganId></edXML:To>${header}`),
        'another paper': good.replace(/(<edXML:ContentTransferEncoded[^>]*>)[^<]*/, `$1${bench.zip([['b.pdf', 'khác']]).toString('base64')}`),
        'another signature value': good.replace(/<SignatureValue>[\s\S]{8}/, '<SignatureValue>AAAAAAAA'),
        'another digest': good.replace(/<DigestValue>[\s\S]{8}/, '<DigestValue>AAAAAAAA'),
        'without its certificate': good.replace(/<X509Certificate>[\s\S]*?<\/X509Certificate>/, ''),
        'a stranger\'s': incoming({}, 'nguoi-la'),
        'a server\'s certificate': incoming({}, 'may-chu'),
        'an expired certificate': expired,
        'SHA-1': incoming({}, 'bo-nganh', { kind: 'sha1' }),
        'two signatures': swap('</edXML:edXMLHeader>', `${signature}</edXML:edXMLHeader>`),
        'in another place': good.replace(signature, '').replace('</edXML>', `${signature}</edXML>`),
        'a part alone is signed': bench.sign(documentXml({ from: ministry, to: [us], signature: template({ reference: '#xpointer(id(\'x\'))' }) }).replace('<edXML:TraceHeaderList>', '<edXML:TraceHeaderList xml:id="x">'), signers['bo-nganh']),
        'a transform of its own': bench.sign(documentXml({ from: ministry, to: [us], signature: template({ transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', `${exclusive}WithComments`] }) }), signers['bo-nganh']),
        'a comment beside the signed': null,
        'not for us': incoming({ to: [province] }),
        'another\'s document handed in again': { xml: good, from: province },
    };
    forged['a comment beside the signed'] = good.replace('Về việc phối hợp', 'Về việc<edXML:x/> phối hợp');
    const one = open();
    const ids = Object.entries(forged).map(([name, message]) => [name, put(message.xml ?? message, message.from ? { from: message.from } : {})]);
    const real = put(good);
    assert.deepEqual((await received(one)).map((each) => each.id), [real]);
    for (const [name, id] of ids) {
        assert.equal(axis.messages.get(id).status, 'fail', name);
        assert.equal(refusals(one, id).length, 1, name);
        if (axis.messages.get(id).from !== ministry) continue;
        assert.equal((await one.error('sector.paper/1', { handle: `0.${id}` })).code, 'sector.not_authentic', name);
        for (let i = 0; i < 2; ++i) await one.reply('sector.paper/1', { handle: `0.${real}` }); // so that it does not look broken to the host
    }
    assert.ok(!one.log.includes('Lê Văn C') && !one.log.includes('phối hợp'));
});

test('whatever is changed in a signed message, nothing else than what was signed is ever taken', async () => {
    const good = incoming({ documentId: 'D-fuzz' });
    let seed = 20200713;
    const random = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
    const pieces = ['<', '>', '"', '&', '&#0;', ']]>', '<!--x-->', '<?x?>', 'xmlns="x"', '\u0000', 'ề', '</edXML>', '<Signature/>'];
    const broken = Array.from({ length: 40 }, () => {
        const at = random(good.length), length = random(40);
        return [() => good.slice(0, at) + good.slice(at + length + 1), () => good.slice(0, at) + pieces[random(pieces.length)] + good.slice(at), () => good.slice(0, at) + good.slice(at, at + 400) + good.slice(at)][random(3)]();
    });
    const signature = [good.indexOf('<Signature'), good.indexOf('</Signature>')];
    const letters = [...good.matchAll(/>([^<>]+)</g)].flatMap((one) => Array.from(one[1], (_, i) => one.index + 1 + i)).filter((at) => at < signature[0] || at > signature[1]);
    const reworded = Array.from({ length: 60 }, () => { // one letter of what is signed
        const at = letters[random(letters.length)];
        return good.slice(0, at) + (good[at] === 'Z' ? 'Y' : 'Z') + good.slice(at + 1);
    });
    for (const xml of broken) put(xml);
    const never = reworded.map((xml) => put(xml));
    const original = put(good), one = open({ pageSize: 100 });
    const taken = await received(one);
    assert.equal(taken.at(-1).id, original);
    assert.deepEqual(taken.filter((each) => never.includes(each.id)), []);
    for (const each of taken) assert.deepEqual([each.document, each.papers.length], [taken.at(-1).document, 1]);
    assert.equal((await one.running()).state, 'running');
    assert.ok(!one.log.includes('ERROR: AddressSanitizer'));
});

test('where the profile says whose certificate signs for whom, no other does', async () => {
    const print = authority.run('openssl', 'x509', '-in', 'bo-nganh.pem', '-noout', '-fingerprint', '-sha256').toString().trim().split('=')[1].replaceAll(':', '').toLowerCase();
    for (const [signersOf, taken] of [[`${ministry} = bo-nganh # CN`, true], [`${ministry}=${print}`, true], [`${ministry}=tinh-ha-tinh`, false], [`${province}=bo-nganh`, false], [`${ministry}=`, false]]) {
        const id = put(incoming());
        assert.equal((await received(open({ signers: signersOf }))).length, taken ? 1 : 0, signersOf);
        axis.messages.delete(id);
    }
});

test('where nobody is trusted nothing is taken, and nothing is told to have failed', async () => {
    const id = put(incoming());
    const one = open({ signerTrust: '' });
    assert.equal((await one.error('sector.receive/1', {})).code, 'plugin.misconfigured');
    assert.equal((await one.reply('config.check/1', {})).findings[0].field, 'signerTrust');
    assert.equal(axis.messages.get(id).status, 'initial');
});

test('hostile XML, broken packages and lying archives are left out; the next document comes', async () => {
    const bomb = bench.zip([['a.pdf', Buffer.alloc(40 << 20)]]), two = bench.zip([['a.pdf', '1'], ['b.pdf', '2']]);
    const withPaper = (content) => incoming({ papers: [{ name: 'x.pdf', content }] });
    const deep = `<a>${'<b>'.repeat(300)}${'</b>'.repeat(300)}</a>`;
    const unread = ['', 'không phải XML', '<edXML/>', '<!DOCTYPE edXML [<!ENTITY e SYSTEM "file:///etc/passwd">]><edXML>&e;</edXML>', `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${deep}`, deep, incoming().slice(0, 900),
        bench.sign(documentXml({ from: ministry, to: [us], subject: '' }), signers['bo-nganh']), bench.sign(documentXml({ from: ministry, to: [us], number: 'x'.repeat(51) }), signers['bo-nganh']), bench.sign(documentXml({ from: ministry, to: [us], date: '2020/02/30' }), signers['bo-nganh'])];
    const ids = unread.map((xml) => put(xml));
    const papersOnly = [bomb, two, Buffer.from('PK không phải zip'), Buffer.alloc(0)].map((content) => put(withPaper(content)));
    const real = put(incoming());
    const one = open();
    const documents = await received(one);
    assert.deepEqual(documents.map((each) => each.id), [...papersOnly, real]);
    for (const id of ids) assert.equal(axis.messages.get(id).status, 'fail');
    for (const id of [...ids, ...papersOnly]) {
        assert.equal((await one.error('sector.paper/1', { handle: `0.${id}` })).code, 'sector.unexpected');
        for (let i = 0; i < 2; ++i) await one.reply('sector.paper/1', { handle: `0.${real}` });
    }
});

test('what fails again and again comes last: it does not use up the time of the others', async () => {
    const one = open({ pageSize: 1 });
    const bad = put(incoming());
    axis.spoil = (json, asked) => (asked.query.docId === bad ? { ...json, data: {} } : json); // spoilt on its way, each time
    assert.deepEqual(await received(one), []);
    const real = put(incoming());
    axis.asked.length = 0;
    assert.deepEqual((await received(one)).map((each) => each.id), [real]);
    assert.deepEqual(axis.asked.filter((each) => each.path === '/v1/getEdoc').map((each) => each.query.docId), [real]);
    assert.equal(axis.messages.get(bad).status, 'initial');
});

// ---- statuses -------------------------------------------------------------------------------------------------------

const status = (more, name = 'bo-nganh', options = {}) => axis.put({ kind: 'status', from: more.from ?? ministry, to: [us], xml: bench.sign(statusXml({ from: ministry, to: us, documentId: `${us},2020/07/13,12/UBND-VP`, signature: template(options), ...more }), signers[name]) });
const states = (delivery) => Object.fromEntries(delivery.receivers.map(({ agencyCode, state, at, detail }) => [agencyCode, [state, at, detail]]));

test('a status that its receiver signed moves the document; out of order, the latest stays; the event tells each once', async () => {
    const one = open();
    const { reply: { id } } = await send(one);
    assert.deepEqual(states(await one.reply('sector.delivery/1', { id })), { [ministry]: ['sent', undefined, undefined], [province]: ['sent', undefined, undefined] });
    const later = status({ code: '03', time: '2020/07/14 08:00:00' });
    status({ code: '01', words: 'Đã đến', time: '2020/07/13 15:00:00' });
    assert.deepEqual(await one.reply('job.run/1', { job: 'statuses', scheduledAt: 1 }), { again: false, summary: '2 statuses' });
    assert.equal(axis.messages.get(later).status, 'done');
    status({ from: province, code: '02', words: 'Sai thẩm quyền', time: '2020/07/14 09:00:00' }, 'tinh-ha-tinh', { kind: 'ec' });
    assert.deepEqual(states(await one.reply('sector.delivery/1', { id })), { [ministry]: ['accepted', Date.UTC(2020, 6, 14, 1), 'Đã tiếp nhận'], [province]: ['refused', Date.UTC(2020, 6, 14, 2), 'Sai thẩm quyền'] });
    const { events } = await one.ask({ op: 'events' });
    assert.deepEqual(events.map(({ kind, data }) => [kind, data.id, data.receivers[0].state]), [['sector.delivery', id, 'accepted'], ['sector.delivery', id, 'arrived'], ['sector.delivery', id, 'refused']]);
    assert.equal(new Set(events.map((event) => event.key)).size, 3);
    axis.messages.get(later).status = 'initial'; // told again
    await one.reply('job.run/1', { job: 'statuses', scheduledAt: 2 });
    assert.equal((await one.ask({ op: 'events' })).events.at(-1).key, events[0].key);
    assert.equal((await one.error('sector.delivery/1', { id: 'none' })).code, 'sector.unknown');
});

test('a forged status moves nothing and does not keep the true one back', async () => {
    const one = open();
    const { reply: { id } } = await send(one, { to: [ministry] });
    const forged = [status({ code: '02' }, 'nguoi-la'), axis.put({ kind: 'status', from: ministry, to: [us], xml: statusXml({ from: ministry, to: us, documentId: `${us},2020/07/13,12/UBND-VP`, code: '02', signature: '' }) }),
        status({ from: province, code: '02' }), status({ code: '02', documentId: 'another' }), status({ code: '02', to: province }), put(incoming(), { kind: 'status' })];
    status({ code: '99' }), status({ code: '02', time: 'hôm qua' });
    const real = status({ code: '06', words: 'Hoàn thành' });
    assert.deepEqual(states(await one.reply('sector.delivery/1', { id })), { [ministry]: ['finished', Date.UTC(2020, 6, 14, 1), 'Hoàn thành'] });
    assert.equal(axis.messages.get(real).status, 'done');
    assert.deepEqual(forged.slice(0, 5).map((each) => axis.messages.get(each).status), Array(5).fill('fail'));
    assert.equal((await one.ask({ op: 'events' })).events.length, 1);
});

// ---- the axis itself ------------------------------------------------------------------------------------------------

test('a platform that wants a login gets one, anew when its token is not taken, and never without end', async () => {
    axis.account = { username: 'hcm', password: 'mật khẩu', applicationCode: 'LTVB' };
    try {
        const one = open({ login: 'password', user: 'hcm', applicationCode: 'LTVB' }, { password: 'mật khẩu' });
        for (let i = 0; i < 3; ++i) await received(one);
        const logins = () => axis.asked.filter((each) => each.path === '/v1/auth/login').length;
        assert.equal(logins(), 1);
        axis.tokens.clear();
        await received(one);
        assert.equal(logins(), 2);
        axis.always = 'denied';
        assert.equal((await one.error('sector.receive/1', {})).code, 'sector.login_refused');
        assert.equal(logins(), 3);
        axis.always = '';
        assert.equal((await open({ login: 'password', user: 'hcm', applicationCode: 'LTVB' }, { password: 'sai' }).error('sector.receive/1', {})).code, 'sector.login_refused');
        assert.ok(!one.log.includes('mật khẩu') && !one.log.includes(secretKey));
    } finally {
        axis.account = null;
    }
});

test('hostile and broken answers are told apart and believed in nothing', async () => {
    const expected = { half: 'sector.provider_down', truncated: 'sector.unexpected', error: 'sector.provider_down', busy: 'sector.over_quota', denied: 'sector.login_refused', closed: 'sector.provider_down', html: 'sector.unexpected',
        deep: 'sector.unexpected', list: 'sector.unexpected', empty: 'sector.unexpected', elsewhere: 'sector.unexpected' };
    for (const [fault, wanted] of Object.entries(expected)) {
        axis.always = fault;
        assert.equal((await send(plugin, {}, fault)).error.code, wanted, fault);
        axis.always = '';
        assert.equal((await send(plugin, {}, fault)).ok, true, fault);
        axis.always = fault;
        assert.equal((await plugin.error('sector.receive/1', {})).code, wanted, fault);
        axis.always = '';
        assert.deepEqual(await received(), []);
    }
    const id = put(incoming()), fresh = open();
    for (const spoil of [(json) => ({ ...json, data: 'x' }), (json) => ({ ...json, data: [{ docId: '' }] }), (json) => ({ ...json, success: 'true' })]) {
        axis.spoil = spoil;
        assert.equal((await fresh.error('sector.receive/1', {})).code, 'sector.unexpected', String(spoil));
    }
    axis.spoil = (json, asked) => (asked.path === '/v1/getEdoc' ? { ...json, data: { ...json.data, docId: 'another' } } : json);
    assert.deepEqual(await received(fresh), []);
    axis.spoil = null;
    assert.deepEqual((await received(fresh)).map((one) => one.id), [id]); // what was broken on its way is not lost
});

test('TLS is verified', async () => {
    authority.issue('localhost', 'rsa', { extensions: 'subjectAltName=DNS:localhost' });
    authority.issue('client', 'rsa', { extensions: 'extendedKeyUsage=clientAuth' });
    const secure = new DocumentAxis({ systems: { [us]: secretKey }, tls: { key: authority.read('localhost.key'), cert: authority.read('localhost.pem'), ca: authority.read('ca.pem') } });
    const url = await secure.listen();
    const mutual = { url, certificate: authority.read('client.pem') }, key = { privateKey: authority.read('client.key') };
    assert.deepEqual(await received(open({ ...mutual, ca: authority.read('ca.pem') }, key)), []);
    assert.equal(secure.asked[0].peer, 'client');
    assert.equal((await open(mutual, key).error('sector.receive/1', {})).code, 'host.tls_failed');
    assert.equal((await open({ ...mutual, ca: stranger.read('ca.pem') }, key).error('sector.receive/1', {})).code, 'host.tls_failed');
    assert.equal(secure.asked.length, 1);
    await secure.close();
});

test('one slow axis is given up at the deadline', async () => {
    axis.faults = ['slow'];
    const began = Date.now();
    assert.equal((await plugin.error('config.check/1', {})).kind, 'timeout');
    assert.ok(Date.now() - began < 25_000);
});

test('the connection is tried without a lasting effect', async () => {
    put(incoming());
    const checked = await plugin.reply('config.check/1', {});
    assert.deepEqual([checked.findings, checked.summary], [undefined, 'CN=ours']);
    assert.deepEqual(axis.asked.map((one) => one.method), ['GET']);
});
