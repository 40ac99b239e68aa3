// A demonstration bank that speaks VNPay 2.1.0: the payment page, the notification (IPN), the browser's return,
// querydr and refund, and faults on request. Written from the protocol's description and knowing nothing of the
// plugin. No money moves.
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const hmac = (secret, text) => createHmac("sha512", secret).update(text, "utf8").digest("hex");
const same = (a, b) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

// "k=v&…" sorted by name, form-encoded, without the hash: what the page, the return and the IPN sign.
function signedQuery(fields, secret) {
    const sorted = Object.entries(fields).filter(([, value]) => value !== "" && value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
    const query = new URLSearchParams(sorted).toString();
    return `${query}&vnp_SecureHash=${hmac(secret, query)}`;
}

function isSigned(fields, secret) {
    const { vnp_SecureHash = "", vnp_SecureHashType, ...rest } = fields;
    const sorted = Object.entries(rest).filter(([name]) => name.startsWith("vnp_")).sort(([a], [b]) => (a < b ? -1 : 1));
    return same(hmac(secret, new URLSearchParams(sorted).toString()), vnp_SecureHash.toLowerCase());
}

const joined = (message, names) => names.map((name) => message[`vnp_${name}`] ?? "").join("|");
const asked = {
    querydr: ["RequestId", "Version", "Command", "TmnCode", "TxnRef", "TransactionDate", "CreateDate", "IpAddr", "OrderInfo"],
    refund: ["RequestId", "Version", "Command", "TmnCode", "TransactionType", "TxnRef", "Amount", "TransactionNo", "TransactionDate",
        "CreateBy", "CreateDate", "IpAddr", "OrderInfo"] };
const answered = ["ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount", "BankCode", "PayDate", "TransactionNo",
    "TransactionType", "TransactionStatus", "OrderInfo"];
const answeredTo = { querydr: [...answered, "PromotionCode", "PromotionAmount"], refund: answered };

// yyyyMMddHHmmss in Vietnam.
const moment = (ms = Date.now()) => new Date(ms + 7 * 3_600_000).toISOString().replace(/\D/g, "").slice(0, 14);

const escaped = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const dong = (hundredths) => `${Math.floor(Number(hundredths) / 100).toString().replace(/\B(?=(\d{3})+$)/g, ".")} đ`;

// What may be asked to go wrong, for one payment or (bank.faults) for all.
export const faults = {
    none: "Không có lỗi nào",
    no_ipn: "Không gửi thông báo (IPN)",
    twice: "Gửi thông báo hai lần",
    late: "Gửi thông báo muộn 20 giây",
    forged: "Gửi thông báo sai chữ ký",
    wrong_amount: "Báo sai số tiền",
};

const choices = {
    pay: { code: "00", status: "00", text: "Thanh toán" },
    fail: { code: "51", status: "02", text: "Không đủ số dư" },
    cancel: { code: "24", status: "02", text: "Hủy giao dịch" },
};

const sheet = `body{font:17px/1.5 system-ui,sans-serif;margin:0;background:#eef1f4;color:#1b2733}main{max-width:520px;margin:32px auto;padding:24px;background:#fff;border-radius:8px}
.demo{background:#8a1c1c;color:#fff;padding:12px 16px;text-align:center;font-weight:700}h1{font-size:22px;margin:0 0 12px}dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:0 0 20px}
dt{color:#4b5a69}dd{margin:0;font-weight:600;overflow-wrap:anywhere}button{font:inherit;font-weight:600;min-height:48px;padding:8px 18px;margin:0 8px 8px 0;border:2px solid #1f5c99;border-radius:6px;background:#fff;color:#1f5c99;cursor:pointer}
button[value=pay]{background:#1f5c99;color:#fff}select{font:inherit;min-height:44px;max-width:100%}details{margin-top:12px}label{display:block;margin:8px 0 4px}`;

function page(title, inside) {
    return `<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)} – Ngân hàng trình diễn</title>
<style>${sheet}</style></head><body><p class="demo" style="margin:0">Ngân hàng trình diễn. Không có tiền thật, không nhập thẻ thật.</p><main><h1>${escaped(title)}</h1>${inside}</main></body></html>`;
}

const listed = (facts) => `<dl>${facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join("")}</dl>`;

function payPage(order) {
    const buttons = Object.entries(choices).map(([key, one]) => `<button name="choice" value="${key}">${one.text}</button>`).join("");
    const options = Object.entries(faults).map(([key, text]) => `<option value="${key}">${text}</option>`).join("");
    return page("Thanh toán", `${listed([["Đơn vị thu", order.fields.vnp_TmnCode], ["Nội dung", order.fields.vnp_OrderInfo], ["Mã giao dịch", order.fields.vnp_TxnRef], ["Số tiền", dong(order.fields.vnp_Amount)]])}
<form method="post" action="/decide"><input type="hidden" name="order" value="${order.id}">${buttons}
<details><summary>Thử lỗi</summary><label for="fault">Lỗi của ngân hàng ở giao dịch này</label><select id="fault" name="fault">${options}</select></details></form>`);
}

export class Bank {
    // { terminal, secret, notifyUrl, retryMs } as VNPay agrees them with a merchant.
    constructor({ terminal, secret, notifyUrl = "", retryMs = 300_000 }) {
        Object.assign(this, { terminal, secret, notifyUrl, retryMs });
        this.orders = new Map(); // by TxnRef
        this.requests = new Set(); // ids of API requests: each is taken once
        this.notices = []; // { query, answer } as they went and came
        this.asked = []; // messages to the API
        this.refunds = 0; // that were carried out
        this.faults = {}; // notice: one of `faults`; api: "half" | "forged" | "down"; apiDelayMs; refund: "refuse"
        this.timers = new Set();
        this.lastNumber = 14_000_000 + Math.floor(Math.random() * 900_000);
        this.server = createServer((request, response) => this.handle(request, response).catch((problem) => {
            if (!response.headersSent) response.writeHead(500);
            response.end(String(problem));
        }));
    }

    // The address that it serves.
    async listen(port = 0) {
        await new Promise((resolve, reject) => this.server.once("error", reject).listen(port, "127.0.0.1", resolve));
        return `http://localhost:${this.server.address().port}`;
    }

    async close() {
        for (const timer of this.timers) clearTimeout(timer);
        this.server.closeAllConnections?.();
        await new Promise((resolve) => this.server.close(resolve));
    }

    async handle(request, response) {
        const url = new URL(request.url, "http://bank");
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const body = Buffer.concat(chunks).toString("utf8");
        const html = (status, text) => response.writeHead(status, { "Content-Type": "text/html; charset=utf-8" }).end(text);
        if (request.method === "GET" && url.pathname === "/paymentv2/vpcpay.html") return this.show(Object.fromEntries(url.searchParams), html);
        if (request.method === "POST" && url.pathname === "/decide") {
            const form = new URLSearchParams(body);
            const target = await this.decide(form.get("order"), form.get("choice"), form.get("fault"));
            return target ? response.writeHead(303, { Location: target }).end() : html(409, page("Giao dịch đã kết thúc", "<p>Giao dịch này đã xử lý hoặc đã hết giờ.</p>"));
        }
        if (request.method === "POST" && url.pathname === "/merchant_webapi/api/transaction") return this.api(body, response);
        return html(url.pathname === "/" ? 200 : 404, page("Ngân hàng trình diễn", "<p>Trang thanh toán mở từ hồ sơ của người dân.</p>"));
    }

    show(fields, html) {
        if (fields.vnp_TmnCode !== this.terminal) return html(400, page("Không biết đơn vị thu", "<p>02</p>"));
        if (!isSigned(fields, this.secret)) return html(400, page("Sai chữ ký", "<p>97</p>"));
        const known = this.orders.get(fields.vnp_TxnRef);
        if (known && (known.decided || known.fields.vnp_Amount !== fields.vnp_Amount)) return html(409, page("Giao dịch đã kết thúc", "<p>Giao dịch này đã xử lý.</p>"));
        if (fields.vnp_ExpireDate && fields.vnp_ExpireDate < moment()) return html(410, page("Hết giờ thanh toán", "<p>11</p>"));
        const order = known ?? { id: randomUUID(), fields, decided: null, number: "0", payDate: "", refunded: 0 };
        this.orders.set(fields.vnp_TxnRef, order);
        return html(200, payPage(order));
    }

    // The citizen's click: notifies, and answers where the browser goes.
    async decide(id, choice, fault) {
        const order = [...this.orders.values()].find((one) => one.id === id);
        const verdict = choices[choice];
        if (!order || order.decided || !verdict || (order.fields.vnp_ExpireDate ?? "99999999999999") < moment()) return null;
        order.decided = verdict;
        order.number = String(++this.lastNumber);
        order.payDate = moment();
        const chosen = fault && fault !== "none" ? fault : this.faults.notice;
        await this.sendNotices(order, chosen);
        const back = order.fields.vnp_ReturnUrl;
        return `${back}${back.includes("?") ? "&" : "?"}${signedQuery(this.report(order), this.secret)}`;
    }

    report(order, amount = order.fields.vnp_Amount) {
        return { vnp_TmnCode: this.terminal, vnp_Amount: amount, vnp_BankCode: "NCB", vnp_BankTranNo: order.decided.status === "00" ? `VNP${order.number}` : "",
            vnp_CardType: "ATM", vnp_PayDate: order.payDate, vnp_OrderInfo: order.fields.vnp_OrderInfo, vnp_TransactionNo: order.number,
            vnp_ResponseCode: order.decided.code, vnp_TransactionStatus: order.decided.status, vnp_TxnRef: order.fields.vnp_TxnRef };
    }

    async sendNotices(order, fault) {
        const query = (secret = this.secret, amount) => signedQuery(this.report(order, amount), secret);
        if (!this.notifyUrl || fault === "no_ipn") return;
        if (fault === "forged") return void (await this.notify(query("another secret"), 0));
        if (fault === "wrong_amount") return void (await this.notify(query(this.secret, String(Number(order.fields.vnp_Amount) * 10)), 0));
        if (fault === "late") return this.later(20_000, () => this.notify(query(), 9));
        await this.notify(query(), 9);
        if (fault === "twice") await this.notify(query(), 0);
    }

    later(ms, work) {
        const timer = setTimeout(() => {
            this.timers.delete(timer);
            work();
        }, ms);
        this.timers.add(timer);
    }

    // Again until the merchant has taken it up, as VNPay does; the answer to this one.
    async notify(query, repeats) {
        const notice = { query, status: 0, answer: "" };
        this.notices.push(notice);
        try {
            const answer = await fetch(`${this.notifyUrl}?${query}`, { signal: AbortSignal.timeout(15_000) });
            notice.status = answer.status;
            notice.answer = await answer.text();
        } catch (problem) {
            notice.answer = String(problem);
        }
        const taken = /"RspCode"\s*:\s*"0[02]"/.test(notice.answer);
        if (!taken && repeats > 0) this.later(this.retryMs, () => this.notify(query, repeats - 1));
        return notice;
    }

    async api(body, response) {
        const reply = (message) => response.writeHead(200, { "Content-Type": "application/json" }).end(message);
        const message = JSON.parse(body);
        this.asked.push(message);
        if (this.faults.apiDelayMs) await new Promise((resolve) => setTimeout(resolve, this.faults.apiDelayMs));
        if (this.faults.api === "down") return response.writeHead(502).end();
        const command = message.vnp_Command;
        const bare = (code, text) => reply(JSON.stringify({ vnp_ResponseCode: code, vnp_Message: text }));
        if (!asked[command]) return bare("99", "Unknown command");
        if (message.vnp_TmnCode !== this.terminal) return bare("02", "Invalid TmnCode");
        if (!same(hmac(this.secret, joined(message, asked[command])), message.vnp_SecureHash ?? "")) return bare("97", "Invalid checksum");
        const answer = { vnp_ResponseId: randomUUID().replaceAll("-", ""), vnp_Command: command, vnp_TmnCode: this.terminal, vnp_TxnRef: message.vnp_TxnRef,
            vnp_OrderInfo: message.vnp_OrderInfo, ...(command === "refund" ? this.refund(message) : this.query(message)) };
        const secret = this.faults.api === "forged" ? "another secret" : this.secret;
        const text = JSON.stringify({ ...answer, vnp_SecureHash: hmac(secret, joined(answer, answeredTo[command])) });
        return reply(this.faults.api === "half" ? text.slice(0, text.length / 2) : text);
    }

    taken(message) {
        if (this.requests.has(message.vnp_RequestId)) return true;
        this.requests.add(message.vnp_RequestId);
        return false;
    }

    orderOf(message) {
        const order = this.orders.get(message.vnp_TxnRef);
        return order && order.fields.vnp_CreateDate === message.vnp_TransactionDate ? order : undefined;
    }

    facts(order) {
        const facts = { vnp_Amount: order.fields.vnp_Amount, vnp_BankCode: "NCB", vnp_PayDate: order.payDate, vnp_TransactionNo: order.number };
        if (order.refunded) return { ...facts, vnp_TransactionType: "02", vnp_TransactionStatus: "05" };
        return { ...facts, vnp_TransactionType: "01", vnp_TransactionStatus: order.decided?.status ?? "01" };
    }

    query(message) {
        if (this.taken(message)) return { vnp_ResponseCode: "94", vnp_Message: "Duplicate request" };
        const order = this.orderOf(message);
        if (!order) return { vnp_ResponseCode: "91", vnp_Message: "Transaction not found" };
        return { vnp_ResponseCode: "00", vnp_Message: "QueryDR Success", ...this.facts(order) };
    }

    refund(message) {
        if (this.taken(message)) return { vnp_ResponseCode: "94", vnp_Message: "Duplicate request" };
        const order = this.orderOf(message);
        if (!order) return { vnp_ResponseCode: "91", vnp_Message: "Transaction not found" };
        if (order.decided?.status !== "00" || this.faults.refund === "refuse") return { vnp_ResponseCode: "95", vnp_Message: "Original transaction failed" };
        if (order.refunded || Number(message.vnp_Amount) > Number(order.fields.vnp_Amount)) return { vnp_ResponseCode: "94", vnp_Message: "Refunded already" };
        order.refunded = Number(message.vnp_Amount);
        this.refunds += 1;
        return { vnp_ResponseCode: "00", vnp_Message: "Refund Success", ...this.facts(order), vnp_Amount: message.vnp_Amount, vnp_TransactionType: message.vnp_TransactionType };
    }
}
