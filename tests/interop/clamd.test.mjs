// scanner-clamd against Debian's clamd with a signature database of its own, and against one that misbehaves. // N7
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Clamd } from '../../tools/simulators/clamd/clamd.mjs';
import { Plugin } from './plugin.mjs';

const folder = mkdtempSync(join(tmpdir(), 'motcua-clamd-'));
const socket = join(folder, 'clamd.ctl');
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', 'STANDARD-ANTIVIRUS', 'TEST-FILE!$H+H*'].join('-');
const worm = Buffer.concat([Buffer.from('MZ made up for this test '), Buffer.alloc(300_000, 0x5a)]);
let port, daemon;

async function freePort() {
    const server = createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port: free } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return free;
}

function answers() {
    return new Promise((resolve) => {
        const probe = connect(socket, () => probe.write('zPING\0'));
        probe.on('data', (data) => { probe.destroy(); resolve(`${data}` === 'PONG\0'); }).on('error', () => resolve(false));
    });
}

before(async () => {
    port = await freePort();
    mkdirSync(join(folder, 'db'));
    writeFileSync(join(folder, 'db', 'motcua.ndb'), `Motcua.Eicar.Test:0:0:${Buffer.from(eicar).toString('hex')}\n`);
    writeFileSync(join(folder, 'db', 'motcua.hdb'),
        `${createHash('md5').update(worm).digest('hex')}:${worm.length}:Motcua.Worm.Test\n`);
    writeFileSync(join(folder, 'clamd.conf'), [`DatabaseDirectory ${join(folder, 'db')}`, `TemporaryDirectory ${folder}`,
        `LocalSocket ${socket}`, `TCPSocket ${port}`, 'TCPAddr 127.0.0.1', 'StreamMaxLength 2M', 'AlertEncrypted yes',
        'AlertExceedsMax yes', 'Foreground yes', 'MaxThreads 4', ''].join('\n'));
    daemon = spawn('clamd', ['--config-file', join(folder, 'clamd.conf')],
        { stdio: 'ignore', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
    const until = Date.now() + 60_000;
    while (!await answers()) {
        assert.ok(daemon.exitCode === null && Date.now() < until, 'clamd does not start');
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
});
after(async () => {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
});

const ways = { 'the socket file': () => ({ socket }), TCP: () => ({ host: '127.0.0.1', port }) };

async function within(config, body) {
    const plugin = new Plugin('scanner-clamd', { config, secrets: {} });
    try {
        await body(plugin, (bytes, op = 'reply') => {
            const file = join(folder, 'upload');
            writeFileSync(file, bytes);
            return plugin[op]('scanner.scan/1', { file: { name: 'giấy khai sinh.pdf', contentType: 'application/pdf', content: { blob: 0 } } },
                { blobs: [file] });
        });
    } finally {
        await plugin.close();
    }
}

// A ZIP whose only file is marked as encrypted.
function encryptedZip() {
    const name = Buffer.from('secret.txt'), data = randomBytes(64);
    const local = Buffer.alloc(30), central = Buffer.alloc(46), end = Buffer.alloc(22);
    local.writeUInt32LE(0x04034b50, 0); local.writeUInt16LE(20, 4); local.writeUInt16LE(1, 6);
    local.writeUInt32LE(data.length, 18); local.writeUInt32LE(52, 22); local.writeUInt16LE(name.length, 26);
    central.writeUInt32LE(0x02014b50, 0); central.writeUInt16LE(20, 4); central.writeUInt16LE(20, 6); central.writeUInt16LE(1, 8);
    central.writeUInt32LE(data.length, 20); central.writeUInt32LE(52, 24); central.writeUInt16LE(name.length, 28);
    end.writeUInt32LE(0x06054b50, 0); end.writeUInt16LE(1, 8); end.writeUInt16LE(1, 10);
    end.writeUInt32LE(46 + name.length, 12); end.writeUInt32LE(30 + name.length + data.length, 16);
    return Buffer.concat([local, name, data, central, name, end]);
}

for (const [way, config] of Object.entries(ways)) {
    test(`clamd by ${way}: clean is clean, malware is named, with the engine's version`, () => within(config(), async (plugin, scan) => {
        const clean = await scan(randomBytes(1_500_000));
        assert.equal(clean.verdict, 'clean');
        assert.match(clean.engine, /^ClamAV 1\./);
        assert.equal(clean.threat, undefined);
        const found = await scan(eicar);
        assert.deepEqual([found.verdict, found.threat], ['infected', 'Motcua.Eicar.Test.UNOFFICIAL']);
    }));
    test(`clamd by ${way}: past its StreamMaxLength nobody has looked`, () => within(config(), async (plugin, scan) => {
        const error = await scan(Buffer.alloc(12_000_000, 0x41), 'error');
        // What clamd said may be lost with the connection it closed; a verdict it is in no case.
        assert.ok(['scanner.too_large', 'scanner.provider_down'].includes(error.code), error.code);
        const near = await scan(Buffer.alloc(2_100_000, 0x41), 'error');
        assert.ok(['scanner.too_large', 'scanner.provider_down'].includes(near.code), near.code);
        assert.equal((await scan('still there')).verdict, 'clean');
    }));
}

test('a file of several chunks is put together again', () => within({ socket }, async (plugin, scan) => {
    assert.equal((await scan(worm)).threat, 'Motcua.Worm.Test.UNOFFICIAL');
    assert.equal((await scan(Buffer.concat([worm, Buffer.from('.')]))).verdict, 'clean'); // the signature is of the whole
    assert.equal((await scan('')).verdict, 'clean');
}));

test('what clamd will not look into is unwanted', () => within({ socket }, async (plugin, scan) => {
    const report = await scan(encryptedZip());
    assert.deepEqual([report.verdict, report.threat], ['unwanted', 'Heuristics.Encrypted.Zip']);
}));

test('the profile\'s own limit refuses before anything is sent', () => within({ socket, mostMb: 1 }, async (plugin, scan) => {
    const error = await scan(Buffer.alloc(1_048_577), 'error');
    assert.deepEqual([error.code, error.kind, error.mayRetry], ['scanner.too_large', 'rejected', false]);
}));

test('the connection is tested with EICAR', async () => {
    await within({ socket }, async (plugin) => {
        const checked = await plugin.reply('config.check/1', {});
        assert.match(checked.summary, /^ClamAV /);
        assert.equal(checked.findings, undefined);
    });
    const blind = new Clamd();
    try {
        await within({ host: '127.0.0.1', port: await blind.listen() }, async (plugin) => {
            const [finding] = (await plugin.reply('config.check/1', {})).findings;
            assert.deepEqual([finding.code, finding.field], ['scanner.failed', 'host']);
            assert.match(finding.detail, /EICAR/);
        });
    } finally {
        await blind.close();
    }
});

test('no clamd, no verdict', async () => {
    for (const config of [{ socket: join(folder, 'nobody.ctl') }, { host: '127.0.0.1', port: await freePort() }])
        await within(config, async (plugin, scan) => {
            const error = await scan('a letter', 'error');
            assert.deepEqual([error.code, error.mayRetry], ['scanner.provider_down', true]);
            const [finding] = (await plugin.reply('config.check/1', {})).findings;
            assert.deepEqual([finding.code, finding.field], ['scanner.provider_down', config.socket ? 'socket' : 'host']);
        });
});

test('only the exact answer makes a file clean', async () => {
    const clamd = new Clamd();
    try {
        await within({ host: '127.0.0.1', port: await clamd.listen() }, async (plugin, scan) => {
            const bytes = randomBytes(200_000);
            assert.equal((await scan(bytes)).verdict, 'clean');
            assert.ok(clamd.file.equals(bytes));
            assert.deepEqual(clamd.chunks, [65536, 65536, 65536, 200_000 - 3 * 65536]);
            const codes = { half: 'scanner.provider_down', closed: 'scanner.provider_down', early: 'scanner.provider_down',
                error: 'scanner.failed', garbage: 'scanner.failed', twice: 'scanner.failed', endless: 'scanner.failed', other: 'scanner.failed' };
            for (const [fault, code] of Object.entries(codes)) {
                clamd.fault = fault;
                const error = await scan(bytes, 'error');
                assert.deepEqual([fault, error.code, error.mayRetry], [fault, code, true]);
            }
        });
    } finally {
        await clamd.close();
    }
});
