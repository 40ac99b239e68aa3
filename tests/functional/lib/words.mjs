// Which words pages ask of the theme, read from C++, templates and the city's processes.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./server.mjs";

const key = "[a-z0-9_]+(?:\\.[a-z0-9_]+)+";

export function filesUnder(folder, endings) {
    const found = [];
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) {
            if (entry.name !== "node_modules" && entry.name !== "static") found.push(...filesUnder(path, endings));
        } else if (endings.some((ending) => entry.name.endsWith(ending))) {
            found.push(path);
        }
    }
    return found;
}

export const textOf = (path) => readFileSync(join(root, path), "utf8");

function all(text, pattern) {
    return [...text.matchAll(pattern)].map((match) => match[1]);
}

// { "home.title": "core/web/portal/catalogue_pages.cpp", … }
function keysIn(files, pattern) {
    const keys = new Map();
    for (const file of files) for (const found of all(textOf(file), pattern)) keys.set(found, file);
    return keys;
}

// Every dotted literal of web/ is a key or a code.
export function keysOfPages() {
    const keys = keysIn(filesUnder("core/web", [".cpp"]), new RegExp(`"(${key})"`, "g"));
    // Codes of errors stand under "error.".
    for (const code of errorCodes().keys()) keys.delete(code);
    return keys;
}

export function keysOfTemplates(theme) {
    return keysIn(filesUnder(`themes/${theme}/templates`, [".mustache"]), new RegExp(`\\{\\{[#^]?t\\.(${key})\\}\\}`, "g"));
}

// Codes of errors that can reach a page from the rooms below it. Rejected and denied ones included: their kind has words,
// but a person is owed the reason.
export function errorCodes() {
    const files = ["http", "web", "dossier", "payment", "assessment", "identity", "files"].flatMap((room) => filesUnder(`core/${room}`, [".cpp"]));
    files.push("core/process/process_service.cpp");
    const made = new RegExp(`(?:notFound|conflict|rejected|denied|invalid|invalidField|unauthenticated|Error|FieldError)\\w*[({][^;]*?"(${key})"`, "g");
    const codes = keysIn(files, made);
    // forms say a code for each rule that an answer breaks
    for (const [code, file] of keysIn(["core/forms/checks.cpp", "core/forms/validate.cpp", "core/forms/post.cpp",
        "core/identity/identity_service.cpp", "core/identity/identity_policy.cpp"],
        new RegExp(`"((?:form|field|email|phone|national_id|password)\\.[a-z_]*[a-z])"`, "g"))) codes.set(code, file);
    return codes;
}

// The words of one table of core/catalogue/names.h: namesOf("levelNames").
export function namesOf(table) {
    const body = new RegExp(`${table}\\[\\] = \\{(.*?)\\};`, "s").exec(textOf("core/catalogue/names.h"))[1];
    return all(body, /\{"(\w+)"/g);
}

// What the processes of the city draw: { actions, roles, phases, notices }.
export function wordsOfProcesses() {
    const words = { actions: new Set(["forward"]), roles: new Set(), phases: new Set(), notices: new Set() };
    const names = { actions: "actions", roles: "role", phases: "phase", notices: "notify" };
    for (const file of filesUnder("config/city/packages", [".bpmn"]))
        for (const [kind, attribute] of Object.entries(names))
            for (const value of all(textOf(file), new RegExp(`mc:${attribute}="([^"]*)"`, "g")))
                for (const word of value.split(/[\s,]+/)) if (word) words[kind].add(word);
    return words;
}

// The rules that a plugin's setting may break.
export function rulesOfSettings() {
    return new Set(all(textOf("core/plugins/config_schema.cpp"), /"form\.([a-z_]+)"/g));
}

export function wordsOf(theme, language) {
    const flat = new Map();
    const walk = (value, prefix) => {
        for (const [name, inner] of Object.entries(value))
            if (typeof inner === "string") flat.set(prefix + name, inner);
            else walk(inner, `${prefix}${name}.`);
    };
    walk(JSON.parse(textOf(`themes/${theme}/i18n/${language}.json`)), "");
    return flat;
}
