#include "documents/write_pdf.h"

#include "base/text.h"
#include "documents/qr_code.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace motcua::documents {

namespace {

// Points; margins of Decree 30/2020, annex I, section I: 20 mm above and below, 30 mm left, 15 mm right (A4).
constexpr double mm = 72.0 / 25.4;
constexpr const char* kFont = "Liberation Serif, Times New Roman, Noto Serif";

struct Sheet {
    double width, height, left, right, top, bottom, size, signatureRoom;

    double inner() const { return width - left - right; }
};

Sheet sheetOf(Paper paper) {
    if (paper == Paper::A5) return {148 * mm, 210 * mm, 12 * mm, 12 * mm, 12 * mm, 14 * mm, 10, 10 * mm};
    return {210 * mm, 297 * mm, 30 * mm, 15 * mm, 20 * mm, 20 * mm, 13, 20 * mm};
}

struct Style {
    double size = 13;
    bool bold = false;
    bool italic = false;
    Align align = Align::Start;
};

struct Unref {
    void operator()(PangoLayout* layout) const { g_object_unref(layout); }
    void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
using Layout = std::unique_ptr<PangoLayout, Unref>;

cairo_status_t appendBytes(void* into, const unsigned char* bytes, unsigned int count) {
    static_cast<std::string*>(into)->append(reinterpret_cast<const char*>(bytes), count);
    return CAIRO_STATUS_SUCCESS;
}

// A text as it will stand, wrapped at `width`.
Layout layText(cairo_t* cairo, const std::string& text, double width, const Style& style) {
    Layout layout{pango_cairo_create_layout(cairo)};
    const std::unique_ptr<PangoFontDescription, Unref> font{pango_font_description_from_string(kFont)};
    pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
    pango_font_description_set_weight(font.get(), style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font.get(), style.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout.get(),
                               style.align == Align::Centre ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
    pango_layout_set_justify(layout.get(), style.align == Align::Justify);
    pango_layout_set_line_spacing(layout.get(), 1.1F);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    return layout;
}

// Draws from top to bottom and turns the page where something does not fit.
class Page {
public:
    Page(cairo_t* cairo, const Sheet& sheet, std::string footer)
        : cairo_(cairo), sheet_(sheet), footer_(std::move(footer)), y_(sheet.top) {}

    const Sheet& sheet() const { return sheet_; }
    double y() const { return y_; }
    void keepForSignature(double x, double width, double height) {
        signature_ = Place{number_ - 1, x, y_, width, height};
    }
    const std::optional<Place>& signature() const { return signature_; }
    // Room beside what a block drew; only the block right behind it may use it.
    void leaveFree(const Place& room) { left_ = room; }
    void offerRoom() { offered_ = std::exchange(left_, std::nullopt); }
    const std::optional<Place>& offered() const { return offered_; }
    // What must stand on the page with the end of the next block, such as its signature: nobody signs a page
    // that says nothing.
    void keepNext(double height) { next_ = height; }
    double next() const { return next_; }
    void down(double by) { y_ += by; }
    double usable() const { return sheet_.height - sheet_.top - sheet_.bottom; } // height of a page

    // Makes room for `height`; true where that began a new page.
    bool need(double height) {
        if (y_ + height <= sheet_.height - sheet_.bottom || y_ <= sheet_.top) return false;
        finish();
        cairo_show_page(cairo_);
        ++number_;
        y_ = sheet_.top;
        return true;
    }

    void finish() {
        const auto layout =
            lay(footer_.empty() ? std::to_string(number_) : footer_ + " · " + std::to_string(number_),
                sheet_.inner(), {8, false, false, Align::Centre});
        draw(layout, sheet_.left, sheet_.height - sheet_.bottom + 4 * mm);
    }

    Layout lay(const std::string& text, double width, const Style& style) const {
        return layText(cairo_, text, width, style);
    }

    static double heightOf(const Layout& layout) {
        int height = 0;
        pango_layout_get_size(layout.get(), nullptr, &height);
        return static_cast<double>(height) / PANGO_SCALE;
    }

    static double widthOf(const Layout& layout) {
        PangoRectangle ink;
        pango_layout_get_extents(layout.get(), nullptr, &ink);
        return static_cast<double>(ink.width) / PANGO_SCALE;
    }

    void draw(const Layout& layout, double x, double y) {
        cairo_move_to(cairo_, x, y);
        pango_cairo_show_layout(cairo_, layout.get());
    }

    // Draws at the current height without moving down; answers the height.
    double put(const std::string& text, double x, double width, const Style& style) {
        if (text.empty()) return 0;
        const auto layout = lay(text, width, style);
        draw(layout, x, y_);
        return heightOf(layout);
    }

    // Draws line by line, so that a long text runs over pages; its last two lines stay together, and with
    // `after` of room behind them.
    void flow(const std::string& text, const Style& style, double after = 0) {
        const auto layout = lay(text, sheet_.inner(), style);
        PangoLayoutIter* lines = pango_layout_get_iter(layout.get());
        int left = pango_layout_get_line_count(layout.get());
        do {
            PangoRectangle logical;
            pango_layout_iter_get_line_extents(lines, nullptr, &logical);
            const double height = static_cast<double>(logical.height) / PANGO_SCALE * 1.1;
            need(left > 2 ? height : height * left + after);
            --left;
            const int baseline = pango_layout_iter_get_baseline(lines) - logical.y;
            cairo_move_to(cairo_, sheet_.left + static_cast<double>(logical.x) / PANGO_SCALE,
                          y_ + static_cast<double>(baseline) / PANGO_SCALE);
            pango_cairo_show_layout_line(cairo_, pango_layout_iter_get_line_readonly(lines));
            y_ += height;
        } while (pango_layout_iter_next_line(lines));
        pango_layout_iter_free(lines);
    }

    void line(double x1, double y1, double x2, double y2) {
        cairo_set_line_width(cairo_, 0.6);
        cairo_move_to(cairo_, x1, y1);
        cairo_line_to(cairo_, x2, y2);
        cairo_stroke(cairo_);
    }

    void fill(double x, double y, double width, double height) {
        cairo_rectangle(cairo_, x, y, width, height);
        cairo_fill(cairo_);
    }

private:
    cairo_t* cairo_;
    Sheet sheet_;
    std::string footer_;
    double y_;
    int number_ = 1;
    std::optional<Place> signature_{};
    std::optional<Place> left_{};
    std::optional<Place> offered_{};
    double next_ = 0;
};

// In capitals; where a committee's name needs two lines, its place stands on the second.
std::string headed(const Page& page, const std::string& agency, double width, const Style& style) {
    std::string name = text::upper(agency);
    constexpr std::string_view committee = "ỦY BAN NHÂN DÂN ";
    if (name.starts_with(committee) && pango_layout_get_line_count(page.lay(name, width, style).get()) > 1)
        name[committee.size() - 1] = '\n';
    return name;
}

void drawBlock(Page& page, const StateHeader& header) {
    const Sheet& sheet = page.sheet();
    const double leftWidth = sheet.inner() * 0.44;
    const double rightX = sheet.left + leftWidth;
    const double rightWidth = sheet.inner() - leftWidth;
    const double small = sheet.size - 1;
    const Style plain{small, false, false, Align::Centre};
    const Style bold{small, true, false, Align::Centre};

    const double top = page.y();
    double leftY = page.put(headed(page, header.parentAgency, leftWidth - 3 * mm, plain), sheet.left,
                            leftWidth - 3 * mm, plain);
    page.down(leftY);
    const auto agency =
        page.lay(headed(page, header.agency, leftWidth - 3 * mm, bold), leftWidth - 3 * mm, bold);
    page.draw(agency, sheet.left, page.y());
    leftY += Page::heightOf(agency);
    const double leftCentre = sheet.left + (leftWidth - 3 * mm) / 2;
    page.line(leftCentre - 12 * mm, top + leftY + 2, leftCentre + 12 * mm, top + leftY + 2);

    page.down(top - page.y());
    const double stateHeight = page.put("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", rightX, rightWidth,
                                        {sheet.size - 1.5, true, false, Align::Centre});
    page.down(stateHeight);
    const auto motto =
        page.lay("Độc lập - Tự do - Hạnh phúc", rightWidth, {sheet.size, true, false, Align::Centre});
    page.draw(motto, rightX, page.y());
    const double mottoHeight = Page::heightOf(motto);
    const double half = Page::widthOf(motto) / 2;
    const double rightCentre = rightX + rightWidth / 2;
    page.line(rightCentre - half, page.y() + mottoHeight + 2, rightCentre + half, page.y() + mottoHeight + 2);

    page.down(top - page.y() + std::max(leftY, stateHeight + mottoHeight) + 3 * mm);
    const double number = page.put(header.number, sheet.left, leftWidth - 3 * mm, plain);
    const double date =
        page.put(header.placeAndDate, rightX, rightWidth, {small, false, true, Align::Centre});
    page.down(std::max(number, date) + 5 * mm);
}

void drawBlock(Page& page, const Title& title) {
    const double size = page.sheet().size + 1;
    page.flow(title.text, {size, true, false, Align::Centre});
    if (!title.subtitle.empty()) page.flow(title.subtitle, {page.sheet().size, true, false, Align::Centre});
    page.down(3 * mm);
}

void drawBlock(Page& page, const Paragraph& paragraph) {
    constexpr double gap = 1.6 * mm;
    page.flow(paragraph.text, {page.sheet().size, paragraph.bold, paragraph.italic, paragraph.align},
              page.next() + gap);
    page.down(gap);
}

void drawBlock(Page& page, const Fields& fields) {
    const Sheet& sheet = page.sheet();
    for (const auto& row : fields.rows) {
        const auto& [label, value] = row;
        const auto name =
            page.lay(label + ":", sheet.inner() * 0.36, {sheet.size, false, false, Align::Start});
        const auto text = page.lay(value, sheet.inner() * 0.62, {sheet.size, true, false, Align::Start});
        const double height = std::max(Page::heightOf(name), Page::heightOf(text));
        if (height > page.usable()) { // beneath its label, over as many pages as it needs
            page.flow(label + ":", {sheet.size, false, false, Align::Start});
            page.flow(value, {sheet.size, true, false, Align::Start});
            page.down(1.2 * mm);
            continue;
        }
        page.need(&row == &fields.rows.back() ? height + 2.4 * mm + page.next() : height);
        page.draw(name, sheet.left, page.y());
        page.draw(text, sheet.left + sheet.inner() * 0.38, page.y());
        page.down(height + 1.2 * mm);
    }
    page.down(1.2 * mm);
}

class TableDrawing {
public:
    TableDrawing(Page& page, const Table& table) : page_(page), table_(table) {
        double all = 0;
        for (const auto& column : table.columns)
            all += column.share;
        for (const auto& column : table.columns)
            widths_.push_back(page.sheet().inner() * column.share / all);
    }

    void draw() {
        drawHead();
        for (const auto& row : table_.rows)
            drawRow(row, false, &row == &table_.rows.back() ? gap + page_.next() : 0);
        page_.down(gap);
    }

private:
    static constexpr double pad = 1.4 * mm;
    static constexpr double gap = 3 * mm;

    void drawHead() {
        std::vector<std::string> titles;
        for (const auto& column : table_.columns)
            titles.push_back(column.title);
        drawRow(titles, true);
    }

    void drawRow(const std::vector<std::string>& cells, bool head, double after = 0) {
        std::vector<Layout> layouts;
        double height = 0;
        for (std::size_t i = 0; i < widths_.size(); ++i) {
            const Align align = head ? Align::Centre : table_.columns[i].align;
            layouts.push_back(page_.lay(i < cells.size() ? cells[i] : "", widths_[i] - 2 * pad,
                                        {page_.sheet().size - 1.5, head, false, align}));
            height = std::max(height, Page::heightOf(layouts.back()));
        }
        height += 2 * pad;
        if (height > page_.usable()) return flowRow(cells);
        if (page_.need(height + after) && !head) drawHead();
        double x = page_.sheet().left;
        const double end = x + page_.sheet().inner();
        page_.line(x, page_.y(), end, page_.y());
        page_.line(x, page_.y() + height, end, page_.y() + height);
        page_.line(x, page_.y(), x, page_.y() + height);
        for (std::size_t i = 0; i < widths_.size(); ++i) {
            page_.draw(layouts[i], x + pad, page_.y() + pad);
            x += widths_[i];
            page_.line(x, page_.y(), x, page_.y() + height);
        }
        page_.down(height);
    }

    // A row higher than a page: its cells one under the other, each behind its column's title.
    void flowRow(const std::vector<std::string>& cells) {
        page_.down(pad);
        for (std::size_t i = 0; i < widths_.size() && i < cells.size(); ++i)
            page_.flow(table_.columns[i].title + ": " + cells[i],
                       {page_.sheet().size - 1.5, false, false, Align::Start});
        page_.down(pad);
    }

    Page& page_;
    const Table& table_;
    std::vector<double> widths_;
};

void drawBlock(Page& page, const Table& table) {
    TableDrawing{page, table}.draw();
}

void drawParty(Page& page, const Signatures::Party& party, double x, double width, bool signs) {
    const double room = page.sheet().signatureRoom;
    constexpr double widest = 66 * mm;
    const double size = page.sheet().size;
    double y = page.put(party.title, x, width, {size, true, false, Align::Centre});
    page.down(y);
    y = page.put(party.hint, x, width, {size - 2, false, true, Align::Centre});
    page.down(y);
    const double shown = std::min(width - 4 * mm, widest);
    if (signs && !party.title.empty()) page.keepForSignature(x + (width - shown) / 2, shown, room - 2 * mm);
    page.down(room);
    page.put(party.name, x, width, {size, true, false, Align::Centre});
}

constexpr double kAboveSignatures = 3 * mm;

double heightOf(const Page& page, const Signatures::Party& party) {
    const Sheet& sheet = page.sheet();
    const auto of = [&](const std::string& text, const Style& style) {
        return text.empty() ? 0 : Page::heightOf(page.lay(text, sheet.inner() / 2, style));
    };
    return of(party.title, {sheet.size, true, false, Align::Centre}) +
           of(party.hint, {sheet.size - 2, false, true, Align::Centre}) + sheet.signatureRoom +
           of(party.name, {sheet.size, true, false, Align::Centre}) + 2 * mm;
}

double heightOf(const Page& page, const Signatures& signatures) {
    return std::max(heightOf(page, signatures.left), heightOf(page, signatures.right));
}

void drawBlock(Page& page, const Signatures& signatures) {
    const Sheet& sheet = page.sheet();
    const double height = heightOf(page, signatures);
    page.down(kAboveSignatures);
    page.need(height);
    const double top = page.y();
    const double half = sheet.inner() / 2;
    drawParty(page, signatures.left, sheet.left, half, false);
    page.down(top - page.y());
    drawParty(page, signatures.right, sheet.left + half, half, !page.signature());
    page.down(top + height - page.y());
    if (signatures.left.title.empty() && signatures.left.name.empty())
        page.leaveFree({0, sheet.left, top, half, height});
}

void drawBlock(Page& page, const SignatureRoom& room) {
    const double width = room.width * mm;
    page.keepForSignature(page.sheet().width - page.sheet().right - width, width, room.height * mm);
    const double left = page.sheet().left;
    page.leaveFree({0, left, page.y(), page.sheet().inner() - width - 2 * mm, room.height * mm});
    page.down((room.height + 2) * mm);
}

void drawCode(Page& page, const Code& code, const Place& room) {
    const QrCode qr = qrCode(code.content);
    const double side = std::min(24 * mm, room.height);
    const double square = side / (qr.width + 8);
    for (int y = 0; y < qr.width; ++y)
        for (int x = 0; x < qr.width; ++x)
            if (qr.dark(x, y))
                page.fill(room.x + (x + 4) * square, room.y + (y + 4) * square, square, square);
    const auto caption = page.lay(code.caption, room.width - side - 4 * mm,
                                  {page.sheet().size - 2, false, false, Align::Start});
    page.draw(caption, room.x + side + 2 * mm, room.y + std::max(0.0, (side - Page::heightOf(caption)) / 2));
}

void drawBlock(Page& page, const Code& code) {
    if (page.offered()) return drawCode(page, code, *page.offered());
    constexpr double side = 24 * mm;
    page.need(side);
    drawCode(page, code, {0, page.sheet().left, page.y(), page.sheet().inner(), side});
    page.down(side + 2 * mm);
}

template <typename Status>
void demand(Status status) {
    if (status != CAIRO_STATUS_SUCCESS)
        throw std::runtime_error(std::string{"Cairo: "} + cairo_status_to_string(status));
}

// A PDF of what `draw` draws, with metadata that stand in it.
template <typename Draw>
std::string drawn(double width, double height, const std::string& title, Instant madeAt, Draw draw) {
    std::string bytes;
    const std::unique_ptr<cairo_surface_t, Unref> surface{
        cairo_pdf_surface_create_for_stream(&appendBytes, &bytes, width, height)};
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, title.c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATOR, "Một Cửa");
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, toIso8601(madeAt).c_str());
    {
        const std::unique_ptr<cairo_t, Unref> cairo{cairo_create(surface.get())};
        draw(cairo.get());
        demand(cairo_status(cairo.get()));
    }
    cairo_surface_finish(surface.get());
    demand(cairo_surface_status(surface.get()));
    return bytes;
}

} // namespace

