// assistant-openai against a simulated endpoint of the OpenAI kind. // O22
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Chat } from '../../tools/simulators/chat/chat.mjs';
import { Plugin } from './plugin.mjs';

const folder = mkdtempSync(join(tmpdir(), 'motcua-chat-'));
after(() => rmSync(folder, { recursive: true }));
const key = 'sk-thu-nghiem-0123456789';

async function within({ simulator = {}, config = {}, secrets = { apiKey: key } }, body) {
    const chat = new Chat({ key, ...simulator });
    const port = await chat.listen();
    const url = `${simulator.tls ? 'https' : 'http'}://localhost:${port}/v1`;
    const plugin = new Plugin('assistant-openai', { config: { url, model: 'mo-hinh-1', ...config }, secrets });
    try {
        await body(plugin, chat);
        assert.deepEqual(chat.complaints, []);
        assert.ok(!plugin.log.includes(key));
    } finally {
        await plugin.close();
        await chat.close();
    }
}

const said = (text) => ({ messages: [{ role: 'user', text }] });

test('a conversation goes over as it is, and the answer comes back', () => within({}, async (plugin, chat) => {
    const answer = await plugin.reply('assistant.ask/1', { maxTokens: 200, temperature: 25, messages: [
        { role: 'system', text: 'Trả lời ngắn gọn.' }, { role: 'user', text: 'Xin chào' }, { role: 'assistant', text: 'Chào anh/chị' },
        { role: 'user', text: 'Đăng ký khai sinh cần giấy tờ gì?\n"Bản sao" có được không?' }] });
    assert.deepEqual(answer, { text: 'Anh/chị hỏi: Đăng ký khai sinh cần giấy tờ gì?\n"Bản sao" có được không?', stopped: 'done', model: 'mo-hinh-1', tokensIn: 12, tokensOut: 5 });
    const [{ body, headers }] = chat.asked;
    assert.deepEqual([body.model, body.stream, body.max_tokens, body.temperature, body.response_format], ['mo-hinh-1', false, 200, 0.25, undefined]);
    assert.deepEqual(body.messages.map(({ role }) => role), ['system', 'user', 'assistant', 'user']);
    assert.equal(body.messages[0].content, 'Trả lời ngắn gọn.');
    assert.equal(headers['content-type'], 'application/json');
}));

test('what looks like a person\'s number or address does not leave', () => within({}, async (plugin, chat) => {
    const away = ['079190000123', '079 190 000 123', '079.190.000.123', '0900000123', '090-000-0123', '+84900000123', '+84 900 000 123', '024680135',
        'an.nguyen@example.vn'];
    const stays = ['000.00.01.H29-200713-0001', '1.001193', '1.250.000.000 đồng', '13/07/2020', '2020-07-13', '1.004873', '8.000', '107/2021/NĐ-CP', 'A012'];
    const text = [...away, ...stays].map((one) => `(${one})`).join(' và ');
    await plugin.reply('assistant.ask/1', { messages: [{ role: 'system', text }, { role: 'user', text: `${text} sđt0900000123,mail:b@c.example.vn` }] });
    for (const { content } of chat.asked[0].body.messages) {
        for (const one of [...away, '0900000123', 'b@c.example.vn']) assert.ok(!content.includes(one), one);
        for (const one of stays) assert.ok(content.includes(`(${one})`), `${one} in ${content}`);
    }
}));

test('where the model is one\'s own, masking may be off', () => within({ config: { mask: false } }, async (plugin, chat) => {
    await plugin.reply('assistant.ask/1', said('0900000123'));
    assert.equal(chat.asked[0].body.messages[0].content, '0900000123');
}));

const schema = { type: 'object', properties: { fee: { type: 'integer' }, words: { type: 'string' } }, required: ['fee', 'words'] };
test('an answer by a schema is asked for as the endpoint knows it', async () => {
    await within({}, async (plugin, chat) => {
        const { text } = await plugin.reply('assistant.ask/1', { ...said('Lệ phí?'), schema });
        assert.deepEqual(JSON.parse(text), { fee: 8000, words: 'Lệ phí?' });
        assert.deepEqual(chat.asked[0].body.response_format.json_schema.schema, schema);
        chat.fault = 'no-schema';
        assert.equal((await plugin.error('assistant.ask/1', { ...said('Lệ phí?'), schema })).code, 'assistant.schema_unsupported');
    });
    await within({ config: { schemaMode: 'json_object' } }, async (plugin, chat) => {
        assert.deepEqual(JSON.parse((await plugin.reply('assistant.ask/1', { ...said('Lệ phí?'), schema })).text), { answer: 'Lệ phí?' });
        assert.ok(chat.asked[0].body.messages[0].content.includes(JSON.stringify(schema)));
    });
    await within({ config: { schemaMode: 'none' } }, async (plugin, chat) => {
        assert.deepEqual((({ kind, code }) => [kind, code])(await plugin.error('assistant.ask/1', { ...said('Lệ phí?'), schema })), ['invalid', 'assistant.schema_unsupported']);
        assert.equal(chat.asked.length, 0);
    });
});

