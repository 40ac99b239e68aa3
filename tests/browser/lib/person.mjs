// Somebody at a browser: finds things by the words that stand on them, as people do.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { password } from "../../functional/lib/server.mjs";

export function openBrowser() {
    return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
}

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export class Person {
    // `name` begins the names of pictures; width 390 is a phone; scripts: false is a browser without them.
    static async arrive(browser, server, { name, width = 1280, scripts = true, pictures } = {}) {
        const person = new Person();
        Object.assign(person, { server, name, width, scripts, pictures, complaints: [], looked: new Set() });
        person.context = await browser.newContext({
            viewport: { width, height: width > 600 ? 900 : 780 },
            javaScriptEnabled: scripts,
            locale: "vi-VN",
            acceptDownloads: true,
        });
        person.context.setDefaultTimeout(20_000);
        person.page = await person.context.newPage();
        // A page that answers "not so" (a wrong form, a code that nobody has) is no complaint of the browser's.
        person.page.on("console", (message) => {
            if (message.type() === "error" && !/status of 4(04|22)/.test(message.text())) person.complaints.push(`${person.page.url()}: ${message.text()}`);
        });
        person.page.on("pageerror", (error) => person.complaints.push(`${person.page.url()}: ${error}`));
        return person;
    }

    async open(path) {
        await this.page.goto(new URL(path, this.server.address).href);
    }

    async press(name, within = this.page) {
        await within.getByRole("button", { name, exact: typeof name === "string" }).first().click();
    }

    async follow(name, within = this.page) {
        await within.getByRole("link", { name, exact: typeof name === "string" }).first().click();
    }

    // Of the main menu, which phones with scripts keep folded.
    async menu(name) {
        const menu = this.page.getByRole("navigation", { name: "Danh mục chính" });
        const item = menu.getByRole("link", { name, exact: true });
        if (!(await item.isVisible())) await menu.getByRole("button", { name: "Danh mục" }).click();
        await item.click();
    }

    heading(name) {
        return this.page.getByRole("heading", { name, exact: typeof name === "string" }).first();
    }

    async sees(words) {
        await this.page.getByRole("main").getByText(words).first().waitFor();
    }

    // One question by its label: [day, month, year], a choice of a group, a choice of a list, or a text.
    async answer(label, value, nth = 0) {
        const group = this.page.getByRole("group", { name: label, exact: true }).nth(nth);
        if (Array.isArray(value)) {
            for (const [index, part] of ["Ngày", "Tháng", "Năm"].entries()) await group.getByLabel(part, { exact: true }).fill(String(value[index]));
        } else if (await group.count()) {
            const choice = group.getByRole("radio", { name: value, exact: true }).or(group.getByRole("checkbox", { name: value }));
            await choice.first().check();
        } else {
            // Labels of what may stay empty say so behind the words.
            const box = this.page.getByLabel(new RegExp(`^${label.replace(/[()]/g, "\\$&")}( \\(không bắt buộc\\))?$`)).nth(nth);
            if (await box.evaluate((one) => one.tagName === "SELECT")) await this.choose(box, value);
            else await box.fill(value);
        }
    }

    // The choice of that name, else the first that holds the words.
    async choose(list, words) {
        const names = await list.locator("option").allInnerTexts();
        const name = names.find((one) => one.trim() === words) ?? names.find((one) => one.includes(words));
        if (name === undefined) throw new Error(`no choice "${words}" among: ${names.slice(0, 20).join(", ")}`);
        await list.selectOption({ label: name.trim() });
    }

    async answers(all) {
        for (const [label, value, nth] of all) await this.answer(label, value, nth);
    }

    async signIn(email, secret = password) {
        await this.page.getByRole("banner").getByRole("link", { name: "Đăng nhập" }).click();
        await this.credentials(email, secret);
    }

    async credentials(email, secret = password) {
        await this.answer("Thư điện tử", email);
        await this.answer("Mật khẩu", secret);
        await this.press("Đăng nhập", this.page.getByRole("main"));
        await this.page.getByRole("button", { name: "Đăng xuất" }).waitFor();
    }

    async signOut() {
        await this.press("Đăng xuất");
        await this.page.getByRole("banner").getByRole("link", { name: "Đăng nhập" }).waitFor();
    }

    // Where pictures are kept: judges the page that stands (axe, nothing sideways) and keeps its picture, each once.
    async look(title) {
        if (!this.pictures || this.looked.has(title)) return;
        this.looked.add(title);
        mkdirSync(this.pictures, { recursive: true });
        await this.page.screenshot({ path: join(this.pictures, `${this.name}-${title}-${this.width}.png`), fullPage: true });
        if (!this.scripts) return;
        const over = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(over <= 0, `${title} at ${this.width}: ${over} pixels stick out`);
        const { violations } = await new AxeBuilder({ page: this.page }).withTags(tags).analyze();
        assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes[0].target}`), [], `axe on ${title} at ${this.width}`);
    }

    // For whoever reads of a failure: the page that stands and how it begins.
    async whereabouts() {
        if (this.page.isClosed()) return "";
        const words = await this.page.locator("main").innerText({ timeout: 1000 }).catch(() => "");
        return `\n${this.name} at ${this.page.url()}: ${words.replace(/\s+/g, " ").slice(0, 400)}`;
    }

    async leave() {
        await this.context.close();
        assert.deepEqual(this.complaints, [], "the browser complained");
    }
}