LaidOut layOut(const Document& document) {
    const Sheet sheet = sheetOf(document.paper);
    LaidOut made;
    made.bytes = drawn(sheet.width, sheet.height, document.title, document.madeAt, [&](cairo_t* cairo) {
        Page page{cairo, sheet, document.footer};
        for (std::size_t i = 0; i < document.blocks.size(); ++i) {
            const auto* signatures =
                i + 1 < document.blocks.size() ? std::get_if<Signatures>(&document.blocks[i + 1]) : nullptr;
            page.keepNext(signatures ? kAboveSignatures + heightOf(page, *signatures) : 0);
            page.offerRoom();
            std::visit([&](const auto& one) { drawBlock(page, one); }, document.blocks[i]);
        }
        page.finish();
        made.signature = page.signature();
    });
    return made;
}

std::string writePdf(const Document& document) {
    return layOut(document).bytes;
}

std::string writeStamp(const Stamp& stamp, double width, double height) {
    return drawn(width, height, "", stamp.madeAt, [&](cairo_t* cairo) {
        if (stamp.organisation) {
            cairo_set_source_rgb(cairo, 0.78, 0.06, 0.06);
        } else {
            cairo_set_source_rgb(cairo, 0.05, 0.20, 0.60);
        }
        cairo_set_line_width(cairo, 0.8);
        cairo_rectangle(cairo, 0.4, 0.4, width - 0.8, height - 0.8);
        cairo_stroke(cairo);
        std::string text;
        for (const std::string& line : stamp.lines)
            text += (text.empty() ? "" : "\n") + line;
        // As large as the room allows, down to what is still read on paper.
        constexpr double pad = 4;
        Layout layout;
        for (double size = 9; size >= 4; size -= 0.5) {
            layout = layText(cairo, text, width - 2 * pad, {size, false, false, Align::Start});
            if (Page::heightOf(layout) <= height - pad) break;
        }
        cairo_move_to(cairo, pad, std::max(pad / 2, (height - Page::heightOf(layout)) / 2));
        pango_cairo_show_layout(cairo, layout.get());
    });
}

} // namespace motcua::documents
