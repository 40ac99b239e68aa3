// sector-rest against a simulator of three systems: look-up, hand over, changes, states, papers, messages to us, and
// what hostile or broken answers do. The simulator is ours: not an independent judge; Node's TLS is. // G11, G17, X6, N7, O12
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { SectorSystem } from '../../tools/simulators/sector/sector.mjs';
import { Plugin } from './plugin.mjs';

const partner = { AccessKey: 'ak', SecretKey: 'sk-bí mật', AppName: 'motcua', PartnerCode: '000.00.00.H29', PartnerCodeCus: '000.00.01.H29' };
const lgsp = { auth: 'lgsp', appName: 'motcua', accessKey: 'ak', partnerCode: '000.00.00.H29', partnerCodeCus: '000.00.01.H29' };
const inboundSecret = 'mot-bi-mat-dai-cua-thong-bao';
const secrets = { clientSecret: 'bí mật:1', secretKey: partner.SecretKey, inboundSecret, password: 'p', apiKey: 'k' };
const official = { account: 'canbo1', name: 'Trần Thị B', agencyCode: '000.00.01.H29' };
const code = '000.00.01.H29-200713-0001';
const folder = mkdtempSync(join(tmpdir(), 'motcua-sector-'));
const paper = join(folder, 'don.pdf');
writeFileSync(paper, '%PDF-1.4 đơn');

let system, land, business, civil, base;
const closing = [];
async function open(connector, more = {}, secret = secrets) {
    const plugin = new Plugin('sector-rest', { config: { connector, url: base, auth: 'none', ...more }, secrets: secret });
    closing.push(plugin);
    return plugin;
}

before(async () => {
    system = new SectorSystem({ clients: { motcua: 'bí mật:1' }, partner });
    base = await system.listen();
    land = await open('land-vbdlis');
    business = await open('business-registration', lgsp);
    civil = await open('civil-status', { auth: 'oauth', tokenUrl: `${base}/token`, clientId: 'motcua' });
});
beforeEach(() => {
    Object.assign(system, { faults: [], always: '', demand: '', spoil: null, takings: 0, tokenSeconds: 3600 });
    system.dossiers.clear();
    system.asked.length = 0;
});
after(async () => {
    for (const plugin of closing) await plugin.close();
    await system.close();
    rmSync(folder, { recursive: true });
});

const dossier = (more = {}) => ({ code, procedureCode: '1.004238', procedureName: 'Đăng ký biến động', agencyCode: '000.00.01.H29', receivedBy: official,
    receivedAt: Date.UTC(2020, 6, 13, 3, 10, 10), dueAt: Date.UTC(2020, 6, 31, 10), applicant: { name: 'Nguyễn "Văn" A', idNumber: '079090000001', phone: '+84901234567', address: '1 Lê Lợi' },
    form: { province: '79', district: '760', ward: 26734, landAddress: '12 Đồng Khởi', parcels: [{ parcel: 12, sheet: '7', area: 80.5, address: 'Bến Nghé' }, { parcel: '13', sheet: '7' }] },
    papers: [{ name: 'Đơn đăng ký', originals: 1, file: { name: 'don.pdf', contentType: 'application/pdf', content: { blob: 0 } } }, { name: 'Bản vẽ' }], ...more });
const person = (more = {}) => ({ query: 'person', keys: { idNumber: '079090000001', fullName: 'Nguyễn Văn A' }, official, dossier: code, ...more });

// ---- mapping both ways ----------------------------------------------------------------------------------------------

