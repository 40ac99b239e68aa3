// Specialised systems of others, played: a land system (VBDLIS), the city's axis with business registration and civil
// status, and a token endpoint. Written from their public pages, apart from the plugin.
import { randomUUID } from "node:crypto";
import { Faulty } from "../faulty.mjs";

const required = (body, names) => names.filter((name) => body?.[name] === undefined || body[name] === "");

export class SectorSystem extends Faulty {
    constructor(options = {}) {
        super(options);
        this.clients = options.clients ?? {}; // id → secret
        this.tokens = new Map(); // token → expires, ms
        this.tokenSeconds = 3600;
        this.demand = ""; // "bearer" | "lgsp" | "": what every request must bring
        this.partner = options.partner; // { AccessKey, SecretKey, … }
        this.dossiers = new Map();
        this.takings = 0; // hand-overs that changed something
        this.enterprises = new Map();
        this.registrations = [];
        this.files = new Map();
        this.spoil = null; // changes an honest answer: (json) => json
        this.exempt = (asked) => asked.path === "/token";
    }

    answer(asked) {
        if (asked.path === "/token") return this.token(asked);
        const refused = this.identity(asked);
        if (refused) return refused;
        const routes = {
            "/tiepnhan": this.take1, "/capnhattrangthaibosunghoso": this.change, "/capnhattrangthaitraketquahoso": this.change, "/phanhoihososaiketqua": this.change,
            "/TraCuuThongTinDoanhNghiep": this.enterprise, "/TraCuuHoTich": this.registrationsOf, "/TiepNhanHoSo": this.takeCivil, "/TraCuuTrangThai": this.stateOf,
        };
        let answer = routes[asked.path]?.call(this, asked) ?? this.file(asked);
        if (this.spoil && answer.json) answer = { ...answer, json: this.spoil(structuredClone(answer.json)) };
        return answer;
    }

    token({ body, headers }) {
        let { client_id: id, client_secret: secret } = body ?? {};
        if (headers.authorization?.startsWith("Basic ")) [id, secret] = Buffer.from(headers.authorization.slice(6), "base64").toString().split(":").map(decodeURIComponent);
        if (body?.grant_type !== "client_credentials" || !id || this.clients[id] !== secret) return { status: 401, json: { error: "invalid_client" } };
        const token = randomUUID();
        this.tokens.set(token, Date.now() + this.tokenSeconds * 1000);
        return { json: { access_token: token, token_type: "Bearer", expires_in: this.tokenSeconds } };
    }

    identity({ headers }) {
        if (this.demand === "bearer") {
            const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
            if (!((this.tokens.get(token) ?? 0) > Date.now())) return { status: 401, json: {} };
        }
        const axis = { lgsp: headers.authorization, "lgsp-oauth": headers.lgspaccesstoken }[this.demand];
        if (this.demand.startsWith("lgsp")) {
            const given = JSON.parse(Buffer.from(axis ?? "e30=", "base64").toString());
            if (JSON.stringify(given) !== JSON.stringify(this.partner)) return { status: 401, json: {} };
        }
        return null;
    }

    take1({ body }) { // VBDLIS
        const missing = required(body, ["SoBienNhan", "NguoiTiepNhan", "NgayTiepNhan", "ThongTinNguoiNopDon", "ThongTinQuyTrinh", "DanhSachGiayToDinhKem"]);
        if (missing.length) return { json: { Result: 0, Message: `Thiếu ${missing.join(", ")}` } };
        if (!this.dossiers.has(body.SoBienNhan)) {
            this.takings += 1;
            this.dossiers.set(body.SoBienNhan, { body, number: `VBD-${this.takings}`, state: 1 });
        }
        return { json: { Result: 1, Message: "Đã tiếp nhận", SoBienNhan: this.dossiers.get(body.SoBienNhan).number } };
    }

    change({ path, body }) {
        const dossier = this.dossiers.get(body?.SoBienNhan);
        if (!dossier) return { json: { Result: 0, Message: "Không có hồ sơ này" } };
        (dossier.changes ??= []).push({ path, body });
        return { json: { Result: 1, Message: "" } };
    }

    envelope(result, code = 200, words = "") {
        return { json: { StatusCode: code, Status: code === 200 ? "SUCCESS" : "FAILED", Description: words, ThrowException: false, ResultObject: result } };
    }

    enterprise({ query }) {
        const found = this.enterprises.get(query.MaSoDoanhNghiep);
        return found ? this.envelope(found) : this.envelope(null, 404, "Không tìm thấy");
    }

    registrationsOf({ body }) {
        const size = 50, from = ((body.Trang ?? 1) - 1) * size;
        const all = this.registrations.filter((one) => one.SoDinhDanh === body.SoDinhDanh);
        return this.envelope({ MaYeuCau: `YC-${this.asked.length}`, DanhSach: all.slice(from, from + size) });
    }

    takeCivil({ body }) {
        if (this.dossiers.has(body.MaHoSo)) return this.envelope({ MaHoSoHoTich: this.dossiers.get(body.MaHoSo).number }, 409, "Hồ sơ đã có");
        this.takings += 1;
        this.dossiers.set(body.MaHoSo, { body, number: `HT-${this.takings}`, state: 1, at: "20200713101010" });
        return this.envelope({ MaHoSoHoTich: `HT-${this.takings}` });
    }

    stateOf({ query }) {
        const dossier = this.dossiers.get(query.MaHoSo);
        if (!dossier) return this.envelope(null, 404, "Không có hồ sơ");
        return this.envelope({ MaHoSo: query.MaHoSo, MaHoSoHoTich: dossier.number, TrangThai: dossier.state, ThoiDiem: dossier.at, NguoiXuLy: "Nguyễn Văn Án", NoiDung: dossier.words ?? "",
            KetQua: dossier.results ?? [] });
    }

    file({ path }) {
        const found = this.files.get(path);
        if (!found) return { status: 404, json: {} };
        return path.startsWith("/TaiTep/") ? this.envelope({ NoiDung: found.toString("base64"), TenTep: "trích lục.pdf", LoaiTep: "application/pdf" }) : { bytes: found, type: "application/pdf" };
    }
}
