// Makes everything that follows from sdk/schema/*.json: C++ structs and codecs (include/motcua/sdk/<capability>.h), JSON
// Schema (json-schema/<capability>.json), the reference page (reference/<capability>.md), and what new-plugin puts together
// (templates/).
//   node sdk/tools/generate.mjs           writes them
//   node sdk/tools/generate.mjs --check   fails, naming the file, where one is not what would be written
import { readFileSync, writeFileSync, readdirSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sdk = join(dirname(fileURLToPath(import.meta.url)), '..');
const scalars = { string: 'std::string', int: 'std::int64_t', bool: 'bool', bytes: 'Bytes', blob: 'Blob', json: 'Json' };
const initial = { int: ' = 0', bool: ' = false' };
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const camel = (text) => text.split('-').map((word, i) => (i ? capital(word) : word)).join('');
const baseOf = (spec) => spec.type.replace(/^(\[\]|\{\})/, '');
const load = (name) => new Contract(join(sdk, 'schema', `${name}.json`));

class Contract {
    constructor(file) {
        Object.assign(this, { uses: [], classes: {}, enums: {}, types: {}, events: {}, operations: {}, errors: {}, script: [] },
            JSON.parse(readFileSync(file, 'utf8')));
        this.file = file;
        this.used = this.uses.map(load);
        const operations = Object.keys(this.operations);
        if (this.class) this.classes = { [this.class]: { doc: '', operations: operations.map((id) => this.word(id)) } };
        for (const { operations: words } of Object.values(this.classes))
            for (const word of words)
                if (!this.operations[this.id(word)] || /^(answers|start|stop|invoke|operations|checkConfig)$/.test(camel(word)))
                    throw new Error(`${file}: a class names an operation ${word}, which is unknown or a word of Plugin`);
        for (const [name, type] of Object.entries(this.types))
            for (const [field, spec] of Object.entries(type.fields)) this.checkField(`${name}.${field}`, spec);
        for (const [name, op] of Object.entries(this.operations)) {
            if (this.types[opName(name)]) throw new Error(`${file}: the type ${opName(name)} hides the operation ${name}`);
            for (const part of ['request', 'reply'])
                if (!this.type(op[part])) throw new Error(`${file}: ${name} names an unknown type ${op[part]}`);
            if (!name.startsWith(`${this.capability}.`) && Object.keys(this.classes).length)
                throw new Error(`${file}: ${name} is not one of ${this.capability}'s`);
        }
        for (const { says, operation, status, reply } of this.script) {
            const op = this.operations[operation?.replace(/\/\d+$/, '')];
            if (!says || !op || !Array.isArray(status)) throw new Error(`${file}: a step of the script is not whole: ${says}`);
            for (const field of Object.keys(reply ?? {}))
                if (!this.type(op.reply).fields[field]) throw new Error(`${file}: the step "${says}" expects an unknown ${field}`);
        }
        for (const [name, { data }] of Object.entries(this.events)) {
            if (!this.type(data)) throw new Error(`${file}: ${name} names an unknown type ${data}`);
            if (this.reaches(data, 'blob')) throw new Error(`${file}: ${name} carries bytes, which an event cannot`);
        }
    }

    id(word) { return `${this.capability}.${word}`; }
    word(id) { return id.slice(id.indexOf('.') + 1); }
    type(name) { return this.types[name] ?? this.used.map((one) => one.type(name)).find(Boolean); }
    enumeration(name) { return this.enums[name] ?? this.used.map((one) => one.enumeration(name)).find(Boolean); }
    // The named types and enumerations that a type leads to, itself included.
    closure(name, found = new Set()) {
        if (found.has(name)) return found;
        found.add(name);
        for (const spec of Object.values(this.type(name)?.fields ?? {})) {
            if (this.type(baseOf(spec)) || this.enumeration(baseOf(spec))) this.closure(baseOf(spec), found);
        }
        return found;
    }
    reaches(name, scalar) {
        return [...this.closure(name)].some((one) => Object.values(this.type(one)?.fields ?? {}).some((spec) => baseOf(spec) === scalar));
    }

    checkField(path, spec) {
        const base = baseOf(spec);
        if (!scalars[base] && !this.type(base) && !this.enumeration(base))
            throw new Error(`${this.file}: ${path} has an unknown type ${spec.type}`);
        const known = ['type', 'doc', 'required', 'optional', 'min', 'max', 'maxLength', 'maxItems', 'example'];
        for (const key of Object.keys(spec))
            if (!known.includes(key)) throw new Error(`${this.file}: ${path} has an unknown key ${key}`);
        if (/^(alignas|auto|case|catch|class|const|default|delete|do|enum|export|final|for|friend|if|namespace|new|operator|private|protected|public|register|return|static|struct|switch|template|this|union|using|virtual|void|while)$/.test(path.split('.')[1]))
            throw new Error(`${this.file}: ${path} is a word of C++`);
        if (spec.required && spec.optional) throw new Error(`${this.file}: ${path} is both required and optional`);
    }

    cpp(spec) {
        const base = baseOf(spec);
        let made = scalars[base] ?? base;
        if (spec.type.startsWith('[]')) made = `std::vector<${made}>`;
        if (spec.type.startsWith('{}')) made = `std::map<std::string, ${made}>`;
        return spec.optional ? `std::optional<${made}>` : made;
    }

    initialiser(spec) {
        if (spec.optional) return '{}';
        return initial[spec.type] ?? '{}';
    }
}

function header(contract) {
    const out = [
        `// ${contract.title}: structs, codecs and operations. Made by sdk/tools/generate.mjs from`,
        `// sdk/schema/${contract.capability}.json; do not edit.`,
        '#pragma once', '',
        ...contract.used.map((used) => `#include "motcua/sdk/${file(used)}.h"`),
        Object.keys(contract.classes).length ? '#include "motcua/sdk/plugin.h"' : '#include "motcua/sdk/codec.h"', '',
        ...(Object.keys(contract.enums).length ? ['#include <array>'] : []),
        '#include <cstdint>', '#include <map>', '#include <optional>', '#include <string>', '#include <utility>',
        '#include <vector>', '', 'namespace motcua::sdk {', 'inline namespace v1 {', ''];
    for (const [name, spec] of Object.entries(contract.enums)) out.push(...enumeration(name, spec));
    for (const [name, spec] of Object.entries(contract.types)) out.push(...struct(contract, name, spec));
    if (Object.keys(contract.operations).length) {
        out.push('// The operations.', 'namespace op {', '');
        for (const [id, op] of Object.entries(contract.operations)) out.push(...operation(id, op));
        out.push('} // namespace op', '');
    }
    if (Object.keys(contract.events).length) {
        out.push('// What a plugin hands in with Host::post, or a webhook with eventOf().', 'namespace event {', '');
        for (const [id, event] of Object.entries(contract.events))
            out.push(`// ${event.doc}`, `struct ${opName(id)} {`, `    static constexpr const char* kind = "${id}";`,
                `    using Data = ::motcua::sdk::${event.data};`, '};', '');
        out.push('} // namespace event', '');
    }
    for (const name of Object.keys(contract.classes)) out.push(...baseClass(contract, name));
    out.push('} // namespace v1', '} // namespace motcua::sdk', '');
    return out.join('\n');
}

function enumeration(name, spec) {
    const values = Object.entries(spec.values);
    return [
        `// ${spec.doc}`, `enum class ${name} {`,
        ...values.map(([word, doc]) => `    ${enumerator(word)}, // ${doc}`), '};', '',
        'template <>', `struct EnumWords<${name}> {`,
        `    static constexpr std::array<std::pair<${name}, const char*>, ${values.length}> entries{{`,
        ...values.map(([word]) => `        {${name}::${enumerator(word)}, "${word}"},`), '    }};', '};', ''];
}

const enumerator = (word) => word.split('_').map(capital).join('');

function struct(contract, name, spec) {
    const fields = Object.entries(spec.fields);
    const width = Math.max(0, ...fields.map(([field, f]) => `${contract.cpp(f)} ${field}${contract.initialiser(f)};`.length));
    const members = fields.map(([field, f]) =>
        `    ${`${contract.cpp(f)} ${field}${contract.initialiser(f)};`.padEnd(width)} // ${f.doc}${f.required ? '' : ' (may be absent)'}`);
    const bounds = (f) => {
        const parts = [];
        if (f.min !== undefined) parts.push(`.least = ${f.min}`);
        if (f.max !== undefined) parts.push(`.most = ${f.max}`);
        if (f.maxLength !== undefined || f.maxItems !== undefined) parts.push(`.length = ${f.maxLength ?? f.maxItems}`);
        return parts.length ? `, {${parts.join(', ')}}` : '';
    };
    const unused = fields.length === 0;
    return [
        ...(spec.doc ? [`// ${spec.doc}`] : []), `struct ${name} {`, ...members, '};', '',
        'template <>', `struct Codec<${name}> {`,
        `    static void write(Writer&${unused ? '' : ' w'}, const ${name}&${unused ? '' : ' v'}) {`,
        ...fields.map(([field]) => `        w.field("${field}", v.${field});`), '    }',
        `    static void read(Reader&${unused ? '' : ' r'}, ${name}&${unused ? '' : ' v'}) {`,
        ...fields.map(([field, f]) => `        r.${f.required ? 'required' : 'optional'}("${field}", v.${field}${bounds(f)});`),
        '    }', '};', ''];
}

const opName = (id) => id.split(/[.-]/).map(capital).join('');

function operation(id, op) {
    return [
        `// ${op.doc}`, `struct ${opName(id)} {`,
        `    static constexpr const char* id = "${id}/${op.revision}";`,
        `    static constexpr std::int64_t timeoutMs = ${op.timeoutMs ?? 30000};`,
        `    using Request = ${op.request};`, `    using Reply = ${op.reply};`, '};', ''];
}

function baseClass(contract, name) {
    const { doc, operations } = contract.classes[name];
    const ops = operations.map((word) => [camel(word), contract.id(word), contract.operations[contract.id(word)]]);
    return [
        ...(doc ? [`// ${doc}`] : []),
        `// Derive from this to provide "${contract.capability}/1". Calls may overlap up to the manifest's limits.concurrency.`,
        `class ${name} : public virtual Plugin {`, 'public:',
        ...ops.flatMap(([method, id, op]) => [
            `    // ${op.doc}`,
            op.required
                ? `    virtual Result<${op.reply}> ${method}(const ${op.request}&, const Call&) = 0;`
                : `    virtual Result<${op.reply}> ${method}(const ${op.request}&, const Call&) { return unimplemented(op::${opName(id)}::id); }`]),
        '', 'protected:', `    ${name}() {`,
        ...ops.map(([method, id]) =>
            `        answers<op::${opName(id)}>([this](const auto& request, const Call& call) { return ${method}(request, call); });`),
        '    }', '};', ''];
}

function jsonSchema(contract) {
    const leaf = { string: { type: 'string' }, int: { type: 'integer' }, bool: { type: 'boolean' }, json: {},
        bytes: { type: 'string', contentEncoding: 'base64' },
        blob: { type: 'object', properties: { blob: { type: 'integer', minimum: 0 } }, required: ['blob'] } };
    const one = (spec) => {
        const base = baseOf(spec);
        let made = { ...(leaf[base] ?? { $ref: `#/$defs/${base}` }) };
        if (spec.type.startsWith('[]')) made = { type: 'array', items: made };
        if (spec.type.startsWith('{}')) made = { type: 'object', additionalProperties: made };
        for (const [ours, theirs] of [['min', 'minimum'], ['max', 'maximum'], ['maxLength', 'maxLength'], ['maxItems', 'maxItems']])
            if (spec[ours] !== undefined) made[theirs] = spec[ours];
        if (spec.required && spec.type === 'string') made.minLength = 1;
        if (spec.required && spec.type.startsWith('[]')) made.minItems = 1;
        if (spec.example !== undefined) made.examples = [spec.example];
        return { ...made, description: spec.doc };
    };
    // What is used of other contracts stands in each file: every one is whole.
    const reached = new Set();
    for (const name of Object.keys(contract.types)) contract.closure(name, reached);
    for (const op of Object.values(contract.operations)) [op.request, op.reply].forEach((name) => contract.closure(name, reached));
    const names = [...Object.keys(contract.enums), ...Object.keys(contract.types)];
    names.push(...[...reached].filter((name) => !names.includes(name)).sort());
    const defs = {};
    for (const name of names) {
        const words = contract.enumeration(name);
        if (words) {
            defs[name] = { description: words.doc, enum: Object.keys(words.values) };
            continue;
        }
        const spec = contract.type(name);
        const fields = Object.entries(spec.fields);
        defs[name] = { description: spec.doc, type: 'object',
            properties: Object.fromEntries(fields.map(([field, f]) => [field, one(f)])),
            required: fields.filter(([, f]) => f.required).map(([field]) => field) };
    }
    const operations = Object.fromEntries(Object.entries(contract.operations).map(([id, op]) =>
        [`${id}/${op.revision}`, { request: { $ref: `#/$defs/${op.request}` }, reply: { $ref: `#/$defs/${op.reply}` } }]));
    const events = Object.fromEntries(Object.entries(contract.events).map(([id, { data }]) => [id, { $ref: `#/$defs/${data}` }]));
    return JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: contract.title,
        'x-operations': operations, ...(Object.keys(events).length ? { 'x-events': events } : {}), 'x-errors': contract.errors,
        ...(contract.script.length ? { 'x-script': contract.script } : {}), $defs: defs }, null, 2) + '\n';
}