test('a land dossier is handed over in the words of VBDLIS, its papers within', async () => {
    const answer = await land.reply('sector.hand-over/1', dossier(), { blobs: [paper], key: 'h1' });
    assert.deepEqual(answer, { reference: 'VBD-1', detail: 'Đã tiếp nhận' });
    assert.deepEqual(system.last('/tiepnhan').body, {
        LaQuyTrinhCapTinh: false, TinhId: '79', HuyenId: '760', XaId: '26734', SoBienNhan: code, MaHoSoMotCua: code, NguoiTiepNhan: 'canbo1',
        NgayTiepNhan: '2020-07-13T10:10:10+07:00', NgayHenTra: '2020-07-31T17:00:00+07:00', DiaChiTaiSan: '12 Đồng Khởi',
        ThongTinNguoiNopDon: { HoTen: 'Nguyễn "Văn" A', SoChungMinh: '079090000001', DiaChiChiTiet: '1 Lê Lợi', SoDienThoai: '0901234567' },
        ThongTinQuyTrinh: { MaQuyTrinh: '1.004238', TenQuyTrinh: 'Đăng ký biến động' },
        ThongTinThuaDat: [{ SoThuTuThua: '12', SoHieuBanDo: '7', DienTich: 80.5, DiaChiChiTiet: 'Bến Nghé' }, { SoThuTuThua: '13', SoHieuBanDo: '7' }],
        DanhSachGiayToDinhKem: [{ TenGiayTo: 'Đơn đăng ký', SoBanChinh: 1, SoBanSao: 0, TapTin: { name: 'don.pdf', data: readFileSync(paper).toString('base64') } },
            { TenGiayTo: 'Bản vẽ', SoBanChinh: 0, SoBanSao: 0, TapTin: {} }] });
});

test('a hand-over is made once for each code, whatever the key', async () => {
    const one = dossier({ code: '000.00.01.H29-200713-0002' });
    for (const key of ['a', 'a', 'b']) assert.equal((await land.reply('sector.hand-over/1', one, { blobs: [paper], key })).reference, 'VBD-1');
    assert.equal(system.asked.length, 1);
});

test('where the answer was lost it is sent again, and "we have it already" is well', async () => {
    const one = dossier({ code: '000.00.01.H29-200713-0003' });
    system.faults = ['closed'];
    assert.equal((await civil.error('sector.hand-over/1', one, { blobs: [paper] })).code, 'sector.provider_down');
    assert.equal((await civil.reply('sector.hand-over/1', one, { blobs: [paper] })).reference, 'HT-1');
    assert.equal(system.takings, 1);
    assert.deepEqual(system.last('/TiepNhanHoSo').body.ToKhai, one.form);
});

test('changes go where the connector says; what it does not know is refused here', async () => {
    const one = dossier({ code: '000.00.01.H29-200713-0004' });
    await land.reply('sector.hand-over/1', one, { blobs: [paper] });
    const change = { code: one.code, change: 'returned', at: Date.UTC(2020, 6, 30), by: official, note: 'đã trả' };
    await land.reply('sector.update/1', change, { key: 'u1' });
    await land.reply('sector.update/1', change, { key: 'u1' });
    assert.equal(system.dossiers.get(one.code).changes.length, 1);
    assert.equal(system.dossiers.get(one.code).changes[0].body.NgayTra, '2020-07-30T07:00:00+07:00');
    const refused = await land.error('sector.update/1', { ...change, code: 'another' }, { key: 'u2' });
    assert.deepEqual([refused.code, refused.detail], ['sector.refused', 'Không có hồ sơ này']);
    assert.equal((await land.error('sector.update/1', { ...change, change: 'sold' }, { key: 'u3' })).code, 'sector.not_configured');
});

test('an enterprise is looked up on the city\'s axis with its partner\'s identity', async () => {
    system.demand = 'lgsp';
    system.enterprises.set('0312345678', { NAME: 'Công ty A', ENTERPRISE_GDT_CODE: 312345678, ENTERPRISE_STATUS_NAME: 'Đang hoạt động', HO_ADDRESS_FULLTEXT: 'Quận 1', OWNER: { secret: true } });
    const ask = (businessCode) => business.reply('sector.lookup/1', { query: 'enterprise', keys: { businessCode }, official });
    assert.deepEqual(await ask('0312345678'), { records: [{ name: 'Công ty A', taxCode: '312345678', status: 'Đang hoạt động', address: 'Quận 1' }] });
    assert.deepEqual(await ask('0000000000'), {});
    const sly = '1&x=y/../?#';
    await ask(sly);
    assert.equal(system.last('/TraCuuThongTinDoanhNghiep').query.MaSoDoanhNghiep, sly);
});

