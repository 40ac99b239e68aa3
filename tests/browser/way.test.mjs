// The dossier's way in a real browser, in Vietnamese, against the real program: a citizen, the officials of a ward and an
// administrator, each at a browser of their own; on a computer, on a phone, and with scripts off.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Bank } from "../../tools/simulators/vnpay/bank.mjs";
import { people } from "../functional/lib/city.mjs";
import { backends, freePort, root, Server } from "../functional/lib/server.mjs";
import { begin, child, file, fill, handIn, sections } from "./lib/birth.mjs";
import * as copies from "./lib/copies.mjs";
import { Mailbox } from "./lib/mailbox.mjs";
import { openBrowser, Person } from "./lib/person.mjs";

const administrator = "quantri@demo.motcua.example";
const mail = "Thư điện tử qua SMTP";
const pay = "Thanh toán qua VNPay";
const shop = { terminal: "MOTCUATS", secret: "SECRETOFTHEBROWSERTEST" };
const hanh = { name: "Nguyễn Thị Hồng Hạnh", email: "hanh.nguyen@thu.example", secret: "cây cầu gỗ bắc qua sông" };

// The block of one module on the administrator's list.
const module = (admin, plugin) => admin.page.getByRole("listitem").filter({ has: admin.page.getByRole("heading", { name: plugin }) });

// A module takes a moment to start; the list shows how it stands each time it is opened.
async function stands(admin, plugin, state) {
    for (let tries = 0; !(await module(admin, plugin).getByText(state, { exact: true }).count()); ++tries) {
        assert.ok(tries < 60, `${plugin} is not "${state}"`);
        await admin.page.waitForTimeout(300);
        await admin.menu("Mô-đun");
    }
}

