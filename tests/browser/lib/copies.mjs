// Asking for copies of an extract of civil status, question by question (procedure 2.000635): 8,000 đ a copy.
const home = [["Số nhà, đường, tổ, khu phố (ấp)", "25/3 Lê Thánh Tôn"], ["Phường, xã, thị trấn", "Phường Bến Nghé"],
    ["Quận, huyện, thành phố, thị xã", "Quận 1"], ["Tỉnh, thành phố", "Thành phố Hồ Chí Minh"]];

export const sections = (copies) => [
    ["Trước khi khai", [["Người yêu cầu là cơ quan, tổ chức?", "Không"], ["Bạn nộp hồ sơ thay người khác theo ủy quyền?", "Không"]]],
    ["Người yêu cầu", [["Họ, chữ đệm, tên", "Nguyễn Thị Hồng Hạnh"], ["Ngày, tháng, năm sinh", ["14", "8", "1992"]], ["Số định danh cá nhân", "079192004567"],
        ...home, ["Số điện thoại", "0903 123 456"], ["Quan hệ với người được cấp bản sao", "bản thân"]]],
    ["Việc hộ tịch đã đăng ký", [["Bạn cần bản sao nào", "Bản sao Giấy khai sinh"], ["Họ, chữ đệm, tên", "Nguyễn Thị Hồng Hạnh"], ["Giới tính", "Nữ"],
        ["Ngày, tháng, năm sinh", ["14", "8", "1992"]], ["Cơ quan đã đăng ký", "Ủy ban nhân dân phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh"]]],
    ["Số bản sao", [["Số lượng bản sao đề nghị cấp", String(copies)]]],
    ["Cam đoan", [["Lời cam đoan", /^Tôi cam đoan/]]],
];