test('the axis of another province wants a token and the partner beside it', async () => {
    system.demand = 'lgsp-oauth';
    const other = await open('business-registration', { ...lgsp, auth: 'lgsp-oauth', tokenUrl: `${base}/token`, clientId: 'motcua', clientInBody: true });
    assert.deepEqual(await other.reply('sector.lookup/1', { query: 'enterprise', keys: { businessCode: '1' }, official }), {});
    assert.match(system.last('/TraCuuThongTinDoanhNghiep').headers.authorization, /^Bearer /);
});

test('pages are followed one by one, each record mapped', async () => {
    system.registrations = Array.from({ length: 120 }, (_, i) => ({ SoDinhDanh: '079090000001', LoaiSo: 'Khai sinh', SoDangKy: i, NgayDangKy: '03/02/1990', NoiDangKy: 'UBND', HoVaTen: 'A', NgaySinh: '01/02/1990' }));
    const seen = [];
    for (let page = '', turn = 0; turn < 5; ++turn) {
        const reply = await civil.reply('sector.lookup/1', person({ page }));
        seen.push(...(reply.records ?? []));
        assert.match(reply.reference, /^YC-/);
        page = reply.next ?? '';
        if (!page) break;
    }
    assert.deepEqual(seen.map((one) => one.number), system.registrations.map((one) => String(one.SoDangKy)));
    assert.equal(seen[0].date, '1990-02-03');
    assert.equal(system.last('/TraCuuHoTich').body.MaCanBo, 'canbo1');
    assert.equal((await civil.error('sector.lookup/1', person({ page: '-1' }))).code, 'sector.keys_invalid');
});

test('keys are checked before anybody is asked', async () => {
    for (const keys of [{}, { idNumber: '1' }, { idNumber: '07909x', fullName: 'A' }, { idNumber: '1'.repeat(13), fullName: 'A' }, { idNumber: '1', fullName: 'A', other: 'x' }])
        assert.equal((await civil.error('sector.lookup/1', person({ keys }))).code, 'sector.keys_invalid', JSON.stringify(keys));
    assert.equal((await civil.error('sector.lookup/1', person({ query: 'criminal-record' }))).code, 'sector.not_configured');
    assert.equal(system.asked.length, 0);
});

test('a state is told in our words, and only about the dossier that was asked for', async () => {
    system.dossiers.set(code, { number: 'HT-9', state: 5, at: '20200714080000', words: 'thiếu giấy chứng sinh', results: [{ TenGiayTo: 'Trích lục', MaGiayTo: 'KQ1', MaTep: 77 }] });
    assert.deepEqual(await civil.reply('sector.state/1', { code }), { code, reference: 'HT-9', state: 'supplement', stateCode: '5', at: Date.UTC(2020, 6, 14, 1), by: 'Nguyễn Văn Án',
        note: 'thiếu giấy chứng sinh', papers: [{ name: 'Trích lục', code: 'KQ1', handle: '77' }] });
    assert.equal((await civil.error('sector.state/1', { code: 'never' })).code, 'sector.unknown');
    for (const spoil of [(json) => { json.ResultObject.MaHoSo = 'another'; return json; }, (json) => { json.ResultObject.TrangThai = 42; return json; }, (json) => { json.ResultObject.ThoiDiem = '20200230000000'; return json; },
        (json) => { json.ResultObject.KetQua = 'none'; return json; }, (json) => { json.ResultObject = []; return json; }]) {
        system.spoil = spoil;
        assert.equal((await civil.error('sector.state/1', { code })).code, 'sector.unexpected', String(spoil));
    }
});

