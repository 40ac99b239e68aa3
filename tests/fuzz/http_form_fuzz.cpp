// What strangers send as queries, cookies, forms and files: whatever the bytes, what is let through is text
// without NUL, within the limits, and files lie inside their body under harmless names.
#include "base/text.h"
#include "http/form.h"
#include "http/response.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace motcua;
using namespace motcua::http;

namespace {

void demand(bool rule, const char* what) {
    if (rule) return;
    std::fprintf(stderr, "broken rule: %s\n", what);
    std::abort();
}

class TextBody final : public net::Body {
public:
    explicit TextBody(std::string_view text) : text_(text) {}
    std::uint64_t size() const override { return text_.size(); }
    std::string read(std::uint64_t offset, std::size_t count) const override {
        return offset < text_.size() ? std::string{text_.substr(static_cast<std::size_t>(offset), count)}
                                     : "";
    }

private:
    std::string_view text_;
};

void checkText(std::string_view text) {
    demand(text::isUtf8(text), "text is UTF-8");
    demand(text.find('\0') == std::string_view::npos, "text holds no NUL");
}

void checkFields(const Fields& fields, const FormLimits& limits) {
    demand(fields.pairs().size() <= limits.fields, "no more fields than allowed");
    for (const auto& [name, value] : fields.pairs()) {
        checkText(name);
        checkText(value);
    }
}

void checkUpload(const Upload& upload, std::string_view body) {
    checkText(upload.fileName);
    demand(!upload.fileName.empty() && upload.fileName.find_first_of("/\\\"\r\n") == std::string::npos,
           "a file's name is no path");
    demand(upload.fileName.front() != '.', "a file's name is not hidden");
    const std::string content = upload.content->all();
    demand(content.size() == upload.content->size(), "a file is as long as it says");
    demand(body.find(content) != std::string_view::npos, "a file lies in its body");
    const std::string header = attachment(upload.fileName);
    demand(header.find_first_of("\r\n") == std::string::npos, "a file's name stays in its header");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const FormLimits limits{
        .fields = 50, .parts = 8, .valueBytes = 200, .partHeadBytes = 300, .formBytes = 2000};
    if (const auto fields = parseUrlEncoded(bytes, limits)) checkFields(*fields, limits);
    if (const auto cookies = parseCookies(bytes))
        for (const auto& [name, value] : cookies->pairs())
            demand(text::isUtf8(name) && text::isUtf8(value), "cookies are UTF-8");
    const auto form =
        parseMultipart(std::make_shared<TextBody>(bytes), "multipart/form-data; boundary=XyZ", limits);
    if (form) {
        checkFields(form->fields, limits);
        demand(form->fields.pairs().size() + form->uploads.size() <= limits.parts,
               "no more parts than allowed");
        for (const Upload& upload : form->uploads)
            checkUpload(upload, bytes);
    }
    if (isLocalPath(bytes)) {
        const Response response = Response::seeOther(bytes);
        const std::string_view target = response.message.headers.get("Location");
        demand(target.starts_with('/') && !target.starts_with("//"), "a redirect stays here");
        demand(target.find_first_of("\\\r\n\t ") == std::string_view::npos, "a redirect is one word");
    }
    demand(parameter(bytes, "name").size() <= size, "a parameter is a part of its header");
    return 0;
}
