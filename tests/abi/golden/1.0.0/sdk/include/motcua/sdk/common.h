// What several capabilities share: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/common.json; do not edit.
#pragma once

#include "motcua/sdk/codec.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

// A request as it came, not believed yet.
struct RawHttp {
    std::string method{};                         // GET, POST
    std::string query{};                          // raw, after ? (may be absent)
    std::map<std::string, std::string> headers{}; // names in lower case (may be absent)
    std::optional<Blob> body{};                   // the bytes (may be absent)
    std::string peer{};                           // address of the caller (may be absent)
    std::string path{};                           // what came after the address that was given to the other side (may be absent)
};

template <>
struct Codec<RawHttp> {
    static void write(Writer& w, const RawHttp& v) {
        w.field("method", v.method);
        w.field("query", v.query);
        w.field("headers", v.headers);
        w.field("body", v.body);
        w.field("peer", v.peer);
        w.field("path", v.path);
    }
    static void read(Reader& r, RawHttp& v) {
        r.required("method", v.method);
        r.optional("query", v.query, {.length = 16384});
        r.optional("headers", v.headers);
        r.optional("body", v.body);
        r.optional("peer", v.peer);
        r.optional("path", v.path, {.length = 1024});
    }
};

// What goes back to the caller.
struct HttpAnswer {
    std::int64_t status = 0;   // HTTP status
    std::string contentType{}; // application/json
    std::string body{};        // text (may be absent)
};

template <>
struct Codec<HttpAnswer> {
    static void write(Writer& w, const HttpAnswer& v) {
        w.field("status", v.status);
        w.field("contentType", v.contentType);
        w.field("body", v.body);
    }
    static void read(Reader& r, HttpAnswer& v) {
        r.required("status", v.status, {.least = 200, .most = 599});
        r.required("contentType", v.contentType);
        r.optional("body", v.body);
    }
};

// A file.
struct Paper {
    std::string name{};        // file name, any letters
    std::string contentType{}; // application/pdf
    Blob content{};            // the bytes
};

template <>
struct Codec<Paper> {
    static void write(Writer& w, const Paper& v) {
        w.field("name", v.name);
        w.field("contentType", v.contentType);
        w.field("content", v.content);
    }
    static void read(Reader& r, Paper& v) {
        r.required("name", v.name, {.length = 255});
        r.required("contentType", v.contentType, {.length = 127});
        r.required("content", v.content);
    }
};

// Who somebody is, as a provider vouches for it. Only what the provider itself said, never what a browser sent.
struct IdentityClaims {
    std::string subject{};                     // the provider's own, unchanging name of the account (TechID)
    bool organisation = false;                 // the account is an organisation's (may be absent)
    std::string fullName{};                    // of the person (may be absent)
    std::string idNumber{};                    // số định danh cá nhân, 12 digits (may be absent)
    std::string oldIdNumber{};                 // chứng minh nhân dân, 9 digits (may be absent)
    std::string passport{};                    // its number (may be absent)
    std::string birthDate{};                   // 1990-12-31, or 1990 where no more is known (may be absent)
    std::string gender{};                      // as the provider says it (may be absent)
    std::string nationality{};                 // as the provider says it (may be absent)
    std::string address{};                     // where the person is registered (thường trú) (may be absent)
    std::string email{};                       // not proven unless the assurance says so (may be absent)
    std::string phone{};                       // as +84… (may be absent)
    std::string organisationName{};            // of an organisation (may be absent)
    std::string businessCode{};                // mã số doanh nghiệp (may be absent)
    std::string taxCode{};                     // mã số thuế (may be absent)
    std::string assurance{};                   // how well the provider knows it: LoA1, LoA2 (may be absent)
    std::map<std::string, std::string> more{}; // other claims by the provider's own names (may be absent)
};

template <>
struct Codec<IdentityClaims> {
    static void write(Writer& w, const IdentityClaims& v) {
        w.field("subject", v.subject);
        w.field("organisation", v.organisation);
        w.field("fullName", v.fullName);
        w.field("idNumber", v.idNumber);
        w.field("oldIdNumber", v.oldIdNumber);
        w.field("passport", v.passport);
        w.field("birthDate", v.birthDate);
        w.field("gender", v.gender);
        w.field("nationality", v.nationality);
        w.field("address", v.address);
        w.field("email", v.email);
        w.field("phone", v.phone);
        w.field("organisationName", v.organisationName);
        w.field("businessCode", v.businessCode);
        w.field("taxCode", v.taxCode);
        w.field("assurance", v.assurance);
        w.field("more", v.more);
    }
    static void read(Reader& r, IdentityClaims& v) {
        r.required("subject", v.subject, {.length = 200});
        r.optional("organisation", v.organisation);
        r.optional("fullName", v.fullName, {.length = 300});
        r.optional("idNumber", v.idNumber, {.length = 20});
        r.optional("oldIdNumber", v.oldIdNumber, {.length = 20});
        r.optional("passport", v.passport, {.length = 20});
        r.optional("birthDate", v.birthDate, {.length = 10});
        r.optional("gender", v.gender, {.length = 20});
        r.optional("nationality", v.nationality, {.length = 100});
        r.optional("address", v.address, {.length = 500});
        r.optional("email", v.email, {.length = 320});
        r.optional("phone", v.phone, {.length = 20});
        r.optional("organisationName", v.organisationName, {.length = 300});
        r.optional("businessCode", v.businessCode, {.length = 20});
        r.optional("taxCode", v.taxCode, {.length = 20});
        r.optional("assurance", v.assurance, {.length = 50});
        r.optional("more", v.more);
    }
};

} // namespace v1
} // namespace motcua::sdk
