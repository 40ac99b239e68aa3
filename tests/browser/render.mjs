// Renders a theme's templates with made-up view models, the way the server does: page first, then the layout.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Mustache from "mustache";

const here = dirname(fileURLToPath(import.meta.url));
export const themesRoot = join(here, "../../themes");
export const fixturesRoot = join(here, "fixtures");

const json = (file) => JSON.parse(readFileSync(file, "utf8"));

export function themeChain(name) {
    const chain = [];
    for (let at = name; at; at = json(join(themesRoot, at, "theme.json")).parent) chain.push(at);
    return chain;
}

function merge(base, over) {
    const result = { ...base };
    for (const [key, value] of Object.entries(over)) {
        const both = typeof value === "object" && !Array.isArray(value) && typeof base[key] === "object";
        result[key] = both ? merge(base[key], value) : value;
    }
    return result;
}

export function words(theme, language) {
    return themeChain(theme)
        .reverse()
        .map((name) => join(themesRoot, name, "i18n", `${language}.json`))
        .filter(existsSync)
        .map(json)
        .reduce(merge, {});
}

// Template name -> text; partials too, by their file name; the nearest theme wins.
export function templates(theme) {
    const found = {};
    for (const name of themeChain(theme).reverse()) {
        for (const folder of ["templates", "templates/partials"]) {
            const dir = join(themesRoot, name, folder);
            if (!existsSync(dir)) continue;
            for (const file of readdirSync(dir)) {
                if (file.endsWith(".mustache")) found[file.replace(".mustache", "")] = readFileSync(join(dir, file), "utf8");
            }
        }
    }
    return found;
}

export function pageTemplates() {
    return readdirSync(join(themesRoot, "default/templates"))
        .filter((file) => file.endsWith(".mustache"))
        .map((file) => file.replace(".mustache", ""))
        .filter((name) => name !== "layout");
}

// "check_answers" or "track.found": the part before the first dot is the template.
export function cases() {
    return readdirSync(fixturesRoot)
        .filter((file) => file.endsWith(".json") && file !== "site.json")
        .map((file) => file.replace(".json", ""));
}

function assets(theme, prefix) {
    const manifest = json(join(themesRoot, theme, "static/manifest.json"));
    return Object.fromEntries(
        Object.entries(manifest).map(([name, hashed]) => [name.replace(/[.-]/g, "_"), prefix + hashed]),
    );
}

export const fixture = (name) => json(join(fixturesRoot, `${name}.json`));

// Mustache looks for a missing name in the objects around; a row that has no "note" must not show its page's note.
// Collects every section that found its name further out, where the name is one that rows may leave out.
const pageWide = new Set(["user", "hide_search"]);

class LeakFinder extends Mustache.Writer {
    constructor(leaks) {
        super();
        this.leaks = leaks;
    }
    check(token, context) {
        const name = token[1];
        let row = context;
        while (row.parent && (row.view === null || typeof row.view !== "object")) row = row.parent;
        if (name.includes(".") || pageWide.has(name) || own(row.view, name)) return;
        for (let at = row.parent; at; at = at.parent) if (own(at.view, name)) this.leaks.push(name);
    }
    renderSection(token, context, partials, original, config) {
        this.check(token, context);
        return super.renderSection(token, context, partials, original, config);
    }
    renderInverted(token, context, partials, original, config) {
        this.check(token, context);
        return super.renderInverted(token, context, partials, original, config);
    }
}

const own = (view, name) => view !== null && typeof view === "object" && Object.hasOwn(view, name);

// The model without one value of a row at a time, for every value of every kind of row.
export function* withoutOne(model) {
    const seen = new Set();
    function* rows(value, path) {
        if (value === null || typeof value !== "object") return;
        for (const [key, inner] of Object.entries(value)) {
            const place = Array.isArray(value) ? `${path}[]` : `${path}.${key}`;
            if (!Array.isArray(value) && path.includes("[]") && !seen.has(place)) {
                seen.add(place);
                delete value[key];
                yield [place, structuredClone(model)];
                value[key] = inner;
            }
            yield* rows(inner, place);
        }
    }
    yield* rows(model, "");
}

export function render(theme, caseName, language, leaks = [], given = fixture(caseName)) {
    const all = templates(theme);
    const site = fixture("site");
    const model = {
        ...site,
        ...given,
        lang: language,
        t: words(theme, language),
        asset: assets(theme, `/static/${theme}/`),
    };
    model.languages = site.languages.map((one) => ({ ...one, current: one.code === language }));
    const writer = new LeakFinder(leaks);
    const body = writer.render(all[caseName.split(".")[0]], model, all);
    return writer.render(all.layout, { ...model, body }, all);
}
