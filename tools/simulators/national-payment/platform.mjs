// A demonstration of the national payment platform, message 1.0.6: INIT, the payment page, the result callback, QUERY,
// GET_BILL, and faults on request. Written from the protocol's description and knowing nothing of the plugin. No money
// moves.
import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";

const seal = (values, secret) => createHash("sha256").update([...values, secret].join("|"), "utf8").digest("hex");
const order = {
    INIT: ["LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan", "MaKenhThanhToan", "MaThietBi", "NgonNgu", "MaTienTe",
        "MaNganHang", "ThongTinGiaoDich", "ThoiGianGD", "Ip"],
    QUERY: ["LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD"],
    GET_BILL: ["LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD"] };
const reported = ["LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich", "MaNganHang"];
const endings = { time_first: ["ThoiGianGD", "ThongTinGiaoDich"], words_first: ["ThongTinGiaoDich", "ThoiGianGD"] };

// yyyyMMddHHmmss in Vietnam.
const moment = (ms = Date.now()) => new Date(ms + 7 * 3_600_000).toISOString().replace(/\D/g, "").slice(0, 14);

const pdf = (text) => Buffer.from(`%PDF-1.4\n% ${text}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n`);

// How a message to it, or its callback, may go wrong.
export const faults = ["slow", "forged", "unsigned", "half", "down", "closed", "other_partner", "other_payment", "other_currency", "wrong_amount"];

export class Platform {
    // wrapped: answers as through the LGSP, whose token is `bearer`. ending: order of a callback's last two fields.
    constructor({ partner, secret, notifyUrl = "", bearer = "", wrapped = false, ending = "time_first", billAsUrl = false }) {
        Object.assign(this, { partner, secret, notifyUrl, bearer, wrapped, ending, billAsUrl });
        this.payments = new Map(); // by MaThamChieu
        this.asked = []; // messages as they came
        this.notices = []; // { body, status, answer }
        this.fault = ""; // of answers
        this.slowMs = 3000;
        this.foreignPage = ""; // INIT leads there instead
        this.lastNumber = 900_000;
        this.server = createServer((request, response) => this.handle(request, response).catch((problem) => {
            if (!response.headersSent) response.writeHead(500);
            response.end(String(problem));
        }));
    }

    async listen(port = 0) {
        await new Promise((resolve, reject) => this.server.once("error", reject).listen(port, "127.0.0.1", resolve));
        this.address = `http://localhost:${this.server.address().port}`;
        return this.address;
    }

    async close() {
        this.server.closeAllConnections?.();
        await new Promise((resolve) => this.server.close(resolve));
    }

    async handle(request, response) {
        const url = new URL(request.url, "http://platform");
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const body = Buffer.concat(chunks).toString("utf8");
        if (request.method === "POST" && ["/init", "/query", "/bill"].includes(url.pathname)) return this.api(request, body, response);
        const html = (status, text) => response.writeHead(status, { "Content-Type": "text/html; charset=utf-8" })
            .end(`<!DOCTYPE html><html lang="vi"><meta charset="utf-8"><title>Nền tảng trình diễn</title><body>${text}</body></html>`);
        const payment = [...this.payments.values()].find((one) => one.id === (url.searchParams.get("id") ?? new URLSearchParams(body).get("id")));
        if (!payment) return html(404, "<h1>Nền tảng thanh toán trình diễn</h1><p>Không có giao dịch này. Không có tiền thật.</p>");
        if (request.method === "POST") {
            await this.decide(payment.init.MaThamChieu, new URLSearchParams(body).get("choice") ?? "pay");
            return html(200, "<p>Đã xử lý. Quay lại trang hồ sơ của bạn.</p>");
        }
        return html(200, `<h1>${Number(payment.init.SoTien).toLocaleString("vi-VN")} đ</h1><form method="post" action="/decide"><input type="hidden" name="id" value="${payment.id}">
<button name="choice" value="pay">Thanh toán</button><button name="choice" value="fail">Không đủ số dư</button></form>`);
    }

