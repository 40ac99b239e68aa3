// The national portal, played: its adapter with sessions, and the same services behind an axis. Written from the
// protocol page, apart from the plugin.
import { randomUUID } from "node:crypto";
import { Faulty } from "../faulty.mjs";

const dossierFields = ["MaHoSo", "MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "ChuHoSo", "LoaiDoiTuong", "TrangThaiHoSo", "DonViXuLy"];
const isMoment = (text) => text === "" || text === undefined || /^\d{14}$/.test(text);

export class NationalPortal extends Faulty {
    constructor({ account, partner, dstcode = "VN:GOV:000.00.00.H29", ...options } = {}) {
        super(options);
        Object.assign(this, { account, partner, dstcode });
        this.sessions = new Set();
        this.logins = 0;
        this.catalogues = { LayDanhMucCoQuan: [], LayDanhMucLinhVuc: [], LayDanhSachTTHC: [] };
        this.procedures = new Map();
        this.dossiers = new Map();
        this.progress = [];
        this.questions = { LayDanhSachHoiDapGuiTuDVCQG: [], LayDanhSachHoiDapBoCoQuan: [] };
        this.answers = new Map();
        this.ratings = [];
        this.refuse = new Map(); // dossier code → words
        this.partly = false; // refusals come inside an answer that is well
        this.exempt = (asked) => asked.path === "/auth";
    }

    answer(asked) {
        if (asked.path.startsWith("/axis/")) return this.axis(asked);
        if (asked.headers.dstcode !== this.dstcode) return { json: { error_code: "99", message: "dstcode" } };
        if (asked.path === "/auth") return this.login(asked.body);
        if (!["/share", "/integration"].includes(asked.path)) return { status: 404, json: {} };
        if (!this.sessions.has(asked.body?.session)) return { json: { error_code: "3", message: "Session không hợp lệ" } };
        return { json: this.serve(asked.body.service, asked.body, asked.path === "/share") };
    }

    login(body) {
        if (body?.username !== this.account.username || body?.password !== this.account.password) return { json: { error_code: 1, message: "Sai tài khoản" } };
        this.logins += 1;
        const session = randomUUID();
        this.sessions.add(session);
        return { json: { error_code: 0, message: "", session } };
    }

    axis({ path, query, headers, body }) {
        const given = JSON.parse(Buffer.from(headers.authorization ?? "e30=", "base64").toString());
        if (JSON.stringify(given) !== JSON.stringify(this.partner)) return { status: 401, json: {} };
        const service = path.split("/").at(-1);
        const result = Array.isArray(body) ? this.serve(service, { ...query, data: body }, false) : this.serve(service, body, true);
        return { json: { StatusCode: 200, Status: "SUCCESS", Description: "", ThrowException: false, ResultObject: result } };
    }

    ok(result = []) {
        return { error_code: "00", message: "", result };
    }

    no(code, message) {
        return { error_code: code, message, result: [] };
    }

    serve(service, body, share) {
        if (share !== service.startsWith("Lay") && share !== service.startsWith("TraCuu")) return this.no("5", `${service} ở nhầm chỗ`);
        if (this.catalogues[service]) return this.ok(this.catalogues[service]);
        if (this.questions[service]) return this.ok(this.questions[service]);
        switch (service) {
            case "LayThuTuc":
                return this.ok(this.procedures.has(body.maTTHC) ? [this.procedures.get(body.maTTHC)] : []);
            case "TraCuuHoSo":
                return this.ok(this.dossiers.has(body.mahoso) ? [{ MaHoSo: body.mahoso }] : []);
            case "DongBoHoSoMC":
                return this.receive(body);
            case "CapNhatTienDoHoSoMC":
                return this.move(body.data);
            case "DongBoHoiDap":
            case "DongBoKetQuaHoiDapGuiTuDVCQG":
                for (const one of body.data) this.answers.set(one.HOIDAPID, { service, ...one });
                return this.ok();
            case "DongBoDanhGia":
                this.ratings.push(...body.data);
                return this.ok();
            default:
                return this.no("4", `Không có dịch vụ ${service}`);
        }
    }

    flaw(record, updating) {
        const missing = dossierFields.filter((name) => !record[name]);
        if (missing.length) return `Thiếu ${missing.join(", ")}`;
        if (!["NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayTra", "NgayKetThucXuLy"].every((name) => isMoment(record[name]))) return "Sai ngày";
        if (!(Number(record.TrangThaiHoSo) >= 1 && Number(record.TrangThaiHoSo) <= 10)) return "Sai trạng thái";
        if (this.refuse.has(record.MaHoSo)) return this.refuse.get(record.MaHoSo);
        if (updating && !this.dossiers.has(record.MaHoSo)) return "Hồ sơ chưa có";
        return !updating && this.dossiers.has(record.MaHoSo) ? "Hồ sơ đã có" : "";
    }

    receive({ isUpdating, data }) {
        if (!["True", "False"].includes(isUpdating)) return this.no("6", "isUpdating");
        const flaws = data.map((record) => [record.MaHoSo, this.flaw(record, isUpdating === "True")]).filter(([, flaw]) => flaw);
        if (flaws.length && !this.partly) return this.no("7", flaws[0][1]); // all or nothing
        for (const record of data) if (!flaws.some(([code]) => code === record.MaHoSo)) this.dossiers.set(record.MaHoSo, record);
        return this.ok(flaws.map(([MaHoSo, message]) => ({ MaHoSo, error_code: "7", message })));
    }

    move(data) {
        const stranger = data.find((one) => !this.dossiers.has(one.MaHoSo));
        if (stranger) return this.no("8", `Chưa có hồ sơ ${stranger.MaHoSo}`);
        this.progress.push(...data);
        return this.ok();
    }
}
