// portal-national: the sign-in's claims against npm oidc-provider, which nobody here wrote; the adapter and the axis
// against a simulator, which is ours. // G3, G4, G17, G18, O3, N15
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { Provider } from 'oidc-provider';
import { NationalPortal } from '../../tools/simulators/portal/portal.mjs';
import { Plugin } from './plugin.mjs';

const account = { username: 'hcm', password: 'mật khẩu' };
const partner = { AccessKey: 'ak', SecretKey: 'sk', AppName: 'motcua', PartnerCode: 'H29', PartnerCodeCus: 'H29.1' };
const secrets = { password: account.password, secretKey: 'sk', ssoSecret: 'sso:secret%of+ours' };
let portal, base, adapter, axis, sso, issuer, provider;
const closing = [];
function open(more = {}, secret = secrets) {
    const plugin = new Plugin('portal-national', { config: { route: 'adapter', url: base, agencyCode: '000.00.00.H29', dstcode: portal.dstcode, username: 'hcm', userinfoUrl: `${issuer}/me`, introspectUrl: `${issuer}/token/introspection`,
        ssoClientId: 'motcua', ratingService: 'DongBoDanhGia', ...more }, secrets: secret });
    closing.push(plugin);
    return plugin;
}

const byAxis = () => ({ route: 'lgsp', url: `${base}/axis`, appName: 'motcua', accessKey: 'ak', partnerCode: 'H29', partnerCodeCus: 'H29.1', paths: 'DongBoHoSoMC=/SynsTTHCC/DongBoHoSoMC\nkhác=/x' });

// ---- the sign-in ----------------------------------------------------------------------------------------------------

const people = {
    'sub-1': { sub: 'sub-1', LoaiTaiKhoan: '1', TechID: 'T-1', SoDinhDanh: '079090000001', HoVaTen: 'Nguyễn Văn A', NgayThangNamSinh: '19901231', GioiTinh: 'Nam', ThuongTru: 'Quận 1', SoDienThoai: '0901234567', loAs: 'LoA2', DanToc: 'Kinh' },
    'sub-2': { sub: 'sub-2', LoaiTaiKhoan: '2', TechID: 'T-2', TenDoanhNghiep: 'Công ty B', MaSoDoanhNghiep: '0312345678', NgayThangNamSinh: '19900230' },
};
async function startSso() {
    sso = createServer((request, response) => provider.callback()(request, response));
    await new Promise((resolve) => sso.listen(0, '127.0.0.1', resolve));
    issuer = `http://localhost:${sso.address().port}`;
    const client = (id, secret) => ({ client_id: id, client_secret: secret, redirect_uris: ['https://dichvucong.example.vn/sso'], grant_types: ['authorization_code'], response_types: ['code'] });
    provider = new Provider(issuer, { clients: [client('motcua', secrets.ssoSecret), client('another', 'x'.repeat(20))], claims: { openid: Object.keys(people['sub-1']).concat('TenDoanhNghiep', 'MaSoDoanhNghiep') },
        features: { introspection: { enabled: true, allowedPolicy: () => true }, devInteractions: { enabled: false } }, findAccount: (_, id) => ({ accountId: id, claims: () => people[id] }) });
}

