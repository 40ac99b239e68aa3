// Builds every theme's styles, scripts, fonts, icons and images into hashed files that the server may cache for ever.
//
//   node build.mjs [--force] [theme…]
//
// Result, per theme: static/<name>-<hash>.<ext>, a .gz and a .br beside each text file, and static/manifest.json
// (logical name -> hashed name, e.g. "main.css" -> "main-1a2b3c4d5e.css"). A theme inherits from its parent file by
// file: whatever it does not have is taken from the parent, so a theme may be a single file of colours.
// A second run with the same inputs does nothing.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = dirname(fileURLToPath(import.meta.url));
const modules = join(root, "node_modules");
const compressible = new Set([".css", ".js", ".svg", ".txt"]);

function themeConfig(name) {
    const file = join(root, name, "theme.json");
    if (!existsSync(file)) throw new Error(`theme "${name}" has no theme.json`);
    return JSON.parse(readFileSync(file, "utf8"));
}

// The theme and its parents, nearest first.
function themeChain(name) {
    const chain = [];
    for (let at = name; at; at = themeConfig(at).parent) {
        if (chain.includes(at)) throw new Error(`theme "${name}" inherits from itself: ${[...chain, at].join(" > ")}`);
        chain.push(at);
    }
    return chain;
}

// Files of one folder over the whole chain, by name; the nearest theme wins.
function inheritedFiles(chain, folder) {
    const files = new Map();
    for (const theme of [...chain].reverse()) {
        const dir = join(root, theme, folder);
        if (!existsSync(dir)) continue;
        for (const entry of readdirSync(dir).sort()) files.set(entry, join(dir, entry));
    }
    return files;
}

const inherited = (chain, path) => chain.map((theme) => join(root, theme, path)).find(existsSync);

// The nearest value of a key in theme.json.
const inheritedSetting = (chain, key) => chain.map((theme) => themeConfig(theme)[key]).find((value) => value !== undefined);

function digest(content) {
    return createHash("sha256").update(content).digest("hex").slice(0, 10);
}

// One digest of everything the result depends on.
function fingerprint(chain) {
    const hash = createHash("sha256");
    const add = (file) => hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
    add(fileURLToPath(import.meta.url));
    add(join(root, "package-lock.json"));
    for (const theme of chain) {
        add(join(root, theme, "theme.json"));
        for (const folder of ["styles", "scripts", "icons", "images"]) {
            const dir = join(root, theme, folder);
            if (!existsSync(dir)) continue;
            for (const entry of readdirSync(dir, { recursive: true }).map(String).sort()) {
                const file = join(dir, entry);
                if (statSync(file).isFile()) add(file);
            }
        }
    }
    return hash.digest("hex");
}

class Output {
    constructor(dir) {
        this.dir = dir;
        this.manifest = {};
        rmSync(dir, { recursive: true, force: true });
        mkdirSync(dir, { recursive: true });
    }

