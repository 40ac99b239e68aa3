// queue-escpos against a simulated printer; what it printed is read by tesseract (Vietnamese) and zbarimg. // O20
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Printer } from '../../tools/simulators/escpos/printer.mjs';
import { Plugin } from './plugin.mjs';

const folder = mkdtempSync(join(tmpdir(), 'motcua-escpos-'));
after(() => rmSync(folder, { recursive: true }));

const ticket = (more = {}) => ({
    number: 'A012', service: 'Chứng thực bản sao từ bản chính', hall: 'Ủy ban nhân dân Phường Bến Nghé', issuedAt: 1594607410000,
    ahead: 7, minutes: 25, qr: 'https://motcua.hochiminhcity.gov.vn/phieu/A012?k=7Qx', ...more });

async function within(config, body, printers = 1) {
    const all = Array.from({ length: printers }, () => new Printer());
    const places = [];
    for (const [i, one] of all.entries()) places.push(`tcp://127.0.0.1:${await one.listen()}#may-${i + 1}`);
    const plugin = new Plugin('queue-escpos', { config: { printers: places, ...config }, secrets: {} });
    try {
        await body(plugin, ...all);
        for (const one of all) assert.deepEqual(one.mistakes, []);
    } finally {
        await plugin.close();
        for (const one of all) await one.close();
    }
}

function picture({ pbm }) {
    const file = join(folder, 'ticket.pbm');
    writeFileSync(file, pbm);
    return file;
}

