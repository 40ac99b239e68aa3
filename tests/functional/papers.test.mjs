// The papers of a dossier: made, numbered, signed on a SoftHSM token by the plugin, fetched by those who may, and judged by
// pdfsig, openssl and the city's own page. // P14, O7, O22, N6
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { act, codeOf, filed, pdf, people } from "./lib/city.mjs";
import { backends, Server } from "./lib/server.mjs";
import { signedIn, unescape, Visitor } from "./lib/visitor.mjs";
import { wordsOf } from "./lib/words.mjs";

const said = wordsOf("default", "vi");
const plugin = "vn.motcua.signature-pkcs11";
const folder = mkdtempSync(join(tmpdir(), "motcua-papers-"));
after(() => rmSync(folder, { recursive: true }));

function run(program, ...words) {
    return execFileSync(program, words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function kept(name, bytes) {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
}

const textOf = (bytes) => run("pdftotext", "-layout", kept("text.pdf", bytes), "-").replace(/\s+/g, " ");

// What a camera would read of the first page's QR code.
function codeOnPaper(bytes) {
    run("pdftoppm", "-r", "200", "-png", "-f", "1", kept("seen.pdf", bytes), "seen");
    const seen = readdirSync(folder).filter((name) => /^seen-\d+\.png$/.test(name)).sort();
    const read = seen.map((name) => run("sh", "-c", `zbarimg -q --raw ${name} || true`).trim()).find(Boolean);
    seen.forEach((name) => rmSync(join(folder, name)));
    return read;
}

async function until(ask, what) {
    for (let tries = 0; tries < 1000; ++tries) {
        const found = await ask();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.fail(`never: ${what}`);
}

// Where a page links to the paper of that name.
function paperLinks(page, word) {
    const wanted = said.get(`document.${word}`);
    return [...page.body.matchAll(/<a [^>]*href="([^"]*\/tep\/[^"]*)"[^>]*>([\s\S]*?)<\/a>/g)]
        .filter(([, , text]) => unescape(text.replace(/<[^>]+>/g, "")).trim() === wanted).map(([, href]) => href);
}

async function paper(visitor, page, word, count = 1) {
    const links = await until(async () => {
        const found = paperLinks(await visitor.get(page), word);
        return found.length >= count ? found : null;
    }, `${count} ${word} on ${page}`);
    assert.equal(links.length, count);
    return visitor.get(links.at(-1));
}

function signatures(bytes) {
    return run("pdfsig", "-nocert", kept("signed.pdf", bytes));
}

// The envelope and what it was made over, for openssl.
function taken(bytes) {
    const text = bytes.toString("latin1");
    const [a, b, c, d] = /\/ByteRange \[(\d+) (\d+) (\d+) (\d+)/.exec(text).slice(1).map(Number);
    const padded = Buffer.from(text.slice(b + 1, c - 1), "hex");
    const envelope = padded.subarray(0, 4 + padded.readUInt16BE(2)); // a SEQUENCE whose length takes two bytes
    return { envelope, content: Buffer.concat([bytes.subarray(a, a + b), bytes.subarray(c, c + d)]) };
}

function opensslSays(bytes, authority) {
    const { envelope, content } = taken(bytes);
    kept("envelope.der", envelope);
    kept("content", content);
    return run("sh", "-c", `openssl cms -verify -cades -binary -inform DER -in envelope.der -content content -CAfile '${authority}' -purpose any -out /dev/null 2>&1 || true`);
}

function pluginProcess(server) {
    for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        try {
            const words = readFileSync(`/proc/${entry}/cmdline`, "latin1");
            const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, "latin1"))[1]);
            if (parent === server.process.pid && words.includes("signature-pkcs11")) return Number(entry);
        } catch { /* it has just ended */ }
    }
    return undefined;
}

async function check(visitor, bytes, name = "giay.pdf") {
    const form = (await visitor.get("/kiem-tra")).form(/^\/kiem-tra/);
    return visitor.upload(form.action, form.fields, bytes ? [{ name, bytes, type: "application/pdf" }] : []);
}