function page(contract) {
    const limits = (f) => [f.min !== undefined ? `≥ ${f.min}` : '', f.max !== undefined ? `≤ ${f.max}` : '',
        f.maxLength ? `≤ ${f.maxLength} bytes` : '', f.maxItems ? `≤ ${f.maxItems} items` : ''].filter(Boolean).join(', ');
    const out = [`# ${contract.title} (\`${contract.capability}/1\`)`, '',
        `Made from \`sdk/schema/${contract.capability}.json\`. Include \`motcua/sdk/${file(contract)}.h\`.`
            + (contract.class ? ` Derive from \`${contract.class}\`.` : '')
            + contract.used.map((used) => ` What it shares with others stands in [${used.capability}.md](${used.capability}.md).`).join('')];
    if (!contract.class && Object.keys(contract.classes).length) {
        out.push('', 'Derive from one or several of these:', '', '| class | for | operations |', '| --- | --- | --- |');
        for (const [name, { doc, operations }] of Object.entries(contract.classes))
            out.push(`| \`${name}\` | ${doc} | ${operations.map((word) => `\`${word}\`${contract.operations[contract.id(word)].required ? '' : ' (may be left out)'}`).join(', ')} |`);
    }
    if (Object.keys(contract.operations).length)
        out.push('', '## Operations', '', '| operation | request | reply | must | deadline | what it does |', '| --- | --- | --- | --- | --- | --- |');
    for (const [id, op] of Object.entries(contract.operations))
        out.push(`| \`${id}/${op.revision}\` | ${op.request} | ${op.reply} | ${op.required ? 'yes' : 'no'} | ${(op.timeoutMs ?? 30000) / 1000} s | ${op.doc} |`);
    if (Object.keys(contract.events).length)
        out.push('', '## Events', '', 'Handed in with `Host::post`, or translated by `webhook.verify`.', '', '| kind | data | what it says |', '| --- | --- | --- |');
    for (const [id, event] of Object.entries(contract.events)) out.push(`| \`${id}\` | ${event.data} | ${event.doc} |`);
    for (const [name, spec] of Object.entries(contract.types)) {
        if (!Object.keys(spec.fields).length) continue;
        out.push('', `## ${name}`, '', ...(spec.doc ? [spec.doc, ''] : []), '| field | type | must | limits | meaning |', '| --- | --- | --- | --- | --- |');
        for (const [field, f] of Object.entries(spec.fields))
            out.push(`| \`${field}\` | ${f.type} | ${f.required ? 'yes' : 'no'} | ${limits(f)} | ${f.doc} |`);
    }
    for (const [name, spec] of Object.entries(contract.enums)) {
        out.push('', `## ${name}`, '', spec.doc, '', '| word | meaning |', '| --- | --- |');
        for (const [word, doc] of Object.entries(spec.values)) out.push(`| \`${word}\` | ${doc} |`);
    }
    if (Object.keys(contract.errors).length) out.push('', '## Errors', '', '| code | meaning |', '| --- | --- |');
    for (const [code, doc] of Object.entries(contract.errors)) out.push(`| \`${code}\` | ${doc} |`);
    if (contract.script.length) out.push('', '## What plugin-check tries', '', ...contract.script.map(({ says }) => `- ${says}`));
    return out.join('\n') + '\n';
}

