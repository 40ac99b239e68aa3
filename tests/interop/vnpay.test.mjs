// payment-vnpay against npm vnpay: its URLs and request hashes are computed a second time by that package, and what the
// provider sends is signed with it. // O2, O20
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import {
    InpOrderAlreadyConfirmed, IpnFailChecksum, IpnInvalidAmount, IpnOrderNotFound, IpnSuccess, IpnUnknownError, VNPay,
    buildPaymentUrlSearchParams, calculateSecureHash } from 'vnpay';
import { Plugin } from './plugin.mjs';

const tmnCode = 'H29TEST1', secret = 'BÍMẬT0123456789ABCDEFGHIJKLMNOPQ';
const createdAt = Date.UTC(2020, 6, 13, 3, 10, 10); // 10:10:10 of 13 July 2020 in Vietnam
const reference = 'H29.01-200713-0001';

// The provider's API: keeps what was asked, answers as the test says.
const provider = { asked: [], status: 200, answer: () => ({}), delayMs: 0 };
const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', async () => {
        provider.asked.push(JSON.parse(body));
        const answer = provider.answer(JSON.parse(body));
        await new Promise((resolve) => setTimeout(resolve, provider.delayMs));
        response.writeHead(provider.status, { 'Content-Type': 'application/json' });
        response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
});

let plugin, host, judge;

before(async () => {
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `http://127.0.0.1:${server.address().port}`;
    plugin = new Plugin('payment-vnpay', {
        config: { tmnCode, payUrl: 'https://sandbox.vnpayment.vn/paymentv2/vpcpay.html', apiUrl: `${host}/merchant_webapi/api/transaction` },
        secrets: { hashSecret: secret } });
    judge = new VNPay({ tmnCode, secureSecret: secret, vnpayHost: 'https://sandbox.vnpayment.vn', queryDrAndRefundHost: host,
        hashAlgorithm: 'SHA512', enableLog: false });
});
after(async () => {
    await plugin.close();
    server.closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
});

const wish = (more = {}) => ({ reference, amount: 150_000, description: 'Lệ phí hồ sơ H29.01 & phụ thu (2 bản) = 100%',
    returnUrl: 'https://dichvucong.example.vn/thanh-toan/ve?ho-so=1&b=2', clientIp: '203.113.0.1', createdAt, ...more });

// ---- the page -------------------------------------------------------------------------------------------------------

test('the page\'s address is, letter by letter, the one that npm vnpay makes', async () => {
    for (const more of [{}, { bank: 'VNPAYQR' }]) {
        const page = await plugin.reply('payment.create/1', wish(more), { locale: 'vi' });
        const theirs = judge.buildPaymentUrl({
            vnp_Amount: 150_000, vnp_CreateDate: 20200713101010, vnp_ExpireDate: 20200713102510, vnp_IpAddr: '203.113.0.1',
            vnp_TxnRef: reference, vnp_OrderInfo: wish().description, vnp_OrderType: 'other', vnp_ReturnUrl: wish().returnUrl,
            vnp_Locale: 'vn', ...(more.bank ? { vnp_BankCode: more.bank } : {}) });
        assert.equal(page.url, theirs);
        assert.equal(page.expiresAt, createdAt + 15 * 60_000);
    }
});

test('its hash is the HMAC of its own query, and npm vnpay verifies it', async () => {
    const { url } = await plugin.reply('payment.create/1', wish(), { locale: 'en' });
    const [query, hash] = url.slice(url.indexOf('?') + 1).split('&vnp_SecureHash=');
    assert.equal(hash, createHmac('sha512', secret).update(query).digest('hex'));
    assert.equal(judge.verifyReturnUrl(Object.fromEntries(new URL(url).searchParams)).isVerified, true);
    assert.equal(new URL(url).searchParams.get('vnp_Locale'), 'en');
});