    async api(request, body, response) {
        const { fault } = this;
        if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, this.slowMs));
        if (fault === "closed") return request.socket.destroy();
        if (fault === "down") return response.writeHead(500).end("error");
        const reply = (message) => {
            const inner = JSON.stringify(message);
            const text = this.wrapped ? JSON.stringify({ error_code: "0", message: inner }) : inner;
            response.writeHead(200, { "Content-Type": "application/json" }).end(fault === "half" ? text.slice(0, text.length / 2) : text);
        };
        const message = JSON.parse(body);
        this.asked.push({ message, headers: request.headers });
        if (this.bearer && request.headers.authorization !== `Bearer ${this.bearer}`) return response.writeHead(401).end();
        const fields = order[message.LoaiBanTin];
        if (!fields || message.PhienBan !== "1.0.6") return reply({ MaLoi: "03", MoTaLoi: "Sai ban tin" });
        if (message.MaDoiTac !== this.partner) return reply({ MaLoi: "01", MoTaLoi: "Khong biet doi tac" });
        if (message.MaXacThuc !== seal(fields.map((name) => message[name]), this.secret)) return reply({ MaLoi: "02", MoTaLoi: "Sai ma xac thuc" });
        return this[message.LoaiBanTin](message, reply, response);
    }

    INIT(message, reply) {
        if (!/^[A-Za-z0-9]+$/.test(message.MaThamChieu) || !/^[1-9]\d*$/.test(message.SoTien)) return reply({ MaLoi: "03", MoTaLoi: "Sai dinh dang" });
        if (this.payments.has(message.MaThamChieu)) return reply({ MaLoi: "05", MoTaLoi: "Trung ma tham chieu" });
        const payment = { id: randomUUID(), init: message, status: 3, number: "", time: "" };
        this.payments.set(message.MaThamChieu, payment);
        return reply({ MaLoi: "00", MaThamChieu: message.MaThamChieu, UrlThanhToan: this.foreignPage || `${this.address}/pay?id=${payment.id}` });
    }

    // What is said of a payment, with what a fault makes of it.
    said(payment, kind, fault) {
        const told = { LoaiBanTin: kind, MaLoi: payment.status === 4 ? "51" : "00", MaDoiTac: this.partner, MaThamChieu: payment.init.MaThamChieu,
            SoTien: Number(payment.init.SoTien), MaTienTe: "VND", MaGiaoDich: payment.number, MaNganHang: "970415", ThoiGianGD: payment.time,
            ThongTinGiaoDich: payment.init.ThongTinGiaoDich };
        if (kind === "QUERY") told.TrangThaiGD = payment.status;
        if (fault === "other_partner") told.MaDoiTac = "ANOTHER";
        if (fault === "other_payment") told.MaThamChieu += "X";
        if (fault === "other_currency") told.MaTienTe = "USD";
        if (fault === "wrong_amount") told.SoTien *= 10;
        const ending = kind === "QUERY" ? [...endings.time_first, "TrangThaiGD"] : endings[this.ending];
        if (fault !== "unsigned")
            told.MaXacThuc = seal([...reported, ...ending].map((name) => told[name] ?? ""), fault === "forged" ? "another secret" : this.secret);
        return told;
    }

    QUERY(message, reply) {
        const payment = this.payments.get(message.MaThamChieu);
        const nobody = { init: { MaThamChieu: message.MaThamChieu, SoTien: "0", ThongTinGiaoDich: "" }, status: 3, number: "", time: "" };
        return reply(this.said(payment ?? nobody, "QUERY", this.fault));
    }

    GET_BILL(message, reply, response) {
        const payment = this.payments.get(message.MaThamChieu);
        if (payment?.status !== 1) return reply({ MaLoi: "06", MoTaLoi: "Chua co bien lai" });
        if (this.billAsUrl) return reply({ MaLoi: "00", UrlBienLai: `${this.billAsUrl === true ? this.address : this.billAsUrl}/bill/${payment.id}` });
        return response.writeHead(200, { "Content-Type": "application/pdf" }).end(pdf(payment.init.MaThamChieu));
    }

    // The citizen's decision; the callback goes out unless nobody is to be told.
    async decide(reference, choice, { fault = "", tell = true } = {}) {
        const payment = this.payments.get(reference);
        payment.status = choice === "pay" ? 1 : 4;
        payment.number = String(++this.lastNumber);
        payment.time = moment();
        return tell && this.notifyUrl ? this.notify(reference, fault) : undefined;
    }

    // May be called again, and out of order.
    callback(reference, fault = "") {
        const body = JSON.stringify(this.said(this.payments.get(reference), "RESULT", fault));
        return fault === "half" ? body.slice(0, body.length / 2) : body;
    }

    async notify(reference, fault = "") {
        const body = this.callback(reference, fault);
        const answer = await fetch(this.notifyUrl, { method: "POST", headers: { "Content-Type": "application/json" }, body, signal: AbortSignal.timeout(15_000) });
        const notice = { body, status: answer.status, answer: await answer.text() };
        this.notices.push(notice);
        return notice;
    }
}
