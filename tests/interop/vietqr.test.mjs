// payment-vietqr: its codes are read by npm vietnam-qr-pay and compared letter by letter with those that it writes; the
// bank's notifications are signed here. // O2, O20
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { QRPay } from 'vietnam-qr-pay';
import { Plugin } from './plugin.mjs';

const bin = '970415', account = '113366668888', notifySecret = 'KHÓA của ngân hàng 0123456789';
const createdAt = Date.UTC(2020, 6, 13, 3, 10, 10);
const config = { bankBin: bin, bankName: 'VietinBank', account, accountName: 'UBND QUAN 1' };
let letters, asIs;

before(() => {
    letters = new Plugin('payment-vietqr', { config, secrets: { notifySecret } });
    asIs = new Plugin('payment-vietqr', { config: { ...config, content: 'as-is' }, secrets: {} });
});
after(() => Promise.all([letters.close(), asIs.close()]));

let count = 0;
const freshReference = () => `TT-200713-${String(++count).padStart(4, '0')}K2M9QX`;
const wish = (reference, more = {}) => ({ reference, amount: 150_000, description: 'Nop phi, le phi', returnUrl: 'https://dichvucong.example.vn/ve',
    clientIp: '203.113.0.1', createdAt, ...more });

// ---- the code -------------------------------------------------------------------------------------------------------

test('the published vector, letter by letter', async () => {
    const page = await asIs.reply('payment.create/1', wish('H29.01-200713-0001'));
    assert.equal(page.qr, '00020101021238560010A0000007270126000697041501121133666688880208QRIBFTTA530370454061500005802VN62220818H29.01-200713-00016304282D');
    assert.equal(page.url ?? '', '');
    assert.deepEqual(page.transfer, { bank: 'VietinBank', account, accountName: 'UBND QUAN 1', content: 'H29.01-200713-0001' });
});

test('npm vietnam-qr-pay reads each code, and writes the same', async () => {
    for (const amount of [1, 8_000, 150_000, 999_999_999_999]) {
        const reference = freshReference();
        const page = await letters.reply('payment.create/1', wish(reference, { amount }));
        const read = new QRPay(page.qr);
        assert.equal(read.isValid, true);
        assert.equal(read.consumer.bankBin, bin);
        assert.equal(read.consumer.bankNumber, account);
        assert.equal(Number(read.amount), amount);
        assert.equal(read.additionalData.purpose, reference.replaceAll('-', ''));
        assert.equal(read.provider.service, 'QRIBFTTA');
        const theirs = QRPay.initVietQR({ bankBin: bin, bankNumber: account, amount: String(amount), purpose: page.transfer.content });
        assert.equal(page.qr, theirs.build());
    }
});

test('one digit changed and its check sum no longer holds', async () => {
    const { qr } = await letters.reply('payment.create/1', wish(freshReference()));
    assert.equal(new QRPay(qr.replace(account, '113366668889')).isValid, false);
});

test('the same attempt makes the same code; the same reference for another amount makes none', async () => {
    const reference = freshReference();
    const first = await letters.reply('payment.create/1', wish(reference), { key: 'a' });
    assert.deepEqual(await letters.reply('payment.create/1', wish(reference), { key: 'a', attempt: 2 }), first);
    assert.equal(first.expiresAt, createdAt + 24 * 3_600_000);
    assert.equal((await letters.error('payment.create/1', wish(reference, { amount: 1 }))).code, 'payment.reference_invalid');
    for (const bad of ['abc', 'x'.repeat(26), 'hồ-sơ-số-một', 'a|b-123456'])
        assert.equal((await letters.error('payment.create/1', wish(bad))).code, 'payment.reference_invalid', bad);
});

// ---- the bank's word ------------------------------------------------------------------------------------------------

const came = (content, more = {}) => ({ transactionId: 'FT20195000123', account, amount: 150_000, currency: 'VND', content,
    time: '2020-07-13T10:15:30+07:00', ...more });