test('the same attempt makes the same page, whenever it is repeated', async () => {
    const first = await plugin.reply('payment.create/1', wish(), { key: 'a' });
    assert.deepEqual(await plugin.reply('payment.create/1', wish(), { key: 'a', attempt: 2 }), first);
});

test('what breaks the contract is told by its field', async () => {
    assert.equal((await plugin.error('payment.create/1', wish({ reference: 'a|b' }))).code, 'payment.reference_invalid');
    assert.equal((await plugin.error('payment.create/1', wish({ amount: 0 }))).detail, 'amount is out of range');
    assert.equal((await plugin.error('payment.create/1', wish({ amount: '150000' }))).detail, 'amount is not a whole number');
    assert.equal((await plugin.error('payment.create/1', { amount: 1 })).detail, 'reference is missing');
});

// ---- the notification -----------------------------------------------------------------------------------------------

const paid = (more = {}) => ({ vnp_TmnCode: tmnCode, vnp_Amount: 15_000_000, vnp_BankCode: 'NCB', vnp_BankTranNo: 'VNP14226112',
    vnp_CardType: 'ATM', vnp_PayDate: '20200713101530', vnp_OrderInfo: wish().description, vnp_TransactionNo: 14226112,
    vnp_ResponseCode: '00', vnp_TransactionStatus: '00', vnp_TxnRef: reference, ...more });

// A query signed by npm vnpay's own functions.
function signed(fields, key = secret) {
    const query = buildPaymentUrlSearchParams(fields).toString();
    return `${query}&vnp_SecureHash=${calculateSecureHash({ secureSecret: key, data: query, hashAlgorithm: 'SHA512', bufferEncode: 'utf-8' })}`;
}
const notify = (query) => plugin.reply('payment.notified/1', { method: 'GET', query });

test('an authentic notification says what was paid', async () => {
    const query = signed(paid());
    assert.equal(judge.verifyIpnCall(Object.fromEntries(new URLSearchParams(query))).isSuccess, true);
    const notice = await notify(query);
    assert.equal(notice.authentic, true);
    assert.deepEqual(notice.state, { outcome: 'paid', reference, amount: 150_000, providerReference: '14226112', bank: 'NCB',
        paidAt: Date.UTC(2020, 6, 13, 3, 15, 30), code: '00/00', detail: 'Giao dịch thành công' });
    assert.equal((await notify(query)).key, notice.key);
});

test('the browser\'s return is judged alike, our own fields in it aside', async () => {
    const notice = await plugin.reply('payment.returned/1', { method: 'GET', query: `ho-so=1&${signed(paid())}&b=2` });
    assert.equal(notice.authentic, true);
});

test('every reply code for the provider is the one that npm vnpay knows', async () => {
    const { answers } = await notify(signed(paid()));
    const theirs = { confirmed: IpnSuccess, alreadyConfirmed: InpOrderAlreadyConfirmed, unknownReference: IpnOrderNotFound,
        wrongAmount: IpnInvalidAmount, notAuthentic: IpnFailChecksum, failed: IpnUnknownError };
    assert.deepEqual(Object.keys(answers).sort(), Object.keys(theirs).sort());
    for (const [decision, answer] of Object.entries(theirs)) {
        assert.equal(JSON.parse(answers[decision].body).RspCode, answer.RspCode, decision);
        assert.equal(answers[decision].status, 200);
    }
});

test('a missing signature is an invalid one', async () => {
    const query = signed(paid());
    const bare = query.slice(0, query.indexOf('&vnp_SecureHash='));
    for (const stripped of [bare, `${bare}&vnp_SecureHash=`, `${bare}&vnp_SecureHash`, '', 'vnp_SecureHash=']) {
        const notice = await notify(stripped);
        assert.equal(notice.authentic, false, stripped);
        assert.equal(notice.state, undefined);
        assert.equal(JSON.parse(notice.answers.notAuthentic.body).RspCode, '97');
    }
});

