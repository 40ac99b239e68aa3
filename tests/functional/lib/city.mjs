// What people do in the city's pages: fill a form, hand in papers, file, and work on what was filed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { root } from "./server.mjs";

export const birth = "1.001193";
export const ward = "Bến Nghé"; // of District 1, with a receiver, a specialist and a leader of its own
export const people = {
    citizen: "an@demo.motcua.example",
    receiver: "tiepnhan.bennghe@demo.motcua.example",
    specialist: "chuyenvien.bennghe@demo.motcua.example",
    leader: "lanhdao.bennghe@demo.motcua.example",
};

const day = 86_400_000;
// A day of Asia/Ho_Chi_Minh as "2026-11-23".
export const civilDay = (shift = 0) => new Date(Date.now() + 7 * 3_600_000 + shift * day).toISOString().slice(0, 10);

// The fixture of a form that is valid today, or so many days from it: the child was born ten days before, the parents' papers
// stay.
export function validAnswers(code, today = 0) {
    const answers = JSON.parse(readFileSync(join(root, "tests/fixtures/forms", code, "valid.json"), "utf8"));
    if (answers.child && "birth_date" in answers.child) answers.child.birth_date = civilDay(today - 10);
    if ("start_date" in answers) answers.start_date = civilDay(today + 30);
    return answers;
}

// Answers as the boxes of a page: dates in three, yes and no, rows by their number.
export function boxes(answers, prefix = "") {
    const pairs = [];
    for (const [key, value] of Object.entries(answers)) {
        const name = prefix + key;
        if (prefix === "" && key === "papers") continue;
        if (typeof value === "boolean") pairs.push([name, value ? "yes" : "no"]);
        else if (typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value)) {
            const [year, month, date] = value.split("-");
            pairs.push([`${name}_day`, date], [`${name}_month`, month], [`${name}_year`, year]);
        } else if (Array.isArray(value)) {
            value.forEach((one, row) => pairs.push(...(typeof one === "object" ? boxes(one, `${name}.${row}.`) : [[name, String(one)]])));
        } else if (value !== null && typeof value === "object") pairs.push(...boxes(value, `${name}.`));
        else pairs.push([name, String(value)]);
    }
    return pairs;
}

// A page of paper that every reader opens; `words` make it another file.
export function pdf(words) {
    const content = `BT /F1 18 Tf 60 760 Td (${words.replace(/[()\\]/g, "")}) Tj ET`;
    const objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ];
    let file = "%PDF-1.4\n";
    const offsets = objects.map((object, index) => {
        const at = file.length;
        file += `${index + 1} 0 obj\n${object}\nendobj\n`;
        return at;
    });
    const table = offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
    return Buffer.from(`${file}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`, "latin1");
}

function crc32(bytes) {
    let crc = ~0;
    for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
}

