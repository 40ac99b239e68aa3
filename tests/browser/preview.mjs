// Shows every page of the themes with made-up data, and checks each in Chromium.
//
//   node preview.mjs                    all checks; last line "N passed, N failed"
//   node preview.mjs --serve [PORT]     only serves the pages, list at /
//   node preview.mjs --only home,track  some pages
//   node preview.mjs --shots FOLDER     keeps screenshots at 1280 and 390 pixels (and 320 on wish: --shots-small)
//
// Checks: words exist in both languages; templates, fixtures and their documentation agree; html-validate; axe at both
// widths; no sideways scrolling at 320, 390 and 1280 pixels; no breach of the content security policy, no console
// error; the first view stays within its budget; pages stand with scripts off.
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { AxeBuilder } from "@axe-core/playwright";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";
import { cases, fixture, pageTemplates, render, templates, themesRoot, withoutOne, words } from "./render.mjs";

const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const types = { ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const firstViewBudget = 130_000;
const officialFirstViewBudget = 200_000;

const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const wanted = option("--only")?.split(",");
const pages = cases().filter((name) => !wanted || wanted.some((one) => name === one || name.split(".")[0] === one));

function sendStatic(response, path, acceptsGzip) {
    const file = join(themesRoot, path.split("/")[2], "static", path.split("/")[3]);
    if (!existsSync(file)) return response.writeHead(404).end();
    const zipped = acceptsGzip && existsSync(`${file}.gz`);
    const sent = zipped ? `${file}.gz` : file;
    const headers = { "Content-Type": types[extname(file)], "Content-Length": statSync(sent).size };
    if (zipped) headers["Content-Encoding"] = "gzip";
    response.writeHead(200, headers);
    createReadStream(sent).pipe(response);
}

// What scripts post to: an upload that is taken, one that is refused, one that breaks.
const posted = [];
function takePost(request, response, path) {
    let body = "";
    request.setEncoding("latin1").on("data", (chunk) => (body += chunk));
    request.on("end", () => {
        posted.push({ path, body });
        if (path === "/taken") return response.writeHead(303, { Location: "/default/vi/dossier_task_list" }).end();
        if (path === "/refused") return response.writeHead(422).end(render("default", "upload", "vi"));
        return response.writeHead(503).end();
    });
}

function serve(port) {
    const server = createServer((request, response) => {
        const path = new URL(request.url, "http://localhost").pathname;
        if (path.startsWith("/static/")) return sendStatic(response, path, /gzip/.test(request.headers["accept-encoding"]));
        if (path === "/kept") return response.writeHead(204).end();
        response.setHeader("Content-Type", "text/html; charset=utf-8");
        response.setHeader("Content-Security-Policy", policy);
        if (request.method === "POST") return takePost(request, response, path);
        const [, theme, language, name] = path.split("/");
        if (name && pages.includes(name)) {
            response.setHeader("Content-Encoding", "gzip");
            return response.end(gzipSync(render(theme, name, language)));
        }
        const list = pages.map((one) => `<li><a href="/default/vi/${one}">${one}</a> <a href="/dawn/vi/${one}">dawn</a>`);
        response.writeHead(path === "/" ? 200 : 404);
        response.end(`<!DOCTYPE html><title>Pages</title><ul>${list.join("")}</ul>`);
    });
    return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

let passed = 0;
let failed = 0;
function check(name, problems) {
    if (problems.length === 0) {
        passed += 1;
        return;
    }
    failed += 1;
    console.log(`FAILED ${name}`);
    for (const problem of problems.slice(0, 12)) console.log(`    ${problem}`);
}

// Words

const flat = (object, path = "") =>
    Object.entries(object).flatMap(([key, value]) =>
        typeof value === "string" ? [path + key] : flat(value, `${path}${key}.`),
    );
const at = (object, path) => path.split(".").reduce((value, key) => value?.[key], object);
const places = (text) => (text.match(/\{\w+\}|%\w+%/g) ?? []).sort().join();

function checkWords() {
    const vi = words("default", "vi");
    const en = words("default", "en");
    const keys = new Set([...flat(vi), ...flat(en)]);
    const missing = [...keys].filter((key) => typeof at(vi, key) !== "string" || typeof at(en, key) !== "string");
    check("every word stands in Vietnamese and in English", missing);
    const differing = [...keys].filter((key) => !missing.includes(key) && places(at(vi, key)) !== places(at(en, key)));
    check("both languages name the same {places}", differing);
    const notComposed = flat(vi).filter((key) => at(vi, key) !== at(vi, key).normalize("NFC"));
    check("Vietnamese words are composed (NFC)", notComposed);
    const unknown = Object.entries(templates("dawn")).flatMap(([name, text]) =>
        [...text.replace(/\{\{![\s\S]*?\}\}/g, "").matchAll(/\{\{[#^]?\s*t\.([\w.]+)\s*\}\}/g)]
            .map((match) => match[1])
            .filter((key) => at(vi, key) === undefined)
            .map((key) => `${name}: t.${key}`),
    );
    check("templates use only words that exist", unknown);
    const holed = Object.entries(templates("dawn")).flatMap(([name, text]) =>
        [...text.matchAll(/\{\{\s*t\.([\w.]+)\s*\}\}/g)]
            .filter((match) => /\{\w+\}/.test(at(vi, match[1]) ?? ""))
            .map((match) => `${name}: t.${match[1]}`),
    );
    check("templates name no word with a {place} (controllers fill those; scripts fill %place%)", holed);
}

// Fixtures and templates

function emptyTexts(value, path = "") {
    if (value === "") return [path];
    if (value === null || typeof value !== "object") return [];
    return Object.entries(value).flatMap(([key, inner]) => emptyTexts(inner, `${path}/${key}`));
}

function checkTemplates() {
    const have = new Set(cases().map((name) => name.split(".")[0]));
    check("every page template has a view model here", pageTemplates().filter((name) => !have.has(name)));
    const readme = readFileSync(join(themesRoot, "README.md"), "utf8");
    check("every page template stands in themes/README.md", pageTemplates().filter((name) => !readme.includes(`\`${name}\``)));
    check("view models hold no empty text (true in a section of the server's Mustache)",
        [...cases(), "site"].flatMap((name) => emptyTexts(fixture(name), name)));
    const all = Object.entries(templates("dawn"));
    check("every template says first what it is given", all.filter(([, text]) => !text.startsWith("{{!")).map(([name]) => name));
    const inline = all.filter(([, text]) => /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:/.test(text));
    check("no template holds inline scripts or styles", inline.map(([name]) => name));
}

// Pages

const validator = new HtmlValidate({
    extends: ["html-validate:recommended"],
    rules: {
        "void-style": "off",
        "attribute-boolean-style": "off",
        "no-trailing-whitespace": "off",
        "long-title": "off",
        "attr-quotes": "off",
        "wcag/h63": "off",
        "prefer-native-element": ["error", { exclude: ["button", "alert"] }],
        "no-redundant-role": "off",
        "no-implicit-button-type": "error",
        "tel-non-breaking": "off",
        "form-dup-name": ["error", { shared: ["radio", "checkbox", "submit", "button"] }],
    },
});

async function checkHtml(name, html) {
    const report = await validator.validateString(html);
    check(`${name}: html-validate`, report.results.flatMap((result) =>
        result.messages.map((message) => `${message.line}: ${message.ruleId}: ${message.message}`)));
}

const sideways = () => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.body.querySelectorAll("*")]
        .filter((element) => element.getBoundingClientRect().right > width + 1)
        .slice(0, 4)
        .map((element) => `${element.tagName.toLowerCase()}.${element.className} reaches ${Math.round(element.getBoundingClientRect().right)} of ${width}`);
};

async function axeFindings(page) {
    const result = await new AxeBuilder({ page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
        .analyze();
    return result.violations.flatMap((violation) =>
        violation.nodes.slice(0, 3).map((node) => `${violation.id}: ${node.target} ${node.failureSummary.split("\n")[1] ?? ""}`));
}

async function openPage(context, url) {
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => {
        complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(url, { waitUntil: "load" });
    await page.evaluate(() => document.fonts.ready);
    return { page, complaints };
}

async function checkPage(browser, base, theme, name, shots) {
    const label = theme === "default" ? name : `${theme} ${name}`;
    const leaks = [];
    const html = render(theme, name, "vi", leaks);
    for (const [place, given] of withoutOne(fixture(name))) {
        const found = [];
        render(theme, name, "vi", found, given);
        for (const leak of found) if (place.endsWith(`.${leak}`)) leaks.push(`without ${place}`);
    }
    check(`${label}: rows show only their own values`, [...new Set(leaks)]);
    await checkHtml(label, html);
    await checkHtml(`${label} (English)`, render(theme, name, "en"));

    const url = `${base}/${theme}/vi/${name}`;
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "vi-VN" });
    let bytes = 0;
    context.on("response", (response) => {
        bytes += Number(response.headers()["content-length"]);
    });
    const { page, complaints } = await openPage(context, url);
    const budget = fixture(name).staff ? officialFirstViewBudget : firstViewBudget;
    check(`${label}: first view within ${budget} bytes`, bytes > budget ? [`${Math.round(bytes)} bytes`] : []);
    for (const width of [1280, 390, 320]) {
        await page.setViewportSize({ width, height: width > 400 ? 900 : 780 });
        check(`${label}: nothing sticks out at ${width}`, await page.evaluate(sideways));
        if (width !== 320) check(`${label}: axe at ${width}`, await axeFindings(page));
        if (shots && (width !== 320 || args.includes("--shots-small"))) {
            await page.screenshot({ path: join(shots, `${theme}-${name}-${width}.png`), fullPage: true });
        }
    }
    check(`${label}: the browser complains of nothing`, complaints);
    await context.close();
    return bytes;
}

// The way in to a procedure is in sight on the smallest phone without scrolling.
async function checkStartButton(browser, base) {
    const context = await browser.newContext({ viewport: { width: 360, height: 640 } });
    const { page } = await openPage(context, `${base}/default/vi/procedure`);
    const box = await page.locator(".mc-start__button").boundingBox();
    check("procedure: the start button is in sight at 360 x 640", box.y + box.height <= 640 ? [] : [JSON.stringify(box)]);
    await context.close();
}

// What the scripts add: uploads told in words, the menu of phones, codes copied.
async function checkScripts(browser, base) {
    const context = await browser.newContext({ viewport: { width: 390, height: 780 }, permissions: ["clipboard-read", "clipboard-write"] });
    const open = async (name) => (await openPage(context, `${base}/default/vi/${name}`)).page;
    const paper = { name: "giay-chung-sinh.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(2_500_000, "x") };
    const send = async (page, where) => {
        await page.evaluate((action) => (document.querySelector("form[data-upload]").action = action), where);
        await page.locator("form[data-upload] input[type=file]").first().setInputFiles(paper);
        await page.locator("form[data-upload] button").filter({ hasText: "Tải lên" }).first().click();
    };
    const statuses = (page) => page.evaluate(() => {
        window.seen = [];
        const status = document.querySelector("[data-upload-status]");
        new MutationObserver(() => window.seen.push(status.textContent)).observe(status, { childList: true });
    });

    const refused = await open("upload");
    await statuses(refused);
    await send(refused, "/refused");
    await refused.waitForFunction(() => document.activeElement?.classList.contains("govuk-error-summary"));
    const told = await refused.evaluate(() => window.seen);
    check("a refused upload shows the reasons and was told in words",
        told.some((text) => text.includes("2,5 trên 2,5 MB")) ? [] : [JSON.stringify(told)]);
    check("an upload carries its form's token", posted.some((one) => one.path === "/refused" && one.body.includes('name="csrf"')) ? [] : ["none"]);

    const broken = await open("upload");
    await send(broken, "/broken");
    await broken.getByText("Mất kết nối, chưa tải được tệp lên").waitFor();
    check("an upload that breaks can be sent again", await broken.locator("form[aria-busy]").count() ? ["still busy"] : []);

    const taken = await open("upload");
    await send(taken, "/taken");
    await taken.waitForURL("**/dossier_task_list");
    const heading = await taken.evaluate(() => document.activeElement.textContent);
    check("an upload that is taken shows the answered page", heading === "Đăng ký khai sinh" ? [] : [heading]);

    const idle = await context.newPage();
    await idle.clock.install();
    await idle.goto(`${base}/default/vi/account`);
    const warning = idle.getByRole("heading", { name: "Phiên làm việc sắp hết" });
    const early = await warning.isVisible();
    await idle.clock.fastForward(28 * 60_000 + 5000);
    await warning.waitFor();
    await idle.getByRole("button", { name: "Làm tiếp" }).click();
    await warning.waitFor({ state: "hidden" });
    check("the end of a session is told two minutes before, and can be put off", early ? ["shown at once"] : []);
    await idle.clock.fastForward(28 * 60_000 + 5000);
    await warning.waitFor();
    await idle.clock.fastForward(3 * 60_000);
    await idle.getByRole("heading", { name: "Phiên làm việc đã hết" }).waitFor();
    check("a session that has ended says so", []);

    const home = await open("procedure");
    const menu = home.locator("#navigation");
    const folded = !(await menu.isVisible());
    await home.getByRole("button", { name: "Danh mục" }).click();
    check("the menu of phones opens by its button", folded && (await menu.isVisible()) ? [] : [`folded at first: ${folded}`]);

    const dossier = await open("dossier.result");
    await dossier.getByRole("button", { name: "Chép mã" }).click();
    await dossier.getByRole("button", { name: "Đã chép" }).waitFor();
    const copied = await dossier.evaluate(() => navigator.clipboard.readText());
    check("the code is copied", copied === fixture("dossier.result").code ? [] : [copied]);
    await context.close();
}

async function checkWithoutScripts(browser, base, name) {
    const context = await browser.newContext({ viewport: { width: 390, height: 780 }, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${base}/default/vi/${name}`, { waitUntil: "load" });
    const menu = page.locator("#navigation");
    const problems = [];
    if ((await menu.count()) && !(await menu.isVisible())) problems.push("the menu is hidden");
    for (const button of await page.locator("main form button[type=submit]").all()) {
        const reachable = await button.evaluate((one) => one.checkVisibility() || one.closest("details:not([open])") !== null);
        if (!reachable) problems.push(`hidden button: ${await button.textContent()}`);
    }
    check(`${name}: stands with scripts off`, problems);
    await context.close();
}

async function main() {
    if (args.includes("--serve")) {
        const server = await serve(Number(option("--serve") ?? 0) || 0);
        console.log(`http://127.0.0.1:${server.address().port}/`);
        return;
    }
    const shots = option("--shots");
    if (shots) mkdirSync(shots, { recursive: true });
    if (!wanted) {
        checkWords();
        checkTemplates();
    }
    const server = await serve(0);
    const base = `http://127.0.0.1:${server.address().port}`;
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
    let heaviest = 0;
    const theme = option("--theme");
    for (const name of pages) {
        if (!theme || theme === "default") {
            const bytes = await checkPage(browser, base, "default", name, shots);
            if (!fixture(name).staff) heaviest = Math.max(heaviest, bytes);
            await checkWithoutScripts(browser, base, name);
        }
        if (theme === "dawn" || (!theme && ["home", "procedure", "form_page.errors", "work_list"].includes(name))) {
            await checkPage(browser, base, "dawn", name, shots);
        }
    }
    if (!wanted) {
        await checkStartButton(browser, base);
        await checkScripts(browser, base);
    }
    await browser.close();
    server.close();
    console.log(`heaviest first view of a citizen's page: ${Math.round(heaviest)} bytes`);
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed ? 1 : 0;
}

await main();