test('every field is covered by the signature', async () => {
    const query = new URLSearchParams(signed(paid()));
    for (const name of [...query.keys()]) {
        for (const change of ['changed', 'gone', 'twice']) {
            const forged = new URLSearchParams(query);
            if (change === 'changed') forged.set(name, name === 'vnp_Amount' ? '100' : `${forged.get(name)}1`);
            if (change === 'gone') forged.delete(name);
            if (change === 'twice') forged.append(name, '1');
            assert.equal((await notify(forged.toString())).authentic, false, `${name} ${change}`);
        }
    }
    const added = new URLSearchParams(query);
    added.append('vnp_Extra', '1');
    assert.equal((await notify(added.toString())).authentic, false);
});

test('signed with another secret, or for another merchant, or without sense, it is not authentic', async () => {
    const forged = [signed(paid(), 'another'), signed(paid({ vnp_TmnCode: 'ELSEWHERE' })), signed(paid({ vnp_Amount: 15_000_050 })),
        signed(paid({ vnp_Amount: '-1500' })), signed(paid({ vnp_Amount: '1e9' })), signed(paid({ vnp_TxnRef: '' })),
        signed(paid({ vnp_CurrCode: 'USD' })), `${signed(paid()).replace('%', '%zz')}`];
    for (const query of forged) assert.equal((await notify(query)).authentic, false, query);
});

test('upper-case hashes and the old hash-type field are taken', async () => {
    const query = signed(paid());
    const at = query.indexOf('vnp_SecureHash=') + 15;
    assert.equal((await notify(query.slice(0, at) + query.slice(at).toUpperCase())).authentic, true);
    assert.equal((await notify(`${query}&vnp_SecureHashType=HMACSHA512`)).authentic, true);
});

test('paid means both codes are 00', async () => {
    const outcomes = [['00', '00', 'paid'], ['00', '01', 'pending'], ['00', '02', 'failed'], ['24', '02', 'failed'], ['51', '02', 'failed'],
        ['07', '00', 'suspicious'], ['00', '07', 'suspicious'], ['00', '04', 'reversed'], ['11', '02', 'failed'], ['00', '05', 'paid'], ['00', '', 'failed']];
    for (const [vnp_ResponseCode, vnp_TransactionStatus, outcome] of outcomes) {
        const { state } = await notify(signed(paid({ vnp_ResponseCode, vnp_TransactionStatus })));
        assert.equal(state.outcome, outcome, `${vnp_ResponseCode}/${vnp_TransactionStatus}`);
    }
});

// ---- query and refund -----------------------------------------------------------------------------------------------

const replyFields = {
    querydr: ['ResponseId', 'Command', 'ResponseCode', 'Message', 'TmnCode', 'TxnRef', 'Amount', 'BankCode', 'PayDate', 'TransactionNo',
        'TransactionType', 'TransactionStatus', 'OrderInfo', 'PromotionCode', 'PromotionAmount'],
    refund: ['ResponseId', 'Command', 'ResponseCode', 'Message', 'TmnCode', 'TxnRef', 'Amount', 'BankCode', 'PayDate', 'TransactionNo',
        'TransactionType', 'TransactionStatus', 'OrderInfo'] };

function answering(asked, more = {}, key = secret) {
    const reply = { vnp_ResponseId: 'r-1', vnp_Command: asked.vnp_Command, vnp_ResponseCode: '00', vnp_Message: 'QueryDR Success',
        vnp_TmnCode: tmnCode, vnp_TxnRef: asked.vnp_TxnRef, vnp_Amount: asked.vnp_Amount ?? 15_000_000, vnp_BankCode: 'NCB', vnp_PayDate: '20200713101530',
        vnp_TransactionNo: 14226112, vnp_TransactionType: asked.vnp_TransactionType ?? '01', vnp_TransactionStatus: '00', vnp_OrderInfo: asked.vnp_OrderInfo, ...more };
    const text = replyFields[asked.vnp_Command].map((name) => reply[`vnp_${name}`] ?? '').join('|');
    return { ...reply, vnp_SecureHash: createHmac('sha512', key).update(text).digest('hex') };
}
const question = { reference, createdAt, clientIp: '127.0.0.1', description: 'Tra cuu' };
const order = { reference, providerReference: '14226112', paidAmount: 150_000, amount: 150_000, createdAt, requestedBy: 'canbo1',
    requestedAt: createdAt + 1_200_000, reason: 'Hoàn phí | rút hồ sơ', clientIp: '127.0.0.1' };

