// message-smtp against npm smtp-server; what arrives is read by npm mailparser. // O3, P10
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { Plugin } from './plugin.mjs';

const folder = mkdtempSync(join(tmpdir(), 'motcua-smtp-'));
const password = 'mật-khẩu-S3cret!';
let ca, other, key, cert;

function openssl(...words) {
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
}

before(() => {
    for (const name of ['ca', 'other'])
        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`,
            '-out', `${name}.pem`, '-days', '2', '-subj', `/CN=Test ${name}`);
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
    writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost\n');
    openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names', '-out', 'server.pem');
    [ca, other, key, cert] = ['ca.pem', 'other.pem', 'server.key', 'server.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
});
after(() => rmSync(folder, { recursive: true }));

// A server that keeps what it gets; `options` as smtp-server knows them.
async function serve(options = {}) {
    const mails = [], logins = [];
    const server = new SMTPServer({
        key, cert, authMethods: ['PLAIN', 'LOGIN'], logger: false,
        onAuth(auth, session, done) {
            logins.push({ ...auth, secure: session.secure });
            if (auth.username === 'phuong-1' && auth.password === password) done(null, { user: auth.username });
            else done(Object.assign(new Error('no'), { responseCode: 535 }));
        },
        onData(stream, session, done) {
            const parts = [];
            stream.on('data', (part) => parts.push(part));
            stream.on('end', () => {
                mails.push({ raw: Buffer.concat(parts), envelope: session.envelope, secure: session.secure });
                done();
            });
        },
        ...options });
    server.on('error', () => {});
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { mails, logins, port: server.server.address().port, close: () => new Promise((resolve) => server.close(resolve)) };
}

const settings = (port, more = {}) => ({
    config: { host: 'localhost', port, security: 'starttls', from: 'motcua@q1.hochiminhcity.gov.vn',
        fromName: 'Một Cửa Quận 1', user: 'phuong-1', ca, ...more },
    secrets: { password } });
const message = (more = {}) => ({ kind: 'email', to: [{ address: 'nguoidan@example.vn', name: 'Nguyễn Thị Ánh' }],
    subject: 'Hồ sơ 000.00.01.H29-200713-0001 đã được tiếp nhận, xin mời Ông/Bà theo dõi tại trang của thành phố',
    text: 'Kính gửi Ông/Bà,\n.dòng bắt đầu bằng dấu chấm\n\nTrân trọng.', ...more });

// with(server options, plugin settings, body)
async function within(serverOptions, more, body) {
    const server = await serve(serverOptions);
    const plugin = new Plugin('message-smtp', settings(server.port, more));
    try {
        await body(plugin, server);
    } finally {
        await plugin.close();
        await server.close();
    }
}

test('a whole message arrives over STARTTLS, as it was meant', () => within({}, {}, async (plugin, server) => {
    const file = join(folder, 'ket-qua.pdf');
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256));
    writeFileSync(file, bytes);
    const sent = await plugin.reply('message.send/1', message({
        html: '<p>Kính gửi <b>Ông/Bà</b></p>', replyTo: 'tiepnhan@q1.hochiminhcity.gov.vn',
        attachments: [{ name: 'Giấy khai sinh – bản sao.pdf', contentType: 'application/pdf', content: { blob: 0 } }] }),
    { key: 'dossier-1/received', blobs: [file] });
    assert.equal(sent.parts, 1);
    const [mail] = server.mails;
    assert.ok(mail.secure);
    assert.equal(server.logins[0].secure, true);
    assert.equal(mail.envelope.mailFrom.address, 'motcua@q1.hochiminhcity.gov.vn');
    assert.ok(mail.raw.every((byte) => byte < 0x80));
    for (const line of mail.raw.toString().split('\r\n')) assert.ok(line.length <= 78, line);
    const read = await simpleParser(mail.raw);
    assert.equal(read.subject, message().subject);
    assert.deepEqual(read.from.value, [{ address: 'motcua@q1.hochiminhcity.gov.vn', name: 'Một Cửa Quận 1' }]);
    assert.deepEqual(read.to.value, [{ address: 'nguoidan@example.vn', name: 'Nguyễn Thị Ánh' }]);
    assert.equal(read.replyTo.value[0].address, 'tiepnhan@q1.hochiminhcity.gov.vn');
    assert.equal(read.text.replace(/\r?\n/g, '\n').trim(), message().text);
    assert.equal(read.html.trim(), '<p>Kính gửi <b>Ông/Bà</b></p>');
    assert.equal(read.messageId, `<${sent.id}>`);
    assert.ok(Math.abs(read.date - Date.now()) < 60_000);
    assert.equal(read.attachments[0].filename, 'Giấy khai sinh – bản sao.pdf');
    assert.ok(read.attachments[0].content.equals(bytes));
}));

test('implicit TLS', () => within({ secure: true }, { security: 'tls' }, async (plugin, server) => {
    await plugin.reply('message.send/1', message());
    assert.equal(server.mails.length, 1);
}));

test('LOGIN where the server knows no PLAIN', () => within({ authMethods: ['LOGIN'] }, {}, async (plugin, server) => {
    await plugin.reply('message.send/1', message());
    assert.equal(server.logins[0].method, 'LOGIN');
}));

test('one key, one Message-ID; another key, another', () => within({}, {}, async (plugin, server) => {
    const ids = [];
    for (const key of ['a', 'a', 'b']) ids.push((await plugin.reply('message.send/1', message(), { key })).id);
    assert.equal(ids[0], ids[1]);
    assert.notEqual(ids[0], ids[2]);
    assert.equal((await simpleParser(server.mails[1].raw)).messageId, `<${ids[0]}>`);
}));

test('a certificate of nobody we trust ends it before any password', () => within({}, { ca: undefined }, async (plugin, server) => {
    const unknown = await plugin.error('message.send/1', message());
    assert.equal(unknown.code, 'host.tls_failed');
    assert.equal(unknown.mayRetry, false);
    assert.deepEqual(server.logins, []);
}));

test('a certificate of another authority, or for another name, is refused', async () => {
    await within({}, { ca: other }, async (plugin) => {
        assert.equal((await plugin.error('message.send/1', message())).code, 'host.tls_failed');
    });
    await within({}, { host: '127.0.0.1' }, async (plugin, server) => {
        assert.equal((await plugin.error('message.send/1', message())).code, 'host.tls_failed');
        assert.deepEqual(server.logins, []);
    });
});

test('a server that offers no STARTTLS gets neither password nor message', () =>
    within({ hideSTARTTLS: true, allowInsecureAuth: true }, {}, async (plugin, server) => {
        const refused = await plugin.error('message.send/1', message());
        assert.equal(refused.code, 'message.not_secure');
        assert.deepEqual([server.logins, server.mails], [[], []]);
    }));

test('no password over an open line, whatever the settings say', () =>
    within({ allowInsecureAuth: true }, { security: 'none' }, async (plugin, server) => {
        assert.equal((await plugin.error('message.send/1', message())).code, 'message.not_secure');
        assert.deepEqual(server.logins, []);
    }));

test('without a user it may speak in the clear', () =>
    within({ authOptional: true, disabledCommands: ['AUTH'] }, { security: 'none', user: undefined }, async (plugin, server) => {
        await plugin.reply('message.send/1', message());
        assert.equal(server.mails.length, 1);
    }));

test('a wrong password is told as such, and is in no log', async () => {
    const server = await serve();
    const plugin = new Plugin('message-smtp', { ...settings(server.port), secrets: { password: 'sai-mat-khau' } });
    const refused = await plugin.error('message.send/1', message());
    assert.equal(refused.code, 'message.login_refused');
    assert.equal(refused.kind, 'denied');
    const check = await plugin.reply('config.check/1', {});
    assert.equal(check.findings[0].field, 'password');
    await plugin.close();
    assert.ok(!plugin.log.includes('sai-mat-khau') && !JSON.stringify([refused, check]).includes('sai-mat-khau'));
    await server.close();
});

test('refused recipients: some are told, all are a no', () => {
    const onRcptTo = (address, session, done) =>
        done(address.address.startsWith('khong') ? Object.assign(new Error(`5.1.1 no ${address.address}`), { responseCode: 550 }) : null);
    return within({ onRcptTo }, {}, async (plugin, server) => {
        const sent = await plugin.reply('message.send/1', message({ to: [{ address: 'co@example.vn' }, { address: 'khong@example.vn' }] }));
        assert.deepEqual(sent.refused, [{ address: 'khong@example.vn', detail: '550 5.1.1' }]);
        const read = await simpleParser(server.mails[0].raw);
        assert.ok(!read.headers.get('to')?.text?.includes('example.vn'), 'recipients do not see each other');
        const none = await plugin.error('message.send/1', message({ to: [{ address: 'khong@example.vn' }] }));
        assert.equal(none.code, 'message.recipient_refused');
        assert.equal(none.kind, 'rejected');
        assert.ok(!none.detail.includes('example.vn'), 'no address in what is logged');
    });
});

test('a full or busy server may be asked again, a limit may not', async () => {
    await within({ onMailFrom: (address, session, done) => done(Object.assign(new Error('4.3.2 later'), { responseCode: 451 })) }, {}, async (plugin) => {
        const busy = await plugin.error('message.send/1', message());
        assert.equal(busy.code, 'message.provider_down');
        assert.equal(busy.mayRetry, true);
    });
    await within({ size: 2000 }, {}, async (plugin) => {
        const large = await plugin.error('message.send/1', message({ text: 'x'.repeat(5000) }));
        assert.equal(large.code, 'message.too_large');
        assert.equal(large.mayRetry, false);
    });
});

test('addresses and names cannot smuggle commands or headers', () => within({}, {}, async (plugin, server) => {
    for (const address of ['a@b.vn>\r\nRCPT TO:<c@d.vn', 'a b@c.vn', 'khong-co-a-cong', '<a@b.vn>', 'a@b.vn,c@d.vn'])
        assert.equal((await plugin.error('message.send/1', message({ to: [{ address }] }))).code, 'message.recipient_invalid');
    await plugin.reply('message.send/1', message({ subject: 'Chào\r\nBcc: x@y.vn', to: [{ address: 'a@b.vn', name: 'An\r\nBcc: x@y.vn' }] }));
    const read = await simpleParser(server.mails[0].raw);
    assert.equal(read.bcc, undefined);
    assert.equal(server.mails[0].envelope.rcptTo.length, 1);
}));

test('words outside ASCII in an address need SMTPUTF8', () => within({ disabledCommands: [], hideSMTPUTF8: true }, {}, async (plugin) => {
    assert.equal((await plugin.error('message.send/1', message({ to: [{ address: 'ánh@example.vn' }] }))).code, 'message.recipient_invalid');
}));

test('SMS is not for this plugin', () => within({}, {}, async (plugin) => {
    assert.equal((await plugin.error('message.send/1', message({ kind: 'sms' }))).code, 'message.unsupported');
}));

test('"test connection" sends nothing', () => within({}, {}, async (plugin, server) => {
    const check = await plugin.reply('config.check/1', {});
    assert.match(check.summary, /localhost, TLSv1\.[23]/);
    assert.equal(check.findings, undefined);
    assert.deepEqual([server.logins.length, server.mails.length], [1, 0]);
    const wrong = await plugin.reply('config.check/1', {}, { config: { ...settings(1).config, port: 1 } });
    assert.equal(wrong.findings[0].field, 'host');
}));

test('nobody there is told at once; a server that says nothing ends at the deadline', async () => {
    const plugin = new Plugin('message-smtp', settings(1));
    const absent = await plugin.error('message.send/1', message());
    assert.deepEqual([absent.code, absent.mayRetry], ['message.provider_down', true]);
    await plugin.close();
    const sockets = [];
    const silent = createServer((socket) => { sockets.push(socket); socket.on('error', () => {}); });
    await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const patient = new Plugin('message-smtp', settings(silent.address().port));
    const started = Date.now();
    const check = await patient.call('config.check/1', {}); // its deadline is the shorter one
    assert.ok(Date.now() - started < 20_000);
    assert.ok(!check.ok ? check.error.mayRetry : check.reply.findings.length > 0);
    await patient.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
});

test('killed in the middle of a message: unavailable, and the repetition arrives under the same id', async () => {
    let hold = true, reached;
    const inData = new Promise((resolve) => { reached = resolve; });
    const mails = [];
    await within({
        onData(stream, session, done) {
            const parts = [];
            stream.on('data', (part) => parts.push(part));
            stream.on('error', () => {});
            stream.on('end', () => {
                if (hold) return reached();
                mails.push(Buffer.concat(parts));
                done();
            });
        } }, {}, async (plugin) => {
        const { pid } = await plugin.running();
        const first = plugin.call('message.send/1', message(), { key: 'k' });
        await inData;
        process.kill(pid, 'SIGKILL');
        const answer = await first;
        assert.deepEqual([answer.ok, answer.error.code, answer.error.mayRetry], [false, 'plugin.crashed', true]);
        hold = false;
        const sent = await plugin.reply('message.send/1', message(), { key: 'k', attempt: 2 });
        const again = await plugin.reply('message.send/1', message(), { key: 'k', attempt: 3 });
        assert.equal(sent.id, again.id);
        assert.equal((await simpleParser(mails[0])).messageId, `<${sent.id}>`);
    });
});
