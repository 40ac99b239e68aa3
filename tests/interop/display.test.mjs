// queue-display against simulated boards; its signatures are judged by npm standardwebhooks. // O20
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Board } from '../../tools/simulators/board/board.mjs';
import { Plugin } from './plugin.mjs';

const secret = `whsec_${randomBytes(24).toString('base64')}`;

async function within(body, { boards = 1, signingKey = secret, config = {} } = {}) {
    const judge = new Webhook(secret);
    const all = Array.from({ length: boards }, () => new Board((text, headers) => judge.verify(text, headers)));
    const places = [];
    for (const [i, one] of all.entries()) places.push(`http://127.0.0.1:${await one.listen()}/events#sanh-${i + 1}`);
    const plugin = new Plugin('queue-display', { config: { boards: places, ...config }, secrets: { signingKey } });
    try {
        await body(plugin, ...all);
        assert.ok(!plugin.log.includes(signingKey));
    } finally {
        await plugin.close();
        for (const one of all) await one.close();
    }
}

const board = (more = {}) => ({ version: 7, called: [{ number: 'A012', counter: 'Quầy 3', calledAt: 1594607410000 }],
    waiting: [{ service: 'Chứng thực', waiting: 2, next: ['A013', 'A014'] }], notice: 'Nghỉ trưa từ 11 giờ 30', ...more });
const words = (more = {}) => ({ ticket: { number: 'A012', counter: '3', calledAt: 1594607410000 }, text: 'Mời số A không một hai đến quầy ba', language: 'vi', ...more });

test('a board is shown as it is, signed as others read it', () => within(async (plugin, one) => {
    assert.deepEqual(await plugin.reply('queue.show/1', board()), {});
    assert.deepEqual(one.shown, { board: 'sanh-1', ...board() });
    assert.match(one.events[0].timestamp, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(one.refused, 0);
}));

test('words are said once for each key, on every board', () => within(async (plugin, one, two) => {
    two.fault = 'error';
    assert.deepEqual(await plugin.reply('queue.announce/1', words(), { key: 'call-1' }), { missing: ['sanh-2'] });
    two.fault = '';
    assert.deepEqual(await plugin.reply('queue.announce/1', words(), { key: 'call-1' }), {});
    assert.deepEqual([one.events.length, two.events.length], [1, 1]); // the first board is not told again
    assert.equal(one.events[0].id, two.events[0].id);
    assert.deepEqual(one.said, [{ board: 'sanh-1', ...words() }]);
    await plugin.reply('queue.announce/1', words(), { key: 'call-2' });
    assert.deepEqual([one.said.length, two.said.length], [2, 2]);
}, { boards: 2 }));

test('what is older than what is shown is left out', () => within(async (plugin, one) => {
    await plugin.reply('queue.show/1', board({ version: 7 }));
    assert.deepEqual(await plugin.reply('queue.show/1', board({ version: 6, notice: 'cũ' })), {});
    assert.deepEqual([one.shown.version, one.events.length], [7, 1]);
    await plugin.reply('queue.show/1', board({ version: 7 })); // a repetition, with the same id
    assert.equal(one.events[0].id, one.events[1].id);
    await plugin.reply('queue.show/1', board({ version: 8, called: [] }));
    assert.deepEqual([one.shown.version, one.shown.called], [8, undefined]);
}));

test('a board that was off gets the version that it has not shown', () => within(async (plugin, one, two) => {
    two.fault = 'closed';
    assert.deepEqual(await plugin.reply('queue.show/1', board({ version: 3 })), { missing: ['sanh-2'] });
    two.fault = '';
    await plugin.reply('queue.show/1', board({ version: 3 }));
    assert.equal(two.shown.version, 3);
}, { boards: 2 }));

test('a slow board delays no other, and is named', () => within(async (plugin, one, two, three) => {
    one.fault = 'slow';
    const began = Date.now();
    const call = plugin.reply('queue.announce/1', words(), { key: 'call-1' });
    while (two.said.length + three.said.length < 2) {
        assert.ok(Date.now() - began < 3000, 'the others wait for the slow one');
        await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(await call, { missing: ['sanh-1'] });
    assert.ok(Date.now() - began < 5500);
}, { boards: 3 }));

test('one board is told by its name; none of that name, none told', () => within(async (plugin, one, two) => {
    await plugin.reply('queue.show/1', board({ board: 'sanh-2' }));
    assert.deepEqual([one.shown, two.shown.board], [null, 'sanh-2']);
    const error = await plugin.error('queue.show/1', board({ board: 'sanh-9' }));
    assert.deepEqual([error.kind, error.code], ['not_found', 'queue.no_such_board']);
}, { boards: 2 }));

test('no board reached is an error that may be tried again', () => within(async (plugin, one) => {
    for (const fault of ['error', 'closed', 'redirect']) {
        one.fault = fault;
        const error = await plugin.error('queue.announce/1', words(), { key: 'call-1' });
        assert.deepEqual([fault, error.code, error.mayRetry], [fault, 'queue.board_down', true]);
    }
    one.fault = '';
    await plugin.reply('queue.announce/1', words(), { key: 'call-1' });
    assert.equal(one.said.length, 1);
}));

test('another key is refused by the board, a short one by the settings', async () => {
    await within(async (plugin, one) => {
        assert.match((await plugin.error('queue.show/1', board())).detail, /HTTP 401/);
        assert.deepEqual([one.refused, one.shown], [1, null]);
    }, { signingKey: `whsec_${randomBytes(24).toString('base64')}` });
    for (const signingKey of ['whsec_c2hvcnQ=', 'whsec_not base64 at all, but long', 'short'])
        await within(async (plugin, one) => {
            assert.equal((await plugin.error('queue.show/1', board())).code, 'plugin.misconfigured');
            assert.deepEqual((({ field, code }) => [field, code])((await plugin.reply('config.check/1', {})).findings[0]), ['signingKey', 'plugin.misconfigured']);
            assert.equal(one.refused, 0);
        }, { signingKey });
});

test('the connection is tested without showing anything', () => within(async (plugin, one, two) => {
    two.fault = 'error';
    const checked = await plugin.reply('config.check/1', {});
    assert.equal(checked.summary, 'sanh-1');
    assert.deepEqual(checked.findings, [{ field: 'boards', code: 'queue.board_down', detail: 'sanh-2 HTTP 500' }]);
    assert.deepEqual([one.greeted, one.shown, one.said], [1, null, []]);
}, { boards: 2 }));
