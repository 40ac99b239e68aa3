// payment-national against the simulator of tools/simulators/national-payment, written apart from it from the same
// description, and the vectors computed from that: not independent of this house, there being no other. // O2, O20
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Platform } from '../../tools/simulators/national-payment/platform.mjs';
import { Plugin } from './plugin.mjs';

const partner = 'HCM_TEST', secret = 'SECRET1', createdAt = Date.UTC(2020, 6, 13, 3, 10, 10);
const folder = mkdtempSync(join(tmpdir(), 'motcua-national-'));
let platform, plugin, settings;

before(async () => {
    platform = new Platform({ partner, secret });
    const address = await platform.listen();
    settings = { config: { partner, initUrl: `${address}/init`, queryUrl: `${address}/query`, billUrl: `${address}/bill`, payUrl: `${address}/pay`,
        account: '3511', unitCode: '000.00.01.H29' }, secrets: { secret } };
    plugin = new Plugin('payment-national', settings);
});
after(async () => {
    await plugin.close();
    await platform.close();
    rmSync(folder, { recursive: true });
});
beforeEach(() => Object.assign(platform, { fault: '', foreignPage: '', wrapped: false, bearer: '', ending: 'time_first', billAsUrl: false }));

let count = 0;
const fresh = () => `TT-200713-${String(++count).padStart(10, 'A')}`;
const theirs = (reference) => reference.replaceAll('-', '');
const wish = (reference, more = {}) => ({ reference, amount: 150_000, description: 'Nop phi, le phi', returnUrl: 'https://dichvucong.example.vn/ve',
    clientIp: '127.0.0.1', createdAt, ...more });
async function begun() {
    const reference = fresh();
    await plugin.reply('payment.create/1', wish(reference));
    return reference;
}
const query = (reference, one = plugin) => one.call('payment.query/1', { reference, createdAt, clientIp: '127.0.0.1' });
function notify(body, one = plugin) {
    const file = join(folder, 'body');
    writeFileSync(file, typeof body === 'string' ? body : JSON.stringify(body));
    return one.reply('payment.notified/1', { method: 'POST', query: '', headers: {}, body: { blob: 0 } }, { blobs: [file] });
}
const sealed = (fields, more = {}) => ({ ...fields, ...more, MaXacThuc: createHash('sha256')
    .update([...Object.values({ ...fields, ...more }), secret].join('|')).digest('hex') });

// ---- INIT -----------------------------------------------------------------------------------------------------------

test('INIT signs as the published vector, and sends the receipt\'s part', async () => {
    const reference = 'dvc0000001H29200713000120200713101010';
    const page = await plugin.reply('payment.create/1', wish(reference, { description: 'THANH TOAN HO SO 000.00.01.H29-200713-0001',
        bill: { dossier: '000.00.01.H29-200713-0001', procedureCode: '2.000635', procedureName: 'Cấp bản sao',
            items: [{ kind: 'charge', name: 'Phí | bản sao', amount: 150_000 }] } }));
    const { message } = platform.asked.at(-1);
    assert.equal(message.MaXacThuc, '39d5544dfb27fc407c339a5d2453ce7f2f891377054777d1f3127eace713b75b');
    assert.equal(page.url, `${platform.address}/pay?id=${platform.payments.get(reference).id}`);
    assert.equal(page.expiresAt, createdAt + 15 * 60_000);
    const bill = message.ThongTinBienLai;
    assert.deepEqual([bill.MaDichVu, bill.MaDVC, bill.MaHoSo, bill.TKThuHuong, bill.PhiLePhi[0].SoTien, bill.DSKhoanNop[0].SoTien],
        ['2', '2.000635.01', '000.00.01.H29-200713-0001', '3511', '150000', '150000']);
});

test('the same attempt begins once, however often and however much at once it is asked for', async () => {
    const reference = fresh(), before = platform.asked.length;
    const first = await plugin.reply('payment.create/1', wish(reference), { key: 'a' });
    assert.deepEqual(await plugin.reply('payment.create/1', wish(reference), { key: 'a', attempt: 2 }), first);
    assert.equal(platform.asked.length, before + 1);
    assert.equal((await plugin.error('payment.create/1', wish(reference, { amount: 1 }))).code, 'payment.reference_invalid');
    assert.equal((await plugin.error('payment.create/1', wish('a|b'))).code, 'payment.reference_invalid');
});

test('times are of the whole day, not of half of it', async () => {
    const afternoon = Date.UTC(2020, 6, 13, 8, 10, 10); // 15:10:10 in Vietnam
    await plugin.reply('payment.create/1', wish(fresh(), { createdAt: afternoon }));
    assert.equal(platform.asked.at(-1).message.ThoiGianGD, '20200713151010');
});

test('the browser is led to the agreed place alone', async () => {
    for (const foreign of ['https://evil.example/pay', `${platform.address}.evil.example/pay`, `http://localhost@evil.example/`, 'javascript:alert(1)', '//evil.example']) {
        platform.foreignPage = foreign;
        assert.equal((await plugin.error('payment.create/1', wish(fresh()))).code, 'payment.not_signed', foreign);
    }
});