function notify(body, { key = notifySecret, algorithm = 'sha256', signature, plugin = letters } = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const file = join(folder, 'body');
    writeFileSync(file, text);
    const hmac = signature ?? createHmac(algorithm, key).update(text).digest('hex');
    return plugin.reply('payment.notified/1', { method: 'POST', query: '', headers: hmac === '' ? {} : { 'x-signature': hmac }, body: { blob: 0 } }, { blobs: [file] });
}
const folder = mkdtempSync(join(tmpdir(), 'motcua-vietqr-'));
after(() => rmSync(folder, { recursive: true }));

test('a signed notification says what came, and is known again by its key', async () => {
    const reference = freshReference();
    await letters.reply('payment.create/1', wish(reference));
    const content = reference.replaceAll('-', '');
    const first = await notify(came(`MBVCB.6012345.${content.toLowerCase()}.CT tu 0071000 NGUYEN VAN A toi ${account}`));
    assert.equal(first.authentic, true);
    assert.deepEqual(first.state, { outcome: 'paid', reference, amount: 150_000, providerReference: 'FT20195000123', bank: bin,
        paidAt: Date.UTC(2020, 6, 13, 3, 15, 30) });
    assert.equal((await notify(came(content))).key, first.key);
    assert.equal((await notify(came(reference))).state.reference, reference);
    const answers = Object.fromEntries(Object.entries(first.answers).map(([name, one]) => [name, [one.status, JSON.parse(one.body).code]]));
    assert.deepEqual(answers, { confirmed: [200, '00'], alreadyConfirmed: [200, '02'], unknownReference: [200, '01'], wrongAmount: [200, '04'],
        notAuthentic: [401, '97'], failed: [500, '99'] });
});

test('what is not signed, signed by another key or changed afterwards is not believed', async () => {
    const reference = freshReference();
    await letters.reply('payment.create/1', wish(reference));
    const good = JSON.stringify(came(reference));
    const right = createHmac('sha256', notifySecret).update(good).digest('hex');
    assert.equal((await notify(good, { signature: right.toUpperCase() })).authentic, true);
    for (const [why, notice] of [
        ['no signature', await notify(good, { signature: '' })],
        ['wrong signature', await notify(good, { signature: right.slice(0, 32) })],
        ['wrong signature', await notify(good, { key: 'another' })],
        ['wrong signature', await notify(good, { algorithm: 'sha512' })],
        ['wrong signature', await notify(good.replace('150000', '950000'), { signature: right })],
        ['no key is set', await notify(good, { plugin: asIs })],
    ]) {
        assert.equal(notice.authentic, false, why);
        assert.equal(notice.reason, why);
        assert.equal(notice.state, undefined);
    }
});

test('every signed field is compared: account, currency, amount, id, content', async () => {
    const reference = freshReference();
    await letters.reply('payment.create/1', wish(reference));
    for (const more of [{ account: '999' }, { account: undefined }, { currency: 'USD' }, { currency: undefined }, { amount: -150_000 },
        { amount: '150000.50' }, { amount: 1.5 }, { amount: undefined }, { transactionId: '' }, { content: 5 }])
        assert.equal((await notify(came(reference, more))).authentic, false, JSON.stringify(more));
    for (const amount of ['150000', '150.000', '150,000.00'])
        assert.equal((await notify(came(reference, { amount }))).state.amount, 150_000, amount);
    for (const text of ['[]', '{', '"x"', '{"amount":1,"amount":2}'])
        assert.equal((await notify(text)).authentic, false, text);
});

test('a content that names no payment, or two, names none; a broken time is no time', async () => {
    const [one, two] = [freshReference(), freshReference()];
    for (const reference of [one, two]) await letters.reply('payment.create/1', wish(reference));
    assert.equal((await notify(came('ung ho mien Trung'))).state.reference, '-');
    assert.equal((await notify(came(`${one} ${two}`))).state.reference, '-');
    assert.equal((await notify(came(`${one} va lai ${one}`))).state.reference, one);
    for (const time of ['2020-07-13T10:15:30', '2020-02-30T10:15:30Z', 'hôm qua', 20200713])
        assert.equal((await notify(came(one, { time }))).state.paidAt, undefined, String(time));
    assert.equal((await notify(came(one, { time: '20200713101530' }))).state.paidAt, Date.UTC(2020, 6, 13, 3, 15, 30));
});

