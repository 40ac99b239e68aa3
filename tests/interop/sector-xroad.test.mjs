// sector-xroad through a simulated security server: the REST half to services played here, the SOAP half to python3-spyne,
// whose lxml checks each request against the service's schema. The security server is ours: not an independent judge;
// spyne and Node's TLS are. // G17, X6, N7, O12
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { SecurityServer } from '../../tools/simulators/xroad/security_server.mjs';
import { Authority } from './authority.mjs';
import { Plugin } from './plugin.mjs';

const us = 'VN/GOV/000.00.00.H29/một cửa', them = 'VN/GOV/000.00.00.G01/dancu', space = 'http://congdan.example.vn/1';
const official = { account: 'canbo1', agencyCode: '000.00.01.H29' }, code = '000.00.01.H29-200713-0001';
const folder = mkdtempSync(join(tmpdir(), 'motcua-xroad-'));
const paper = join(folder, 'don.pdf');
writeFileSync(paper, '%PDF đơn');
const services = ['tracuu', 'hoso', 'trangthai', 'taitep', 'TraCuuCongDan', 'TiepNhanHoSo'];
const rest = {
    queries: { person: { keys: { idNumber: { required: true, digits: true, maxLength: 12 } }, request: { path: '/tracuu/nguoi/{keys.idNumber}', query: { ten: '{keys.name}', trang: '{page}' } }, records: 'items', record: { fullName: '{HoVaTen}' }, paging: { first: 1, step: 1, size: 2 } } },
    handOver: { request: { method: 'POST', path: '/hoso', body: { MaHoSo: '{code}', GiayTo: { each: 'papers', as: { Ten: '{item.name}', NoiDung: '{item.file.content|base64}' } } } }, answer: { reference: '{so|text}' } },
    state: { request: { path: '/trangthai/{code}' }, progress: { code: '{ma}', stateCode: '{tt|text}', at: '{luc|ms:iso}' } },
    paper: { request: { path: '/taitep/{handle}' }, content: 'noidung', name: '{ten}' },
    states: { 1: 'received', 9: 'finished' },
};
rest.queries.person.keys.name = {};
const soap = {
    verdict: { at: 'TraCuuCongDanResult.Ma', codes: { 200: 'ok' }, message: 'TraCuuCongDanResult.ThongBao' },
    queries: { person: { keys: { idNumber: { required: true }, name: {} }, request: { method: 'POST', path: '/TraCuuCongDan/v1', body: { SoDinhDanh: '{keys.idNumber}', MaCanBo: '{official.account}', HoVaTen: '{keys.name}' } },
        records: 'TraCuuCongDanResult.DanhSach.Person', record: { idNumber: '{SoDinhDanh}', fullName: '{HoVaTen}', birthDate: '{NgaySinh|day:dd/MM/yyyy}' } } },
};
const soapHandOver = { handOver: { request: { method: 'POST', path: '/TiepNhanHoSo', body: { MaHoSo: '{code}', NguoiNop: '{applicant.name}', GiayTo: { string: { each: 'papers', as: '{item.name}' } } } }, answer: { reference: '{TiepNhanHoSoResult.SoHoSo}', detail: '{TiepNhanHoSoResult.ThongBao}' } } };