test('through the LGSP: its wrapper and its token', async () => {
    platform.wrapped = true;
    platform.bearer = 'LGSPTOKEN';
    assert.equal((await plugin.error('payment.create/1', wish(fresh()))).code, 'payment.merchant_refused');
    const behind = new Plugin('payment-national', { ...settings, secrets: { secret, bearer: 'LGSPTOKEN' } });
    const reference = fresh();
    assert.ok((await behind.reply('payment.create/1', wish(reference))).url.startsWith(`${platform.address}/pay`));
    await platform.decide(theirs(reference), 'pay');
    assert.equal((await query(reference, behind)).reply.outcome, 'paid');
    await behind.close();
});

// ---- the callback ---------------------------------------------------------------------------------------------------

test('a signed callback says what was paid; its repetition has the same key and answer', async () => {
    const reference = await begun();
    await platform.decide(theirs(reference), 'pay');
    const notice = await notify(platform.callback(theirs(reference)));
    assert.equal(notice.authentic, true);
    assert.equal(notice.state.outcome, 'paid');
    assert.deepEqual([notice.state.reference, notice.state.amount, notice.state.bank], [reference, 150_000, '970415']);
    assert.deepEqual(await notify(platform.callback(theirs(reference))), notice);
    const answers = Object.entries(notice.answers).map(([name, one]) => [name, JSON.parse(one.body)]);
    for (const [name, body] of answers) {
        assert.equal(body.MaLoi, ['confirmed', 'alreadyConfirmed'].includes(name) ? '00' : '99', name);
        assert.equal(body.MaXacThuc, createHash('sha256').update([body.MaLoi, body.MoTaLoi, partner, theirs(reference), body.ThoiGianGD, secret].join('|')).digest('hex'));
        assert.notEqual(body.MaXacThuc, JSON.parse(platform.callback(theirs(reference))).MaXacThuc); // no echo
    }
});

test('a refused payment is a failure, whatever else is said', async () => {
    const reference = await begun();
    await platform.decide(theirs(reference), 'fail');
    const notice = await notify(platform.callback(theirs(reference)));
    assert.deepEqual([notice.authentic, notice.state.outcome, notice.state.code], [true, 'failed', '51']);
});

test('forged, unsigned, cut, for another partner or currency: not believed, and the true one still is', async () => {
    const reference = await begun();
    await platform.decide(theirs(reference), 'pay');
    const good = JSON.parse(platform.callback(theirs(reference)));
    const tampered = [{ SoTien: 1 }, { MaLoi: '51' }, { MaThamChieu: 'TT' }, { MaGiaoDich: '1' }, { MaXacThuc: '' }, { MaXacThuc: null },
        { MaNganHang: `970415|${good.ThoiGianGD}`, ThoiGianGD: good.ThongTinGiaoDich, ThongTinGiaoDich: '' }];
    for (const body of [...['forged', 'unsigned', 'half', 'other_partner', 'other_currency'].map((fault) => platform.callback(theirs(reference), fault)),
        ...tampered.map((more) => JSON.stringify({ ...good, ...more })), '', '[]', 'null', '{"MaXacThuc":5}']) {
        const notice = await notify(body);
        assert.equal(notice.authentic, false, body);
        assert.equal(notice.state, undefined);
        assert.doesNotMatch(notice.answers.notAuthentic.body, /MaXacThuc/);
    }
    assert.equal((await notify(good)).authentic, true);
    assert.equal((await notify({ ...good, MaXacThuc: good.MaXacThuc.toUpperCase() })).authentic, true);
    const other = await notify(platform.callback(theirs(reference), 'wrong_amount'));
    assert.equal(other.state.amount, 1_500_000); // authentic: the core sees that it is another amount
});

test('the order of the last two fields is a setting; the other one is a wrong signature', async () => {
    const order = 'LoaiBanTin|MaLoi|MaDoiTac|MaThamChieu|SoTien|MaTienTe|MaGiaoDich|MaNganHang|ThongTinGiaoDich|ThoiGianGD';
    const other = new Plugin('payment-national', { ...settings, config: { ...settings.config, callbackOrder: order } });
    const reference = await begun();
    await platform.decide(theirs(reference), 'pay');
    for (const [ending, believing] of [['time_first', plugin], ['words_first', other]]) {
        platform.ending = ending;
        for (const one of [plugin, other])
            assert.equal((await notify(platform.callback(theirs(reference)), one)).authentic, one === believing, ending);
    }
    await other.close();
});

