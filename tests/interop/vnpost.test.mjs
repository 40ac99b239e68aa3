// postal-vnpost against a simulator of VNPost behind both axes; its label is read back by zbarimg and pdftotext. The
// simulator is ours: not an independent judge; the readers are. // P10, X6
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { VnPost } from '../../tools/simulators/vnpost/vnpost.mjs';
import { Plugin } from './plugin.mjs';

const folder = mkdtempSync(join(tmpdir(), 'motcua-vnpost-'));
const webhookSecret = 'bi-mat-cua-buu-dien';
const secrets = { clientSecret: 'bí mật', webhookSecret };
let post, base, ngsp, lgsp;
const closing = [];
function open(more = {}, secret = secrets) {
    const plugin = new Plugin('postal-vnpost', { config: { shape: 'ngsp', url: base, clientId: 'hcm', customerCode: 'H29', codes: '79=70 # TP.HCM\n760=7000\n01=10\n001=1000\n',
        states: '1=registered\n2=collecting\n3=in_transit\n4=delivered\n7=returned\n9=cancelled', answers: '100=ok\n101=duplicate\n404=unknown\n410=too_late\n422=address\n409=item_code', pageSize: 5, ...more }, secrets: secret });
    closing.push(plugin);
    return plugin;
}
before(async () => {
    post = new VnPost({ clients: { hcm: 'bí mật' }, customer: 'H29' });
    base = await post.listen();
    ngsp = open();
    lgsp = open({ shape: 'lgsp', orderPath: '/vnpost/order', barcodePath: '/vnpost/order/barcode', trackPath: '', cancelPath: '' });
});
beforeEach(() => {
    Object.assign(post, { faults: [], always: '', stuck: false, list: [] });
    post.orders.clear();
    post.asked.length = 0;
});
after(async () => {
    for (const plugin of closing) await plugin.close();
    await post.close();
    rmSync(folder, { recursive: true });
});

const agency = { name: 'UBND Quận 1', phone: '+842838291234', email: 'q1@example.vn', address: '47 Lê Duẩn', ward: 'Bến Nghé', district: 'Quận 1', province: 'TP. Hồ Chí Minh', districtCode: '760', provinceCode: '79' };
const citizen = { name: 'Nguyễn Thị Ánh Tuyết', phone: '+84901234567', address: '1 Tràng Tiền', district: 'Hoàn Kiếm', province: 'Hà Nội', districtCode: '001', provinceCode: '01' };
let serial = 0;
const order = (more = {}) => ({ number: `H29-200713-${++serial}`, dossier: '000.00.01.H29-200713-0001', direction: 'to_citizen', sender: agency, receiver: citizen, contents: 'Giấy khai sinh, 2 bản sao',
    note: 'Gọi trước', collect: 150_000, orderedAt: Date.UTC(2020, 6, 13, 3), ...more });

test('a result is ordered in NGSP\'s words, sender the agency', async () => {
    const one = order();
    assert.deepEqual(await ngsp.reply('postal.create/1', one), { reference: { number: one.number } });
    assert.deepEqual(post.asked.at(-1).body, { customerCode: 'H29', orderNumber: one.number, codAmount: 150000,
        senderProvince: 70, senderDistrict: 7000, senderAddress: '47 Lê Duẩn, Bến Nghé, Quận 1, TP. Hồ Chí Minh', senderName: 'UBND Quận 1', senderEmail: 'q1@example.vn', senderTel: '02838291234',
        receiverProvince: 10, receiverDistrict: 1000, receiverAddress: '1 Tràng Tiền, Hoàn Kiếm, Hà Nội', receiverName: 'Nguyễn Thị Ánh Tuyết', receiverEmail: '', receiverTel: '0901234567',
        senderDesc: 'Giấy khai sinh, 2 bản sao', description: 'Gọi trước' });
    assert.match(post.asked.at(-1).headers.authorization, /^Bearer /);
});

test('papers are fetched from the citizen with sender and receiver the other way', async () => {
    await ngsp.reply('postal.create/1', order({ direction: 'from_citizen', sender: citizen, receiver: { ...agency, districtCode: '' } }));
    const { body } = post.asked.at(-1);
    assert.deepEqual([body.senderProvince, body.senderName, body.receiverProvince, body.receiverDistrict], [10, 'Nguyễn Thị Ánh Tuyết', 70, undefined]);
});