test('papers are fetched by request, or by address on the same host alone', async () => {
    system.files.set('/TaiTep/77 a', Buffer.from('%PDF trích lục'));
    system.files.set('/ket-qua/gcn.pdf', Buffer.from('%PDF giấy chứng nhận'));
    const byRequest = await civil.reply('sector.paper/1', { handle: '77 a' });
    assert.equal(byRequest.paper.name, 'trích lục.pdf');
    const before = system.asked.length;
    for (const handle of [`${base}/ket-qua/gcn.pdf`, '/ket-qua/gcn.pdf', 'ket-qua/gcn.pdf']) {
        const { paper: got } = await land.reply('sector.paper/1', { handle });
        assert.deepEqual([got.name, got.contentType], ['gcn.pdf', 'application/pdf']);
    }
    assert.equal(system.asked.length, before + 3);
    for (const handle of ['http://169.254.169.254/meta', '//evil.example/x', `${base}@evil.example/x`, 'https://localhost/x', '/../x', '/a b'])
        assert.equal((await land.error('sector.paper/1', { handle })).code, 'sector.keys_invalid', handle);
    assert.equal(system.asked.length, before + 3);
    assert.equal((await land.error('sector.paper/1', { handle: '/none.pdf' })).code, 'sector.unknown');
    assert.equal((await civil.error('sector.paper/1', { handle: '..' })).code, 'sector.keys_invalid');
    assert.equal((await civil.error('sector.paper/1', { handle: '../token' })).code, 'sector.unknown'); // its slash is no way up
    assert.equal(system.asked.at(-1).rawPath, '/TaiTep/..%2Ftoken');
    assert.ok(!system.asked.slice(before).some((one) => one.rawPath === '/token' && one.method === 'GET'));
});

// ---- messages to us -------------------------------------------------------------------------------------------------

const bearer = { authorization: `Bearer ${inboundSecret}` };
async function told(plugin, path, message, headers = bearer) {
    const file = join(folder, 'message.json');
    writeFileSync(file, typeof message === 'string' ? message : JSON.stringify(message));
    return plugin.reply('webhook.verify/1', { webhook: 'events', request: { method: 'POST', path, headers, body: { blob: 0 } } }, { blobs: [file] });
}
const moved = (more = {}) => ({ SoBienNhan: code, MaCanBoChuyen: 'cb7', MaTrangThai: 4, NoiDungXuLy: 'thẩm tra', NgayChuyen: '2020-07-14T08:00:00', HanXuLy: '2020-07-20T17:00:00+07:00', DanhSachTapTin: [{ TenGiayTo: 'Phiếu', LinkFile: '/f/1.pdf' }], ...more });

test('what the land system tells becomes a progress, the same for a repetition', async () => {
    const notice = await told(land, '/ChuyenHoSo', moved());
    assert.equal(notice.authentic, true);
    assert.deepEqual(JSON.parse(notice.accepted.body), { Result: 1, Message: '' });
    assert.deepEqual(notice.events[0].data, { code, state: 'processing', stateCode: '4', at: Date.UTC(2020, 6, 14, 1), by: 'cb7', note: 'thẩm tra', dueAt: Date.UTC(2020, 6, 20, 10), papers: [{ name: 'Phiếu', handle: '/f/1.pdf' }] });
    assert.equal((await told(land, '/ChuyenHoSo', moved())).events[0].key, notice.events[0].key);
    const later = await told(land, '/ChuyenHoSo', moved({ NgayChuyen: '2020-07-13T08:00:00' })); // out of order: its own time is told
    assert.notEqual(later.events[0].key, notice.events[0].key);
    assert.ok(later.events[0].data.at < notice.events[0].data.at);
    const tax = await told(land, '/GuiKetQuaThue', { SoBienNhan: code, DanhSachThongBaoThue: [{ LoaiThue: 'lệ phí trước bạ', SoThongBaoThue: '12', DuongDanThongBaoThue: '/t/12.pdf' }] });
    assert.deepEqual([tax.events[0].data.state, tax.events[0].data.papers[0].name], ['duty', 'Thông báo lệ phí trước bạ số 12']);
});