test('an order that leaves out the result or the amount is not accepted', async () => {
    const weak = new Plugin('payment-national', { ...settings, config: { ...settings.config, callbackOrder: 'MaDoiTac|MaThamChieu', queryOrder: 'MaDoiTac|MaThamChieu' } });
    const fields = sealed({ MaDoiTac: partner, MaThamChieu: 'X1' });
    assert.equal((await notify({ ...fields, MaLoi: '00', SoTien: 1, MaTienTe: 'VND', MaGiaoDich: '1' }, weak)).authentic, false);
    const checked = await weak.reply('config.check/1', {});
    assert.ok(checked.findings.some((finding) => finding.field === 'callbackOrder') && checked.findings.some((finding) => finding.field === 'queryOrder'));
    await weak.close();
});

test('a browser\'s return is judged by the same signature', async () => {
    const reference = await begun();
    await platform.decide(theirs(reference), 'pay');
    const fields = JSON.parse(platform.callback(theirs(reference)));
    const returned = (one) => plugin.reply('payment.returned/1', { method: 'GET', query: new URLSearchParams(one).toString() });
    assert.equal((await returned(fields)).authentic, true);
    assert.equal((await returned({ ...fields, SoTien: 1 })).authentic, false);
    assert.equal((await plugin.reply('payment.returned/1', { method: 'GET', query: 'MaLoi=00' })).authentic, false);
});

// ---- QUERY, GET_BILL, refund ----------------------------------------------------------------------------------------

test('QUERY says how it stands: pending, paid, failed', async () => {
    const [one, two] = [await begun(), await begun()];
    assert.equal((await query(one)).reply.outcome, 'pending');
    assert.equal((await query(fresh())).reply.outcome, 'pending');
    await platform.decide(theirs(one), 'pay');
    await platform.decide(theirs(two), 'fail');
    assert.deepEqual([(await query(one)).reply.outcome, (await query(two)).reply.outcome], ['paid', 'failed']);
    assert.equal((await query(one)).reply.amount, 150_000);
});

test('a QUERY\'s answer that is not signed, or about something else, is believed in nothing', async () => {
    const reference = await begun();
    await platform.decide(theirs(reference), 'pay');
    const judged = async (faults, code) => { // by a process of its own: after five failures nobody is asked for a while
        const one = new Plugin('payment-national', settings);
        for (const fault of faults) {
            platform.fault = fault;
            assert.equal((await query(reference, one)).error?.code, code, fault);
        }
        await one.close();
    };
    await judged(['forged', 'unsigned', 'other_partner'], 'payment.not_signed');
    await judged(['other_payment', 'other_currency'], 'payment.not_signed');
    await judged(['half', 'down', 'closed'], 'payment.provider_down');
    platform.fault = 'wrong_amount';
    assert.equal((await query(reference)).reply.amount, 1_500_000); // for the core to see
    platform.fault = 'slow';
    const slow = await plugin.call('payment.query/1', { reference, createdAt, clientIp: '127.0.0.1' }, { timeoutMs: 500 });
    assert.ok(!slow.ok || slow.reply.outcome === 'paid');
});

test('GET_BILL signs as the published vector and brings the receipt, as a file or from the agreed place', async () => {
    const reference = 'dvc0000001H29200713000120200713101010';
    const bill = () => plugin.call('payment.receipt/1', { reference, amount: 150_000, createdAt, paidAt: createdAt, providerReference: '900001' });
    platform.payments.get(reference).status = 3;
    assert.equal((await bill()).error.code, 'payment.no_receipt');
    assert.equal(platform.asked.at(-1).message.MaXacThuc, '6c281a3e1fe200795d7b71f68b1da5450b4ced34b9c2897086ad97bf428b4eac');
    await platform.decide(reference, 'pay');
    const paper = await bill();
    assert.equal(paper.reply.document.contentType, 'application/pdf');
    assert.match(Buffer.from(paper.blobs[0], 'base64').toString(), /^%PDF-1\.4\n% dvc0000001/);
    platform.billAsUrl = true;
    assert.match((await bill()).reply.url, new RegExp(`^${platform.address}/bill/`));
    platform.billAsUrl = 'https://evil.example';
    assert.equal((await bill()).error.code, 'payment.not_signed');
});

test('1.0.6 has no refund, and none is claimed', async () => {
    assert.equal((await plugin.error('payment.refund/1', { reference: fresh(), paidAmount: 1, amount: 1, createdAt, requestedBy: 'x', requestedAt: createdAt,
        reason: 'r', clientIp: '127.0.0.1' })).code, 'payment.refused');
});

test('another secret, and another partner, are told where they stand in the settings', async () => {
    assert.deepEqual((await plugin.reply('config.check/1', {})).findings ?? [], []);
    for (const [field, changed] of [['partner', { ...settings, config: { ...settings.config, partner: 'NOBODY' } }], ['partner', { ...settings, secrets: { secret: 'wrong' } }],
        ['queryUrl', { ...settings, config: { ...settings.config, queryUrl: 'http://127.0.0.1:9/query' } }]]) {
        const other = new Plugin('payment-national', changed);
        assert.equal((await other.reply('config.check/1', {})).findings[0].field, field);
        await other.close();
    }
});

test('nothing secret is logged', () => {
    assert.doesNotMatch(plugin.log, /SECRET1/);
});
