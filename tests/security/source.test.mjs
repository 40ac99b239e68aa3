// What the source itself must not hold, and where what it is linked with comes from. // N4
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { program, root } from "../functional/lib/server.mjs";

const tracked = execFileSync("git", ["ls-files", "--format=%(objectmode) %(path)"], { cwd: root, encoding: "utf8" }).trim().split("\n").filter((line) => line.startsWith("100")).map((line) => line.slice(7)); // files, not links
const read = (name) => readFileSync(join(root, name), "utf8");
const code = tracked.filter((name) => /^(core|plugins|sdk|tools)\/.*\.(cpp|h)$/.test(name));

test("no shell is started by the program (ASVS 1.2.5)", () => {
    for (const name of code) assert.doesNotMatch(read(name), /(?<!Actor::|Actor )\b(?:system|popen|execlp|execvp)\s*\(/, name);
});

test("statements are constants: none is put together from what somebody typed (ASVS 1.2.4)", () => {
    for (const name of code.filter((one) => !one.startsWith("core/db/")))
        assert.doesNotMatch(read(name), /"(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\b[^"]*"\s*\+\s*(?!\s*")/, name);
});

test("templates print unescaped only what the program itself made", () => {
    const raw = tracked.filter((name) => /^themes\/.*\.mustache$/.test(name)).flatMap((name) => [...read(name).matchAll(/\{\{\{\s*([\w.]+)\s*\}\}\}|\{\{&\s*([\w.]+)\s*\}\}/g)].map((match) => `${match[1] ?? match[2]}`));
    // "body": a page inside the layout; "html": a field that the forms' page has rendered itself.
    assert.deepEqual([...new Set(raw)].filter((name) => !["body", "html"].includes(name)).sort(), []);
});

test("no key, token or password of a real place lies in the tree", () => {
    for (const name of tracked.filter((one) => !/package-lock\.json$|\.(png|woff2?|ttf|gz|pdf|ico)$|fuzz\/corpus/.test(one)))
        assert.doesNotMatch(read(name), /-----BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30}/, name);
});

test("every package of npm is fixed by its digest and comes from a registry", () => {
    const locks = tracked.filter((name) => name.endsWith("package-lock.json"));
    assert.ok(locks.length > 0);
    for (const name of locks)
        for (const [path, entry] of Object.entries(JSON.parse(read(name)).packages))
            if (path && !entry.link) {
                assert.match(entry.integrity ?? "", /^sha512-/, `${name}: ${path}`);
                assert.doesNotMatch(entry.resolved ?? "", /^(git|http:|file:)/, `${name}: ${path}`);
            }
});

test("every library that the program is linked with is Debian's", () => {
    const libraries = [...execFileSync("ldd", [program], { encoding: "utf8" }).matchAll(/=> (\/\S+)/g)].map((match) => execFileSync("readlink", ["-f", match[1]], { encoding: "utf8" }).trim());
    assert.ok(libraries.length > 10);
    for (const library of libraries) assert.match(execFileSync("sh", ["-c", 'dpkg -S "$1" 2>/dev/null || dpkg -S "${1#/usr}"', "-", library], { encoding: "utf8" }), /^[\w.+:-]+/, library);
});
