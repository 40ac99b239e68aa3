#include "records.h"

#include "motcua/sdk/times.h"

#include <algorithm>
#include <charconv>

namespace portal {

using namespace motcua::sdk;

namespace {

bool sameLetters(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string moment(const std::optional<std::int64_t>& ms) {
    return ms ? vietnamTime(*ms, "yyyyMMddHHmmss") : std::string{};
}

const char* truth(bool value) {
    return value ? "True" : "False";
}
const char* digit(bool value) {
    return value ? "1" : "0";
}

std::string local(const std::string& phone) {
    return phone.rfind("+84", 0) == 0 ? "0" + phone.substr(3) : phone;
}
std::string ours(const std::string& phone) {
    return phone.size() > 1 && phone[0] == '0' ? "+84" + phone.substr(1) : phone;
}

// The portal counts from the first state, "mới đăng ký".
std::string numberOf(NationalState state) {
    int number = 1;
    for (const auto& entry : EnumWords<NationalState>::entries) {
        if (entry.first == state) break;
        ++number;
    }
    return std::to_string(number);
}

std::string channelNumber(Channel channel) {
    return channel == Channel::Counter ? "1" : channel == Channel::Online ? "2" : "3";
}

// Whole numbers only: "8000" and 8000, not "8.000 đ", which is for a person to read.
std::optional<std::int64_t> amount(const Json& value) {
    if (value.isInteger()) return value.integer() >= 0 ? std::optional{value.integer()} : std::nullopt;
    std::int64_t number = 0;
    const std::string& text = value.string();
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size() && number >= 0;
    return !text.empty() && whole ? std::optional{number} : std::nullopt;
}

std::string cut(std::string text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80)
        --most;
    return text.substr(0, most);
}

std::string cutWord(const Json& object, std::string_view name, std::size_t most) {
    return cut(word(object, name), most);
}

// A list, or one object in place of a list of one.
Json::Array list(const Json& object, std::string_view name) {
    const Json& found = field(object, name);
    return found.isObject() ? Json::Array{found} : found.items();
}

void steps(const Json& item, NationalProcedure& made) {
    for (const Json& sequence : list(item, "TRINHTUTHUCHIEN"))
        for (const Json& step : list(sequence, "TRINHTU"))
            if (const std::string text = cutWord(step, "TENTRINHTU", 65536); !text.empty())
                made.steps.push_back({cutWord(sequence, "TRUONGHOP", 4000), text});
}

ProcedureFee fee(const Json& item) {
    return {cutWord(item, "MAPHILEPHI", 50), amount(field(item, "SOTIEN")), cutWord(item, "DONVI", 50),
            cutWord(item, "MOTA", 8000)};
}

void ways(const Json& item, NationalProcedure& made) {
    for (const Json& channel : list(item, "CACHTHUCTHUCHIEN")) {
        const std::string number = word(channel, "KENH");
        if (number != "1" && number != "2" && number != "3") continue;
        for (const Json& time : list(channel, "THOIGIAN")) {
            ProcedureWay way;
            way.channel = number == "1" ? Channel::Counter : number == "2" ? Channel::Online : Channel::Post;
            way.time = amount(field(time, "THOIGIANGIAIQUYET"));
            way.timeUnit = cutWord(time, "DONVITINH", 50);
            way.description = cutWord(time, "MOTA", 8000);
            for (const Json& each : list(time, "PHILEPHI"))
                way.fees.push_back(fee(each));
            made.ways.push_back(std::move(way));
        }
    }
}

void papers(const Json& item, NationalProcedure& made) {
    for (const Json& part : list(item, "THANHPHANHOSO"))
        for (const Json& paper : list(part, "GIAYTO")) {
            ProcedurePaper one;
            one.code = cutWord(paper, "MAGIAYTO", 50);
            one.when = cutWord(part, "TRUONGHOP", 4000);
            one.name = cutWord(paper, "TENGIAYTO", 8000);
            one.originals = amount(field(paper, "SOBANCHINH"));
            one.copies = amount(field(paper, "SOBANSAO"));
            one.formName = cutWord(paper, "TENMAUDON", 500);
            one.formUrl = cutWord(paper, "URL", 2048);
            if (!one.name.empty()) made.papers.push_back(std::move(one));
        }
}

void subjects(const Json& item, NationalProcedure& made) {
    static constexpr std::pair<std::string_view, ProcedureCase> known[] = {
        {"Công dân Việt Nam", ProcedureCase::Citizen},  {"Người Việt Nam định cư", ProcedureCase::Overseas},
        {"Người nước ngoài", ProcedureCase::Foreigner}, {"Cán bộ", ProcedureCase::Official},
        {"Doanh nghiệp", ProcedureCase::Enterprise},    {"Tổ chức", ProcedureCase::Organisation}};
    const auto add = [&](std::string_view text) {
        text.remove_prefix(std::min(text.find_first_not_of(" "), text.size()));
        for (const auto& [beginning, subject] : known)
            if (text.substr(0, beginning.size()) == beginning &&
                std::find(made.subjects.begin(), made.subjects.end(), subject) == made.subjects.end())
                made.subjects.push_back(subject);
    };
    const Json& given = field(item, "DOITUONGTHUCHIEN");
    for (const Json& each : given.items())
        add(each.isString() ? each.string() : word(each, "TENDOITUONG"));
    std::string_view text = given.string();
    while (!text.empty()) {
        const std::string_view one = text.substr(0, text.find(';'));
        text.remove_prefix(std::min(one.size() + 1, text.size()));
        add(one);
    }
}

Json papersOf(const NationalDossier& dossier) {
    Json all = Json::array();
    for (const NationalPaper& paper : dossier.papers)
        all.add(Json::object()
                    .set("TepDinhKemId", paper.id)
                    .set("TenTepDinhKem", paper.name)
                    .set("IsDeleted", truth(paper.removed))
                    .set("MaThanhPhanHoSo", paper.code)
                    .set("DuongDanTaiTepTin", paper.url)
                    .set("DuocSoHoa", digit(paper.digitised))
                    .set("DuocTaiSuDung", digit(paper.reused)));
    return all;
}

Json feesOf(const NationalDossier& dossier) {
    Json all = Json::array();
    for (const NationalFee& fee : dossier.fees)
        all.add(Json::object()
                    .set("TenPhiLePhi", fee.name)
                    .set("MaPhiLePhi", fee.code)
                    .set("HinhThucThu", digit(fee.online))
                    .set("Gia", std::to_string(fee.amount))
                    .set("LoaiPhiLePhi", fee.charge ? "1" : "2"));
    return all;
}

Json supplementsOf(const NationalDossier& dossier) {
    Json all = Json::array();
    for (const NationalSupplement& one : dossier.supplements)
        all.add(Json::object()
                    .set("HoSoBoSungId", one.id)
                    .set("NguoiYeuCauBoSung", one.askedBy)
                    .set("NoiDungBoSung", one.text)
                    .set("NgayBoSung", moment(one.askedAt))
                    .set("NguoiTiepNhanBoSung", one.receivedBy)
                    .set("NgayTiepNhanBoSung", moment(one.receivedAt))
                    .set("TrangThaiBoSung", digit(one.receivedAt.has_value()))
                    .set("NgayHenTraTruoc", moment(one.dueBefore))
                    .set("NgayHenTraMoi", moment(one.dueAfter)));
    return all;
}

Json resultsOf(const NationalDossier& dossier) {
    Json all = Json::array();
    for (const NationalResult& one : dossier.results)
        all.add(Json::object()
                    .set("GiayToId", one.id)
                    .set("TenGiayTo", one.name)
                    .set("MaGiayToKetQua", one.code)
                    .set("DuongDanTepTinKetQua", one.url));
    return all;
}

} // namespace

const Json& field(const Json& object, std::string_view name) {
    static const Json none;
    for (const auto& [known, value] : object.members())
        if (sameLetters(known, name)) return value;
    return none;
}

std::string word(const Json& object, std::string_view name) {
    const Json& value = field(object, name);
    return value.isString() ? value.string() : value.isInteger() ? value.dump() : std::string{};
}

Json dossierRecord(const NationalDossier& dossier) {
    Json record = Json::object();
    record.set("MaHoSo", dossier.code)
        .set("MaTTHC", dossier.procedureCode)
        .set("TenTTHC", dossier.procedureName)
        .set("MaLinhVuc", dossier.fieldCode)
        .set("TenLinhVuc", dossier.fieldName)
        .set("SoBienNhan", dossier.receiptNumber)
        .set("ChuHoSo", dossier.owner)
        .set("LoaiDoiTuong", dossier.organisation ? "2" : "1")
        .set("MaDoiTuong", dossier.subject)
        .set("SoGiayToChuHoSo", dossier.idNumber)
        .set("Email", dossier.email)
        .set("SoDienThoai", local(dossier.phone))
        .set("TrichYeuHoSo", dossier.summary)
        .set("KenhThucHien", channelNumber(dossier.channel))
        .set("NoiNopHoSo", "2"); // the city's own portal
    record.set("NgayNopHoSo", moment(dossier.filedAt))
        .set("NgayTiepNhan", moment(dossier.receivedAt))
        .set("NgayHenTra", moment(dossier.dueAt))
        .set("TrangThaiHoSo", numberOf(dossier.state))
        .set("NgayKetThucXuLy", moment(dossier.processedAt))
        .set("NgayTra", moment(dossier.returnedAt))
        .set("HinhThuc", digit(dossier.returnedBy == Channel::Post))
        .set("DonViXuLy", dossier.agencyName)
        .set("MaDonViXuLy", dossier.agencyCode)
        .set("GhiChu", dossier.note)
        .set("TaiLieuNop", papersOf(dossier))
        .set("DanhSachLePhi", feesOf(dossier))
        .set("DanhSachHoSoBoSung", supplementsOf(dossier))
        .set("DanhSachGiayToKetQua", resultsOf(dossier))
        .set("HoSoCoThanhPhanSoHoa", digit(dossier.digitised))
        .set("TaiKhoanDuocXacThucVoiVNeID", digit(dossier.signedIn))
        .set("DuocThanhToanTrucTuyen", digit(dossier.paidOnline));
    return record;
}

Json stepRecord(const NationalStep& step) {
    return Json::object()
        .set("MaHoSo", step.code)
        .set("NguoiXuLy", step.official)
        .set("ChucDanh", step.title)
        .set("ThoiDiemXuLy", moment(step.at))
        .set("PhongBanXuLy", step.office)
        .set("NoiDungXuLy", step.text)
        .set("TrangThai", numberOf(step.state))
        .set("NgayBatDau", moment(step.beganAt))
        .set("NgayKetThucTheoQuyDinh", moment(step.dueAt));
}

Json answerRecord(const AnsweredQuestion& answer, const std::string& agencyCode) {
    return Json::object()
        .set("HOIDAPID", answer.id)
        .set("NOIDUNG", answer.text)
        .set("NOIDUNGTRALOI", answer.answer)
        .set("MALINHVUC", answer.fieldCode)
        .set("MATTHCDP", answer.procedureCode)
        .set("MADONVI", agencyCode)
        .set("NGUOITRALOI", answer.answeredBy)
        .set("CHUCVUNGUOITRALOI", answer.title)
        .set("NGAYTRALOI", moment(answer.answeredAt));
}

Json ratingRecord(const DossierRating& rating) {
    return Json::object()
        .set("MaHoSo", rating.dossier)
        .set("MaTieuChi", rating.criterion)
        .set("Diem", rating.score)
        .set("NoiDung", rating.comment)
        .set("ThoiDiem", moment(rating.at));
}

std::optional<CatalogueEntry> catalogueEntry(const Json& item, CatalogueKind kind) {
    CatalogueEntry entry;
    switch (kind) {
    case CatalogueKind::Agencies:
        entry = {word(item, "MADONVI"),
                 word(item, "TENDONVI"),
                 word(item, "MADONVICHA"),
                 cutWord(item, "CAPDONVI", 50),
                 {}};
        break;
    case CatalogueKind::Fields:
        entry = {word(item, "MALINHVUC"), word(item, "TENLINHVUC"), word(item, "MANGANH"), "", {}};
        break;
    case CatalogueKind::Procedures:
        entry = {word(item, "MATTHC"), word(item, "TENTTHC"), word(item, "MALINHVUC"), "", {}};
        break;
    }
    const bool whole = !entry.code.empty() && entry.code.size() <= 50 && !entry.name.empty();
    entry.name = cut(entry.name, 1000);
    entry.parent = entry.parent.size() > 50 ? "" : entry.parent;
    return whole ? std::optional{entry} : std::nullopt;
}

std::optional<NationalProcedure> procedure(const Json& item) {
    NationalProcedure made;
    made.code = word(item, "MATTHC");
    made.name = cutWord(item, "TENTTHC", 1000);
    if (made.code.empty() || made.code.size() > 50 || made.name.empty()) return std::nullopt;
    made.publisher = cutWord(item, "MACOQUANCONGBO", 50);
    made.decision = cutWord(item, "SOQUYETDINHCONGBO", 100);
    for (const Json& one : list(item, "LINHVUCTHUCHIEN"))
        if (const auto entry = catalogueEntry(one, CatalogueKind::Fields)) made.fields.push_back(*entry);
    made.performer = cutWord(item, "COQUANTHUCHIEN", 8000);
    subjects(item, made);
    steps(item, made);
    ways(item, made);
    papers(item, made);
    made.requirements = cutWord(item, "YEUCAU", 65536);
    for (const Json& one : list(item, "KETQUATHUCHIEN"))
        if (const std::string name = cutWord(one, "TENKETQUA", 2000); !name.empty())
            made.results.push_back({cutWord(one, "MAKETQUA", 50), name});
    for (const Json& one : list(item, "CANCUPHAPLY"))
        if (const std::string name = cutWord(one, "TENVANBAN", 2000); !name.empty())
            made.bases.push_back({cutWord(one, "SOVANBAN", 100), name, "", ""});
    // Longer lists than a procedure can have: something else was sent, and a part of it would mislead.
    const bool fits = made.fields.size() <= 20 && made.steps.size() <= 200 && made.ways.size() <= 50 &&
                      made.papers.size() <= 500 && made.results.size() <= 100 && made.bases.size() <= 200 &&
                      std::all_of(made.ways.begin(), made.ways.end(),
                                  [](const ProcedureWay& way) { return way.fees.size() <= 100; });
    return fits ? std::optional{made} : std::nullopt;
}

std::optional<NationalQuestion> question(const Json& item) {
    NationalQuestion made;
    made.id = word(item, "HOIDAPID");
    made.text = cutWord(item, "NOIDUNG", 65536);
    if (made.id.empty() || made.id.size() > 100 || made.text.empty()) return std::nullopt;
    made.fieldCode = cutWord(item, "MALINHVUC", 50);
    made.procedureCode = cutWord(item, "MATTHCDP", 50);
    made.agencyCode = cutWord(item, "MADONVI", 50);
    made.askedBy = cutWord(item, "HOVATEN", 200);
    made.email = cutWord(item, "THUDIENTU", 320);
    made.phone = cut(ours(word(item, "SODIENTHOAI")), 20);
    made.answer = cutWord(item, "NOIDUNGTRALOI", 65536);
    return made;
}

std::optional<IdentityClaims> claims(const Json& userinfo) {
    IdentityClaims made;
    const std::string techId = word(userinfo, "TechID");
    made.subject = techId.empty() ? word(userinfo, "sub") : techId;
    if (made.subject.empty() || made.subject.size() > 200) return std::nullopt;
    made.organisation = word(userinfo, "LoaiTaiKhoan") == "2";
    made.fullName = cutWord(userinfo, "HoVaTen", 300);
    made.idNumber = cutWord(userinfo, "SoDinhDanh", 20);
    made.oldIdNumber = cutWord(userinfo, "SoCMND", 20);
    made.passport = cutWord(userinfo, "HoChieu", 20);
    const std::string birth = word(userinfo, "NgayThangNamSinh");
    const auto day = parseVietnamTime(birth, "yyyyMMdd");
    made.birthDate = day ? vietnamTime(*day, "yyyy-MM-dd") : birth.size() == 4 ? birth : "";
    made.gender = cutWord(userinfo, "GioiTinh", 20);
    made.nationality = cutWord(userinfo, "QuocTich", 100);
    made.address = cutWord(userinfo, "ThuongTru", 500);
    made.email = cutWord(userinfo, "ThuDienTu", 320);
    made.phone = cut(ours(word(userinfo, "SoDienThoai")), 20);
    made.organisationName = cutWord(userinfo, "TenDoanhNghiep", 300);
    made.businessCode = cutWord(userinfo, "MaSoDoanhNghiep", 20);
    made.taxCode = cutWord(userinfo, "MaSoThue", 20);
    made.assurance = cutWord(userinfo, "loAs", 50);
    return made;
}

} // namespace portal
