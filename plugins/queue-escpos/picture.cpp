#include "picture.h"

#include <motcua/sdk/times.h>

#include <pango/pangocairo.h>
#include <qrencode.h>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace escpos {

using namespace sdk;

namespace {

constexpr const char* fontName =
    "Liberation Sans";                         // Debian's fonts-liberation: has every letter of Vietnamese
constexpr int margin = 8, gap = 10, quiet = 4; // dots; the last in squares of the QR code
constexpr std::size_t longestText = 400;       // bytes of one paragraph

struct Drop {
    void operator()(PangoFontMap* map) const { g_object_unref(map); }
    void operator()(PangoContext* context) const { g_object_unref(context); }
    void operator()(PangoLayout* layout) const { g_object_unref(layout); }
    void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
    void operator()(QRcode* code) const { QRcode_free(code); }
};
template <typename T>
using Held = std::unique_ptr<T, Drop>;

struct Words {
    const char *priority, *counter, *ahead, *minutes, *unit;
};
constexpr Words vietnamese{"ƯU TIÊN", "Quầy ", "Số người chờ trước: ", "Thời gian chờ khoảng: ", " phút"};
constexpr Words english{"PRIORITY", "Counter ", "People ahead: ", "Waiting time about: ", " minutes"};

// One line for Pango: no control characters, cut between two letters.
std::string line(std::string text) {
    if (text.size() > longestText) {
        std::size_t end = longestText;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
            --end;
        text.resize(end);
        text += "…";
    }
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
        ' ');
    return text;
}

std::string momentInVietnam(std::int64_t ms) {
    return sdk::vietnamTime(ms, "HH:mm  dd/MM/yyyy");
}

// What stands one above the other; drawn once the height of all is known.
class Sheet {
public:
    explicit Sheet(int width)
        : width_(width),
          map_(pango_cairo_font_map_new()),
          context_(pango_font_map_create_context(map_.get())) {}

    void text(const std::string& words, double size, bool bold) {
        if (words.empty()) return;
        Held<PangoLayout> layout = lay(words, size, bold);
        pango_layout_set_width(layout.get(), (width_ - 2 * margin) * PANGO_SCALE);
        pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
        pango_layout_set_alignment(layout.get(), PANGO_ALIGN_CENTER);
        add(std::move(layout));
    }
    // In one line, as large as it fits.
    void headline(const std::string& words, double size) {
        if (words.empty()) return;
        int wide = 0;
        pango_layout_get_pixel_size(lay(words, size, true).get(), &wide, nullptr);
        const int room = width_ - 2 * margin;
        text(words, wide > room ? size * room / wide * 0.98 : size, true);
    }
    Result<void> qr(const std::string& content) {
        if (content.empty()) return {};
        code_.reset(QRcode_encodeData(static_cast<int>(content.size()),
                                      reinterpret_cast<const unsigned char*>(content.data()), 0,
                                      QR_ECLEVEL_M));
        const int side = code_ ? code_->width + 2 * quiet : 0;
        square_ = code_ ? std::min({width_ * 6 / 10 / side + 1, width_ / side, 8}) : 0;
        if (square_ < 3) return invalid("plugin.malformed", "the QR code does not fit the paper");
        codeTop_ = height_;
        height_ += side * square_;
        return {};
    }

    Picture paint() {
        height_ += margin;
        const Held<cairo_surface_t> surface{cairo_image_surface_create(CAIRO_FORMAT_A8, width_, height_)};
        const Held<cairo_t> cairo{cairo_create(surface.get())};
        for (const Part& part : parts_) {
            cairo_move_to(cairo.get(), margin, part.top);
            pango_cairo_show_layout(cairo.get(), part.layout.get());
        }
        if (code_) paintCode(cairo.get());
        cairo_surface_flush(surface.get());
        return bits(cairo_image_surface_get_data(surface.get()),
                    cairo_image_surface_get_stride(surface.get()));
    }

private:
    struct Part {
        Held<PangoLayout> layout;
        int top;
    };

    Held<PangoLayout> lay(const std::string& words, double size, bool bold) const {
        Held<PangoLayout> layout{pango_layout_new(context_.get())};
        const Held<PangoFontDescription> font{pango_font_description_from_string(fontName)};
        pango_font_description_set_absolute_size(font.get(), size * PANGO_SCALE);
        pango_font_description_set_weight(font.get(), bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
        pango_layout_set_font_description(layout.get(), font.get());
        pango_layout_set_text(layout.get(), words.data(), static_cast<int>(words.size()));
        return layout;
    }
    void add(Held<PangoLayout> layout) {
        int high = 0;
        pango_layout_get_pixel_size(layout.get(), nullptr, &high);
        parts_.push_back({std::move(layout), height_});
        height_ += high + gap;
    }
    void paintCode(cairo_t* cairo) const {
        const int n = code_->width, left = (width_ - n * square_) / 2;
        for (int y = 0; y < n; ++y)
            for (int x = 0; x < n; ++x)
                if (code_->data[y * n + x] & 1)
                    cairo_rectangle(cairo, left + x * square_, codeTop_ + (y + quiet) * square_, square_,
                                    square_);
        cairo_fill(cairo);
    }
    // Half covered is black.
    Picture bits(const unsigned char* coverage, int stride) const {
        Picture picture{width_, height_, {}};
        for (int y = 0; y < height_; ++y)
            for (int x = 0; x < width_; x += 8) {
                unsigned byte = 0;
                for (int i = 0; i < 8; ++i)
                    byte = byte << 1 | (coverage[y * stride + x + i] >> 7);
                picture.rows += static_cast<char>(byte);
            }
        return picture;
    }

    int width_;
    int height_ = margin;
    Held<PangoFontMap> map_;
    Held<PangoContext> context_;
    std::vector<Part> parts_{};
    Held<QRcode> code_{};
    int square_ = 0;
    int codeTop_ = 0;
};

} // namespace

Result<Picture> draw(const QueueTicket& ticket, int width, const std::string& locale) {
    const Words& words = locale == "en" ? english : vietnamese;
    const double unit = width / 18.0; // the size of plain words: 32 dots, 4 mm, on paper of 80 mm
    Sheet sheet{width - width % 8};
    sheet.text(line(ticket.hall), unit, true);
    sheet.text(line(ticket.service), unit, false);
    sheet.headline(line(ticket.number), unit * 4.5);
    if (ticket.priority) sheet.text(words.priority, unit * 1.2, true);
    if (!ticket.counter.empty()) { // "3" or "Quầy 3"
        const bool bare = ticket.counter[0] >= '0' && ticket.counter[0] <= '9';
        sheet.text((bare ? words.counter : "") + line(ticket.counter), unit * 1.2, true);
    }
    if (ticket.ahead) sheet.text(words.ahead + std::to_string(*ticket.ahead), unit, false);
    if (ticket.minutes) sheet.text(words.minutes + std::to_string(*ticket.minutes) + words.unit, unit, false);
    for (const std::string& more : ticket.lines)
        sheet.text(line(more), unit, false);
    MOTCUA_SDK_CHECK(sheet.qr(ticket.qr));
    sheet.text(momentInVietnam(ticket.issuedAt), unit * 0.85, false);
    return sheet.paint();
}

} // namespace escpos