// A token as the provider gives it at the end of a sign-in.
async function tokenFor(id, clientId = 'motcua', more = {}) {
    const client = await provider.Client.find(clientId);
    const grant = new provider.Grant({ accountId: id, clientId });
    grant.addOIDCScope('openid');
    const token = new provider.AccessToken({ accountId: id, client, grantId: await grant.save(), gty: 'authorization_code', scope: 'openid', ...more });
    return token.save();
}
const idToken = (sub) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ sub, aud: 'motcua' })).toString('base64url')}.sig`;

before(async () => {
    await startSso();
    portal = new NationalPortal({ account, partner });
    base = await portal.listen();
    adapter = open();
    axis = open(byAxis());
});
beforeEach(() => {
    Object.assign(portal, { faults: [], always: '', partly: false, progress: [], logins: 0, ratings: [] });
    for (const map of [portal.dossiers, portal.refuse, portal.answers, portal.procedures]) map.clear();
    portal.asked.length = 0;
});
after(async () => {
    for (const plugin of closing) await plugin.close();
    await portal.close();
    sso.closeAllConnections?.();
    await new Promise((resolve) => sso.close(resolve));
});

test('who signed in is what the provider says, a citizen or an organisation', async () => {
    const citizen = await adapter.reply('national-portal.claims/1', { accessToken: await tokenFor('sub-1'), idToken: idToken('sub-1') });
    assert.deepEqual(citizen, { subject: 'T-1', fullName: 'Nguyễn Văn A', idNumber: '079090000001', birthDate: '1990-12-31', gender: 'Nam', address: 'Quận 1', phone: '+84901234567', assurance: 'LoA2', organisation: false });
    const company = await adapter.reply('national-portal.claims/1', { accessToken: await tokenFor('sub-2') });
    assert.deepEqual(company, { subject: 'T-2', organisation: true, organisationName: 'Công ty B', businessCode: '0312345678' });
});

test('a token that is forged, ended, of another client or of another account names nobody', async () => {
    const refused = async (request) => (await adapter.error('national-portal.claims/1', request)).code;
    assert.equal(await refused({ accessToken: 'forged' }), 'national-portal.token_refused');
    assert.equal(await refused({ accessToken: 'a\r\nX: 1' }), 'national-portal.token_refused');
    assert.equal(await refused({ accessToken: await tokenFor('sub-1', 'another') }), 'national-portal.token_refused');
    const good = await tokenFor('sub-1');
    for (const other of [idToken('sub-2'), idToken(''), 'x', 'a.b.c']) assert.equal(await refused({ accessToken: good, idToken: other }), 'national-portal.token_refused', other);
    await (await provider.AccessToken.find(good)).destroy();
    assert.equal(await refused({ accessToken: good }), 'national-portal.token_refused');
    const careless = open({ introspectUrl: '' }); // userinfo alone refuses it as well
    assert.equal((await careless.error('national-portal.claims/1', { accessToken: good })).code, 'national-portal.token_refused');
    assert.equal((await open({}, { ...secrets, ssoSecret: 'wrong' }).error('national-portal.claims/1', { accessToken: await tokenFor('sub-1') })).code, 'national-portal.login_refused');
});

// ---- catalogue ------------------------------------------------------------------------------------------------------

test('catalogues come in the portal\'s order, in pages, by both ways', async () => {
    portal.catalogues.LayDanhMucCoQuan = [{ MADONVI: '000.00.00.H29', TENDONVI: 'UBND TP.HCM', CAPDONVI: '1' }];
    portal.catalogues.LayDanhMucLinhVuc = [{ MaLinhVuc: 'G01', TenLinhVuc: 'Hộ tịch', MaNganh: 'N1' }];
    portal.catalogues.LayDanhSachTTHC = Array.from({ length: 5001 }, (_, i) => ({ MATTHC: `1.${i}`, TENTTHC: `Thủ tục ${i}` }));
    for (const plugin of [adapter, axis]) {
        assert.deepEqual(await plugin.reply('national-portal.catalogue/1', { kind: 'agencies' }), { entries: [{ code: '000.00.00.H29', name: 'UBND TP.HCM', level: '1' }] });
        assert.deepEqual((await plugin.reply('national-portal.catalogue/1', { kind: 'fields' })).entries, [{ code: 'G01', name: 'Hộ tịch', parent: 'N1' }]);
    }
    const first = await adapter.reply('national-portal.catalogue/1', { kind: 'procedures' });
    const second = await adapter.reply('national-portal.catalogue/1', { kind: 'procedures', page: first.next });
    assert.deepEqual([first.entries.length, second.entries.map((one) => one.code), second.next], [5000, ['1.5000'], undefined]);
    portal.catalogues.LayDanhMucLinhVuc.push({ MALINHVUC: { a: 1 }, TENLINHVUC: 'x' });
    assert.equal((await adapter.error('national-portal.catalogue/1', { kind: 'fields' })).code, 'national-portal.unexpected');
});

test('a procedure is read whole; a number that is none is left out, not guessed', async () => {
    portal.procedures.set('1.001193', { MATTHC: '1.001193', TENTTHC: 'Đăng ký khai sinh', MACOQUANCONGBO: 'G15', COQUANTHUCHIEN: 'UBND xã', LINHVUCTHUCHIEN: [{ MALINHVUC: 'G15-HT', TENLINHVUC: 'Hộ tịch' }],
        TRINHTUTHUCHIEN: [{ TRUONGHOP: 'Trực tiếp', TRINHTU: [{ TENTRINHTU: 'Nộp' }, { TENTRINHTU: 'Nhận' }] }],
        CACHTHUCTHUCHIEN: [{ KENH: '1', THOIGIAN: [{ THOIGIANGIAIQUYET: '1', DONVITINH: 'Ngày làm việc', MOTA: 'm', PHILEPHI: [{ MAPHILEPHI: 'P1', SOTIEN: '8000', DONVI: 'Đồng', MOTA: '' }, { SOTIEN: '8.000 đ' }] }] }, { KENH: 2, THOIGIAN: [{}] }, { KENH: '9', THOIGIAN: [{}] }],
        THANHPHANHOSO: [{ TRUONGHOP: 'Giấy tờ phải nộp', GIAYTO: [{ MAGIAYTO: 'G1', TENGIAYTO: 'Giấy chứng sinh', SOBANCHINH: 1, TENMAUDON: 'TK', URL: 'https://x.vn/tk' }] }],
        DOITUONGTHUCHIEN: 'Công dân Việt Nam; Tổ chức (không bao gồm doanh nghiệp)', YEUCAU: 'Không', KETQUATHUCHIEN: [{ MAKETQUA: 'KQ', TENKETQUA: 'Giấy khai sinh' }], CANCUPHAPLY: [{ SOVANBAN: '60/2014/QH13', TENVANBAN: 'Luật Hộ tịch' }] });
    const expected = { code: '1.001193', name: 'Đăng ký khai sinh', publisher: 'G15', abolished: false, fields: [{ code: 'G15-HT', name: 'Hộ tịch' }], performer: 'UBND xã', subjects: ['citizen', 'organisation'],
        steps: [{ when: 'Trực tiếp', text: 'Nộp' }, { when: 'Trực tiếp', text: 'Nhận' }],
        ways: [{ channel: 'counter', time: 1, timeUnit: 'Ngày làm việc', description: 'm', fees: [{ code: 'P1', amount: 8000, unit: 'Đồng' }, {}] }, { channel: 'online' }],
        papers: [{ code: 'G1', when: 'Giấy tờ phải nộp', name: 'Giấy chứng sinh', originals: 1, formName: 'TK', formUrl: 'https://x.vn/tk' }], requirements: 'Không', results: [{ code: 'KQ', name: 'Giấy khai sinh' }],
        bases: [{ number: '60/2014/QH13', name: 'Luật Hộ tịch' }] };
    for (const plugin of [adapter, axis]) assert.deepEqual(await plugin.reply('national-portal.procedure/1', { code: '1.001193' }), expected);
    assert.equal((await adapter.error('national-portal.procedure/1', { code: '9.9' })).code, 'national-portal.unknown');
    portal.procedures.set('1.2', portal.procedures.get('1.001193'));
    assert.equal((await adapter.error('national-portal.procedure/1', { code: '1.2' })).detail, 'another procedure than was asked for');
});

// ---- dossiers and progress ------------------------------------------------------------------------------------------

let serial = 0;
const at = Date.UTC(2020, 6, 13, 3, 10, 10);
const dossier = (more = {}) => ({ code: `000.00.01.H29-200713-${++serial}`, procedureCode: '1.001193', procedureName: 'Đăng ký khai sinh', fieldCode: 'G15-HT', fieldName: 'Hộ tịch', owner: 'Nguyễn Văn A', subject: 'T-1', phone: '+84901234567',
    channel: 'online', state: 'processing', filedAt: at, receivedAt: at, agencyName: 'UBND Quận 1', agencyCode: '000.00.01.H29', ...more });
const push = (plugin, ...dossiers) => plugin.reply('national-portal.dossiers/1', { dossiers });

test('the ten states have the portal\'s numbers, by both ways', async () => {
    const states = ['registered', 'accepted', 'not_accepted', 'processing', 'supplement', 'duty', 'withdrawn', 'stopped', 'processed', 'returned'];
    for (const plugin of [adapter, axis]) {
        const all = states.map((state) => dossier({ state }));
        assert.deepEqual(await push(plugin, ...all), {});
        assert.deepEqual(all.map((one) => portal.dossiers.get(one.code).TrangThaiHoSo), ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    }
    assert.equal(portal.last('/axis/SynsTTHCC/DongBoHoSoMC').query.MaDinhDanhDV, '000.00.00.H29');
    assert.ok(Array.isArray(portal.last('/axis/SynsTTHCC/DongBoHoSoMC').body));
});

test('a dossier\'s record says papers, fees, supplements and results in the portal\'s words and zone', async () => {
    const one = dossier({ organisation: true, returnedBy: 'post', papers: [{ id: 'p1', name: 'a.pdf', code: 'G1', digitised: true }, { id: 'p2', name: 'b.pdf', removed: true }], fees: [{ name: 'Lệ phí', amount: 8000, online: true }],
        supplements: [{ id: 's1', askedBy: 'B', text: 'thiếu', askedAt: at, receivedAt: at + 86_400_000 }], results: [{ id: 'r1', name: 'Giấy khai sinh', code: 'KQ' }] });
    await push(adapter, one);
    const record = portal.dossiers.get(one.code);
    assert.equal(record.NgayTiepNhan, '20200713101010');
    assert.deepEqual([record.LoaiDoiTuong, record.HinhThuc, record.KenhThucHien, record.NoiNopHoSo, record.SoDienThoai, record.NgayHenTra], ['2', '1', '2', '2', '0901234567', '']);
    assert.deepEqual(record.TaiLieuNop.map((paper) => [paper.TepDinhKemId, paper.IsDeleted, paper.DuocSoHoa]), [['p1', 'False', '1'], ['p2', 'True', '0']]);
    assert.deepEqual([record.DanhSachLePhi[0].Gia, record.DanhSachHoSoBoSung[0].NgayTiepNhanBoSung, record.DanhSachGiayToKetQua[0].MaGiayToKetQua], ['8000', '20200714101010', 'KQ']);
});

test('new and known ones go apart, and what is known is not asked for each time', async () => {
    const first = dossier(), second = dossier();
    await push(adapter, first);
    await push(adapter, { ...first, state: 'processed' }, second);
    assert.deepEqual(portal.asked.filter((one) => one.body.service === 'DongBoHoSoMC').map((one) => [one.body.isUpdating, one.body.data.length]), [['False', 1], ['False', 1], ['True', 1]]);
    assert.equal(portal.asked.some((one) => one.body.service === 'TraCuuHoSo'), false);
    assert.equal(portal.dossiers.get(first.code).TrangThaiHoSo, '9');
});

test('where the memory is wrong the portal is asked, and told rightly', async () => {
    for (const partly of [false, true]) {
        portal.partly = partly;
        const there = dossier(), gone = dossier();
        portal.dossiers.set(there.code, {});
        assert.deepEqual(await push(adapter, there), {});
        assert.equal(portal.dossiers.get(there.code).MaHoSo, there.code);
        await push(adapter, gone);
        portal.dossiers.delete(gone.code);
        assert.deepEqual(await push(adapter, gone), {});
        assert.ok(portal.dossiers.has(gone.code));
    }
});

test('one that is refused hinders no other, and is named with the portal\'s words', async () => {
    for (const partly of [false, true]) {
        portal.partly = partly;
        const all = [dossier(), dossier(), dossier()];
        portal.refuse.set(all[1].code, 'Thủ tục chưa công bố');
        assert.deepEqual(await push(adapter, ...all), { refused: [{ id: all[1].code, code: '7', detail: 'Thủ tục chưa công bố' }] });
        assert.deepEqual(all.map((one) => portal.dossiers.has(one.code)), [true, false, true]);
        portal.refuse.clear();
        assert.deepEqual(await push(adapter, all[1]), {});
    }
});

test('an answer that was lost is told again: the portal ends with one', async () => {
    const one = dossier();
    portal.faults = ['closed'];
    assert.equal((await adapter.error('national-portal.dossiers/1', { dossiers: [one] })).code, 'national-portal.provider_down');
    assert.ok(portal.dossiers.has(one.code));
    assert.deepEqual(await push(adapter, one), {});
});

test('progress is pushed in order and in parts; a step of a strange dossier alone is refused', async () => {
    const one = dossier();
    await push(adapter, one);
    const step = (i, code = one.code) => ({ code, official: 'Trần B', title: 'Chuyên viên', office: 'Phòng Tư pháp', text: `bước ${i}`, state: 'processing', at: at + i * 1000 });
    const steps = Array.from({ length: 250 }, (_, i) => step(i));
    assert.deepEqual(await adapter.reply('national-portal.steps/1', { steps }), {});
    assert.deepEqual(portal.progress.map((each) => each.NoiDungXuLy), steps.map((each) => each.text));
    assert.deepEqual([portal.progress[0].ThoiDiemXuLy, portal.progress[0].TrangThai], ['20200713101010', '4']);
    assert.equal(portal.asked.filter((each) => each.body.service === 'CapNhatTienDoHoSoMC').length, 3);
    portal.progress = [];
    const mixed = await axis.reply('national-portal.steps/1', { steps: [step(1), step(2, 'strange'), step(3)] });
    assert.deepEqual(mixed.refused.map((each) => [each.id, each.code]), [['strange', '8']]);
    assert.deepEqual(portal.progress.map((each) => each.NoiDungXuLy), ['bước 1', 'bước 3']);
});

// ---- questions and ratings ------------------------------------------------------------------------------------------

test('questions are pulled, those withdrawn left out, and answers go where they belong', async () => {
    portal.questions.LayDanhSachHoiDapGuiTuDVCQG = [{ HOIDAPID: 1, NOIDUNG: 'Hỏi?', MADONVI: 'H29', HOVATEN: 'C', THUDIENTU: 'c@x.vn', SODIENTHOAI: '0901', MATTHCDP: '1.001193', TRANGTHAI: '1' }, { HOIDAPID: 2, NOIDUNG: 'Bỏ', TRANGTHAI: 0 }];
    portal.questions.LayDanhSachHoiDapBoCoQuan = [{ HOIDAPID: '3', NOIDUNG: 'Đã đăng', NOIDUNGTRALOI: 'Trả lời', HOVATEN: 'D', TRANGTHAI: '1' }];
    const first = await adapter.reply('national-portal.questions/1', {});
    assert.deepEqual(first.questions, [{ id: '1', text: 'Hỏi?', procedureCode: '1.001193', agencyCode: 'H29', askedBy: 'C', email: 'c@x.vn', phone: '+84901' }]);
    const second = await adapter.reply('national-portal.questions/1', { page: first.next });
    assert.deepEqual(second, { questions: [{ id: '3', text: 'Đã đăng', answer: 'Trả lời' }] });
    const answer = { id: '1', text: 'Hỏi?', answer: 'Đáp', answeredBy: 'Trần B', answeredAt: at };
    for (const plugin of [adapter, axis]) assert.deepEqual(await plugin.reply('national-portal.replies/1', { answers: [answer, { ...answer, id: 'own-1', own: true }] }), {});
    assert.deepEqual([portal.answers.get('1').service, portal.answers.get('own-1').service], ['DongBoKetQuaHoiDapGuiTuDVCQG', 'DongBoHoiDap']);
    assert.deepEqual([portal.answers.get('1').NOIDUNGTRALOI, portal.answers.get('1').NGAYTRALOI], ['Đáp', '20200713101010']);
});

test('ratings go to the service that the settings name, and nowhere without one', async () => {
    const ratings = [{ dossier: 'H29-1', criterion: 'TC1', score: 9, comment: 'tốt', at }];
    assert.deepEqual(await adapter.reply('national-portal.ratings/1', { ratings }), {});
    assert.deepEqual(portal.ratings, [{ MaHoSo: 'H29-1', MaTieuChi: 'TC1', Diem: 9, NoiDung: 'tốt', ThoiDiem: '20200713101010' }]);
    assert.equal((await open({ ratingService: '' }).error('national-portal.ratings/1', { ratings })).code, 'national-portal.not_allowed');
});

// ---- the session, and what is hostile or broken ---------------------------------------------------------------------

test('one session serves many calls; an ended one is renewed once', async () => {
    const plugin = open();
    for (let i = 0; i < 3; ++i) await plugin.reply('national-portal.catalogue/1', { kind: 'agencies' });
    assert.equal(portal.logins, 1);
    portal.sessions.clear();
    await plugin.reply('national-portal.catalogue/1', { kind: 'agencies' });
    assert.equal(portal.logins, 2);
    const honest = portal.sessions;
    portal.sessions = { has: () => false, add: () => {} }; // none is ever taken
    assert.equal((await plugin.error('national-portal.catalogue/1', { kind: 'agencies' })).code, 'national-portal.refused');
    assert.equal(portal.logins, 3);
    portal.sessions = honest;
    assert.equal((await open({}, { ...secrets, password: 'sai' }).error('national-portal.catalogue/1', { kind: 'agencies' })).code, 'national-portal.login_refused');
});

test('hostile and broken answers are told apart and believed in nothing', async () => {
    const expected = { half: 'provider_down', truncated: 'unexpected', error: 'provider_down', busy: 'provider_down', denied: 'login_refused', closed: 'provider_down', html: 'unexpected', deep: 'unexpected', list: 'unexpected', empty: 'unexpected',
        elsewhere: 'unexpected', huge: 'unexpected' };
    for (const way of ['adapter', 'lgsp'])
        for (const [fault, code] of Object.entries(expected)) {
            // Each with a plugin of its own: after several failures the host would ask no more.
            const plugin = way === 'lgsp' ? open(byAxis()) : open();
            portal.always = fault;
            const error = await plugin.error('national-portal.dossiers/1', { dossiers: [dossier()] });
            assert.equal(error.code, `national-portal.${code}`, `${fault}: ${error.detail}`);
            assert.equal((await plugin.error('national-portal.catalogue/1', { kind: 'agencies' })).code, `national-portal.${code}`, fault);
            portal.always = '';
            await plugin.reply('national-portal.catalogue/1', { kind: 'agencies' }); // and it goes on
            assert.ok(!plugin.log.includes('Nguyễn') && !plugin.log.includes('mật khẩu'));
            await closing.splice(closing.indexOf(plugin), 1)[0].close();
        }
});

test('the settings are tried', async () => {
    assert.equal((await adapter.reply('config.check/1', {})).summary, `000.00.00.H29 @ ${base}`);
    assert.equal((await open({}, { ...secrets, password: 'sai' }).reply('config.check/1', {})).findings[0].field, 'password');
    assert.equal((await axis.reply('config.check/1', {})).findings, undefined);
});
