// message-smpp against npm smpp as the message centre; raw bytes where it is too polite. // O3, P10
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import smpp from 'smpp';
import { Plugin } from './plugin.mjs';

const folder = mkdtempSync(join(tmpdir(), 'motcua-smpp-'));
const password = 'S3cret!x';
const phone = '0901234567';
const authority = {};

before(() => {
    const openssl = (...words) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
    for (const name of ['localhost', 'other'])
        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.pem`,
            '-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`);
    for (const name of ['localhost', 'other'])
        authority[name] = { key: readFileSync(join(folder, `${name}.key`), 'utf8'), cert: readFileSync(join(folder, `${name}.pem`), 'utf8') };
});
after(() => rmSync(folder, { recursive: true }));

const until = async (ready, what = 'it') => {
    for (let i = 0; i < 1500; ++i) {
        const value = await ready();
        if (value) return value;
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${what} did not happen`);
};

// A message centre; `answer(pdu, session, n)` may return a command_status, 'silent', or fields of the answer.
class Centre {
    constructor(tls, answer) {
        this.binds = [];
        this.got = [];
        this.answers = []; // to what we deliver
        this.sessions = [];
        this.enquiries = 0;
        this.answer = answer ?? (() => ({}));
        this.bindStatus = 0;
        this.server = smpp.createServer(tls ? { ...tls } : {}, (session) => {
            session.on('error', () => {});
            session.on('bind_transceiver', (pdu) => {
                this.binds.push(pdu);
                session.send(pdu.response({ command_status: this.bindStatus, system_id: 'centre' }));
                if (!this.bindStatus) this.sessions.push(session);
            });
            session.on('enquire_link', (pdu) => {
                ++this.enquiries;
                if (!this.deaf) session.send(pdu.response());
            });
            session.on('unbind', (pdu) => {
                this.unbound = (this.unbound ?? 0) + 1;
                session.send(pdu.response());
                session.close();
            });
            session.on('pdu', (pdu) => { if (pdu.command === 'deliver_sm_resp' || pdu.command === 'generic_nack') this.answers.push(pdu); });
            session.on('submit_sm', (pdu) => {
                this.got.push(pdu);
                const told = this.answer(pdu, session, this.got.length);
                if (told === 'silent') return;
                if (typeof told === 'number') session.send(pdu.response({ command_status: told }));
                else session.send(pdu.response({ message_id: `m${this.got.length}`, ...told }));
            });
        });
        this.server.on('error', () => {});
        this.server.on('tlsClientError', () => { this.refusedTls = (this.refusedTls ?? 0) + 1; });
    }

    async listen(port = 0) {
        await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
        this.port = this.server.address().port;
        return this;
    }

    get session() { return this.sessions.at(-1); }

    receipt(id, stat, more = {}) {
        this.session.deliver_sm({ esm_class: 4, source_addr: '84901234567', destination_addr: 'UBND Q1',
            short_message: `id:${id} sub:001 dlvrd:001 submit date:2007131015 done date:2007131016 stat:${stat} err:000 text:Ho so`, ...more });
    }

    async close() {
        for (const session of this.server.sessions ?? []) session.destroy();
        await new Promise((resolve) => this.server.close(resolve));
    }
}

const settings = (port, more = {}) => ({
    config: { host: 'localhost', port, security: 'none', systemId: 'quan1', sender: 'UBND Q1', perSecond: 0, ...more }, secrets: { password } });
const sms = (more = {}) => ({ kind: 'sms', to: [{ address: phone }], text: 'Ho so da xong', ...more });

async function within(body, { answer, tls, config, secrets } = {}) {
    const centre = await new Centre(tls, answer).listen();
    const given = settings(centre.port, config);
    const plugin = new Plugin('message-smpp', { ...given, secrets: { ...given.secrets, ...secrets } });
    try {
        await body(plugin, centre);
    } finally {
        await plugin.close();
        await centre.close();
        for (const hidden of [password, '901234567']) assert.ok(!plugin.log.includes(hidden), 'neither secrets nor numbers in the log');
    }
}

const events = async (plugin, kind) => (await plugin.ask({ op: 'events' })).events.filter((one) => one.kind === kind);
const receipts = (plugin, count) => until(async () => {
    const all = await events(plugin, 'message.receipt');
    return all.length >= count && all;
}, `receipt ${count}`);
const textOf = (pdu) => {
    const { message } = pdu.short_message;
    return message ?? pdu.message_payload;
};

test('a bind as transceiver, and a message in GSM-7 with the extension table', () => within(async (plugin, centre) => {
    const text = 'Le phi 8.000d [O1] {2020} ~ 50% € | \\ ^ @ _ Ñ à';
    const sent = await plugin.reply('message.send/1', sms({ text }), { key: 'a' });
    assert.equal(sent.parts, 1);
    const [bind] = centre.binds;
    assert.deepEqual([bind.system_id, bind.password, bind.interface_version], ['quan1', password, 0x34]);
    const [pdu] = centre.got;
    assert.deepEqual([pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr], [5, 0, 'UBND Q1']);
    assert.deepEqual([pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr], [1, 1, '84901234567']);
    assert.deepEqual([pdu.data_coding, pdu.registered_delivery, pdu.esm_class], [0, 1, 0]);
    assert.equal(textOf(pdu), text);
}));

test('Vietnamese with marks is UCS-2, without marks GSM-7', () => within(async (plugin, centre) => {
    const text = 'Hồ sơ của Ông/Bà đã có kết quả – “mời” nhận 🎉';
    await plugin.reply('message.send/1', sms({ text }));
    await plugin.reply('message.send/1', sms({ text: text.replace(' 🎉', ''), withoutMarks: true }));
    assert.deepEqual(centre.got.map((pdu) => pdu.data_coding), [8, 0]);
    assert.deepEqual(centre.got.map(textOf), [text, 'Ho so cua Ong/Ba da co ket qua - "moi" nhan']);
}));

test('every letter of Vietnamese loses its marks', () => within(async (plugin, centre) => {
    const letters = [...'àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ'];
    const text = letters.join('') + letters.join('').toUpperCase();
    await plugin.reply('message.send/1', sms({ text, withoutMarks: true }));
    const bare = text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/g, 'd').replace(/Đ/g, 'D');
    assert.equal(textOf(centre.got[0]), bare);
}));

test('lengths: 160 septets and 70 units are one part, one more are two; nothing is cut in the middle', () => within(async (plugin, centre) => {
    const cases = [['a'.repeat(160), 1], ['a'.repeat(161), 2], ['€'.repeat(80), 1], [`${'a'.repeat(152)}€${'b'.repeat(20)}`, 2], ['ạ'.repeat(70), 1],
        ['ạ'.repeat(71), 2], [`${'ạ'.repeat(66)}🎉${'ạ'.repeat(10)}`, 2], ['ạ'.repeat(67 * 3), 3], ['a'.repeat(153 * 3 + 1), 4]];
    for (const [text, parts] of cases) {
        centre.got.length = 0;
        assert.equal((await plugin.reply('message.send/1', sms({ text }))).parts, parts, text);
        assert.equal(centre.got.length, parts);
        const inOrder = [...centre.got].sort((a, b) => (parts > 1 ? a.short_message.udh[0].at(-1) : 0) - (parts > 1 ? b.short_message.udh[0].at(-1) : 0));
        assert.equal(inOrder.map(textOf).join(''), text);
        for (const [i, pdu] of inOrder.entries()) {
            if (parts === 1) continue;
            assert.equal(pdu.esm_class, 0x40);
            assert.deepEqual([...pdu.short_message.udh[0].subarray(-2)], [parts, i + 1]);
            assert.equal(pdu.short_message.udh[0].at(-3), inOrder[0].short_message.udh[0].at(-3), 'one reference');
            assert.ok(!/[\ud800-\udbff]$/.test(textOf(pdu)));
        }
    }
}));

test('parts by sar TLVs, and whole in message_payload', async () => {
    const text = 'Hồ sơ đã tiếp nhận. '.repeat(10);
    await within(async (plugin, centre) => {
        assert.equal((await plugin.reply('message.send/1', sms({ text }))).parts, 3);
        assert.deepEqual(centre.got.map((pdu) => [pdu.esm_class, pdu.sar_total_segments, pdu.sar_segment_seqnum]), [[0, 3, 1], [0, 3, 2], [0, 3, 3]]);
        assert.equal(new Set(centre.got.map((pdu) => pdu.sar_msg_ref_num)).size, 1);
        assert.equal(centre.got.map(textOf).join(''), text);
    }, { config: { join: 'sar' } });
    await within(async (plugin, centre) => {
        assert.equal((await plugin.reply('message.send/1', sms({ text }))).parts, 3);
        assert.equal(centre.got.length, 1);
        assert.equal(centre.got[0].message_payload.message ?? centre.got[0].message_payload, text);
    }, { config: { join: 'payload' } });
});

test('a number is told from a brand name; validity as set', async () => {
    for (const [sender, ton, npi, address] of [['+842838291234', 1, 1, '842838291234'], ['1022', 3, 0, '1022'], ['CHINHQUYEN', 5, 0, 'CHINHQUYEN']])
        await within(async (plugin, centre) => {
            await plugin.reply('message.send/1', sms());
            const [pdu] = centre.got;
            assert.deepEqual([pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr, pdu.registered_delivery], [ton, npi, address, 0]);
        }, { config: { sender, validHours: 30, receipts: false } });
});

test('phone numbers as people write them; what no phone has is refused before anything is sent', () => within(async (plugin, centre) => {
    for (const address of ['+84901234567', '84901234567', '0084 901 234 567', '0901.234.567', '090-123-4567']) await plugin.reply('message.send/1', sms({ to: [{ address }] }));
    assert.deepEqual(new Set(centre.got.map((pdu) => pdu.destination_addr)), new Set(['84901234567']));
    await plugin.reply('message.send/1', sms({ to: [{ address: '+6591234567' }] }));
    assert.equal(centre.got.at(-1).destination_addr, '6591234567');
    const before = centre.got.length;
    for (const address of ['113', '02838291234', '01234567890', '+849012345678', '0901234567\0', 'a@b.vn', '+84 901 23456x'])
        assert.equal((await plugin.error('message.send/1', sms({ to: [{ address: phone }, { address }] }))).code, 'message.recipient_invalid', address);
    assert.equal((await plugin.error('message.send/1', sms({ kind: 'email' }))).code, 'message.unsupported');
    assert.equal((await plugin.error('message.send/1', sms({ text: 'ạ'.repeat(67 * 6 + 1) }))).code, 'message.too_large');
    assert.equal(centre.got.length, before);
}));

test('a receipt becomes an event with our id; repeated, contradicted or under way it tells nothing new', () => within(async (plugin, centre) => {
    const { id } = await plugin.reply('message.send/1', sms(), { key: 'k1' });
    for (const stat of ['ENROUTE', 'ACCEPTD', 'DELIVRD', 'DELIVRD', 'UNDELIV']) centre.receipt('m1', stat);
    await until(() => centre.answers.length === 5);
    assert.deepEqual(centre.answers.map((pdu) => pdu.command_status), [0, 0, 0, 0, 0]);
    const all = await receipts(plugin, 1);
    assert.deepEqual(all, [{ kind: 'message.receipt', key: `${id} 0 delivered`,
        data: { id, outcome: 'delivered', at: Date.UTC(2020, 6, 13, 3, 16), code: '000', detail: 'DELIVRD' } }]);
}));

test('each state has its outcome, from the text or from the TLVs', () => within(async (plugin, centre) => {
    const states = [['DELIVRD', 2, 'delivered'], ['EXPIRED', 3, 'expired'], ['DELETED', 4, 'failed'], ['UNDELIV', 5, 'failed'], ['UNKNOWN', 7, 'unknown'], ['REJECTD', 8, 'failed']];
    let count = 0;
    for (const [word, state, outcome] of states) {
        for (const byTlv of [false, true]) {
            const { id } = await plugin.reply('message.send/1', sms());
            ++count;
            if (byTlv) centre.session.deliver_sm({ esm_class: 4, receipted_message_id: `m${count}`, message_state: state });
            else centre.receipt(`m${count}`, word);
            const told = (await receipts(plugin, count)).at(-1);
            assert.deepEqual([told.data.id, told.data.outcome], [id, outcome], `${word} ${byTlv}`);
        }
    }
}));

test('a message of several parts has arrived when all have, in whatever order; one lost part decides', () => within(async (plugin, centre) => {
    const long = 'x'.repeat(400);
    const first = await plugin.reply('message.send/1', sms({ text: long }));
    for (const id of ['m3', 'm1', 'm1']) centre.receipt(id, 'DELIVRD');
    await until(() => centre.answers.length === 3);
    assert.deepEqual(await events(plugin, 'message.receipt'), []);
    centre.receipt('m2', 'DELIVRD');
    assert.deepEqual((await receipts(plugin, 1)).map((one) => [one.data.id, one.data.outcome]), [[first.id, 'delivered']]);
    const second = await plugin.reply('message.send/1', sms({ text: long }));
    for (const [id, stat] of [['m5', 'UNDELIV'], ['m4', 'DELIVRD'], ['m6', 'DELIVRD']]) centre.receipt(id, stat);
    await until(() => centre.answers.length === 7);
    assert.deepEqual((await receipts(plugin, 2)).slice(1).map((one) => [one.data.id, one.data.outcome]), [[second.id, 'failed']]);
}));

test('a receipt that overtakes the answer to its submission is not lost', () => within(async (plugin, centre) => {
    const { id } = await plugin.reply('message.send/1', sms());
    assert.equal((await receipts(plugin, 1))[0].data.id, id);
}, { answer: (pdu, session) => {
    session.deliver_sm({ esm_class: 4, short_message: 'id:early sub:001 dlvrd:001 submit date:2007131015 done date:2007131016 stat:DELIVRD err:000 text:' });
    setTimeout(() => session.send(pdu.response({ message_id: 'early' })), 300);
    return 'silent';
} }));

test('forged ids, receipts without sense and texts that look like receipts tell nothing of a message', () => within(async (plugin, centre) => {
    await plugin.reply('message.send/1', sms());
    centre.receipt('m1\'; --', 'DELIVRD');
    centre.receipt('999999', 'DELIVRD');
    centre.session.deliver_sm({ esm_class: 4, short_message: 'no receipt at all' });
    centre.session.deliver_sm({ esm_class: 0, source_addr_ton: 1, source_addr: '84907654321', destination_addr: '1022', short_message: 'id:m1 stat:DELIVRD err:000' });
    await until(() => centre.answers.length === 4, 'an answer to each'); // the unknown ones after a while
    assert.deepEqual(await events(plugin, 'message.receipt'), []);
    assert.equal((await events(plugin, 'message.received'))[0].data.text, 'id:m1 stat:DELIVRD err:000');
}));

test('ids that are hexadecimal at submission and decimal in receipts, and the other way round', async () => {
    for (const [receiptIds, submitted, told] of [['decimal', '0A1F', '2591'], ['hex', '2591', 'A1F']])
        await within(async (plugin, centre) => {
            const { id } = await plugin.reply('message.send/1', sms());
            centre.receipt(told, 'DELIVRD');
            assert.equal((await receipts(plugin, 1))[0].data.id, id);
        }, { config: { receiptIds }, answer: () => ({ message_id: submitted }) });
});

test('what citizens write arrives, its parts in any order, once', () => within(async (plugin, centre) => {
    await until(() => centre.session);
    const from = { source_addr_ton: 1, source_addr_npi: 1, source_addr: '84907654321', destination_addr: '1022' };
    centre.session.deliver_sm({ ...from, short_message: 'TRACUU 000.00.01' });
    centre.session.deliver_sm({ ...from, short_message: 'TRACUU 000.00.01' });
    for (const [number, text] of [[2, 'quả ở đâu?'], [1, 'Tôi nhận kết ']])
        centre.session.deliver_sm({ ...from, esm_class: 0x40, data_coding: 8, short_message: { udh: Buffer.from([5, 0, 3, 7, 2, number]), message: text } });
    const all = await until(async () => {
        const got = await events(plugin, 'message.received');
        return got.length >= 3 && got;
    });
    assert.deepEqual(all.map(({ data }) => [data.kind, data.from, data.to, data.text]),
        [['TRACUU 000.00.01'], ['TRACUU 000.00.01'], ['Tôi nhận kết quả ở đâu?']].map(([text]) => ['sms', '+84907654321', '1022', text]));
    assert.equal(all[0].key, all[1].key, 'a repetition has the same key and counts once');
    assert.notEqual(all[0].key, all[2].key);
    assert.ok(!plugin.log.includes('907654321'));
}));

test('throttled: it waits and sends again, nothing twice', () => {
    let times = 0;
    return within(async (plugin, centre) => {
        const sent = await plugin.reply('message.send/1', sms({ text: 'x'.repeat(400) }));
        assert.equal(sent.parts, 3);
        const taken = centre.got.filter((pdu) => pdu.taken).map(textOf);
        assert.equal(taken.join(''), 'x'.repeat(400));
        assert.ok(times > 0);
    }, { config: { window: 1 }, answer: (pdu) => {
        if (times++ % 2 === 0) return times % 4 === 1 ? 0x58 : 0x14;
        pdu.taken = true;
        return {};
    } });
});

test('throttled past the deadline: it may be repeated, and the repetition sends only what is missing', () => {
    let open = false, taken = 0;
    return within(async (plugin, centre) => {
        const message = sms({ text: 'y'.repeat(400) });
        const refused = await plugin.error('message.send/1', message, { key: 'same' });
        assert.deepEqual([refused.code, refused.mayRetry], ['message.provider_down', true]);
        assert.equal(taken, 1);
        open = true;
        const before = centre.got.length;
        const sent = await plugin.reply('message.send/1', message, { key: 'same', attempt: 2 });
        assert.deepEqual([sent.parts, centre.got.length - before, taken], [3, 2, 3]);
        const again = await plugin.reply('message.send/1', message, { key: 'same', attempt: 3 });
        assert.deepEqual([again, centre.got.length - before], [sent, 2], 'the same answer, and nothing sent');
    }, { config: { window: 1 }, answer: () => {
        if (!open && taken === 1) return 0x58;
        ++taken;
        return {};
    } });
});

test('never more unanswered submissions than the window', () => {
    let flying = 0, most = 0;
    return within(async (plugin) => {
        await plugin.reply('message.send/1', sms({ text: 'z'.repeat(153 * 6) }));
        assert.equal(most, 3);
    }, { config: { window: 3 }, answer: (pdu, session) => {
        most = Math.max(most, ++flying);
        setTimeout(() => {
            --flying;
            session.send(pdu.response({ message_id: `w${pdu.sequence_number}` }));
        }, 50);
        return 'silent';
    } });
});

test('refusals are told apart', async () => {
    const cases = [[0x0b, 'message.recipient_refused', false], [0x0a, 'message.refused', false], [0x45, 'message.refused', false], [0x01, 'message.too_large', false],
        [0x08, 'message.provider_down', true]];
    for (const [status, code, mayRetry] of cases)
        await within(async (plugin) => {
            const refused = await plugin.error('message.send/1', sms());
            assert.deepEqual([refused.code, refused.mayRetry], [code, mayRetry], String(status));
        }, { answer: () => status });
    await within(async (plugin) => {
        const sent = await plugin.reply('message.send/1', sms({ to: [{ address: phone }, { address: '0912345678' }] }));
        assert.deepEqual([sent.parts, sent.refused.map((one) => one.address)], [1, ['+84912345678']]);
    }, { answer: (pdu) => (pdu.destination_addr === '84912345678' ? 0x0b : {}) });
});

test('enquire_link keeps the line; one without an answer ends it, and it binds anew', () => within(async (plugin, centre) => {
    await until(() => centre.enquiries >= 2);
    centre.session.enquire_link({}, () => { centre.enquired = true; });
    await until(() => centre.enquired);
    assert.equal(centre.binds.length, 1);
    centre.deaf = true;
    await until(() => centre.binds.length === 2);
    centre.deaf = false;
    await plugin.reply('message.send/1', sms());
}, { config: { enquireSeconds: 1 } }));

test('a broken line is bound anew; what had no answer may be repeated', () => within(async (plugin, centre) => {
    const lost = await plugin.error('message.send/1', sms(), { key: 'r' });
    assert.deepEqual([lost.code, lost.mayRetry], ['message.provider_down', true]);
    await plugin.reply('message.send/1', sms(), { key: 'r', attempt: 2 });
    assert.equal(centre.binds.length, 2);
    centre.session.unbind();
    await until(() => centre.binds.length === 3);
    await plugin.reply('message.send/1', sms());
}, { answer: (pdu, session, n) => {
    if (n > 1) return {};
    session.destroy();
    return 'silent';
} }));

test('receipts come after the process was killed, too', () => within(async (plugin, centre) => {
    const { id } = await plugin.reply('message.send/1', sms());
    await plugin.kill();
    await until(() => centre.binds.length === 2);
    await until(() => centre.session !== centre.sessions[0]);
    centre.receipt('m1', 'DELIVRD');
    assert.equal((await receipts(plugin, 1))[0].data.id, id);
}));

test('a refused login is told, and not tried by every message', () => within(async (plugin, centre) => {
    await plugin.ask({ op: 'off' });
    centre.bindStatus = 0x0e;
    centre.binds.length = 0;
    await plugin.ask({ op: 'on' });
    for (let i = 0; i < 3; ++i) {
        const refused = await plugin.error('message.send/1', sms());
        assert.deepEqual([refused.code, refused.mayRetry], ['message.login_refused', false]);
    }
    assert.equal(centre.binds.length, 1);
    assert.equal((await plugin.reply('config.check/1', {})).findings[0].field, 'password');
}));

test('"test connection" asks the standing connection; other settings are tried and left again', () => within(async (plugin, centre) => {
    await until(() => centre.session);
    assert.deepEqual(await plugin.reply('config.check/1', {}), { summary: 'localhost' });
    assert.equal(centre.binds.length, 1);
    const trial = await plugin.reply('config.check/1', {}, { config: { ...settings(centre.port).config, systemId: 'quan3' } });
    assert.deepEqual([trial.findings, centre.binds.at(-1).system_id], [undefined, 'quan3']);
    await until(() => centre.unbound === 1);
    const long = await plugin.reply('config.check/1', {}, { config: { ...settings(centre.port).config, sender: 'UY BAN QUAN 1' } });
    assert.deepEqual([long.findings[0].field, long.findings[0].code], ['sender', 'plugin.misconfigured']);
}));

test('TLS: the right certificate is taken, a wrong one ends it before the login', async () => {
    await within(async (plugin, centre) => {
        await plugin.reply('message.send/1', sms());
        assert.match((await plugin.reply('config.check/1', {})).summary, /localhost, TLSv1\.[23]/);
        centre.receipt('m1', 'DELIVRD');
        await receipts(plugin, 1);
    }, { tls: authority.localhost, config: { security: 'tls', ca: authority.localhost.cert } });
    for (const [tls, ca] of [[authority.localhost, undefined], [authority.localhost, authority.other.cert], [authority.other, authority.other.cert]])
        await within(async (plugin, centre) => {
            const refused = await plugin.error('message.send/1', sms());
            assert.deepEqual([refused.code, refused.mayRetry], ['host.tls_failed', false]);
            assert.deepEqual([centre.binds, centre.got], [[], []]);
        }, { tls, config: { security: 'tls', ca } });
    await within(async (plugin, centre) => { // a centre in the clear where TLS was wanted
        await plugin.error('message.send/1', sms());
        assert.deepEqual(centre.binds, []);
    }, { config: { security: 'tls' } });
});

// ---- packets that npm smpp would not make ---------------------------------------------------------------------------

const packet = (command, status, sequence, body = Buffer.alloc(0), length = 16 + body.length) => {
    const head = Buffer.alloc(16);
    [length, command, status, sequence].forEach((value, i) => head.writeUInt32BE(value >>> 0, 4 * i));
    return Buffer.concat([head, body]);
};

// Answers binds, then hands every further packet to `talk(socket, packet)`.
async function raw(talk, body) {
    const got = [];
    let binds = 0;
    const server = createServer((socket) => {
        let kept = Buffer.alloc(0);
        socket.on('error', () => {});
        socket.on('data', (data) => {
            kept = Buffer.concat([kept, data]);
            while (kept.length >= 16 && kept.length >= kept.readUInt32BE(0)) {
                const one = kept.subarray(0, kept.readUInt32BE(0));
                kept = kept.subarray(one.length);
                const command = one.readUInt32BE(4);
                if (command === 9) {
                    ++binds;
                    socket.write(packet(0x80000009, 0, one.readUInt32BE(12), Buffer.from('c\0')));
                    talk(socket, undefined, binds);
                } else {
                    got.push(one);
                    talk(socket, one, binds);
                }
            }
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const plugin = new Plugin('message-smpp', settings(server.address().port));
    try {
        await body(plugin, { got, binds: () => binds });
    } finally {
        await plugin.close();
        await new Promise((resolve) => server.close(resolve));
    }
}
const answerSubmit = (socket, one) => {
    if (one?.readUInt32BE(4) === 4) socket.write(packet(0x80000004, 0, one.readUInt32BE(12), Buffer.from('r1\0')));
};

test('a length that cannot be: told, and the line bound anew', async () => {
    for (const length of [0, 15, 70_001, 0xffffffff])
        await raw((socket, one, binds) => {
            if (!one && binds === 1) socket.write(packet(0x15, 0, 5, Buffer.alloc(0), length));
            answerSubmit(socket, one);
        }, async (plugin, server) => {
            await until(() => server.binds() === 2);
            assert.deepEqual([server.got[0].readUInt32BE(4), server.got[0].readUInt32BE(8)], [0x80000000, 2]);
            await plugin.reply('message.send/1', sms());
        });
});

test('half packets, one byte at a time, unknown commands, answers that nobody asked for', () => raw((socket, one) => {
    if (!one) {
        socket.write(packet(0x80000004, 0, 777, Buffer.from('nobody\0')));
        socket.write(packet(0x77, 0, 6));
        return;
    }
    if (one.readUInt32BE(4) !== 4) return;
    socket.setNoDelay(true);
    const bytes = packet(0x80000004, 0, one.readUInt32BE(12), Buffer.from('r1\0'));
    [...bytes].forEach((byte, i) => setTimeout(() => socket.write(Buffer.from([byte])), i * 3));
}, async (plugin, server) => {
    assert.equal((await plugin.reply('message.send/1', sms())).parts, 1);
    const nack = await until(() => server.got.find((one) => one.readUInt32BE(4) === 0x80000000));
    assert.deepEqual([nack.readUInt32BE(8), nack.readUInt32BE(12)], [3, 6]);
    assert.equal(server.binds(), 1);
}));

test('deliver_sm whose fields run past its end is refused, and the line stays', () => {
    const whole = Buffer.concat([Buffer.from('\0\x01\x0184907654321\0\0\0'), Buffer.from('1022\0'), Buffer.alloc(9), Buffer.from([200]), Buffer.from('short')]);
    const bodies = [Buffer.alloc(0), Buffer.from('no end'), whole, whole.subarray(0, 12), Buffer.concat([Buffer.alloc(16), Buffer.from([0, 0x1e, 0xff, 0xff, 1])])];
    return raw((socket, one) => {
        if (!one) bodies.forEach((body, i) => socket.write(packet(5, 0, 100 + i, body)));
        answerSubmit(socket, one);
    }, async (plugin, server) => {
        await until(() => server.got.length >= bodies.length);
        for (const one of server.got) assert.deepEqual([one.readUInt32BE(4), one.readUInt32BE(8)], [0x80000005, 1]);
        await plugin.reply('message.send/1', sms());
        assert.equal(server.binds(), 1);
        assert.deepEqual((await plugin.ask({ op: 'events' })).events, []);
    });
});

test('an answer of half a packet and a closed line: nothing is believed to be sent', () => raw((socket, one) => {
    if (one?.readUInt32BE(4) === 4) socket.end(packet(0x80000004, 0, one.readUInt32BE(12), Buffer.from('r1\0')).subarray(0, 17));
}, async (plugin) => {
    const lost = await plugin.error('message.send/1', sms());
    assert.deepEqual([lost.code, lost.mayRetry], ['message.provider_down', true]);
}));