// The same request by npm vnpay; what it sent.
async function theirs(send) {
    provider.answer = (asked) => answering(asked);
    await send();
    return provider.asked.at(-1);
}

test('a query bears the hash that npm vnpay computes for the same fields', async () => {
    provider.answer = (asked) => answering(asked);
    const state = await plugin.reply('payment.query/1', question, { key: 'q1' });
    const ours = provider.asked.at(-1);
    assert.deepEqual([state.outcome, state.amount, state.reference, state.providerReference], ['paid', 150_000, reference, '14226112']);
    assert.equal(ours.vnp_TransactionDate, '20200713101010');
    const { vnp_SecureHash, vnp_Version, vnp_Command, vnp_TmnCode, ...fields } = ours;
    assert.deepEqual([vnp_Version, vnp_Command, vnp_TmnCode], ['2.1.0', 'querydr', tmnCode]);
    assert.equal(vnp_SecureHash, (await theirs(() => judge.queryDr(fields))).vnp_SecureHash);
});

test('a query says how a refund stands', async () => {
    const refunds = [['02', '05', 'accepted'], ['02', '06', 'accepted'], ['03', '00', 'accepted'], ['02', '09', 'refused'], ['01', '00', undefined]];
    for (const [vnp_TransactionType, vnp_TransactionStatus, refund] of refunds) {
        provider.answer = (asked) => answering(asked, { vnp_TransactionType, vnp_TransactionStatus });
        const state = await plugin.reply('payment.query/1', question);
        assert.deepEqual([state.outcome, state.refund], ['paid', refund], `${vnp_TransactionType} ${vnp_TransactionStatus}`);
    }
});

test('a refund bears the hash that npm vnpay computes for the same fields', async () => {
    for (const [amount, type] of [[150_000, '02'], [50_000, '03']]) {
        provider.answer = (asked) => answering(asked, { vnp_TransactionStatus: '05' });
        const state = await plugin.reply('payment.refund/1', { ...order, amount }, { key: `refund-${amount}` });
        assert.equal(state.outcome, 'accepted');
        const ours = provider.asked.at(-1);
        assert.equal(ours.vnp_TransactionType, type);
        const { vnp_SecureHash, vnp_Version, vnp_Command, vnp_TmnCode, ...fields } = ours;
        const mine = await theirs(() => judge.refund({ ...fields, vnp_Amount: Number(fields.vnp_Amount) / 100 }));
        assert.equal(vnp_SecureHash, mine.vnp_SecureHash);
    }
});

test('a refund ordered twice with one key is one order for the provider', async () => {
    const ids = [];
    for (const key of ['r1', 'r1', 'r2']) {
        provider.answer = (asked) => answering(asked);
        await plugin.reply('payment.refund/1', order, { key });
        ids.push(provider.asked.at(-1));
    }
    assert.deepEqual(ids[0], ids[1]);
    assert.notEqual(ids[0].vnp_RequestId, ids[2].vnp_RequestId);
    provider.answer = (asked) => answering(asked, { vnp_ResponseCode: '94' });
    assert.equal((await plugin.reply('payment.refund/1', order, { key: 'r1' })).outcome, 'pending');
    provider.answer = (asked) => answering(asked, { vnp_ResponseCode: '95' });
    assert.equal((await plugin.reply('payment.refund/1', order, { key: 'r1' })).outcome, 'refused');
    assert.equal((await plugin.error('payment.refund/1', { ...order, amount: 150_001 })).code, 'plugin.malformed');
});

