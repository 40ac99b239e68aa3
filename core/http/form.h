// What a client sent as names and values: queries, forms, cookies, and files as ranges of the spooled body.
#pragma once

#include "base/result.h"
#include "net/message.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace motcua::http {

// Names and values in the order sent, all of them NFC.
class Fields {
public:
    void add(std::string name, std::string value) { all_.emplace_back(std::move(name), std::move(value)); }
    // The first of that name; "" where there is none.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;
    std::vector<std::string> all(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& pairs() const { return all_; }

private:
    std::vector<std::pair<std::string, std::string>> all_;
};

// A file as uploaded. Name and type are the client's words: judge the content itself (files/).
struct Upload {
    std::string field;
    std::string fileName; // last part only, no control characters, at most 150 characters, never empty
    std::string contentType;
    std::shared_ptr<const net::Body> content; // a range of the request's body, which it keeps alive
};

struct Form {
    Fields fields;
    std::vector<Upload> uploads;

    const Upload* upload(std::string_view field) const;
};

struct FormLimits {
    std::size_t fields = 1000;        // names and values
    std::size_t parts = 300;          // of a multipart form, files among them
    std::size_t valueBytes = 1 << 20; // of one value
    std::size_t partHeadBytes = 4096; // head of one part
    std::size_t formBytes = 2u << 20; // of a urlencoded form
};

// "a=1&b=x+y". Invalid "http.bad_text" where a decoded text is not UTF-8 or holds a NUL, TooLarge
// "http.too_many_fields". A "%" that begins no pair of hex digits stands for itself, as browsers read it.
Result<Fields> parseUrlEncoded(std::string_view text, const FormLimits& limits = {});

// RFC 7578. Invalid "http.bad_form", TooLarge "http.too_many_parts"; file inputs left empty are dropped.
Result<Form> parseMultipart(const std::shared_ptr<const net::Body>& body, std::string_view contentType,
                            const FormLimits& limits = {});

// The value of a Cookie field (RFC 6265 section 5.4): the first of a name counts.
Result<Fields> parseCookies(std::string_view header);

// Percent-decoding; "+" as space in forms.
std::string percentDecode(std::string_view text, bool plusIsSpace);
// All but unreserved characters (RFC 3986 section 2.3) encoded; `keep` stays too.
std::string percentEncode(std::string_view text, std::string_view keep = {});

// The parameter of a header value: parameter("form-data; name=\"a\"", "name") is "a".
std::string parameter(std::string_view header, std::string_view name);

} // namespace motcua::http