for (const backend of backends)
    describe(`papers on ${backend}`, () => {
        const server = new Server({ backend });
        let citizen, other, receiver, specialist, leader, stranger, admin;
        before(async () => {
            await server.start();
            [citizen, other, receiver, specialist, leader, stranger, admin] = await Promise.all([people.citizen, "binh@demo.motcua.example", people.receiver, people.specialist,
                people.leader, "tiepnhan.stp@demo.motcua.example", "quantri@demo.motcua.example"].map((email) => signedIn(server, email)));
        });
        after(() => server.remove());

        async function approved() {
            const { id } = await filed(citizen);
            const code = codeOf(await act(receiver, id, "accept"));
            await act(specialist, id, "pass");
            await act(specialist, id, "");
            await act(leader, id, "approve");
            return { id, code };
        }

        test("acceptance makes a receipt with code, due time, number and QR", async () => {
            const { id } = await filed(citizen);
            const code = codeOf(await act(receiver, id, "accept"));
            const receipt = await paper(citizen, `/ho-so/${id}`, "receipt");
            assert.equal(receipt.headers.get("content-type"), "application/pdf");
            assert.match(receipt.headers.get("content-disposition"), /^attachment; filename="giay-tiep-nhan-.*\.pdf"/);
            assert.equal(receipt.headers.get("cache-control"), "no-store");
            const text = textOf(receipt.bytes);
            const [, time, date] = /Hẹn trả kết quả (\d\d:\d\d) (\d\d\/\d\d\/\d{4})/.exec((await citizen.get(`/ho-so/${id}`)).text);
            const [day, month, year] = date.split("/");
            for (const words of ["GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", `Mã hồ sơ: ${code}`, "Nguyễn Thị Hồng Hạnh", "Đặng Thị Kim Chi", "Giấy chứng sinh",
                `${time.replace(":", " giờ ")} phút, ngày ${day} tháng ${Number(month) < 3 ? month : Number(month)} năm ${year}`]) assert.ok(text.includes(words), `${words} in ${text}`);
            assert.match(text, /Số: 1\/\d{4}\/TNHS/);
            const address = codeOnPaper(receipt.bytes);
            assert.match(address, /^http:\/\/localhost:\d+\/kiem-tra\?code=[0-9A-Z]{10}$/);
            const looked = await new Visitor(server).get(new URL(address).pathname + new URL(address).search);
            assert.equal(looked.status, 200);
            assert.ok(looked.text.includes(said.get("document.receipt")));
            assert.doesNotMatch(looked.text, /Hạnh|Kim Chi/);
            assert.match(signatures(receipt.bytes), /Signature is Valid/); // Circular 01/2018, article 10.1.d
        });

        test("each request for a supplement is a slip of its own", async () => {
            const { id } = await filed(citizen);
            await act(receiver, id, "accept");
            await act(specialist, id, "supplement", "Giấy chứng sinh bị mờ\nThiếu trang 2");
            const slip = textOf((await paper(citizen, `/ho-so/${id}`, "supplement")).bytes);
            for (const words of ["PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", "1. Giấy chứng sinh bị mờ", "2. Thiếu trang 2", "Bùi Văn Phúc"]) assert.ok(slip.includes(words), `${words} in ${slip}`);
            assert.doesNotMatch((await citizen.get(`/ho-so/${id}`)).body, /phieu-yeu-cau-bo-sung-/); // not among what was handed in
        });

        test("a refusal at the desk is a signed slip with its reason", async () => {
            const { id, number } = await filed(citizen);
            await act(receiver, id, "reject", "Không thuộc thẩm quyền của phường");
            const slip = await paper(citizen, `/ho-so/${id}`, "refusal");
            const text = textOf(slip.bytes);
            for (const words of ["PHIẾU TỪ CHỐI TIẾP NHẬN, GIẢI QUYẾT HỒ SƠ", "Không thuộc thẩm quyền của phường", number]) assert.ok(text.includes(words), `${words} in ${text}`);
            assert.match(signatures(slip.bytes), /Signature is Valid/);
        });

        test("a refusal by the leader says why the dossier was refused", async () => {
            const { id } = await filed(citizen);
            await act(receiver, id, "accept");
            await act(specialist, id, "refuse", "Trẻ đã được đăng ký khai sinh");
            await act(leader, id, "approve");
            const slip = await paper(citizen, `/ho-so/${id}`, "refusal");
            assert.ok(textOf(slip.bytes).includes("Trẻ đã được đăng ký khai sinh"), textOf(slip.bytes));
            assert.match(signatures(slip.bytes), /Signature is Valid/);
        });

        test("an approved result is signed; pdfsig, openssl and the city's page agree on it", async () => {
            const { id } = await approved();
            const { bytes } = await paper(citizen, `/ho-so/${id}`, "result");
            const page = await citizen.get(`/ho-so/${id}`);
            assert.ok(page.text.includes(said.get("event.result_issued")));
            const text = textOf(bytes);
            for (const words of ["GIẤY KHAI SINH", "Trần Nguyễn Gia Bảo", "CHỦ TỊCH", "Đỗ Hoàng Yến", "CHỨNG THƯ THỬ NGHIỆM"]) assert.ok(text.includes(words), `${words} in ${text}`);
            assert.match(text, /\d\d-\d\d-\d{4} \d\d:\d\d:\d\d \+07:00/); // Decree 30/2020: when it was signed
            const judged = signatures(bytes);
            for (const rule of [/Signature is Valid/, /Total document signed/, /ETSI\.CAdES\.detached/, /CHỨNG THƯ THỬ NGHIỆM/]) assert.match(judged, rule);
            const authority = join(server.folder, "trust/chung-thu-thu-nghiem.pem");
            assert.match(opensslSays(bytes, authority), /CAdES Verification successful/);

            const good = await check(new Visitor(server), bytes);
            assert.equal(good.status, 200);
            assert.ok(good.text.includes(said.get("verify.why.good")), good.text);
            const changed = Buffer.from(bytes);
            changed[900] ^= 1;
            assert.ok((await check(new Visitor(server), changed)).text.includes(said.get("verify.changed")));
            assert.match(signatures(changed), /Digest Mismatch|Signature is Invalid/);
            assert.doesNotMatch(opensslSays(changed, authority), /Verification successful/);
            const longer = await check(new Visitor(server), Buffer.concat([bytes, Buffer.from("\n% thêm\n")]));
            assert.ok(longer.text.includes(said.get("verify.why.added_after")), longer.text);
        });

        test("the page of checking refuses kindly what is no signed paper", async () => {
            const visitor = new Visitor(server);
            assert.ok((await check(visitor, pdf("khong ky"))).text.includes(said.get("verify.why.no_signature")));
            assert.ok((await check(visitor, Buffer.from("chữ thường"))).text.includes(said.get("verify.why.not_pdf")));
            const nothing = await check(visitor, null);
            assert.equal(nothing.status, 422);
            assert.ok(nothing.text.includes(said.get("error.verify.no_file")));
            assert.equal((await visitor.get("/kiem-tra?code=0000000000")).status, 404);
            assert.equal((await visitor.get(`/kiem-tra?code=${encodeURIComponent("<b>'\"%")}`)).status, 404);
        });

        test("only the owner and officials of the agency get a paper", async () => {
            const { id } = await filed(citizen);
            await act(receiver, id, "accept");
            const receipt = await paper(citizen, `/ho-so/${id}`, "receipt");
            const path = receipt.address;
            const own = await receiver.get(`/cong-viec/${id}`);
            assert.deepEqual((await receiver.get(paperLinks(own, "receipt")[0])).bytes, receipt.bytes);
            for (const visitor of [other, stranger]) assert.equal((await visitor.get(path)).status, 404);
            assert.match((await new Visitor(server).get(path)).address, /^\/dang-nhap/);
            const elsewhere = await filed(other);
            assert.equal((await other.get(path.replace(id, elsewhere.id))).status, 404); // by way of one's own dossier
        });

        test("killed plugin, killed server: the result is made once, under one number", async () => {
            const first = await approved();
            const before = /Số: (\d+)\/\d{4}/.exec(textOf((await paper(citizen, `/ho-so/${first.id}`, "result")).bytes))[1];
            const { id } = await filed(citizen);
            await act(receiver, id, "accept");
            await act(specialist, id, "pass");
            await act(specialist, id, "");
            process.kill(await until(() => pluginProcess(server), "a process of the plugin"), "SIGKILL");
            await act(leader, id, "approve");
            await server.kill();
            await server.restart();
            [citizen, other, receiver, specialist, leader, stranger, admin] = await Promise.all([people.citizen, "binh@demo.motcua.example", people.receiver, people.specialist,
                people.leader, "tiepnhan.stp@demo.motcua.example", "quantri@demo.motcua.example"].map((email) => signedIn(server, email)));
            const { bytes } = await paper(citizen, `/ho-so/${id}`, "result");
            assert.match(signatures(bytes), /Signature is Valid/);
            assert.equal(Number(/Số: (\d+)\/\d{4}/.exec(textOf(bytes))[1]), Number(before) + 1);
            const page = await citizen.get(`/ho-so/${id}`);
            assert.equal(page.text.split(said.get("event.result_issued")).length, 2); // issued once
            assert.doesNotMatch(page.body, /ket-qua-/); // and no half-made copy lies among the papers
        });

        test("without a signature the paper waits and says so; with one it goes on", async () => {
            const list = await admin.get("/quan-tri/mo-dun");
            await admin.submit(list.form(new RegExp(`${plugin}/disable`)));
            const { id } = await approved();
            const waiting = await until(async () => {
                const page = await leader.get(`/cong-viec/${id}`);
                return page.text.includes(said.get("desk.waiting_no_profile")) && page;
            }, "that the paper waits");
            assert.deepEqual(paperLinks(waiting, "result"), []);
            assert.ok(!(await citizen.get(`/ho-so/${id}`)).text.includes(said.get("event.result_issued")));
            const { bytes } = await paper(citizen, `/ho-so/${id}`, "receipt");
            assert.match(run("sh", "-c", `pdfsig -nocert ${kept("plain.pdf", bytes)} || true`), /does not contain any signatures/); // nobody waits for a receipt
            const again = await admin.get("/quan-tri/mo-dun");
            await admin.submit(again.form(new RegExp(`${plugin}/enable`)));
            assert.match(signatures((await paper(citizen, `/ho-so/${id}`, "result")).bytes), /Signature is Valid/);
        });
    });