test('without the secret, or with another, nothing is believed', async () => {
    for (const headers of [{}, { authorization: '' }, { authorization: 'Bearer ' }, { authorization: `Bearer ${inboundSecret}x` }, { authorization: inboundSecret }, { 'x-signature': inboundSecret }]) {
        const notice = await told(land, '/ChuyenHoSo', moved(), headers);
        assert.equal(notice.authentic, false, JSON.stringify(headers));
        assert.equal(notice.events, undefined);
        assert.equal(notice.notAuthentic.status, 401);
    }
    const bare = await open('land-vbdlis', {}, {});
    assert.equal((await told(bare, '/ChuyenHoSo', moved(), { authorization: 'Bearer ' })).authentic, false);
});

test('a signature covers the body; a secret in the address is taken where it was agreed', async () => {
    const signing = await open('land-vbdlis', { inboundProof: 'hmac' });
    const sign = (text) => ({ 'x-signature': createHmac('sha256', inboundSecret).update(text).digest('hex') });
    const text = JSON.stringify(moved());
    assert.equal((await told(signing, '/ChuyenHoSo', text, sign(text))).authentic, true);
    assert.equal((await told(signing, '/ChuyenHoSo', text.replace('thẩm tra', 'kết thúc'), sign(text))).authentic, false);
    assert.equal((await told(signing, '/ChuyenHoSo', text, bearer)).authentic, false);
    const byPath = await open('land-vbdlis', { inboundProof: 'path' });
    assert.equal((await told(byPath, `/ChuyenHoSo/${inboundSecret}`, text, {})).authentic, true);
    assert.equal((await told(byPath, '/ChuyenHoSo/guess', text, {})).authentic, false);
    assert.equal((await told(byPath, '/ChuyenHoSo', text, {})).authentic, false);
});

test('an authentic message without sense changes nothing and is told so', async () => {
    for (const [path, message] of [['/Khac', moved()], ['/ChuyenHoSo', '{"SoBienNhan":'], ['/ChuyenHoSo', '[]'], ['/ChuyenHoSo', moved({ SoBienNhan: undefined })], ['/ChuyenHoSo', moved({ MaTrangThai: 99 })],
        ['/ChuyenHoSo', moved({ NoiDungXuLy: { a: 1 } })], ['/ChuyenHoSo', `${'['.repeat(500)}${']'.repeat(500)}`], ['/ChuyenHoSo', moved({ NoiDungXuLy: 'x'.repeat(3000) })]]) {
        const notice = await told(land, path, message);
        assert.deepEqual([notice.authentic, notice.events, notice.accepted.status], [true, undefined, 400], path);
    }
});

// ---- login ----------------------------------------------------------------------------------------------------------

test('a token is kept until it ends, asked for anew when it is not taken, and never asked for without end', async () => {
    system.demand = 'bearer';
    const fresh = await open('civil-status', { auth: 'oauth', tokenUrl: `${base}/token`, clientId: 'motcua' });
    for (let i = 0; i < 3; ++i) await fresh.reply('sector.lookup/1', person());
    assert.equal(system.asked.filter((one) => one.path === '/token').length, 1);
    system.tokens.clear();
    await fresh.reply('sector.lookup/1', person());
    assert.equal(system.asked.filter((one) => one.path === '/token').length, 2);
    system.always = 'denied';
    assert.equal((await fresh.error('sector.lookup/1', person())).code, 'sector.login_refused');
    assert.equal(system.asked.filter((one) => one.path === '/token').length, 3);
    const wrong = await open('civil-status', { auth: 'oauth', tokenUrl: `${base}/token`, clientId: 'motcua' }, { clientSecret: 'another' });
    system.always = '';
    const refused = await wrong.error('sector.lookup/1', person());
    assert.deepEqual([refused.code, refused.kind], ['sector.login_refused', 'denied']);
});