test('an LGSP is spoken to in its own names, a printed barcode by its own address', async () => {
    await lgsp.reply('postal.create/1', order());
    assert.deepEqual([post.asked.at(-1).path, post.asked.at(-1).body.CODAmount, post.asked.at(-1).body.FlagConfig, post.asked.at(-1).headers.authorization], ['/vnpost/order', 150000, 2, undefined]);
    const marked = order({ itemCode: 'CK123456789VN' });
    assert.equal((await lgsp.reply('postal.create/1', marked)).reference.itemCode, 'CK123456789VN');
    assert.deepEqual([post.asked.at(-1).path, post.asked.at(-1).body.ItemCode], ['/vnpost/order/barcode', 'CK123456789VN']);
    assert.equal((await lgsp.error('postal.create/1', order({ itemCode: 'CK123456789VN' }))).code, 'postal.item_code_used');
    for (const [op, request] of [['postal.track/1', {}], ['postal.cancel/1', { reference: { number: marked.number } }]]) assert.equal((await lgsp.error(op, request)).code, 'postal.refused');
});

test('a number is ordered once, also where the answer was lost', async () => {
    const one = order();
    post.faults = ['half'];
    assert.equal((await ngsp.error('postal.create/1', one, { key: 'k' })).code, 'postal.provider_down');
    assert.equal(post.orders.size, 1);
    const first = await ngsp.reply('postal.create/1', one, { key: 'k' });
    assert.deepEqual(await ngsp.reply('postal.create/1', one, { key: 'other' }), first);
    assert.equal(post.orders.size, 1);
    assert.equal(post.asked.length - post.asked.filter((asked) => asked.path === '/token').length, 2);
});

test('an address that VNPost has no code for is named by its field, and nobody is asked', async () => {
    for (const [more, field] of [[{ receiver: { ...citizen, provinceCode: '99' } }, 'receiver.provinceCode'], [{ receiver: { ...citizen, provinceCode: undefined } }, 'receiver.provinceCode'], [{ receiver: { ...citizen, districtCode: '002' } }, 'receiver.districtCode'],
        [{ sender: { ...agency, districtCode: '' } }, 'sender.districtCode']]) {
        const error = await ngsp.error('postal.create/1', order(more));
        assert.deepEqual([error.code, error.detail], ['postal.address_invalid', field]);
    }
    assert.equal((await ngsp.error('postal.create/1', order({ number: 'a/b?c' }))).code, 'plugin.malformed');
    assert.equal(post.asked.length, 0);
});

test('what changed comes page by page, the latest of each', async () => {
    for (let i = 1; i <= 12; ++i) post.move(`N-${i % 4}`, String(1 + (i % 4)), 'chữ');
    const first = await ngsp.reply('postal.track/1', {});
    assert.equal(first.parcels.length, 4);
    const second = await ngsp.reply('postal.track/1', { after: first.next });
    const third = await ngsp.reply('postal.track/1', { after: second.next });
    assert.equal(third.parcels.length, 2);
    const none = await ngsp.reply('postal.track/1', { after: third.next });
    assert.deepEqual([none.parcels, none.next], [undefined, undefined]);
    post.move('N-1', '4', 'Phát thành công');
    assert.deepEqual((await ngsp.reply('postal.track/1', { after: third.next })).parcels, [{ number: 'N-1', state: 'delivered', code: '4', detail: 'Phát thành công' }]);
});

test('some orders cost one walk, not one each; what the list lacks is unknown', async () => {
    for (let i = 1; i <= 12; ++i) post.move(`N-${i}`, i === 3 ? '77' : '3', '');
    const { parcels } = await ngsp.reply('postal.track/1', { references: [{ number: 'N-3' }, { number: 'N-12' }, { number: 'N-99' }] });
    assert.deepEqual(Object.fromEntries(parcels.map((one) => [one.number, one.state])), { 'N-3': 'in_transit', 'N-12': 'in_transit', 'N-99': 'unknown' });
    assert.equal(post.asked.filter((one) => one.path.endsWith('/list')).length, 4);
});

test('a list that never goes on is given up', async () => {
    for (let i = 1; i <= 5; ++i) post.move(`N-${i}`, '3', '');
    post.stuck = true;
    assert.equal((await ngsp.error('postal.track/1', { references: [{ number: 'N-9' }] })).detail, 'the list does not go on');
});

test('an order is withdrawn until somebody has fetched it; twice is well', async () => {
    const one = order(), fetched = order();
    for (const each of [one, fetched]) await ngsp.reply('postal.create/1', each);
    post.move(fetched.number, '3', '');
    for (let i = 0; i < 2; ++i) assert.equal((await ngsp.reply('postal.cancel/1', { reference: { number: one.number } })).state, 'cancelled');
    assert.equal((await ngsp.error('postal.cancel/1', { reference: { number: fetched.number } })).code, 'postal.too_late');
    assert.equal((await ngsp.error('postal.cancel/1', { reference: { number: 'never' } })).code, 'postal.unknown_order');
});

