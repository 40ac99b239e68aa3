// Where the pages are. Citizens see these addresses, so they are Vietnamese words without marks and stay for
// ever.
#pragma once

namespace motcua::web::paths {

inline constexpr const char* kHome = "/";
inline constexpr const char* kProcedures = "/thu-tuc";
inline constexpr const char* kTrack = "/tra-cuu";
inline constexpr const char* kVerify = "/kiem-tra";
inline constexpr const char* kSignIn = "/dang-nhap";
inline constexpr const char* kSignOut = "/dang-xuat";
inline constexpr const char* kSession = "/phien";
inline constexpr const char* kRegister = "/dang-ky";
inline constexpr const char* kConfirm = "/xac-nhan";
inline constexpr const char* kForgotten = "/quen-mat-khau";
inline constexpr const char* kAccount = "/tai-khoan";
inline constexpr const char* kDossiers = "/ho-so";
inline constexpr const char* kWork = "/cong-viec";
inline constexpr const char* kReception = "/cong-viec/tiep-nhan";
inline constexpr const char* kWorkRatings = "/cong-viec/danh-gia";
inline constexpr const char* kRatings = "/danh-gia";
inline constexpr const char* kSignTogether = "/cong-viec/ky-nhieu";
inline constexpr const char* kMoney = "/cong-viec/khoan-thu";
inline constexpr const char* kPaymentHook = "/hook/payment"; // providers are told this address
inline constexpr const char* kAdmin = "/quan-tri";
inline constexpr const char* kPlugins = "/quan-tri/mo-dun";
inline constexpr const char* kOutbox = "/quan-tri/viec-gui-di";
inline constexpr const char* kAccounts = "/quan-tri/tai-khoan";
inline constexpr const char* kContact = "/lien-he";
inline constexpr const char* kHelp = "/huong-dan";
inline constexpr const char* kPrivacy = "/bao-ve-du-lieu";
inline constexpr const char* kAccessibility = "/kha-nang-tiep-can";

} // namespace motcua::web::paths