for (const backend of backends)
    describe(`the way of a dossier in the browser on ${backend}`, () => {
        const pictures = backend === "SQLite" ? join(root, "build/pictures") : undefined;
        const server = new Server({ backend });
        const mailbox = new Mailbox();
        const officials = {};
        let browser, bank, citizen, admin, number, code;
        // Each step stands on the one before: after a failure the rest says so instead of waiting.
        let failed = "";
        const step = (name, work) =>
            test(name, async () => {
                assert.equal(failed, "", "an earlier step failed");
                failed = name;
                try {
                    await work();
                } catch (problem) {
                    for (const person of everybody) problem.message += await person.whereabouts();
                    throw problem;
                }
                failed = "";
            });
        const everybody = [];
        const result = () => citizen.page.getByRole("region", { name: "Kết quả", exact: true }).getByRole("link", { name: "Kết quả", exact: true });
        const arrive = async (name, options) => {
            const person = await Person.arrive(browser, server, { name, pictures, ...options });
            everybody.push(person);
            return person;
        };

        before(async () => {
            server.port = await freePort();
            server.set["site.origin"] = `http://127.0.0.1:${server.port}`;
            [browser] = await Promise.all([openBrowser(), server.start()]);
            await mailbox.listen();
        });
        after(async () => {
            await browser?.close();
            await mailbox.close();
            await bank?.close();
            await server.remove();
        });

        // The official opens a dossier from the work list and takes one act.
        async function act(name, email, mark, action, note) {
            const official = (officials[name] ??= await arrive(name));
            if (official.page.url() === "about:blank") {
                await official.open("/");
                await official.signIn(email);
            }
            await official.menu("Việc của tôi");
            await official.look("work-list");
            await official.follow(mark);
            await official.look(`desk-${action.split(" ").length}`);
            const fold = official.page.getByRole("main").locator("details").filter({ has: official.page.getByText(action, { exact: true }) });
            const form = fold.getByRole("button", { name: action, exact: true });
            if (!(await form.isVisible())) await fold.getByText(action, { exact: true }).first().click();
            if (note) await fold.getByLabel(/^(Lý do|Ý kiến)/).fill(note);
            await form.click();
            await official.sees("Đã xử lý xong bước này");
        }

        // U5
        step("an administrator sees that no mail goes out, switches the module on, configures and tries it", async () => {
            admin = await arrive("admin");
            await admin.open("/");
            await admin.signIn(administrator);
            await admin.menu("Quản trị");
            await admin.sees("Chưa bật mô-đun gửi thư");
            await admin.look("home");
            await admin.menu("Mô-đun");
            await admin.look("modules-off");
            await module(admin, mail).getByRole("button", { name: /^Bật/ }).click();
            await stands(admin, mail, "Đang chạy");
            await module(admin, mail).getByRole("button", { name: /^Thiết lập/ }).click();
            await admin.answer("Máy chủ thư", "127.0.0.1");
            await admin.answer("Cổng", "70000");
            await admin.answer("Bảo mật", "none");
            await admin.answer("Địa chỉ gửi", "motcua@thanhpho.example");
            await admin.press("Lưu");
            await admin.heading("Có chỗ cần sửa").waitFor(); // a port that there is not
            await admin.look("module-wrong");
            await admin.answer("Cổng", String(mailbox.server.server.address().port));
            await admin.press("Lưu");
            await admin.sees("Đã lưu thiết lập");
            await admin.press("Thử kết nối");
            await admin.sees("Kết nối tốt");
            await admin.look("module-settings");
            await admin.menu("Mô-đun");
            await module(admin, mail).getByRole("button", { name: /^Tắt/ }).click();
            await stands(admin, mail, "Đã tắt");
            await module(admin, mail).getByRole("button", { name: /^Bật/ }).click();
            await stands(admin, mail, "Đang chạy");
        });

        // G2, P6
        step("a citizen registers, confirms by the link in the letter and signs in", async () => {
            citizen = await arrive("citizen");
            await citizen.open("/");
            await citizen.look("home");
            await citizen.follow("Đăng ký", citizen.page.getByRole("banner"));
            await citizen.look("register");
            await citizen.answers([["Họ và tên", hanh.name], ["Thư điện tử", hanh.email], ["Số điện thoại", "0903 123 456"], ["Mật khẩu", hanh.secret]]);
            await citizen.press("Đăng ký", citizen.page.getByRole("main"));
            await citizen.sees("Chúng tôi vừa gửi thư xác nhận");
            const letter = await mailbox.letter(hanh.email, /xac-nhan/);
            await citizen.open(/http:\S+\/xac-nhan\/\S+/.exec(letter.text)[0]);
            await citizen.press("Xác nhận");
            await citizen.sees("Tài khoản của bạn đã sẵn sàng");
            await citizen.signIn(hanh.email, hanh.secret);
        });

        // P2
        step("procedures are found by typing without marks", async () => {
            for (const [words, title] of [["giay phep xay dung", /giấy phép xây dựng/i], ["khai sinh", /^Đăng ký khai sinh$/]]) {
                await citizen.menu("Thủ tục hành chính");
                await citizen.page.getByRole("main").getByRole("searchbox").fill(words);
                await citizen.page.keyboard.press("Enter");
                await citizen.page.getByRole("link", { name: title }).first().waitFor();
                await citizen.look(`search-${words.split(" ")[0]}`);
            }
            await citizen.follow("Đăng ký khai sinh");
            await citizen.heading("Giấy tờ cần chuẩn bị").waitFor();
            await citizen.look("procedure");
        });

        // P7, O1
        step("a draft is begun, survives signing out and a restart, and is filed", async () => {
            await begin(citizen);
            await citizen.look("draft");
            const parts = sections();
            await citizen.follow("Trước khi khai");
            for (const part of parts.slice(0, 3)) await fill(citizen, part);
            await citizen.look("questions");
            await citizen.signOut();
            await server.kill();
            await server.restart();
            await citizen.open("/tai-khoan");
            await citizen.credentials(hanh.email, hanh.secret);
            await citizen.heading("Bản nháp").waitFor(); // where the citizen wanted to go
            await citizen.look("account-draft");
            await citizen.follow("Đăng ký khai sinh");
            await citizen.sees("Đã xong 3 trên 6 mục");
            await citizen.follow("Cha, mẹ của trẻ");
            for (const part of parts.slice(3)) await fill(citizen, part);
            await citizen.look("papers");
            await handIn(citizen);
            await citizen.look("draft-complete");
            number = await file(citizen);
            await citizen.page.getByRole("img", { name: /^Mã QR/ }).waitFor();
            await citizen.sees("Chúng tôi gửi số đơn này đến địa chỉ thư điện tử");
            await citizen.look("confirmation");
            await mailbox.letter(hanh.email, new RegExp(number));
        });

        // O7, O8, G12
        step("the ward accepts it: a code, a due time, and a letter", async () => {
            await act("receiver", people.receiver, number, "Tiếp nhận");
            const letter = await mailbox.letter(hanh.email, /[\w.]+-\d{6}-\d{4}/);
            code = /\b[0-9A-Z][0-9A-Z.]*-\d{6}-\d{4,}\b/.exec(letter.text)[0];
            await citizen.menu("Hồ sơ của tôi");
            await citizen.look("account");
            await citizen.follow("Đăng ký khai sinh");
            await citizen.sees(code);
            await citizen.sees(/\d\d:\d\d \d\d\/\d\d\/\d{4}/);
            await citizen.look("dossier-accepted");
        });

        step("the specialist asks for a better paper and the citizen supplies it", async () => {
            await act("specialist", people.specialist, code, "Yêu cầu bổ sung", "Giấy chứng sinh bị mờ");
            await mailbox.letter(hanh.email, /Giấy chứng sinh bị mờ/);
            await citizen.page.reload();
            await citizen.sees("Giấy chứng sinh bị mờ");
            await citizen.look("dossier-supplement");
            await citizen.press("Bổ sung hồ sơ");
            await citizen.look("supplement");
            await citizen.press("Tải giấy tờ lên");
            await handIn(citizen, ["chụp lại.png"]);
            await citizen.answer("Lời nhắn cho người xử lý", "Tôi đã chụp lại rõ hơn");
            await citizen.press("Gửi phần bổ sung");
            await citizen.sees("Đã gửi phần bổ sung");
            await citizen.sees("Đã bổ sung hồ sơ");
        });

        // O5, P11
        step("specialist and leader approve, the desk hands out, and the citizen sees each step, when and who", async () => {
            await act("specialist", people.specialist, code, "Đạt, chuyển trình ký");
            await act("specialist", people.specialist, code, "Chuyển bước sau");
            await act("leader", people.leader, code, "Duyệt và ký");
            for (let tries = 0; !(await result().count()); ++tries) {
                assert.ok(tries < 60, "the result is not signed");
                await citizen.page.waitForTimeout(300);
                await citizen.page.reload();
            }
            await act("receiver", people.receiver, code, "Chuyển bước sau");
            await citizen.page.reload();
            const way = await citizen.page.getByRole("main").innerText();
            assert.match(way, /Đã trả kết quả/);
            for (const name of [hanh.name, "Đặng Thị Kim Chi", "Bùi Văn Phúc", "Đỗ Hoàng Yến"]) assert.ok(way.includes(name), name);
            await citizen.look("dossier-returned");
        });

        // P14, N6: the demo city signs on a SoftHSM token
        step("the citizen downloads the signed result and checks it: the file, one that was changed, and the paper's code", async () => {
            const [download] = await Promise.all([citizen.page.waitForEvent("download"), result().click()]);
            const bytes = readFileSync(await download.path());
            await citizen.menu("Kiểm tra kết quả");
            const judged = async (name, buffer) => {
                await citizen.page.getByLabel("Tệp kết quả (PDF)").setInputFiles({ name, mimeType: "application/pdf", buffer });
                await citizen.press("Kiểm tra", citizen.page.getByRole("main"));
                await citizen.sees("Tình trạng");
            };
            await judged(download.suggestedFilename(), bytes);
            await citizen.heading("Chữ ký đúng, tệp nguyên vẹn").waitFor();
            await citizen.sees("CHỨNG THƯ THỬ NGHIỆM");
            await citizen.look("verify-good");
            const changed = Buffer.from(bytes);
            changed[900] ^= 1;
            await judged("đã sửa.pdf", changed);
            await citizen.heading("Tệp đã bị sửa sau khi ký").waitFor();
            await citizen.look("verify-changed");

            await citizen.menu("Hồ sơ của tôi");
            await citizen.follow("Đăng ký khai sinh");
            await citizen.follow("Kiểm tra chữ ký số");
            await citizen.heading("Chữ ký đúng, tệp nguyên vẹn").waitFor();
            const paper = await citizen.page.getByLabel("Hoặc nhập mã kiểm tra in trên giấy").inputValue();
            assert.match(paper, /^[0-9A-Z]{10}$/);
            await citizen.answer("Hoặc nhập mã kiểm tra in trên giấy", "0000000000");
            await citizen.press("Xem theo mã");
            await citizen.sees("Không có giấy nào mang mã này");
            await citizen.answer("Hoặc nhập mã kiểm tra in trên giấy", paper.toLowerCase());
            await citizen.press("Xem theo mã");
            await citizen.heading("Chữ ký đúng, tệp nguyên vẹn").waitFor();
            await citizen.sees("Phường Bến Nghé");
            await citizen.look("verify-code");
            await citizen.menu("Hồ sơ của tôi");
            await citizen.follow("Đăng ký khai sinh");
        });

        // S2, O11
        step("the citizen rates each stage with a face, once", async () => {
            await citizen.press("Đánh giá", citizen.page.getByRole("main"));
            for (const stage of ["Tiếp nhận hồ sơ", "Giải quyết hồ sơ", "Trả kết quả"]) await citizen.answer(stage, "Hài lòng");
            await citizen.answer("Bạn muốn nói thêm điều gì?", "Cán bộ hướng dẫn tận tình");
            await citizen.look("rate");
            await citizen.press("Gửi đánh giá");
            await citizen.sees("Cảm ơn bạn đã đánh giá");
            assert.equal(await citizen.page.getByRole("main").getByRole("button", { name: "Đánh giá", exact: true }).count(), 0);
            await citizen.look("dossier-rated");
        });

        // X5
        step("whoever has the code sees how far it is and nothing else", async () => {
            const stranger = await arrive("stranger");
            await stranger.open("/");
            await stranger.menu("Tra cứu hồ sơ");
            await stranger.answer("Mã hồ sơ hoặc số đơn nộp trực tuyến", "000.00.00.H29-200101-9999");
            await stranger.press("Tra cứu");
            await stranger.sees("Không có hồ sơ nào mang mã này");
            await stranger.answer("Mã hồ sơ hoặc số đơn nộp trực tuyến", ` ${code.toLowerCase()} `);
            await stranger.press("Tra cứu");
            await stranger.sees("Đã trả kết quả");
            const shown = await stranger.page.getByRole("main").innerText();
            for (const secret of [hanh.name, child, "Bùi Văn Phúc"]) assert.ok(!shown.includes(secret), secret);
            await stranger.look("track");
            await stranger.leave();
        });

        // P10
        step("a fee is paid at the bank's page before the dossier is filed", async () => {
            bank = new Bank({ ...shop, notifyUrl: `${server.address}/hook/payment/vn.motcua.payment-vnpay/default`, retryMs: 200 });
            const address = await bank.listen();
            await admin.menu("Mô-đun");
            await module(admin, pay).getByRole("button", { name: /^Thiết lập/ }).click();
            await admin.answers([["Mã website (vnp_TmnCode)", shop.terminal], ["Chuỗi bí mật (vnp_HashSecret)", shop.secret],
                ["Địa chỉ trang thanh toán", `${address}/paymentv2/vpcpay.html`], ["Địa chỉ tra cứu và hoàn tiền", `${address}/merchant_webapi/api/transaction`]]);
            await admin.press("Lưu");
            await admin.sees("Đã lưu thiết lập");
            await admin.menu("Mô-đun");
            await module(admin, pay).getByRole("button", { name: /^Bật/ }).click();
            await stands(admin, pay, "Đang chạy");

            await citizen.menu("Thủ tục hành chính");
            await citizen.page.getByRole("main").getByRole("searchbox").fill("ban sao trich luc ho tich");
            await citizen.page.keyboard.press("Enter");
            await citizen.follow(/^Cấp bản sao Trích lục hộ tịch/);
            await begin(citizen);
            await citizen.follow("Trước khi khai");
            for (const part of copies.sections(3)) await fill(citizen, part);
            if (await citizen.heading("Giấy tờ đính kèm").count()) await citizen.press("Tiếp tục");
            await citizen.press("Thanh toán 24.000 đ");
            await citizen.look("payment");
            await citizen.press(/^Thanh toán qua VNPay: 24\.000 đ/);
            await citizen.page.getByText("Ngân hàng trình diễn. Không có tiền thật").waitFor();
            await citizen.press("Thanh toán");
            await citizen.sees("Đã nhận 24.000 đ");
            await citizen.look("payment-done");
            await file(citizen, "Bản sao Giấy khai sinh");
        });

        // Citizens' part once more on a phone; the dossier is refused by the leader.
        step("on a phone: filed, and refused with a reason", async () => {
            const phone = await arrive("phone", { width: 390 });
            await phone.open("/");
            await phone.look("home");
            await phone.signIn(hanh.email, hanh.secret);
            await phone.menu("Thủ tục hành chính");
            await phone.page.getByRole("main").getByRole("searchbox").fill("khai sinh");
            await phone.page.keyboard.press("Enter");
            await phone.look("search");
            await phone.follow("Đăng ký khai sinh");
            await phone.look("procedure");
            await begin(phone);
            await phone.look("draft");
            await phone.follow("Trước khi khai");
            for (const part of sections()) {
                await fill(phone, part);
            }
            await phone.look("papers");
            await handIn(phone);
            const second = await file(phone);
            await phone.look("confirmation");
            await act("receiver", people.receiver, second, "Tiếp nhận");
            const other = await mailbox.letter(hanh.email, new RegExp(`-\\d{6}-0002`));
            const its = /\b[0-9A-Z][0-9A-Z.]*-\d{6}-\d{4,}\b/.exec(other.text)[0];
            await act("specialist", people.specialist, its, "Không đạt, từ chối giải quyết", "Trẻ đã được đăng ký khai sinh");
            await act("leader", people.leader, its, "Duyệt và ký");
            await phone.menu("Hồ sơ của tôi");
            await phone.look("account");
            await phone.follow("Đăng ký khai sinh");
            await phone.sees("Hồ sơ đã dừng xử lý");
            await phone.sees("Trẻ đã được đăng ký khai sinh");
            await phone.look("dossier-refused");
            await phone.leave();
        });

        // The same with scripts off; turned down at the desk. Every task of a citizen is done by plain pages.
        step("with scripts off: filed, and not accepted with a reason", async () => {
            const plain = await arrive("plain", { scripts: false });
            await plain.open("/");
            await plain.menu("Hướng dẫn");
            await plain.heading("Hướng dẫn làm thủ tục trên mạng").waitFor();
            await plain.signIn(hanh.email, hanh.secret);
            await plain.menu("Thủ tục hành chính");
            await plain.page.getByRole("main").getByRole("searchbox").fill("dang ky khai sinh");
            await plain.press("Tìm", plain.page.getByRole("main"));
            await plain.follow("Đăng ký khai sinh");
            await begin(plain);
            await plain.follow("Trước khi khai");
            for (const part of sections()) await fill(plain, part);
            await handIn(plain);
            const third = await file(plain);
            await act("receiver", people.receiver, third, "Từ chối tiếp nhận", "Không thuộc thẩm quyền của phường");
            await plain.menu("Hồ sơ của tôi");
            await plain.follow("Đăng ký khai sinh");
            await plain.sees("Hồ sơ không được tiếp nhận");
            await plain.sees("Không thuộc thẩm quyền của phường");
            await plain.look("dossier-not-accepted");
            await plain.leave();
        });

        step("what was typed outlives the session", async () => {
            await citizen.open("/thu-tuc/1.001193");
            await begin(citizen);
            await citizen.follow("Trước khi khai");
            await citizen.answers(sections()[0][1]);
            // The session ends behind the page's back.
            const elsewhere = await arrive("elsewhere");
            await elsewhere.context.addCookies(await citizen.context.cookies());
            await elsewhere.open("/tai-khoan");
            const cookies = await citizen.context.cookies();
            await elsewhere.signOut();
            await citizen.context.addCookies(cookies);
            await citizen.press("Lưu và tiếp tục");
            await citizen.sees("điều bạn vừa khai vẫn được giữ");
            await citizen.look("sign-in-kept");
            await citizen.answer("Thư điện tử", hanh.email);
            await citizen.answer("Mật khẩu", hanh.secret);
            await citizen.press("Đăng nhập", citizen.page.getByRole("main"));
            await citizen.press("Gửi và làm tiếp");
            await citizen.sees("phần này còn vài câu hỏi nữa");
            assert.ok(await citizen.page.getByRole("group", { name: "Trẻ bị bỏ rơi?" }).getByRole("radio", { name: "Không" }).isChecked());
            await elsewhere.leave();
        });

        // O18, X8
        step("an administrator looks after accounts and deliveries", async () => {
            await admin.menu("Quản trị");
            await admin.follow("Người dùng");
            await admin.look("accounts");
            await admin.press("Thêm cán bộ");
            await admin.answers([["Họ và tên", "Phan Thị Mỹ Duyên"], ["Thư điện tử", "duyen@thanhpho.example"], ["Vai trò", "Chuyên viên thụ lý"]]);
            await admin.press("Tạo tài khoản");
            await admin.heading("Có chỗ cần sửa").waitFor(); // no agency yet
            await admin.answer("Cơ quan", "Ủy ban nhân dân Quận 1");
            await admin.look("account-new");
            await admin.press("Tạo tài khoản");
            await admin.sees("Đã tạo tài khoản");
            await admin.sees("Chuyên viên thụ lý – Ủy ban nhân dân Quận 1");
            await admin.look("account");
            const letter = await mailbox.letter("duyen@thanhpho.example", /quen-mat-khau/);
            const duyen = await arrive("duyen");
            await duyen.open(/http:\S+\/quen-mat-khau\/\S+/.exec(letter.text)[0]);
            await duyen.answer("Mật khẩu mới", "bến phà chiều mưa xa vắng");
            await duyen.press("Đặt mật khẩu");
            await duyen.sees("Đã đặt mật khẩu mới");
            await duyen.credentials("duyen@thanhpho.example", "bến phà chiều mưa xa vắng");
            await duyen.heading("Việc của tôi").waitFor();
            await admin.press("Khóa tài khoản này");
            await admin.sees("Đã khóa tài khoản");
            await duyen.page.reload();
            await duyen.heading("Đăng nhập").waitFor();
            await duyen.leave();
            await admin.menu("Quản trị");
            await admin.follow("Việc gửi đi");
            await admin.sees("Không có việc nào bị bỏ");
            await admin.look("deliveries");
        });

        // O1, O7, P12
        step("a receiver files for who stands at the counter, and it is accepted at once", async () => {
            const desk = officials.receiver;
            await desk.menu("Tiếp nhận");
            await desk.look("reception");
            await desk.press("Bắt đầu khai");
            await desk.heading("Có chỗ cần sửa").waitFor();
            await desk.look("reception-wrong");
            await desk.answers([["Số giấy tờ tùy thân", "079090012345"], ["Họ và tên", "Trần Minh Đức"], ["Số điện thoại", "0912 345 678"],
                ["Thủ tục", "Đăng ký khai sinh"]]);
            await desk.press("Bắt đầu khai");
            await desk.sees("Nộp cho: Trần Minh Đức");
            await desk.follow("Trước khi khai");
            for (const part of sections()) await fill(desk, part);
            await desk.heading("Giấy tờ đính kèm").waitFor();
            await desk.press(/^Đã xem bản chính.*Giấy chứng sinh/);
            await desk.sees("Đã xem bản chính");
            await desk.look("reception-papers");
            await desk.press("Tiếp tục");
            await desk.press("Kiểm tra và tiếp nhận");
            await desk.page.getByRole("checkbox", { name: /^Người nộp đã xem lại/ }).check();
            await desk.look("reception-check");
            await desk.press("Tiếp nhận và in giấy hẹn", desk.page.getByRole("main"));
            await desk.sees(/Đã tiếp nhận hồ sơ [\w.]+-\d{6}-\d{4}/);
            const receipt = desk.page.getByRole("link", { name: "Giấy tiếp nhận" });
            for (let tries = 0; !(await receipt.count()); ++tries) {
                assert.ok(tries < 60, "no receipt");
                await desk.page.waitForTimeout(300);
                await desk.page.reload();
            }
            await desk.look("reception-done");
            const [download] = await Promise.all([desk.page.waitForEvent("download"), receipt.first().click()]);
            assert.equal(readFileSync(await download.path()).subarray(0, 5).toString(), "%PDF-");
        });

        step("no page of the way made the browser complain", async () => {
            for (const person of [citizen, admin, ...Object.values(officials)]) await person.leave();
        });
    });
