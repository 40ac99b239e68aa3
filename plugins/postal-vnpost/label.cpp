#include "label.h"

#include "motcua/sdk/times.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <array>
#include <memory>
#include <numeric>

namespace vnpost {

using namespace motcua::sdk;

namespace {

// ISO/IEC 15417, annex: the widths of values 0 to 106.
constexpr std::array<const char*, 107> widths{
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232", "2331112"};
constexpr std::size_t startB = 104, stop = 106, checkModulus = 103;

constexpr double point = 72.0 / 25.4; // of a millimetre
constexpr double pageWidth = 105 * point, pageHeight = 148 * point, margin = 6 * point;
constexpr double inner = pageWidth - 2 * margin;

struct Free {
    void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(PangoLayout* layout) const { g_object_unref(layout); }
    void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
template <typename T>
using Held = std::unique_ptr<T, Free>;

cairo_status_t collect(void* into, const unsigned char* bytes, unsigned count) {
    static_cast<std::string*>(into)->append(reinterpret_cast<const char*>(bytes), count);
    return CAIRO_STATUS_SUCCESS;
}

class Page {
public:
    explicit Page(cairo_t* cairo) : cairo_(cairo) {}

    // Text within the margins, `most` lines of it; what is longer ends in "…".
    void text(const std::string& words, const char* font, int most) {
        const Held<PangoLayout> layout{pango_cairo_create_layout(cairo_)};
        const Held<PangoFontDescription> description{pango_font_description_from_string(font)};
        pango_layout_set_font_description(layout.get(), description.get());
        pango_layout_set_width(layout.get(), static_cast<int>(inner * PANGO_SCALE));
        pango_layout_set_height(layout.get(), -most);
        pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
        pango_layout_set_text(layout.get(), words.data(), static_cast<int>(words.size()));
        cairo_move_to(cairo_, margin, y_);
        pango_cairo_show_layout(cairo_, layout.get());
        int width = 0, height = 0;
        pango_layout_get_size(layout.get(), &width, &height);
        y_ += static_cast<double>(height) / PANGO_SCALE + point;
    }

    void bars(const std::vector<int>& modules) {
        constexpr double quiet = 10, tall = 17 * point;
        const double all = std::accumulate(modules.begin(), modules.end(), 0) + 2 * quiet;
        const double one = (pageWidth - 2 * point) / all;
        double x = point + quiet * one;
        for (std::size_t i = 0; i < modules.size(); ++i) {
            if (i % 2 == 0) cairo_rectangle(cairo_, x, y_, modules[i] * one, tall);
            x += modules[i] * one;
        }
        cairo_fill(cairo_);
        y_ += tall + point;
    }

    void line() {
        cairo_set_line_width(cairo_, 0.7);
        cairo_move_to(cairo_, margin, y_);
        cairo_line_to(cairo_, pageWidth - margin, y_);
        cairo_stroke(cairo_);
        y_ += point;
    }

private:
    cairo_t* cairo_;
    double y_ = margin;
};

std::string placeOf(const PostalParty& party) {
    std::string place = party.address;
    for (const std::string& part : {party.ward, party.district, party.province})
        if (!part.empty()) place += ", " + part;
    return place;
}

std::string grouped(std::int64_t amount) { // 150.000
    std::string digits = std::to_string(amount);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, ".");
    return digits;
}

void party(Page& page, const char* title, const PostalParty& one) {
    page.text(title, "DejaVu Sans 8", 1);
    page.text(one.name, "DejaVu Sans Bold 11", 2);
    page.text(placeOf(one), "DejaVu Sans 10", 3);
    page.text("Điện thoại: " + one.phone, "DejaVu Sans 10", 1);
    page.line();
}

} // namespace

std::vector<int> code128(const std::string& text) {
    std::vector<std::size_t> values{startB};
    std::size_t sum = startB;
    for (const char c : text) {
        if (c < 0x20 || c > 0x7e) return {};
        values.push_back(static_cast<std::size_t>(c - 0x20));
        sum += (values.size() - 1) * values.back();
    }
    if (text.empty() || text.size() > 48) return {};
    values.push_back(sum % checkModulus);
    values.push_back(stop);
    std::vector<int> modules;
    for (const std::size_t value : values)
        for (const char* width = widths[value]; *width; ++width)
            modules.push_back(*width - '0');
    return modules;
}

std::string drawLabel(const PostalOrder& order, const std::string& code) {
    std::string pdf;
    {
        const Held<cairo_surface_t> surface{
            cairo_pdf_surface_create_for_stream(&collect, &pdf, pageWidth, pageHeight)};
        cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE,
                                       isoTime(order.orderedAt).c_str());
        cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, order.number.c_str());
        const Held<cairo_t> cairo{cairo_create(surface.get())};
        Page page{cairo.get()};
        page.text("Bưu chính công ích – VNPost", "DejaVu Sans Bold 10", 1);
        page.bars(code128(code));
        page.text(code, "DejaVu Sans Mono 10", 1);
        page.line();
        party(page, "NGƯỜI GỬI", order.sender);
        party(page, "NGƯỜI NHẬN", order.receiver);
        page.text("Hồ sơ: " + (order.dossier.empty() ? order.number : order.dossier), "DejaVu Sans 9", 1);
        page.text("Nội dung: " + order.contents, "DejaVu Sans 9", 3);
        if (!order.note.empty()) page.text("Ghi chú: " + order.note, "DejaVu Sans 9", 2);
        if (order.weight)
            page.text("Khối lượng: " + std::to_string(*order.weight) + " g", "DejaVu Sans 9", 1);
        page.text("Thu hộ: " + grouped(order.collect.value_or(0)) + " đ", "DejaVu Sans Bold 12", 1);
        cairo_show_page(cairo.get());
        cairo_surface_finish(surface.get());
    }
    return pdf;
}

} // namespace vnpost
