// A language model's endpoint of the OpenAI kind that answers by rule, checks what it is sent as strictly as the real one,
// and misbehaves when it is told to. It knows no words of plugins/assistant-openai.
import { createServer as createPlain } from 'node:http';
import { createServer as createTls } from 'node:https';

export class Chat {
    // fault: '' | 'busy' | 'broken' | 'closed' | 'half' | 'page' | 'redirect' | 'too-long' | 'no-schema' | 'no-model' | 'endless'
    // | 'no-reason' | 'no-words' | 'filtered' | 'refusal' | 'cut'
    constructor({ key = '', tls } = {}) {
        Object.assign(this, { key, fault: '', asked: [], complaints: [] });
        const serve = (request, response) => this.serve(request, response);
        this.server = tls ? createTls(tls, serve) : createPlain(serve);
        this.server.on('tlsClientError', () => {});
    }

    async listen(port = 0) {
        await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
        return this.server.address().port;
    }

    async close() {
        this.server.closeAllConnections?.();
        await new Promise((resolve) => this.server.close(resolve));
    }

    async serve(request, response) {
        const parts = [];
        for await (const part of request) parts.push(part);
        const say = (status, body, headers = {}) => {
            response.writeHead(status, { 'content-type': 'application/json', ...headers });
            response.end(JSON.stringify(body));
        };
        const refuse = (status, code, message = 'no', headers = {}) => say(status, { error: { message, type: 'invalid_request_error', code } }, headers);
        if (request.method !== 'POST' || request.url !== '/v1/chat/completions') return refuse(404, 'unknown_url');
        if (this.key && request.headers.authorization !== `Bearer ${this.key}`) return refuse(401, 'invalid_api_key', `Incorrect key ${request.headers.authorization}`);
        let body;
        try {
            body = JSON.parse(Buffer.concat(parts).toString('utf8'));
        } catch {
            return refuse(400, 'bad_json');
        }
        this.asked.push({ body, headers: request.headers });
        const wrong = this.wrongIn(body);
        if (wrong) {
            this.complaints.push(wrong);
            return refuse(400, 'invalid_value', wrong);
        }
        const last = body.messages.at(-1).content;
        const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
        const whole = (message, finish_reason = 'stop') => ({ id: 'chatcmpl-1', object: 'chat.completion', created: 1594607410, model: body.model,
            choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }], usage });
        switch (this.fault) {
        case 'busy': return refuse(429, 'rate_limit_exceeded', `You said: ${last}`, { 'retry-after': '7' });
        case 'broken': return refuse(500, 'server_error');
        case 'closed': return request.socket.destroy();
        case 'half':
            response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4000' });
            response.write('{"choices": [{"message": {"content": "Ph');
            return setTimeout(() => response.destroy(), 20);
        case 'page': response.writeHead(200, { 'content-type': 'text/html' }); return response.end('<html>Sign in</html>');
        case 'redirect': return say(307, {}, { location: `http://127.0.0.1:${this.server.address().port}/v1/elsewhere` });
        case 'too-long': return refuse(400, 'context_length_exceeded', 'maximum context length is 10 tokens');
        case 'no-schema': return refuse(400, null, '\'response_format\' of type \'json_schema\' is not supported');
        case 'no-model': return refuse(404, 'model_not_found', `${last} asked for no model`);
        case 'endless': return say(200, whole({ content: 'a'.repeat(300_000) }));
        case 'no-reason': return say(200, whole({ content: 'Phải' }, null));
        case 'no-words': return say(200, whole({ content: null }));
        case 'filtered': return say(200, whole({ content: '' }, 'content_filter'));
        case 'refusal': return say(200, whole({ content: null, refusal: 'I cannot' }));
        case 'cut': return say(200, whole({ content: 'Hồ sơ gồm' }, 'length'));
        }
        const format = body.response_format?.type;
        if (format === 'json_schema') {
            const { properties } = body.response_format.json_schema.schema;
            const sample = { string: last, integer: 8000, boolean: true };
            return say(200, whole({ content: JSON.stringify(Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, sample[one.type]]))) }));
        }
        if (format === 'json_object') return say(200, whole({ content: JSON.stringify({ answer: last }) }));
        say(200, whole({ content: `Anh/chị hỏi: ${last}` }));
    }

    wrongIn(body) {
        const known = ['model', 'messages', 'stream', 'max_tokens', 'max_completion_tokens', 'temperature', 'response_format'];
        for (const field of Object.keys(body)) if (!known.includes(field)) return `unknown field ${field}`;
        if (typeof body.model !== 'string' || !body.model) return 'model';
        if (!Array.isArray(body.messages) || body.messages.length === 0) return 'messages';
        for (const { role, content, ...rest } of body.messages)
            if (!['system', 'user', 'assistant'].includes(role) || typeof content !== 'string' || Object.keys(rest).length) return 'messages';
        if ('temperature' in body && !(typeof body.temperature === 'number' && body.temperature >= 0 && body.temperature <= 2)) return 'temperature';
        for (const field of ['max_tokens', 'max_completion_tokens']) if (field in body && !(Number.isInteger(body[field]) && body[field] > 0)) return field;
        const format = body.response_format;
        if (format && !['json_schema', 'json_object'].includes(format.type)) return 'response_format';
        if (format?.type === 'json_schema' && !(/^[A-Za-z0-9_-]{1,64}$/.test(format.json_schema?.name) && typeof format.json_schema.schema === 'object')) return 'response_format.json_schema';
        if (format?.type === 'json_object' && !body.messages.some(({ content }) => content.includes('JSON'))) return 'messages must contain the word json';
        return '';
    }
}
