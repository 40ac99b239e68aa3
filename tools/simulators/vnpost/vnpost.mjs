// VNPost behind an axis, played: NGSP's order, list and cancel, an LGSP's two ways to order, and its token endpoint.
// Written from the protocol page, apart from the plugin.
import { randomUUID } from "node:crypto";
import { Faulty } from "../faulty.mjs";

const needed = ["customerCode", "orderNumber", "senderProvince", "senderDistrict", "senderAddress", "senderName", "senderTel", "receiverName", "receiverAddress", "receiverTel", "receiverProvince"];
const pascal = (name) => (name === "codAmount" ? "CODAmount" : name[0].toUpperCase() + name.slice(1));

export class VnPost extends Faulty {
    constructor({ clients = {}, customer = "", ...options } = {}) {
        super(options);
        Object.assign(this, { clients, customer });
        this.tokens = new Set();
        this.list = []; // { id, number, code, words } in the order of their ids
        this.orders = new Map();
        this.barcodes = new Set();
        this.stuck = false; // the list never ends
        this.exempt = (asked) => asked.path === "/token";
    }

    answer(asked) {
        if (asked.path === "/token") return this.token(asked);
        const bearer = /^Bearer (.+)$/.exec(asked.headers.authorization ?? "")?.[1];
        const lgsp = asked.path.startsWith("/vnpost/");
        if (!this.tokens.has(lgsp ? asked.headers.access_token : bearer)) return { status: 401, json: {} };
        switch (asked.path) {
            case "/apiVNPostNGSP/p1.0/order/post":
                return this.order(asked.body, (name) => name);
            case "/vnpost/order":
                return this.order(asked.body, pascal);
            case "/vnpost/order/barcode":
                if (!asked.body?.ItemCode) return this.say("400", "Thiếu ItemCode");
                if (this.barcodes.has(asked.body.ItemCode)) return this.say("409", "Mã vạch đã dùng");
                this.barcodes.add(asked.body.ItemCode);
                return this.order(asked.body, pascal);
            case "/apiVNPostNGSP/p1.0/order/list":
                return this.page(asked.query);
            case "/apiVNPostNGSP/p1.0/order/cancel":
                return this.cancel(asked.body);
            default:
                return { status: 404, json: {} };
        }
    }

    say(Status, Message = "") {
        return { json: { Status, Message } };
    }

    token({ body, headers }) {
        const [id, secret] = Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64").toString().split(":").map(decodeURIComponent);
        if (body?.grant_type !== "client_credentials" || !id || this.clients[id] !== secret) return { status: 401, json: { error: "invalid_client" } };
        const token = randomUUID();
        this.tokens.add(token);
        return { json: { access_token: token, token_type: "Bearer", expires_in: 3600 } };
    }

    order(body, spell) {
        const missing = needed.filter((name) => !body?.[spell(name)]);
        if (missing.length) return this.say("400", `Thiếu ${missing.join(", ")}`);
        if (body[spell("customerCode")] !== this.customer) return this.say("403", "Sai mã khách hàng");
        for (const name of ["senderProvince", "receiverProvince"]) if (!Number.isInteger(body[spell(name)])) return this.say("422", name);
        const number = body[spell("orderNumber")];
        if (this.orders.has(number)) return this.say("101", "Đơn đã có");
        this.orders.set(number, { body, state: "1" });
        this.move(number, "1", "Đã nhận đơn");
        return this.say("100");
    }

    move(number, code, words) {
        if (this.orders.has(number)) this.orders.get(number).state = code;
        this.list.push({ id: (this.list.length + 1).toString(16).padStart(24, "0"), number, code, words });
    }

    page({ pageSize, lastId, customerCode }) {
        if (customerCode !== this.customer) return { json: { _embedded: { rhDoc: [] } } };
        const from = this.stuck ? 0 : this.list.findIndex((one) => one.id > lastId);
        const part = from < 0 ? [] : this.list.slice(from, from + Number(pageSize));
        return { json: { _embedded: { rhDoc: part.map((one) => ({ _id: { $oid: one.id }, orderNumber: one.number, statusCode: Number(one.code), statusMessage: one.words })) } } };
    }

    cancel(body) {
        const order = this.orders.get(body?.orderNumber);
        if (!order || body.customerCode !== this.customer) return this.say("404", "Không có đơn");
        if (order.state === "9") return this.say("101", "Đơn đã hủy");
        if (order.state !== "1") return this.say("410", "Bưu tá đã nhận");
        this.move(body.orderNumber, "9", "Đã hủy");
        return this.say("100");
    }
}