let server, base, provider, road, wsdl;
const closing = [];
function open(description, more = {}, secrets = {}) {
    const plugin = new Plugin('sector-xroad', { config: { url: base, protocol: 'rest', client: us, provider: them, soapSpace: space, description: JSON.stringify(description), ...more }, secrets });
    closing.push(plugin);
    return plugin;
}
const openSoap = (description = soap, more = {}) => open(description, { protocol: 'soap', ...more });
before(async () => {
    provider = spawn('/usr/bin/python3', [new URL('../../tools/simulators/xroad/provider.py', import.meta.url).pathname, space], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = await new Promise((resolve, reject) => {
        provider.stdout.once('data', (line) => resolve(String(line).trim()));
        provider.once('exit', (code) => reject(new Error(`the provider ended (${code}): is python3-spyne there?`)));
    });
    server = new SecurityServer({ clients: { [us]: services.map((one) => `${them}/${one}`), 'VN/GOV/000.00.00.H30/motcua': [] }, provider: `http://127.0.0.1:${port}/` });
    base = await server.listen();
    road = open(rest);
    wsdl = openSoap();
});
beforeEach(() => {
    Object.assign(server, { faults: [], always: '', spoil: null, exchanges: [] });
    server.asked.length = 0;
    server.services = Object.fromEntries(Object.entries({
        tracuu: () => ({ json: { items: [{ HoVaTen: 'Nguyễn Văn A' }] } }),
        hoso: ({ body }) => ({ json: { so: `S-${body.MaHoSo}` } }),
        trangthai: ({ path }) => (path[0] === code ? { json: { ma: code, tt: 9, luc: '2020-07-14T08:00:00+07:00' } } : { status: 404, json: {} }),
        taitep: ({ path }) => ({ json: { noidung: Buffer.from('%PDF kết quả').toString('base64'), ten: `${path[0]}.pdf` } }),
    }).map(([name, handler]) => [`${them}/${name}`, handler]));
});
after(async () => {
    for (const one of closing) await one.close();
    await server.close();
    const ended = new Promise((resolve) => provider.once('exit', resolve));
    provider.kill();
    await ended;
    rmSync(folder, { recursive: true });
});

const person = (keys = { idNumber: '079090000001' }, more = {}) => ({ query: 'person', keys, official, dossier: code, ...more });
const dossier = (more = {}) => ({ code, procedureCode: '1.004238', procedureName: 'Khai sinh', agencyCode: '000.00.01.H29', receivedBy: official, receivedAt: Date.UTC(2020, 6, 13), applicant: { name: 'Nguyễn "Văn" A & <B>' },
    papers: [{ name: 'Đơn', file: { name: 'don.pdf', contentType: 'application/pdf', content: { blob: 0 } } }, { name: 'Bản vẽ' }], ...more });

// ---- REST -----------------------------------------------------------------------------------------------------------

test('by REST a question names who asks whom, for which official and dossier, each part encoded by itself', async () => {
    const reply = await open(rest, { securityServer: 'VN/GOV/000.00.00.G01/ss1' }).reply('sector.lookup/1', person({ idNumber: '079090000001', name: 'A/B?&=ê' }));
    assert.deepEqual(reply.records, [{ fullName: 'Nguyễn Văn A' }]);
    assert.match(reply.reference, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const [{ id, ...exchange }] = server.exchanges;
    assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.deepEqual(exchange, { client: us, provider: them, service: 'tracuu', path: ['nguoi', '079090000001'], userId: 'VNcanbo1', issue: code, server: 'VN/GOV/000.00.00.G01/ss1' });
    const [asked] = server.asked;
    assert.equal(asked.rawPath, '/r1/VN/GOV/000.00.00.G01/dancu/tracuu/nguoi/079090000001');
    assert.equal(asked.headers['x-road-client'], 'VN/GOV/000.00.00.H29/m%E1%BB%99t%20c%E1%BB%ADa');
    assert.deepEqual(asked.query, { ten: 'A/B?&=ê', trang: '1' });
});

test('pages, hand-overs, states and papers go the same way', async () => {
    server.services[`${them}/tracuu`] = ({ query }) => ({ json: { items: query.trang === '1' ? [{ HoVaTen: 'A' }, { HoVaTen: 'B' }] : [] } });
    const first = await road.reply('sector.lookup/1', person());
    assert.deepEqual([first.records.length, first.next], [2, '2']);
    assert.equal((await road.reply('sector.lookup/1', person(undefined, { page: '2' }))).next ?? '', '');
    for (const key of ['a', 'b']) assert.equal((await road.reply('sector.hand-over/1', dossier(), { blobs: [paper], key })).reference, `S-${code}`);
    const handed = server.asked.filter((one) => one.method === 'POST');
    assert.equal(handed.length, 1); // once for each code
    assert.deepEqual(handed[0].body, { MaHoSo: code, GiayTo: [{ Ten: 'Đơn', NoiDung: readFileSync(paper).toString('base64') }, { Ten: 'Bản vẽ' }] });
    assert.deepEqual(await road.reply('sector.state/1', { code }), { code, state: 'finished', stateCode: '9', at: Date.UTC(2020, 6, 14, 1) });
    assert.equal((await road.error('sector.state/1', { code: 'none' })).code, 'sector.unknown');
    assert.equal((await road.reply('sector.paper/1', { handle: 'kq 1' })).paper.name, 'kq 1.pdf');
    assert.ok(server.exchanges.every((one) => one.client === us));
});

test('an answer to another question is not believed: client, service and id are compared', async () => {
    for (const [name, value] of [['X-Road-Client', 'VN/GOV/1/2'], ['X-Road-Service', 'VN/GOV/000.00.00.G01/dancu/khac'], ['X-Road-Id', 'another'], ['X-Road-Id', undefined], ['X-Road-Client', undefined], ['X-Road-Service', undefined]]) {
        server.spoil = (answer) => {
            const headers = { ...answer.headers, [name]: value };
            if (value === undefined) delete headers[name];
            return { ...answer, headers };
        };
        assert.equal((await open(rest).error('sector.lookup/1', person())).code, 'sector.not_authentic', `${name} ${value}`);
    }
});

test('X-Road\'s own errors are told from the service\'s', async () => {
    const one = (more) => open(rest, more).call('sector.lookup/1', person());
    assert.equal((await one({ client: 'VN/GOV/000.00.00.H30/motcua' })).error.code, 'sector.login_refused'); // AccessDenied
    assert.equal((await one({ client: 'VN/GOV/none/motcua' })).error.code, 'sector.not_configured'); // UnknownMember
    assert.equal((await one({ provider: 'VN/GOV/none/dancu' })).error.code, 'sector.not_configured'); // UnknownService
    for (const type of ['Server.ServerProxy.DatabaseError', 'Server.ClientProxy.NetworkError', 'Server.ServerProxy.ServiceFailed.InternalError']) {
        server.spoil = () => server.refusal(type, 'x');
        const { error } = await one({});
        assert.deepEqual([error.code, error.mayRetry], ['sector.provider_down', true], type);
        assert.match(error.detail, new RegExp(type.replaceAll('.', '\\.')));
    }
    server.spoil = () => server.refusal('Client.ServerProxy.BadRequest', 'x');
    assert.equal((await one({})).error.code, 'sector.refused');
    server.spoil = (answer) => ({ ...answer, status: 400, json: {} });
    assert.equal((await one({})).error.code, 'sector.refused');
    server.spoil = (answer) => ({ ...answer, status: 403, json: {} });
    assert.equal((await one({})).error.code, 'sector.login_refused');
});

// ---- SOAP -----------------------------------------------------------------------------------------------------------

test('by SOAP spyne understands what is asked, and its answer is mapped', async () => {
    const reply = await wsdl.reply('sector.lookup/1', person());
    assert.deepEqual(reply.records, [{ idNumber: '079090000001', fullName: 'Nguyễn "Văn" A & <B>', birthDate: '1990-02-01' }]);
    const [exchange] = server.exchanges;
    assert.deepEqual({ ...exchange, id: '' }, { client: us, provider: them, service: 'TraCuuCongDan', version: 'v1', id: '', userId: 'VNcanbo1', issue: code });
    assert.equal(reply.reference, exchange.id);
    assert.deepEqual((await wsdl.reply('sector.lookup/1', person({ idNumber: '079090000002' }))).records.map((one) => one.birthDate), ['1991-04-03', '1991-06-05']);
    assert.deepEqual((await wsdl.reply('sector.lookup/1', person({ idNumber: '1' }))).records ?? [], []);
});

test('what is asked for stays text: nothing of it becomes XML; lists are their element again and again', async () => {
    const sly = '</SoDinhDanh><Khac>&x;<!DOCTYPE a>]]>';
    assert.deepEqual((await wsdl.reply('sector.lookup/1', person({ idNumber: sly }))).records ?? [], []);
    const handing = openSoap(soapHandOver);
    assert.deepEqual(await handing.reply('sector.hand-over/1', dossier(), { blobs: [paper] }), { reference: `HS-${code}`, detail: 'Nguyễn "Văn" A & <B>; Đơn; Bản vẽ' });
});

test('a request that the schema does not know is a fault of the service, and a "no"', async () => {
    const lacking = structuredClone(soap);
    delete lacking.queries.person.request.body.MaCanBo;
    for (const [plugin, keys] of [[openSoap(lacking), undefined], [wsdl, { idNumber: '000000000000' }], [openSoap(soap, { soapQualified: false }), undefined]])
        assert.equal((await plugin.error('sector.lookup/1', person(keys))).code, 'sector.refused');
    const denied = await openSoap(soap, { client: 'VN/GOV/000.00.00.H30/motcua' }).error('sector.lookup/1', person());
    assert.deepEqual([denied.code, denied.detail], ['sector.login_refused', 'Server.ServerProxy.AccessDenied TraCuuCongDan']);
});

test('every field of a SOAP header is compared, and the hash of what we asked', async () => {
    const swaps = [['<id:memberCode>000.00.00.H29', '<id:memberCode>000.00.00.H99'], ['<id:subsystemCode>dancu', '<id:subsystemCode>khac'], ['<id:serviceCode>TraCuu', '<id:serviceCode>Khac'], ['<id:serviceVersion>v1', '<id:serviceVersion>v2'],
        [/<xroad:id>[^<]*/, '<xroad:id>another'], ['<xroad:userId>VNcanbo1', '<xroad:userId>VNcanbo2'], [`<xroad:issue>${code}`, '<xroad:issue>khac'], ['<xroad:protocolVersion>4.0', '<xroad:protocolVersion>3.1'],
        [/(<xroad:requestHash[^>]*>)..../, '$1AAAA'], [/<[^<]*:Header[\s\S]*:Header>/, ''], ['<xroad:id>', '<xroad:id>x</xroad:id><xroad:id>']];
    for (const [from, to] of swaps) {
        server.spoil = (xml) => { const out = xml.replace(from, to); assert.notEqual(out, xml); return out; };
        assert.equal((await openSoap().error('sector.lookup/1', person())).code, 'sector.not_authentic', String(from));
    }
    server.spoil = (xml) => xml.replace(/(<xroad:requestHash[^>]*>)..../, '$1AAAA');
    assert.equal((await openSoap(soap, { checkHash: false }).reply('sector.lookup/1', person())).records.length, 1);
});

test('hostile XML is not read', async () => {
    const deep = `${'<a>'.repeat(200)}${'</a>'.repeat(200)}`;
    for (const change of [(xml) => xml.replace(/^(<\?xml[^>]*>)?/, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'), (xml) => xml.replace(/(<\w+:ThongBao>)[^<]*/, '$1&e;'), (xml) => xml.replace(/(<\w+:Ma>)/, `${deep}$1`), (xml) => xml.slice(0, -40),
        (xml) => xml.replace('TraCuuCongDanResponse', 'KhacResponse').replace('/tns:TraCuuCongDanResponse', '/tns:KhacResponse'), () => '', () => '{}'])
    {
        server.spoil = change;
        assert.equal((await openSoap().error('sector.lookup/1', person())).code, 'sector.unexpected', String(change));
    }
});

// ---- both -----------------------------------------------------------------------------------------------------------

test('broken answers are told apart and believed in nothing', async () => {
    const expected = { half: 'sector.provider_down', error: 'sector.provider_down', closed: 'sector.provider_down', elsewhere: 'sector.unexpected', huge: 'sector.unexpected' };
    for (const [fault, wanted] of Object.entries(expected))
        for (const plugin of [open(rest), openSoap()]) {
            server.faults = [fault];
            assert.equal((await plugin.error('sector.lookup/1', person())).code, wanted, fault);
            assert.equal((await plugin.call('sector.lookup/1', person())).ok, true);
            assert.ok(!plugin.log.includes('079090000001') && !plugin.log.includes('canbo1'));
        }
    server.faults = ['truncated', 'html'];
    for (let i = 0; i < 2; ++i) assert.equal((await openSoap().error('sector.lookup/1', person())).code, 'sector.unexpected');
    server.spoil = (answer) => ({ ...answer, bytes: '{"items": [' });
    assert.equal((await open(rest).error('sector.lookup/1', person())).code, 'sector.unexpected');
});

test('what cannot be asked is refused before anybody is asked', async () => {
    for (const [more, field] of [[{ client: 'VN/GOV' }, 'client'], [{ client: 'VN//a/b' }, 'client'], [{ provider: 'VN/GOV/../b' }, 'client'], [{ description: '{"x":1}' }, 'description'], [{ description: '' }, 'description'], [{ description: '{"inbound":{"/a":{}}}' }, 'description']]) {
        const plugin = open(rest, more);
        assert.equal((await plugin.error('sector.lookup/1', person())).code, 'plugin.misconfigured', JSON.stringify(more));
        assert.equal((await plugin.reply('config.check/1', {})).findings[0].field, field);
    }
    for (const path of ['/{keys.idNumber}', '/a b', '/../x', '/', '/1x'])
        assert.equal((await open({ ...rest, queries: { person: { ...rest.queries.person, request: { path } } } }).error('sector.lookup/1', person())).code, 'plugin.misconfigured', path);
    for (const more of [{ official: { ...official, account: 'a\r\nX-Evil: 1' } }, { dossier: 'hồ sơ' }, { keys: {} }, { keys: { idNumber: '..' } }])
        assert.equal((await road.error('sector.lookup/1', person(undefined, more))).code, 'sector.keys_invalid', JSON.stringify(more));
    assert.equal((await road.error('sector.lookup/1', person(undefined, { query: 'none' }))).code, 'sector.not_configured');
    assert.equal((await wsdl.error('sector.state/1', { code })).code, 'sector.not_configured');
    assert.equal(server.asked.length, 0);
});

test('the connection is tried without a lasting effect', async () => {
    assert.deepEqual((await road.reply('config.check/1', {})).findings, undefined);
    assert.deepEqual(server.asked.map((one) => one.method), ['GET']);
    const fields = async (more) => (await open(rest, more).reply('config.check/1', {})).findings[0].field;
    assert.equal(await fields({ client: 'VN/GOV/000.00.00.H30/motcua' }), 'client');
    assert.equal(await fields({ provider: 'VN/GOV/none/dancu' }), 'provider');
    server.always = 'closed';
    assert.equal(await fields({}), 'url');
});

test('by mTLS the security server and we prove who we are', async () => {
    const authority = new Authority(), stranger = new Authority();
    authority.issue('localhost', 'rsa', { extensions: 'subjectAltName=DNS:localhost' });
    for (const of of [authority, stranger]) of.issue('client', 'ec', { extensions: 'extendedKeyUsage=clientAuth' });
    const secure = new SecurityServer({ clients: server.clients, tls: { key: authority.read('localhost.key'), cert: authority.read('localhost.pem'), ca: authority.read('ca.pem') } });
    secure.services = server.services;
    const url = await secure.listen();
    const ask = (more, of = authority) => open(rest, { url, ca: authority.read('ca.pem'), certificate: of.read('client.pem'), ...more }, { privateKey: of.read('client.key') }).call('sector.lookup/1', person());
    assert.equal((await ask({})).ok, true);
    assert.equal(secure.asked[0].peer, 'client');
    for (const answer of [await ask({}, stranger), await ask({ certificate: '' }), await ask({ ca: stranger.read('ca.pem') }), await ask({ ca: '' })]) assert.equal(answer.ok, false);
    assert.equal(secure.asked.length, 1);
    await secure.close();
    authority.close();
    stranger.close();
});

test('one slow security server is given up at the deadline', async () => {
    server.faults = ['slow'];
    const began = Date.now();
    assert.equal((await road.error('sector.lookup/1', person())).kind, 'timeout');
    assert.ok(Date.now() - began < 20_000);
});
