// Whether the contract of today still serves a plugin that was built with an earlier one:
//   node contract.mjs EARLIER/schema TODAY/schema        says what it breaks; exit status 1 where it does
// What goes to the plugin may gain fields, never lose, widen or retype one; what comes from it may be asked no more than then.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const read = (folder) => Object.fromEntries(readdirSync(folder).filter((name) => name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8'))]));
const [then, now] = process.argv.slice(2).map(read);
const problems = [];
const say = (words) => problems.push(words);

const baseOf = (type) => type.replace(/^(\[\]|\{\})/, '');
const find = (all, file, kind, name) => all[file]?.[kind]?.[name] ??
    (all[file]?.uses ?? []).map((used) => find(all, `${used}.json`, kind, name)).find(Boolean);

// Of a bound: what the receiver takes may only widen, what it is given may only narrow.
function bound(where, key, before, after, toPlugin) {
    const wide = key === 'min' ? -Infinity : Infinity;
    const [a, b] = [before[key] ?? wide, after[key] ?? wide];
    const wider = key === 'min' ? b < a : b > a;
    const narrower = key === 'min' ? b > a : b < a;
    if (toPlugin ? wider : narrower) say(`${where}: ${key} was ${before[key]}, is ${after[key]}`);
}

function compare(file, name, toPlugin, seen) {
    if (seen.has(name)) return;
    seen.add(name);
    const [before, after] = [then, now].map((all) => find(all, file, 'types', name));
    if (!before) return compareEnum(file, name, toPlugin);
    if (!after) return say(`${file} ${name}: the type is gone`);
    for (const [field, old] of Object.entries(before.fields)) {
        const where = `${file} ${name}.${field}`, fresh = after.fields[field];
        if (!fresh) { say(`${where}: is gone`); continue; }
        if (fresh.type !== old.type) say(`${where}: was ${old.type}, is ${fresh.type}`);
        if (toPlugin && old.required && !fresh.required) say(`${where}: was always there, may be absent`);
        if (!toPlugin && !old.required && fresh.required) say(`${where}: could be left out, is required`);
        for (const key of ['min', 'max', 'maxLength', 'maxItems']) bound(where, key, old, fresh, toPlugin);
        compare(file, baseOf(old.type), toPlugin, seen);
    }
    for (const [field, fresh] of Object.entries(after.fields))
        if (!toPlugin && fresh.required && !before.fields[field]) say(`${file} ${name}.${field}: is new and required`);
}

function compareEnum(file, name, toPlugin) {
    const before = find(then, file, 'enums', name), after = find(now, file, 'enums', name);
    if (!before) return; // a scalar
    if (!after) return say(`${file} ${name}: the enumeration is gone`);
    const [a, b] = [Object.keys(before.values), Object.keys(after.values)];
    for (const word of toPlugin ? b.filter((one) => !a.includes(one)) : a.filter((one) => !b.includes(one)))
        say(`${file} ${name}: ${word} is ${toPlugin ? 'new, and goes to plugins that do not know it' : 'gone'}`);
}

for (const [file, contract] of Object.entries(then)) {
    if (!now[file]) { say(`${file}: is gone`); continue; }
    const ofHost = file === 'host.json';
    for (const [id, old] of Object.entries(contract.operations ?? {})) {
        const fresh = now[file].operations?.[id];
        if (!fresh) { say(`${file} ${id}: the operation is gone`); continue; }
        if (fresh.revision !== old.revision) say(`${file} ${id}: revision ${old.revision} is gone`);
        for (const part of ['request', 'reply']) {
            if (fresh[part] !== old[part]) say(`${file} ${id}: the ${part} was ${old[part]}, is ${fresh[part]}`);
            compare(file, old[part], (part === 'request') !== ofHost, new Set());
        }
    }
    for (const [kind, { data }] of Object.entries(contract.events ?? {})) {
        if (now[file].events?.[kind]?.data !== data) say(`${file} ${kind}: the event is gone or another`);
        compare(file, data, false, new Set());
    }
    const status = (words) => words.split(':')[0];
    for (const [code, words] of Object.entries(contract.errors ?? {}))
        if (status(now[file].errors?.[code] ?? '') !== status(words)) say(`${file} ${code}: was ${status(words)}`);
    const required = Object.entries(now[file].operations ?? {}).filter(([id, op]) => op.required && !contract.operations?.[id]);
    if (contract.class && required.length) say(`${file}: ${required[0][0]} is new and required`);
    for (const [name, { operations }] of Object.entries(contract.classes ?? {}))
        for (const word of now[file].classes?.[name]?.operations ?? [])
            if (!operations.includes(word)) say(`${file} ${name}.${word}: a class that stands gains an operation`);
}
console.log(problems.join('\n'));
process.exit(problems.length ? 1 : 0);