// A grey picture of 64 by 64 points.
export function png(shade = 128) {
    const chunk = (type, data) => {
        const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
        const frame = Buffer.alloc(8);
        frame.writeUInt32BE(data.length, 0);
        frame.writeUInt32BE(crc32(body), 4);
        return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
    };
    const head = Buffer.from([0, 0, 0, 64, 0, 0, 0, 64, 8, 0, 0, 0, 0]);
    const rows = Buffer.concat(Array.from({ length: 64 }, () => Buffer.from([0, ...Array(64).fill(shade)])));
    return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk("IHDR", head),
        chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

// From the procedure's page to an empty draft; its id.
export async function beginDraft(visitor, { code = birth, agency = ward } = {}) {
    const page = await visitor.get(`/ho-so/nop/${code}`);
    const options = [...page.body.matchAll(/<option value="([^"]*)"[^>]*>([^<]*)/g)];
    const option = options.find((one) => one[2].includes(agency));
    if (!option) throw new Error(`${agency} does not receive ${code}: ${options.map((one) => one[2]).slice(0, 20)}`);
    const begun = await visitor.submit(page.form(/\/nop\//), { agency: option[1] });
    const id = /^\/ho-so\/([0-9a-f-]{36})$/.exec(begun.address)?.[1];
    if (!id) throw new Error(`no draft was begun: ${begun.status} ${begun.address} ${begun.text.slice(0, 400)}`);
    return id;
}

// Section after section, as the pages lead on; ends before the papers.
export async function fillSections(visitor, id, answers) {
    const list = await visitor.get(`/ho-so/${id}`);
    let page = await visitor.get(list.links(/\/phan\//)[0]);
    for (let sections = 0; /\/phan\//.test(page.address); ++sections) {
        const form = page.form(/\/phan\//);
        const token = form.fields.filter(([name]) => ["csrf", "version"].includes(name));
        const next = await visitor.post(form.action, [...token, ...boxes(answers)]);
        if (next.status !== 200 || sections > 20) throw new Error(`${page.address}: ${next.status} ${problems(next)}`);
        page = next;
    }
    return page;
}

export const problems = (page) => (page.text.match(/Có chỗ cần sửa(.{0,500})/)?.[0] ?? page.text.slice(0, 500));

// A paper in each slot that is required.
export async function handInPapers(visitor, id) {
    let page = await visitor.get(`/ho-so/${id}/giay-to`);
    const slots = page.forms().filter((form) => /\/giay-to\/[^/]+$/.test(form.action));
    const required = page.body.split('mc-slot"').slice(1).map((part) => part.includes("Bắt buộc"));
    for (const [index, form] of slots.entries()) {
        if (!required[index]) continue;
        page = await visitor.upload(form.action, form.fields, [{ name: `giấy ${index + 1}.pdf`, bytes: pdf(`${id} ${index}`), type: "application/pdf" }]);
        if (page.status !== 200) throw new Error(`upload to ${form.action}: ${page.status} ${problems(page)}`);
    }
    return visitor.submit(page.form(/\/giay-to$/));
}

// A draft that only wants to be sent; its id.
export async function readyDraft(visitor, { code = birth, agency = ward, answers = validAnswers(code) } = {}) {
    const id = await beginDraft(visitor, { code, agency });
    await fillSections(visitor, id, answers);
    await handInPapers(visitor, id);
    return id;
}

// { id, number, page: the confirmation }
export async function file(visitor, id) {
    const check = await visitor.get(`/ho-so/${id}/kiem-tra`);
    const page = await visitor.submit(check.form(/\/kiem-tra$/), { declaration: "yes" });
    const number = /TN-\d{6}-[0-9A-Z]{10}/.exec(page.body)?.[0];
    if (!page.address.endsWith("/da-nop") || !number) throw new Error(`not filed: ${page.status} ${page.address} ${problems(page)}`);
    return { id, number, page };
}

export const filed = async (visitor, options) => file(visitor, await readyDraft(visitor, options));

// The form of one act on an official's page of a dossier.
export const actForm = (page, action) => {
    const form = page.forms().find((one) => /^\/cong-viec\//.test(one.action) && one.fields.some(([name, value]) => name === "action" && value === action));
    if (!form) throw new Error(`no act "${action}" on ${page.address} (${page.status}): ${page.text.slice(-900)}`);
    return form;
};

export async function act(official, id, action, note = "", options) {
    const page = await official.get(`/cong-viec/${id}`);
    return official.submit(actForm(page, action), { note }, options);
}

// The last step: what was approved is handed out once it is signed.
export async function handOut(official, id) {
    for (let tries = 0; tries < 600; ++tries) {
        const page = await official.get(`/cong-viec/${id}`);
        if (page.forms().some((form) => form.fields.some(([name, value]) => name === "action" && value === ""))) return official.submit(actForm(page, ""), { note: "" });
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the result of ${id} is never signed`);
}

export const codeOf = (page) => /\b[0-9A-Z][0-9A-Z.]*-\d{6}-\d{4,}\b/.exec(page.text)?.[0];
