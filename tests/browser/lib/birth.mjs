// Filing the registration of a birth, question by question (procedure 1.001193, packages/1.001193/form.yaml).
import { civilDay, pdf, png } from "../../functional/lib/city.mjs";

export const child = "Trần Nguyễn Gia Bảo";
const born = () => civilDay(-10).split("-").reverse();

const home = (nth = 0) => [
    ["Số nhà, đường, tổ, khu phố (ấp)", "25/3 Lê Thánh Tôn", nth],
    ["Phường, xã, thị trấn", "Phường Bến Nghé", nth],
    ["Quận, huyện, thành phố, thị xã", "Quận 1", nth],
    ["Tỉnh, thành phố", "Thành phố Hồ Chí Minh", nth],
];

// Each section as the page leads through it; a section may ask more once it has its first answers.
export const sections = () => [
    ["Trước khi khai", [["Trẻ đã sinh quá 60 ngày?", "Không"], ["Trẻ bị bỏ rơi?", "Không"], ["Bạn nộp hồ sơ thay người khác theo ủy quyền?", "Không"]],
        [["Trẻ sinh ra do mang thai hộ?", "Không"], ["Bạn có giấy tờ nào về việc sinh?", "Giấy chứng sinh"]]],
    ["Người yêu cầu đăng ký khai sinh", [["Họ, chữ đệm, tên", "Nguyễn Thị Hồng Hạnh"], ["Ngày, tháng, năm sinh", ["14", "8", "1992"]],
        ["Số định danh cá nhân", "079192004567"], ...home(), ["Số điện thoại", "0903 123 456"], ["Quan hệ với người được khai sinh", "Mẹ"]]],
    ["Người được khai sinh", [["Họ, chữ đệm, tên của trẻ", child], ["Giới tính", "Nam"], ["Ngày, tháng, năm sinh", born()], ["Dân tộc", "Kinh"],
        ["Quốc tịch", "Việt Nam"], ["Quê quán", "Huyện Củ Chi, Thành phố Hồ Chí Minh"], ["Nơi sinh", "Bệnh viện Từ Dũ"],
        ["Tỉnh, thành phố nơi sinh", "Thành phố Hồ Chí Minh"]]],
    ["Cha, mẹ của trẻ", [["Khai thông tin của ai", "Cả cha và mẹ"]],
        [["Họ, chữ đệm, tên", "Nguyễn Thị Hồng Hạnh", 0], ["Ngày, tháng, năm sinh", ["14", "8", "1992"], 0], ["Số định danh cá nhân", "079192004567", 0],
            ["Dân tộc", "Kinh", 0], ["Quốc tịch", "Việt Nam", 0], ...home(0),
            ["Họ, chữ đệm, tên", "Trần Minh Đức", 1], ["Ngày, tháng, năm sinh", ["5", "1", "1990"], 1], ["Số định danh cá nhân", "079090012345", 1],
            ["Dân tộc", "Kinh", 1], ["Quốc tịch", "Việt Nam", 1], ...home(1), ["Cha, mẹ trẻ đã đăng ký kết hôn?", "Có"]],
        [["Số", "118/2016"], ["Ngày, tháng, năm cấp", ["20", "5", "2016"]], ["Cơ quan cấp", "Ủy ban nhân dân phường Bến Nghé, Quận 1"]]],
    ["Cam đoan", [["Lời cam đoan", /^Tôi cam đoan/]]],
];

// From a procedure's page to the draft's list of sections; it and the following do for every procedure.
export async function begin(person) {
    await person.press("Nộp trực tuyến");
    if (await person.page.getByLabel("Mật khẩu", { exact: true }).count()) throw new Error("not signed in");
    await person.answer("Cơ quan tiếp nhận", "Phường Bến Nghé");
    await person.press("Bắt đầu khai");
    await person.sees(/Đã xong 0 trên \d+ mục/);
}

// One section in all its rounds; ends on whatever page comes next.
export async function fill(person, [title, ...rounds]) {
    // A page with one question has it as its heading.
    await person.heading(title).or(person.heading(rounds[0][0][0])).first().waitFor();
    for (const round of rounds) {
        await person.answers(round);
        await person.press("Lưu và tiếp tục");
    }
}

export async function handIn(person, names = ["giấy chứng sinh.pdf"]) {
    await person.heading("Giấy tờ đính kèm").waitFor();
    for (const name of names) {
        const picture = name.endsWith(".png");
        const slot = person.page.getByRole("listitem").filter({ has: person.page.getByRole("heading", { name: "Giấy chứng sinh", exact: true }) });
        await slot.getByLabel(/^Chọn tệp hoặc chụp ảnh/).setInputFiles({ name, mimeType: picture ? "image/png" : "application/pdf", buffer: picture ? png() : pdf(name) });
        await slot.getByRole("button", { name: "Tải lên" }).click();
        await person.page.getByRole("link", { name, exact: true }).waitFor();
    }
    await person.press("Tiếp tục");
}

// Checks what was declared and files it; the number of the submission.
export async function file(person, declared = child) {
    await person.press("Kiểm tra và nộp hồ sơ");
    await person.heading("Kiểm tra lại trước khi nộp").waitFor();
    await person.sees(declared);
    await person.page.getByRole("checkbox", { name: /^Tôi cam đoan/ }).check();
    await person.press("Nộp hồ sơ", person.page.getByRole("main"));
    await person.heading("Đã nộp hồ sơ").waitFor();
    const number = /TN-\d{6}-[0-9A-Z]{10}/.exec(await person.page.getByRole("main").innerText())?.[0];
    if (!number) throw new Error("no number on the confirmation");
    return number;
}