test('the profile\'s limits hold, whoever asks for more', () => within({ config: { maxTokens: 300, mostCharacters: 1000, tokensField: 'max_completion_tokens' } }, async (plugin, chat) => {
    for (const [asked, sent] of [[undefined, 300], [20, 20], [32768, 300]]) {
        await plugin.reply('assistant.ask/1', { ...said('Chào'), maxTokens: asked });
        assert.equal(chat.asked.at(-1).body.max_completion_tokens, sent);
        assert.equal(chat.asked.at(-1).body.max_tokens, undefined);
    }
    const error = await plugin.error('assistant.ask/1', said('x'.repeat(1001)));
    assert.deepEqual([error.code, error.mayRetry, chat.asked.length], ['assistant.too_long', false, 3]);
}));

test('why an answer ended is told', () => within({}, async (plugin, chat) => {
    for (const [fault, stopped, text] of [['cut', 'length', 'Hồ sơ gồm'], ['filtered', 'filtered', undefined], ['refusal', 'filtered', undefined]]) {
        chat.fault = fault;
        const answer = await plugin.reply('assistant.ask/1', said('Chào'));
        assert.deepEqual([fault, answer.stopped, answer.text], [fault, stopped, text]);
    }
}));

test('what is no answer is an error, and repeats nobody\'s words', async () => {
    const codes = { busy: ['assistant.provider_down', true], broken: ['assistant.provider_down', true], closed: ['assistant.provider_down', true],
        half: ['assistant.provider_down', true], page: ['assistant.provider_down', true], redirect: ['assistant.provider_down', true],
        endless: ['assistant.provider_down', true], 'no-reason': ['assistant.provider_down', true], 'no-words': ['assistant.provider_down', true],
        'too-long': ['assistant.too_long', false], 'no-model': ['assistant.refused', false] };
    for (const [fault, expected] of Object.entries(codes))
        await within({}, async (plugin, chat) => {
            chat.fault = fault;
            const error = await plugin.error('assistant.ask/1', said('Bí mật của tôi'));
            assert.deepEqual([fault, error.code, error.mayRetry], [fault, ...expected]);
            assert.ok(!JSON.stringify(error).includes('Bí mật') && !plugin.log.includes('Bí mật'));
            assert.equal(chat.asked.length, 1); // a redirect is not followed
        });
});

test('a wrong key is said to be one; without a key none is sent', async () => {
    await within({ secrets: { apiKey: 'sk-sai' } }, async (plugin) => {
        const error = await plugin.error('assistant.ask/1', said('Chào'));
        assert.deepEqual([error.kind, error.code], ['denied', 'assistant.login_refused']);
        assert.ok(!JSON.stringify(error).includes('sk-sai'));
        assert.equal((await plugin.reply('config.check/1', {})).findings[0].field, 'apiKey');
    });
    await within({ simulator: { key: '' }, secrets: {} }, async (plugin, chat) => {
        assert.equal((await plugin.reply('config.check/1', {})).summary, 'mo-hinh-1');
        assert.equal(chat.asked[0].headers.authorization, undefined);
    });
});

test('words and key go by verified TLS, or nowhere but to this machine', async () => {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'server.key', '-out', 'server.pem',
        '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { cwd: folder, stdio: 'pipe' });
    const [serverKey, ca] = ['server.key', 'server.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
    const simulator = { tls: { key: serverKey, cert: ca } };
    await within({ simulator, config: { ca } }, async (plugin) => assert.equal((await plugin.reply('assistant.ask/1', said('Chào'))).stopped, 'done'));
    await within({ simulator }, async (plugin, chat) => {
        assert.deepEqual((({ kind, code }) => [kind, code])(await plugin.error('assistant.ask/1', said('Chào'))), ['denied', 'host.tls_failed']);
        assert.equal(chat.asked.length, 0);
    });
    for (const url of ['http://model.example.vn/v1', 'http://localhost.example.vn/v1', 'http://127.0.0.1.example.vn:8000/v1', 'http://localhost@example.vn/v1', 'http://localhost:x@example.vn/v1'])
        await within({ config: { url } }, async (plugin) =>
            assert.deepEqual((({ kind, code }) => [kind, code])(await plugin.error('assistant.ask/1', said('Chào'))), ['invalid', 'plugin.misconfigured']));
});
