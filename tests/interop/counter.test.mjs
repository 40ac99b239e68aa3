// payment-counter at the SDK's face: money once, receipts without gaps with many officials at once and a plugin that is
// killed, the book of a day. // O2, O20
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Plugin } from './plugin.mjs';

let plugin;
before(() => { plugin = new Plugin('payment-counter', { config: { series: 'BL/20' }, secrets: {} }); });
after(() => plugin.close());

const createdAt = Date.UTC(2020, 6, 13, 3, 10, 10);
let count = 0;
async function asked(amount = 16_000) {
    const reference = `TT-200713-${++count}`;
    const page = await plugin.reply('payment.create/1', { reference, amount, description: 'x', returnUrl: 'https://city.example/', clientIp: '127.0.0.1', createdAt });
    return { reference, amount, page };
}
const taken = ({ reference, amount }, more = {}) => ({ reference, amount, paidAt: createdAt + 60_000, confirmedBy: 'canbo1', ...more });
const query = (reference) => plugin.reply('payment.query/1', { reference, createdAt, clientIp: '127.0.0.1' });
const today = () => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
async function book(day = today()) {
    const lines = [];
    for (let page = ''; ;) {
        const part = await plugin.reply('payment.reconcile/1', { day, page });
        lines.push(...part.lines ?? []);
        if (!part.next) return lines;
        page = part.next;
    }
}
const numbers = (lines) => lines.filter((line) => line.kind === 'payment').map((line) => Number(line.providerReference.split('-')[1]));

test('the citizen is sent nowhere: neither an address nor a code', async () => {
    const one = await asked();
    assert.deepEqual(one.page, { expiresAt: createdAt + 7 * 24 * 3_600_000 });
    assert.equal((await query(one.reference)).outcome, 'pending');
    assert.equal((await query('TT-never')).outcome, 'unknown');
});

test('money is booked once, with a receipt', async () => {
    const one = await asked();
    const state = await plugin.reply('payment.confirm/1', taken(one), { key: 'a' });
    assert.deepEqual(state, { outcome: 'paid', reference: one.reference, amount: 16_000, providerReference: 'BL/20-0000001', paidAt: createdAt + 60_000 });
    assert.deepEqual(await plugin.reply('payment.confirm/1', taken(one, { paidAt: createdAt + 90_000 }), { key: 'b' }), state);
    assert.deepEqual(await query(one.reference), state);
    const receipt = await plugin.reply('payment.receipt/1', { reference: one.reference, amount: 16_000, createdAt, paidAt: createdAt });
    assert.deepEqual([receipt.number, receipt.series], ['0000001', 'BL/20']);
    assert.ok(Math.abs(receipt.issuedAt - Date.now()) < 60_000);
});

test('another amount, or what nobody was asked for, is not booked', async () => {
    const one = await asked();
    assert.equal((await plugin.error('payment.confirm/1', taken(one, { amount: 15_999 }))).code, 'payment.amount_differs');
    assert.equal((await plugin.error('payment.confirm/1', taken({ reference: 'TT-never', amount: 1 }))).code, 'payment.unknown_reference');
    assert.equal((await plugin.error('payment.confirm/1', taken({ reference: 'a/b', amount: 1 }))).code, 'payment.reference_invalid');
    assert.equal((await plugin.error('payment.receipt/1', { reference: one.reference, amount: 16_000, createdAt, paidAt: createdAt })).code, 'payment.no_receipt');
    assert.equal((await query(one.reference)).outcome, 'pending');
});

test('many officials at once: every receipt once, none left out, each line once in the book', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => asked()));
    const states = await Promise.all([...all, ...all].map((one) => plugin.reply('payment.confirm/1', taken(one))));
    assert.equal(new Set(states.map((state) => state.providerReference)).size, 40);
    const lines = await book();
    assert.deepEqual(numbers(lines), Array.from({ length: lines.length }, (_, i) => i + 1));
    assert.equal(new Set(lines.map((line) => line.reference)).size, lines.length);
});

test('killed at any moment, the counter goes on where it stood', async () => {
    const before = (await book()).length;
    for (let i = 0; i < 4; ++i) {
        const one = await asked();
        const confirming = plugin.call('payment.confirm/1', taken(one), { key: one.reference });
        await Promise.all([plugin.kill(), confirming]);
        let state;
        for (let tries = 0; !state && tries < 200; ++tries) {
            const again = await plugin.call('payment.confirm/1', taken(one), { key: one.reference, attempt: tries + 2 });
            if (again.ok) state = again.reply;
            else await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assert.equal(state?.outcome, 'paid');
    }
    const lines = await book();
    assert.equal(lines.length, before + 4);
    assert.deepEqual(numbers(lines), Array.from({ length: lines.length }, (_, i) => i + 1));
});

test('money goes back once, and stands in the book', async () => {
    const one = await asked();
    const order = { reference: one.reference, paidAmount: 16_000, amount: 16_000, createdAt, requestedBy: 'lanhdao', requestedAt: createdAt, reason: 'r', clientIp: '127.0.0.1' };
    assert.equal((await plugin.error('payment.refund/1', order, { key: 'r1' })).code, 'payment.unknown_reference');
    await plugin.reply('payment.confirm/1', taken(one));
    assert.equal((await plugin.error('payment.refund/1', { ...order, amount: 16_001 }, { key: 'r1' })).code, 'payment.refused');
    const back = await plugin.reply('payment.refund/1', order, { key: 'r1' });
    assert.equal(back.outcome, 'accepted');
    assert.deepEqual(await plugin.reply('payment.refund/1', order, { key: 'r1', attempt: 2 }), back);
    assert.equal((await plugin.error('payment.refund/1', order, { key: 'r2' })).code, 'payment.refused');
    assert.equal((await query(one.reference)).refund, 'accepted');
    const lines = (await book()).filter((line) => line.reference === one.reference);
    assert.deepEqual(lines.map((line) => [line.kind, line.amount]), [['payment', 16_000], ['refund', 16_000]]);
});

test('a day without money is an empty day, and no file is taken for the book', async () => {
    assert.deepEqual(await book('2020-07-13'), []);
    const answer = await plugin.call('payment.reconcile/1', { day: today(), file: { blob: 0 } }, { blobs: [new URL(import.meta.url).pathname] });
    assert.equal(answer.error.code, 'payment.file_unreadable');
});