test('by mTLS both sides prove who they are', async () => {
    const ssl = (...words) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
    for (const ca of ['ca', 'other']) ssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${ca}.key`, '-out', `${ca}.pem`, '-days', '2', '-subj', `/CN=${ca}`, '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
    for (const [name, ca, extra] of [['server', 'ca', 'subjectAltName=DNS:localhost'], ['client', 'ca', 'extendedKeyUsage=clientAuth'], ['stranger', 'other', 'extendedKeyUsage=clientAuth']]) {
        writeFileSync(join(folder, 'ext'), extra);
        ssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
        ssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', '2', '-extfile', 'ext', '-out', `${name}.pem`);
    }
    const pem = (name) => readFileSync(join(folder, name), 'utf8');
    const secure = new SectorSystem({ tls: { key: pem('server.key'), cert: pem('server.pem'), ca: pem('ca.pem') } });
    const url = await secure.listen();
    const ask = async (more, key) => (await open('business-registration', { url, ca: pem('ca.pem'), ...more }, key ? { ...secrets, privateKey: pem(key) } : secrets))
        .call('sector.lookup/1', { query: 'enterprise', keys: { businessCode: '1' }, official });
    assert.equal((await ask({ certificate: pem('client.pem') }, 'client.key')).ok, true);
    assert.equal(secure.asked[0].peer, 'client');
    const failures = [await ask({}), await ask({ certificate: pem('stranger.pem') }, 'stranger.key'), await ask({ certificate: pem('client.pem') }, 'stranger.key'),
        await ask({ certificate: pem('client.pem') }), await ask({ certificate: pem('client.pem'), ca: pem('other.pem') }, 'client.key'), await ask({ certificate: pem('client.pem'), url: url.replace('localhost', '127.0.0.1') }, 'client.key')];
    for (const answer of failures) assert.equal(answer.ok, false);
    assert.deepEqual(failures.slice(2).map((one) => one.error.code), ['host.tls_failed', 'host.no_such_secret', 'host.tls_failed', 'host.tls_failed']);
    assert.equal(secure.asked.length, 1);
    await secure.close();
});

// ---- hostile and broken answers -------------------------------------------------------------------------------------

test('hostile and broken answers are told apart and believed in nothing', async () => {
    const expected = { half: 'sector.provider_down', truncated: 'sector.unexpected', error: 'sector.provider_down', busy: 'sector.over_quota', denied: 'sector.login_refused', closed: 'sector.provider_down',
        html: 'sector.unexpected', huge: 'sector.unexpected', deep: 'sector.unexpected', list: 'sector.unexpected', empty: 'sector.unexpected', elsewhere: 'sector.unexpected', twice: 'sector.unexpected' };
    for (const [fault, wanted] of Object.entries(expected)) {
        const one = dossier({ code: `000.00.01.H29-200713-1${Object.keys(expected).indexOf(fault)}` });
        system.always = fault;
        const error = await land.error('sector.hand-over/1', one, { blobs: [paper], key: fault });
        assert.equal(error.code, wanted, `${fault}: ${error.detail}`);
        system.always = '';
        assert.match((await land.reply('sector.hand-over/1', one, { blobs: [paper], key: fault })).reference, /^VBD-/);
    }
    assert.ok(!land.log.includes('079090000001') && !land.log.includes('Văn'));
});

test('values of the wrong type are named by their path, never by their value', async () => {
    system.enterprises.set('2', { NAME: { evil: 'Nguyễn Văn A' } });
    const error = await business.error('sector.lookup/1', { query: 'enterprise', keys: { businessCode: '2' }, official });
    assert.deepEqual([error.code, error.detail], ['sector.unexpected', 'NAME is no plain value']);
    for (const [result, wanted] of [['text', 'ResultObject is no list'], [[1], 'ResultObject holds what is no record'], [Array.from({ length: 501 }, () => ({})), 'too many records in one page']]) {
        system.enterprises.set('3', result);
        assert.equal((await business.error('sector.lookup/1', { query: 'enterprise', keys: { businessCode: '3' }, official })).detail, wanted);
    }
});

test('one slow system is given up at the deadline', async () => {
    const began = Date.now();
    system.faults = ['slow'];
    const error = await business.error('sector.lookup/1', { query: 'enterprise', keys: { businessCode: '1' }, official });
    assert.equal(error.kind, 'timeout');
    assert.ok(Date.now() - began < 20_000);
});

// ---- descriptions ---------------------------------------------------------------------------------------------------

const own = (description, more = {}) => open('own', { description: typeof description === 'string' ? description : JSON.stringify(description), ...more });
const cursor = { name: 'Khác', queries: { all: { request: { path: '/list', query: { after: '{page}' }, headers: { 'X-Official': '{official.account}' } }, records: 'items', record: { id: '{id|text}' }, paging: { next: 'paging.next' } } } };

test('a system of one\'s own needs a description and no code; a cursor that does not move ends it', async () => {
    const plugin = await own(cursor, { auth: 'basic', user: 'u' });
    const pages = { '': { items: [{ id: 1 }], paging: { next: 'c 1&' } }, 'c 1&': { items: [{ id: 2 }], paging: { next: 'stuck' } }, stuck: { items: [], paging: { next: 'stuck' } } };
    const honest = system.answer;
    system.answer = (asked) => ({ json: pages[asked.query.after ?? ''] });
    try {
        const ask = (page) => plugin.call('sector.lookup/1', { query: 'all', official, page });
        assert.deepEqual((await ask('')).reply, { records: [{ id: '1' }], next: 'c 1&' });
        assert.deepEqual((await ask('c 1&')).reply, { records: [{ id: '2' }], next: 'stuck' });
        assert.equal((await ask('stuck')).error.code, 'sector.unexpected');
        assert.equal(system.last('/list').headers.authorization, `Basic ${Buffer.from('u:p').toString('base64')}`);
        assert.equal(system.last('/list').headers['x-official'], 'canbo1');
        const sly = await plugin.call('sector.lookup/1', { query: 'all', official: { ...official, account: 'a\r\nX-Evil: 1' } });
        assert.equal(sly.error.code, 'sector.keys_invalid');
    } finally {
        system.answer = honest;
    }
});

test('a wrong description is refused whole, with its place', async () => {
    const wrong = [['', 'the connector is no JSON object'], ['[]', 'the connector is no JSON object'], [{ quieries: {} }, '"quieries"'], [{ queries: { a: { request: { path: 'https://evil.example/' }, record: {} } } }, 'the path is an address'],
        [{ queries: { a: { request: { path: '/{a|shell:rm}' }, record: {} } } }, 'there is no filter "shell"'], [{ queries: { a: { request: { path: '/{a' }, record: {} } } }, 'does not end'],
        [{ states: { 1: 'done' } }, 'is no state'], [{ handOver: { request: { method: 'TRACE', path: '/' } } }, 'no such method'],
        [{ state: { request: { path: '/' }, progress: { papers: { each: 1, as: {} } } } }, '"each" needs a path'],
        [{ queries: { a: { request: { path: '/' }, record: { a: JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`) } } } }, 'it is too deep'], [{ verdict: { at: 'x', codes: { 0: 'fine' } } }, 'not one of its words']];
    for (const [description, words] of wrong) {
        const plugin = await own(description);
        const checked = await plugin.reply('config.check/1', {});
        assert.equal(checked.findings[0].field, 'description');
        assert.match(checked.findings[0].detail, new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    }
});

test('the connection is tried without a lasting effect', async () => {
    assert.deepEqual((await civil.reply('config.check/1', {})).findings, undefined);
    assert.equal(system.takings, 0);
    system.always = 'denied';
    assert.equal((await civil.reply('config.check/1', {})).findings[0].field, 'auth');
    system.always = 'closed';
    assert.equal((await land.reply('config.check/1', {})).findings[0].field, 'url');
});
