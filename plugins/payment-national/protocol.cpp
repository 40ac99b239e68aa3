#include "protocol.h"

#include <motcua/sdk/times.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace national {

using motcua::sdk::Json;

namespace {

constexpr std::string_view timePattern = "yyyyMMddHHmmss";

// "https://pay.example:8443": scheme, host and port in lower case; nothing for what is no web address, or
// hides a host behind another one (user@host, backslashes).
std::optional<std::string> originOf(std::string_view url) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (!url.starts_with(scheme)) continue;
        std::string origin{url.substr(0, url.find_first_of("/?#", scheme.size()))};
        if (origin.size() == scheme.size()) return std::nullopt;
        for (char& c : origin) {
            if (static_cast<unsigned char>(c) <= 0x20 || c == '@' || c == '\\') return std::nullopt;
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        }
        const std::string_view usual = scheme == "https://" ? ":443" : ":80";
        if (origin.ends_with(usual)) origin.resize(origin.size() - usual.size());
        return origin;
    }
    return std::nullopt;
}

std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        unsigned value = 0;
        const char* end = text.data() + std::min(i + 3, text.size());
        const auto read = std::from_chars(text.data() + i + 1, end, value, 16);
        if (i + 3 > text.size() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
        out += static_cast<char>(value);
        i += 2;
    }
    return out;
}

} // namespace

std::string sealOf(const std::vector<std::string>& values, std::string_view secret) {
    std::string text;
    for (const std::string& value : values)
        text += value + "|";
    text += secret;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    static constexpr char digits[] = "0123456789abcdef";
    std::string seal;
    for (unsigned i = 0; i < size; ++i)
        (seal += digits[digest[i] >> 4]) += digits[digest[i] & 15];
    return seal;
}

std::optional<std::string> fieldOf(const Json& message, std::string_view name) {
    const Json& value = message[name];
    if (value.isNull()) return std::string{};
    if (value.isInteger()) return value.dump();
    if (!value.isString() || value.string().find('|') != std::string::npos) return std::nullopt;
    return value.string();
}

std::vector<std::string> namesOf(std::string_view order) {
    std::vector<std::string> names;
    while (!order.empty()) {
        const std::string_view name = order.substr(0, order.find('|'));
        names.emplace_back(name);
        order.remove_prefix(std::min(name.size() + 1, order.size()));
    }
    return names;
}

bool isSealed(const Json& message, std::string_view order, std::string_view secret) {
    std::vector<std::string> values;
    for (const std::string& name : namesOf(order)) {
        auto value = fieldOf(message, name);
        if (!value) return false;
        values.push_back(std::move(*value));
    }
    std::string seal = message["MaXacThuc"].string();
    std::transform(seal.begin(), seal.end(), seal.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    const std::string right = sealOf(values, secret);
    return !secret.empty() && seal.size() == right.size() &&
           CRYPTO_memcmp(seal.data(), right.data(), right.size()) == 0;
}

std::string moment(std::int64_t ms) {
    return motcua::sdk::vietnamTime(ms, timePattern);
}

std::optional<std::int64_t> parseMoment(std::string_view text) {
    return motcua::sdk::parseVietnamTime(text, timePattern);
}

std::optional<std::int64_t> amountOf(std::string_view text) {
    if (text.empty() || text.size() > 15 || text.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    std::int64_t amount = 0;
    std::from_chars(text.data(), text.data() + text.size(), amount);
    return amount;
}

std::string referenceOf(std::string_view prefix, std::string_view reference) {
    std::string kept{prefix};
    for (const char c : reference)
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) kept += c;
    return kept;
}

Json fieldsOf(std::string_view query) {
    Json fields = Json::object();
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const auto name = decoded(pair.substr(0, equals));
        auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value || fields.has(*name) || fields.members().size() == 50) return {};
        fields.set(*name, std::move(*value));
    }
    return fields;
}

std::string plain(std::string text) {
    for (char& c : text)
        if (c == '|' || static_cast<unsigned char>(c) < 0x20) c = ' ';
    return text;
}

bool liesAt(std::string_view url, std::string_view agreed) {
    const auto origin = originOf(url);
    return origin && origin == originOf(agreed);
}

Json receiptPart(const motcua::sdk::CreatePayment& request, const Json& config) {
    using motcua::sdk::BillItemKind;
    const motcua::sdk::PaymentBill bill = request.bill.value_or(motcua::sdk::PaymentBill{});
    const auto either = [](const std::string& first, const std::string& second) {
        return first.empty() ? second : first;
    };
    Json part = Json::object();
    const bool fine = std::any_of(bill.items.begin(), bill.items.end(),
                                  [](const auto& item) { return item.kind == BillItemKind::Fine; });
    part.set("MaDichVu", fine ? "1" : "2");
    part.set("MaDVC", bill.procedureCode.empty() ? "" : bill.procedureCode + ".01");
    part.set("TenDVC", bill.procedureName).set("MaTTHC", bill.procedureCode);
    part.set("TenTTHC", bill.procedureName);
    part.set("MaDonVi", either(config["unitCode"].string(), bill.agencyCode));
    part.set("TenDonVi", either(config["unitName"].string(), bill.agencyName));
    part.set("MaHoSo", either(bill.dossier, request.reference));
    part.set("TKThuHuong", config["account"].string()).set("MaNHThuHuong", config["accountBank"].string());
    part.set("TenTKThuHuong", config["accountName"].string());
    part.set("MaCoQuanQD", bill.agencyCode).set("TenCoQuanQD", bill.agencyName);
    part.set("NoiDungThanhToan", plain(request.description));
    part.set("HoTenNguoiNop", bill.payerName).set("SoCMNDNguoiNop", bill.payerIdNumber);
    part.set("DiaChiNguoiNop", bill.payerAddress).set("HuyenNguoiNop", bill.payerDistrict);
    part.set("TinhNguoiNop", bill.payerProvince);
    Json fees = Json::array(), amounts = Json::array();
    for (const auto& item : bill.items) {
        const bool charge = item.kind == BillItemKind::Charge;
        fees.add(Json::object()
                     .set("LoaiPhiLePhi", config[charge ? "chargeKind" : "feeKind"].string())
                     .set("MaPhiLePhi", item.code)
                     .set("TenPhiLePhi", item.name)
                     .set("SoTien", std::to_string(item.amount)));
        amounts.add(Json::object().set("NoiDung", item.name).set("SoTien", std::to_string(item.amount)));
    }
    return part.set("PhiLePhi", fees).set("DSKhoanNop", amounts);
}

} // namespace national