// "plugin" and "host" are names of the layer's own headers.
const file = (contract) => ({ plugin: 'check', host: 'host_operations' })[contract.capability] ?? contract.capability.replaceAll('-', '_');

const check = process.argv.includes('--check');
let drifted = 0;
function put(path, text) {
    let found = '';
    try { found = readFileSync(path, 'utf8'); } catch { /* not made yet */ }
    if (found === text) return;
    if (check) {
        console.error(`${path} is not what sdk/schema says: run node sdk/tools/generate.mjs`);
        ++drifted;
        return;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
}

function capabilities(contracts) {
    const rows = contracts.filter((contract) => Object.keys(contract.classes).length).map((contract) => {
        const ways = Object.values(contract.classes).map(({ operations }) => operations.map((word) => contract.id(word))
            .filter((id) => contract.operations[id].required).map((id) => `"${id}/${contract.operations[id].revision}"`));
        return `        {"${contract.capability}/1", {${ways.map((way) => `{${way.join(', ')}}`).join(', ')}}},`;
    });
    return ['// The capabilities of ABI 1 and the operations that each demands. Made by sdk/tools/generate.mjs from sdk/schema/;',
        '// do not edit.', '#pragma once', '', '#include <vector>', '', 'namespace motcua::sdk {', 'inline namespace v1 {', '',
        'struct Capability {', '    const char* id;', '    std::vector<std::vector<const char*>> ways; // one of them must be there whole', '};', '',
        'inline const std::vector<Capability>& capabilities() {', '    static const std::vector<Capability> all{', ...rows,
        '    };', '    return all;', '}', '', '} // namespace v1', '} // namespace motcua::sdk', ''].join('\n');
}

// What new-plugin puts together: for each class its capability, header and operations, and for each operation a method that
// may be built and passes at once.
const bodies = {
    'message.send': `        for (const Recipient& one : message.to)
            if (one.address.find_first_of("\\r\\n") != std::string::npos) return invalid("message.recipient_invalid");
        (void)call;
        return unavailable("message.provider_down", "nobody has written yet how to send");`,
    'signature.uploaded': `        (void)request, (void)call;
        return Upload{{}, {}, {200, "application/json", "{}"}, {400, "application/json", "{}"}};`,
    'webhook.verify': `        (void)request, (void)call; // no signature is a wrong one
        const HttpAnswer ok{200, "application/json", "{}"}, no{401, "application/json", "{}"}, later{503, "application/json", "{}"};
        return WebhookNotice{false, "no signature is known yet", {}, ok, no, later};`,
    'http.handle': `        (void)call;
        return notFound("http.no_such_page", request.route);`,
    'job.run': `        (void)call;
        if (request.job != "poll") return notFound("job.unknown", request.job);
        return JobReport{false, "nothing to do yet"};`,
};
bodies['payment.returned'] = bodies['payment.notified'] = `        (void)request, (void)call; // no signature is a wrong one
        const HttpAnswer ok{200, "application/json", "{}"}, no{400, "application/json", "{}"};
        return PaymentNotice{false, {}, {}, "no signature is known yet", {ok, ok, no, no, no, no}};`;

function method(contract, id) {
    const op = contract.operations[id];
    const parameter = id === 'message.send' ? 'message' : 'request';
    const body = bodies[id] ?? `        (void)request, (void)call;
        return unavailable("${contract.capability}.provider_down", "nobody has written ${id} yet");`;
    return `    // ${op.doc}\n    Result<${op.reply}> ${camel(contract.word(id))}(const ${op.request}& ${parameter}, const Call& call) override {\n${body}\n    }\n`;
}

function templates(contract) {
    return Object.entries(contract.classes).map(([name, { operations }]) => {
        const ids = operations.map((word) => contract.id(word));
        const required = ids.filter((id) => contract.operations[id].required);
        return `${name} ${contract.capability} ${file(contract)} ${(required.length ? required : ids).join(' ')}`;
    });
}

let made = 0;
const contracts = readdirSync(join(sdk, 'schema')).sort().map((name) => load(name.replace(/\.json$/, '')));
// One namespace holds them all: a plugin may provide several capabilities.
const names = contracts.flatMap((one) => [...Object.keys(one.types), ...Object.keys(one.enums), ...Object.keys(one.classes)]);
const twice = names.filter((name, i) => names.indexOf(name) !== i);
if (twice.length) throw new Error(`sdk/schema names twice: ${twice.join(', ')}`);
for (const contract of contracts) {
    put(join(sdk, 'include/motcua/sdk', `${file(contract)}.h`), header(contract));
    put(join(sdk, 'json-schema', `${contract.capability}.json`), jsonSchema(contract));
    put(join(sdk, 'reference', `${contract.capability}.md`), page(contract));
    made += 3;
    for (const { operations } of Object.values(contract.classes))
        for (const word of operations) {
            put(join(sdk, 'templates/methods', `${contract.id(word)}.txt`), method(contract, contract.id(word)));
            ++made;
        }
}
put(join(sdk, 'templates/classes.txt'), `${contracts.flatMap(templates).join('\n')}\n`);
++made;
put(join(sdk, 'include/motcua/sdk/capabilities.h'), capabilities(contracts));
++made;
console.log(`${made - drifted} passed, ${drifted} failed`);
process.exit(drifted ? 1 : 0);