test('the label holds who and what, and its barcode is read by zbarimg', async () => {
    for (const [more, code] of [[{}, undefined], [{ itemCode: 'CK123456789VN' }, 'CK123456789VN'], [{ number: '000.00.01.H29-200713-0001.1', contents: 'x '.repeat(400), receiver: { ...citizen, address: 'Số nhà rất dài '.repeat(9) } }, '000.00.01.H29-200713-0001.1']]) {
        const one = order(more);
        const { reply, blobs } = await ngsp.call('postal.label/1', { reference: { number: one.number, itemCode: one.itemCode }, order: one });
        const file = join(folder, 'label.pdf');
        writeFileSync(file, Buffer.from(blobs[reply.label.content.blob], 'base64'));
        const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
        for (const words of ['UBND Quận 1', 'Nguyễn Thị Ánh Tuyết', '0901234567', '150.000 đ', code ?? one.number]) assert.ok(text.includes(words), `${words} in ${text}`);
        execFileSync('pdftoppm', ['-r', '300', '-png', '-singlefile', file, join(folder, 'label')]);
        assert.equal(execFileSync('zbarimg', ['-q', '--raw', join(folder, 'label.png')], { encoding: 'utf8' }).trim(), code ?? one.number);
        assert.match(execFileSync('pdfinfo', [file], { encoding: 'utf8' }), /Pages:\s+1\n/);
    }
    assert.equal((await ngsp.error('postal.label/1', { reference: { number: 'số' }, order: order() })).code, 'plugin.malformed');
});

async function told(plugin, message, headers) {
    const file = join(folder, 'message.json');
    writeFileSync(file, typeof message === 'string' ? message : JSON.stringify(message));
    return plugin.reply('webhook.verify/1', { webhook: 'status', request: { method: 'POST', headers, body: { blob: 0 } } }, { blobs: [file] });
}

test('the carrier\'s notification is believed with its secret alone, and the same when repeated', async () => {
    const message = { orderNumber: 'N-1', statusCode: 7, statusMessage: 'Chuyển hoàn' };
    for (const headers of [{ authorization: `Bearer ${webhookSecret}` }, { access_token: webhookSecret }]) {
        const notice = await told(ngsp, message, headers);
        assert.deepEqual(notice.events[0].data, { number: 'N-1', state: 'returned', code: '7', detail: 'Chuyển hoàn' });
        assert.equal((await told(ngsp, message, headers)).events[0].key, notice.events[0].key);
    }
    for (const headers of [{}, { authorization: 'Bearer ' }, { access_token: '' }, { access_token: `${webhookSecret}.` }]) assert.equal((await told(ngsp, message, headers)).authentic, false, JSON.stringify(headers));
    for (const bad of ['{', '[]', { orderNumber: 'N-1' }, { orderNumber: { a: 1 }, statusCode: 1 }]) {
        const notice = await told(ngsp, bad, { access_token: webhookSecret });
        assert.deepEqual([notice.events, notice.accepted.status], [undefined, 400]);
    }
    const bare = open({}, { clientSecret: 'bí mật' });
    assert.equal((await told(bare, message, { access_token: '' })).authentic, false);
});

test('hostile and broken answers order nothing that we believe in', async () => {
    const expected = { half: 'postal.provider_down', truncated: 'postal.provider_down', error: 'postal.provider_down', busy: 'postal.provider_down', denied: 'postal.login_refused', closed: 'postal.provider_down', html: 'postal.provider_down',
        huge: 'postal.provider_down', deep: 'postal.provider_down', list: 'postal.provider_down', empty: 'postal.provider_down', elsewhere: 'postal.provider_down' };
    for (const [fault, code] of Object.entries(expected)) {
        const one = order();
        post.always = fault;
        assert.equal((await ngsp.error('postal.create/1', one)).code, code, fault);
        post.always = '';
        assert.equal((await ngsp.reply('postal.create/1', one)).reference.number, one.number, fault);
    }
    const honest = post.say;
    post.say = () => ({ json: { Message: 'xong' } }); // no code: nothing says that the order stands
    assert.equal((await ngsp.error('postal.create/1', order())).code, 'postal.refused');
    post.say = honest;
    assert.ok(!ngsp.log.includes('Tuyết') && !ngsp.log.includes('901234567'));
});

test('the settings are tried, and what is wrong is told by its field', async () => {
    assert.equal((await ngsp.reply('config.check/1', {})).summary, `H29 @ ${base}`);
    const fields = async (more, secret) => (await open(more, secret).reply('config.check/1', {})).findings[0].field;
    assert.equal(await fields({}, { clientSecret: 'another' }), 'clientId');
    assert.equal(await fields({}, {}), 'clientSecret');
    assert.equal(await fields({ states: '4=done' }), 'states');
    assert.equal(await fields({ trackPath: '/nowhere' }), 'trackPath');
});