function readText(printed) {
    // As a block, and as words of any size, for the number: it is five times as high as the rest.
    const read = (mode) => execFileSync('tesseract', [picture(printed), '-', '-l', 'vie', '--psm', mode, '--dpi', '203'],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return `${read('6')} ${read('11')}`.normalize('NFC').replace(/\s+/g, ' ');
}

// What is true of a printer.
function truths(state) {
    return Object.keys(state).filter((one) => state[one]);
}

function readCode(printed) {
    return execFileSync('zbarimg', ['-q', '--raw', picture(printed)], { encoding: 'utf8' }).trim();
}

test('what is printed is read back: Vietnamese with every mark, the number, the QR code', () => within({}, async (plugin, printer) => {
    const state = await plugin.reply('queue.print/1', { ticket: ticket({ priority: true, counter: '3', lines: ['Vui lòng giữ phiếu đến khi được gọi'] }) });
    assert.equal(state.ready, true);
    const [printed] = printer.tickets;
    assert.deepEqual([printer.tickets.length, printed.width, printed.cut], [1, 576, 'partial']);
    const text = readText(printed);
    for (const words of ['Ủy ban nhân dân Phường Bến Nghé', 'Chứng thực bản sao từ bản chính', 'A012', 'ƯU TIÊN', 'Quầy 3',
        'Số người chờ trước: 7', 'khoảng: 25 phút', 'Vui lòng giữ phiếu đến khi được gọi', '13/07/2020'])
        assert.ok(text.includes(words), `${words} in: ${text}`);
    assert.match(text, /09:30/); // of Việt Nam: 02:30:10 UTC
    assert.equal(readCode(printed), ticket().qr);
}));

test('on narrow paper, without a knife, in English', () => within({ width: 384, cut: 'none' }, async (plugin, printer) => {
    await plugin.reply('queue.print/1', { ticket: ticket({ number: 'VIP-0123456789-ABCDE' }) }, { locale: 'en' });
    const [printed] = printer.tickets;
    assert.deepEqual([printed.width, printed.cut], [384, 'torn']);
    const text = readText(printed);
    assert.match(text, /People ahead: 7/);
    assert.match(text.replace(/ /g, ''), /VIP-0123456789-ABCDE/); // a long number is made smaller, not cut
    assert.equal(readCode(printed), ticket().qr);
}));

test('a QR code of 500 bytes is read from narrow paper', () => within({ width: 384 }, async (plugin, printer) => {
    const qr = `https://motcua.example.vn/?${'x7Qa-'.repeat(100)}`.slice(0, 500);
    await plugin.reply('queue.print/1', { ticket: ticket({ qr }) });
    assert.equal(readCode(printer.tickets[0]), qr);
}));

test('words that would be commands, or do not end, are only words', () => within({}, async (plugin, printer) => {
    await plugin.reply('queue.print/1', { ticket: ticket({ hall: '\u001dV\u0000<b>&amp;', lines: ['đ'.repeat(100_000), '\u0000\u0007\n\n'] }) });
    assert.equal(printer.tickets.length, 1);
    assert.ok(printer.tickets[0].height < 2500, `${printer.tickets[0].height}`);
    assert.match(readText(printer.tickets[0]), /<b>&amp;/);
}));

test('a ticket is printed once for its key', () => within({}, async (plugin, printer) => {
    const first = await plugin.reply('queue.print/1', { ticket: ticket() }, { key: 'ticket-1' });
    assert.deepEqual(await plugin.reply('queue.print/1', { ticket: ticket() }, { key: 'ticket-1' }), first);
    assert.equal(printer.tickets.length, 1);
    await plugin.reply('queue.print/1', { ticket: ticket() }, { key: 'ticket-2' });
    assert.equal(printer.tickets.length, 2);
    assert.equal(printer.most, 1);
}));

test('a ticket that did not come out is printed when its key comes again', () => within({}, async (plugin, printer) => {
    printer.coverOpen = true;
    await plugin.error('queue.print/1', { ticket: ticket() }, { key: 'ticket-1' });
    printer.coverOpen = false;
    await plugin.reply('queue.print/1', { ticket: ticket() }, { key: 'ticket-1' });
    assert.equal(printer.tickets.length, 1);
}));

test('each ticket goes to the printer that is named', () => within({}, async (plugin, one, two) => {
    await plugin.reply('queue.print/1', { ticket: ticket(), printer: 'may-2' });
    assert.deepEqual([one.tickets.length, two.tickets.length], [0, 1]);
    for (const printer of ['may-3', ''])
        assert.deepEqual((({ kind, code }) => [kind, code])(await plugin.error('queue.print/1', { ticket: ticket(), printer })), ['not_found', 'queue.no_such_printer']);
}, 2));

test('paper, cover and knife are reported, and nothing is printed', () => within({}, async (plugin, printer) => {
    printer.paperLow = true;
    assert.deepEqual(truths(await plugin.reply('queue.printer/1', {})), ['ready', 'paperLow']);
    assert.deepEqual(truths(await plugin.reply('queue.print/1', { ticket: ticket() })), ['ready', 'paperLow']);
    const cases = [['paperOut', 'queue.paper_out', 'paperOut'], ['coverOpen', 'queue.printer_down', 'coverOpen'], ['cutterBlocked', 'queue.printer_down', 'detail']];
    for (const [trouble, code, field] of cases) {
        printer[trouble] = true;
        const state = await plugin.reply('queue.printer/1', {});
        assert.equal(state.ready ?? false, false);
        assert.ok(state[field]);
        const error = await plugin.error('queue.print/1', { ticket: ticket() });
        assert.deepEqual([error.code, error.mayRetry], [code, true]);
        assert.equal((await plugin.reply('config.check/1', {})).findings[0].code, code);
        printer[trouble] = false;
    }
    assert.equal(printer.tickets.length, 1);
}));

test('what goes wrong while it prints is told, and is no success', () => within({}, async (plugin, printer) => {
    const codes = { 'hangs-up': 'queue.printer_down', nonsense: 'queue.printer_down', mute: 'queue.printer_down', 'paper-ends': 'queue.paper_out' };
    for (const [fault, code] of Object.entries(codes)) {
        printer.fault = fault;
        assert.deepEqual([fault, (await plugin.error('queue.print/1', { ticket: ticket() })).code], [fault, code]);
    }
    printer.paperOut = false;
    printer.fault = 'chatter';
    assert.equal((await plugin.reply('queue.print/1', { ticket: ticket() })).ready, true);
}));

test('a printer that says nothing prints where its status is not asked for', () => within({ status: false }, async (plugin, printer) => {
    printer.fault = 'mute';
    assert.deepEqual(truths(await plugin.reply('queue.print/1', { ticket: ticket() })), ['ready']);
    while (printer.tickets.length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(readCode(printer.tickets[0]), ticket().qr);
}));

test('the connection is tested, and a printer that is off is named', () => within({}, async (plugin, printer) => {
    assert.match((await plugin.reply('config.check/1', {})).summary, /^127\.0\.0\.1:\d+$/);
    await printer.close();
    const [finding] = (await plugin.reply('config.check/1', {})).findings;
    assert.deepEqual([finding.field, finding.code], ['printers', 'queue.printer_down']);
    assert.equal((await plugin.error('queue.print/1', { ticket: ticket() })).code, 'queue.printer_down');
    await printer.listen();
}));