test('an answer without a signature, or with a wrong one, or about something else is not believed', async () => {
    const answers = [
        (asked) => ({ ...answering(asked), vnp_SecureHash: undefined }), // npm vnpay 2.5.0 takes this one
        (asked) => ({ ...answering(asked), vnp_SecureHash: '' }),
        (asked) => ({ ...answering(asked), vnp_Amount: 100 }),
        (asked) => answering(asked, {}, 'another secret'),
        (asked) => answering(asked, { vnp_TxnRef: 'H29.01-200713-0002' }),
        (asked) => answering(asked, { vnp_TmnCode: 'ELSEWHERE' }),
        (asked) => answering(asked, { vnp_Amount: 'fifteen' }),
        () => 'half an ans', () => '[]', () => 'null'];
    for (const [i, answer] of answers.entries()) {
        provider.answer = answer;
        const refused = await plugin.error('payment.query/1', question);
        assert.deepEqual([refused.code, refused.mayRetry], ['payment.not_signed', true], `answer ${i}: ${refused.detail}`);
        if (i === 4) break; // the breaker would open; the rest goes through a fresh plugin below
    }
    const fresh = new Plugin('payment-vnpay', { config: { tmnCode, apiUrl: `${host}/api` }, secrets: { hashSecret: secret } });
    for (const [i, answer] of answers.slice(5).entries()) {
        provider.answer = answer;
        assert.equal((await fresh.error('payment.query/1', question)).code, 'payment.not_signed', `answer ${i + 5}`);
    }
    provider.answer = (asked) => answering(asked, { vnp_Amount: 100 });
    assert.equal((await fresh.error('payment.refund/1', order)).code, 'payment.not_signed');
    await fresh.close();
});

test('unknown is no failure; refusals and outages are told apart', async () => {
    const fresh = new Plugin('payment-vnpay', { config: { tmnCode, apiUrl: `${host}/api` }, secrets: { hashSecret: secret } });
    provider.answer = (asked) => answering(asked, { vnp_ResponseCode: '91' });
    assert.equal((await fresh.reply('payment.query/1', question)).outcome, 'unknown');
    provider.answer = () => ({ vnp_ResponseCode: '97', vnp_Message: 'Invalid checksum' });
    const refused = await fresh.error('payment.query/1', question);
    assert.deepEqual([refused.code, refused.mayRetry], ['payment.merchant_refused', false]);
    provider.status = 502;
    assert.equal((await fresh.error('payment.query/1', question)).code, 'payment.provider_down');
    provider.status = 200;
    await fresh.close();
});

test('"test connection" proves merchant and secret without a payment', async () => {
    provider.answer = (asked) => answering(asked, { vnp_ResponseCode: '91' });
    assert.match((await plugin.reply('config.check/1', {})).summary, new RegExp(tmnCode));
    provider.answer = (asked) => answering(asked, {}, 'another secret');
    assert.equal((await plugin.reply('config.check/1', {})).findings[0].field, 'hashSecret');
});

test('killed in the middle of a refund: unavailable, and the repetition is the same order', async () => {
    provider.answer = (asked) => answering(asked);
    provider.delayMs = 3000;
    const before = provider.asked.length;
    const { pid } = await plugin.running();
    const first = plugin.call('payment.refund/1', order, { key: 'killed' });
    while (provider.asked.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(pid, 'SIGKILL');
    const answer = await first;
    assert.deepEqual([answer.ok, answer.error?.code, answer.error?.mayRetry], [false, 'plugin.crashed', true]);
    provider.delayMs = 0;
    assert.equal((await plugin.reply('payment.refund/1', order, { key: 'killed', attempt: 2 })).outcome, 'accepted');
    assert.equal(provider.asked.at(-1).vnp_RequestId, provider.asked[before].vnp_RequestId);
});

test('the secret is in no log and no answer', async () => {
    assert.ok(!plugin.log.includes(secret));
});