    // Writes the file under its hashed name and returns that name.
    add(logical, content) {
        const bytes = Buffer.from(content);
        const extension = extname(logical);
        const hashed = `${basename(logical, extension)}-${digest(bytes)}${extension}`;
        writeFileSync(join(this.dir, hashed), bytes);
        if (compressible.has(extension)) {
            writeFileSync(join(this.dir, `${hashed}.gz`), gzipSync(bytes, { level: 9 }));
            const params = {
                [constants.BROTLI_PARAM_QUALITY]: 11,
                [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
            };
            writeFileSync(join(this.dir, `${hashed}.br`), brotliCompressSync(bytes, { params }));
        }
        this.manifest[logical] = hashed;
        return hashed;
    }
}

// @font-face rules of the subsets that the theme asks for, with the hashed file names in them.
function buildFonts(chain, out) {
    const rules = [];
    for (const font of inheritedSetting(chain, "fonts") ?? []) {
        for (const weight of font.weights) {
            const dir = join(modules, font.package);
            const css = readFileSync(join(dir, `${weight}.css`), "utf8");
            for (const subset of font.subsets) {
                const block = css.match(new RegExp(`/\\* [\\w-]*-${subset}-${weight}-normal \\*/\\s*(@font-face \\{[^}]*\\})`));
                if (!block) throw new Error(`${font.package} has no subset "${subset}" of weight ${weight}`);
                const path = block[1].match(/url\(\.\/(files\/[\w.-]+\.woff2)\)/)[1];
                const name = out.add(basename(path), readFileSync(join(dir, path)));
                rules.push(block[1].replace(/src:[^;]*;/, `src: url(${name}) format("woff2");`));
            }
        }
    }
    return rules.join("\n");
}

// Every icon becomes a <symbol>; "icons" in theme.json gives further names to the same drawings.
function buildIcons(chain, out) {
    const drawings = new Map();
    for (const [name, file] of inheritedFiles(chain, "icons")) {
        const inner = readFileSync(file, "utf8").replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/);
        if (!inner) throw new Error(`${file} is not an SVG`);
        drawings.set(basename(name, ".svg"), inner[1].replace(/\s*\n\s*/g, ""));
    }
    const aliases = Object.assign({}, ...[...chain].reverse().map((theme) => themeConfig(theme).icons ?? {}));
    for (const [alias, drawing] of Object.entries(aliases)) {
        if (!drawings.has(drawing)) throw new Error(`icon "${alias}" names the missing drawing "${drawing}"`);
    }
    const attributes = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
    const symbols = [...drawings, ...Object.entries(aliases).map(([alias, drawing]) => [alias, drawings.get(drawing)])];
    const body = symbols.map(([name, inner]) => `<symbol id="${name}" ${attributes}>${inner}</symbol>`).join("");
    out.add("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${body}</svg>`);
}

function buildImages(chain, out) {
    for (const [name, file] of inheritedFiles(chain, "images")) out.add(name, readFileSync(file));
}

// Styles say `@use "theme:tokens"`, so that a theme nearer than the one that says it may supply the part;
// `@use "parent:tokens"` for the part as the themes above have it, where this one changes only some of it; and
// url("asset:name") for a file of static/.
async function buildStyles(chain, out, fonts) {
    const sass = await import("sass");
    const importer = {
        findFileUrl(url, { containingUrl }) {
            const [from, part] = url.split(":");
            if (from !== "theme" && from !== "parent") return null;
            const asking = containingUrl ? relative(root, fileURLToPath(containingUrl)).split(sep)[0] : null;
            const above = from === "parent" ? chain.slice(chain.indexOf(asking) + 1) : chain;
            const file = inherited(above, join("styles", `_${part}.scss`));
            return file ? pathToFileURL(file) : null;
        },
    };
    for (const [name, file] of inheritedFiles(chain, "styles")) {
        if (name.startsWith("_")) continue;
        const { css } = sass.compile(file, {
            style: "compressed",
            importers: [importer],
            loadPaths: [modules],
            quietDeps: true,
            charset: false,
        });
        const logical = name.replace(/\.scss$/, ".css");
        const text = (name === "main.scss" ? fonts + "\n" : "") + css;
        out.add(logical, text.replace(/asset:([\w.-]+)/g, (_, asset) => {
            if (!out.manifest[asset]) throw new Error(`${file} names the missing asset "${asset}"`);
            return out.manifest[asset];
        }));
    }
}

async function buildScripts(chain, out) {
    const esbuild = await import("esbuild");
    for (const [name, file] of inheritedFiles(chain, "scripts")) {
        if (name.startsWith("_")) continue;
        const result = await esbuild.build({
            entryPoints: [file],
            bundle: true,
            minify: true,
            write: false,
            format: "esm",
            target: ["es2020", "safari15"],
            legalComments: "none",
            nodePaths: [modules],
        });
        out.add(name, result.outputFiles[0].contents);
    }
}

async function buildTheme(name, force) {
    const chain = themeChain(name);
    const target = join(root, name, "static");
    const stamp = join(target, ".inputs");
    const inputs = fingerprint(chain);
    if (!force && existsSync(stamp) && readFileSync(stamp, "utf8") === inputs) return "unchanged";

    const started = Date.now();
    const out = new Output(join(root, name, "static.new"));
    const fonts = buildFonts(chain, out);
    buildIcons(chain, out);
    buildImages(chain, out);
    await buildStyles(chain, out, fonts);
    await buildScripts(chain, out);
    writeFileSync(join(out.dir, "manifest.json"), JSON.stringify(out.manifest, null, 2) + "\n");
    writeFileSync(join(out.dir, ".inputs"), inputs);
    rmSync(target, { recursive: true, force: true });
    renameSync(out.dir, target);
    return `${Object.keys(out.manifest).length} files in ${Date.now() - started} ms`;
}

const args = process.argv.slice(2);
const named = args.filter((arg) => !arg.startsWith("--")).map((arg) => basename(resolve(arg)));
const all = readdirSync(root).filter((entry) => existsSync(join(root, entry, "theme.json")));
for (const theme of named.length ? named : all) {
    console.log(`theme ${theme}: ${await buildTheme(theme, args.includes("--force"))}`);
}