test('a browser brings nothing back', async () => {
    assert.equal((await letters.reply('payment.returned/1', { method: 'GET', query: 'status=paid' })).authentic, false);
});

// ---- an official's word ---------------------------------------------------------------------------------------------

test('an official confirms what was asked for, once', async () => {
    const reference = freshReference();
    const question = { reference, createdAt, clientIp: '127.0.0.1' };
    assert.equal((await letters.reply('payment.query/1', question)).outcome, 'unknown');
    const confirm = { reference, amount: 150_000, paidAt: createdAt + 5000, confirmedBy: 'canbo1', bankReference: 'FT1' };
    assert.equal((await letters.error('payment.confirm/1', confirm)).code, 'payment.unknown_reference');
    await letters.reply('payment.create/1', wish(reference));
    assert.equal((await letters.reply('payment.query/1', question)).outcome, 'pending');
    assert.equal((await letters.error('payment.confirm/1', { ...confirm, amount: 149_999 })).code, 'payment.amount_differs');
    const first = await letters.reply('payment.confirm/1', confirm, { key: 'k' });
    assert.deepEqual(first, { outcome: 'paid', reference, amount: 150_000, paidAt: createdAt + 5000, providerReference: 'FT1' });
    assert.deepEqual(await letters.reply('payment.confirm/1', { ...confirm, bankReference: 'FT2' }, { key: 'other' }), first);
    assert.deepEqual(await letters.reply('payment.query/1', question), first);
    assert.equal((await letters.error('payment.refund/1', { reference, paidAmount: 150_000, amount: 150_000, createdAt, requestedBy: 'x',
        requestedAt: createdAt, reason: 'r', clientIp: '127.0.0.1' })).code, 'payment.refused');
});

// ---- the statement --------------------------------------------------------------------------------------------------

async function statement(text, page = '') {
    const file = join(folder, 'statement.csv');
    writeFileSync(file, text);
    return letters.call('payment.reconcile/1', { day: '2020-07-13', file: { blob: 0 }, page }, { blobs: [file] });
}

test('the statement of a day: ours and others\', both ways, and what cannot be read is counted', async () => {
    const reference = freshReference();
    await letters.reply('payment.create/1', wish(reference));
    const { reply } = await statement('\ufefftime;transactionId;amount;content\r\n'
        + `13/07/2020 10:15:30;FT1;150.000;"CT ""${reference}"" ; cam on"\r\n`
        + '2020-07-13T04:00:00Z;FT2;-20000;tra lai\r\nhôm qua;FT3;1;x\r\n20200713120000;FT4;5000;khac\n');
    assert.deepEqual(reply.lines, [
        { kind: 'payment', reference, providerReference: 'FT1', amount: 150_000, at: Date.UTC(2020, 6, 13, 3, 15, 30), outcome: 'paid' },
        { kind: 'refund', providerReference: 'FT2', amount: 20_000, at: Date.UTC(2020, 6, 13, 4), outcome: 'paid' },
        { kind: 'payment', providerReference: 'FT4', amount: 5000, at: Date.UTC(2020, 6, 13, 5), outcome: 'paid' }].map((line) => ({ ...line })));
    assert.equal(reply.unreadable, 1);
});

test('a long statement goes page by page; a file of another kind is none', async () => {
    const rows = Array.from({ length: 1500 }, (_, i) => `20200713120000,FT${i},5000,khac`);
    const text = ['time,transactionId,amount,content', ...rows].join('\n');
    const first = (await statement(text)).reply;
    assert.equal(first.lines.length, 1000);
    const second = (await statement(text, first.next)).reply;
    assert.deepEqual([second.lines.length, second.lines[0].providerReference, second.next ?? ''], [500, 'FT1000', '']);
    for (const bad of ['a,b\n1,2', '', 'time,transactionId,amount,content\n"never closed', '\u0001\u0002'])
        assert.equal((await statement(bad)).error.code, 'payment.file_unreadable');
    assert.equal((await letters.error('payment.reconcile/1', { day: '2020-07-13' })).code, 'payment.file_unreadable');
});
