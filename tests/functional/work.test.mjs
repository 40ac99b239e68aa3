// The officials' work list: pages, filters that stay in the address, search, and a cost that does not grow with the dossiers.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { act, filed, people } from "./lib/city.mjs";
import { backends, freePort, Server } from "./lib/server.mjs";
import { signedIn, Visitor } from "./lib/visitor.mjs";

const rowsOf = (page) => [...page.body.matchAll(/<a class="govuk-link mc-code" href="([^"]*)">([^<]*)/g)].map(([, href, code]) => ({ href, code }));

for (const backend of backends)
    describe(`the work list on ${backend}`, () => {
        const server = new Server({ backend });
        let citizen, receiver, specialist, dossiers, metrics;
        before(async () => {
            metrics = await freePort();
            server.set["http.metrics_port"] = String(metrics);
            await server.start();
            [citizen, receiver, specialist] = await Promise.all([people.citizen, people.receiver, people.specialist].map((email) => signedIn(server, email)));
            dossiers = [await filed(citizen)];
        });
        after(() => server.remove());

        const statements = async () => Number(/^motcua_db_statements_total (\S+)/m.exec(await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text())[1]);
        // What a page costs when no scheduled job runs beside it and nothing that is kept for a second is due: the least of some tries.
        const costOf = async (visitor, path) => {
            let least = Infinity;
            for (let turn = 0; turn < 12; ++turn) {
                const begun = await statements();
                assert.equal((await visitor.get(path)).status, 200);
                least = Math.min(least, (await statements()) - begun);
            }
            return least;
        };

        test("a page asks the database the same number of questions however many dossiers there are", async () => {
            const pages = [[receiver, "/cong-viec"], [receiver, "/cong-viec?q=khai+sinh"], [receiver, `/cong-viec/${dossiers[0].id}`], [citizen, `/ho-so/${dossiers[0].id}`], [citizen, "/thu-tuc/1.001193"]];
            const few = [];
            for (const [visitor, path] of pages) few.push(await costOf(visitor, path));
            for (let more = 0; more < 5; ++more) dossiers.push(await filed(citizen));
            for (const [index, [visitor, path]] of pages.entries()) assert.equal(await costOf(visitor, path), few[index], path);
            assert.ok(few[0] <= 14, `${few}`);
        });

        test("the most urgent come first, each once", async () => {
            const list = await receiver.get("/cong-viec");
            assert.deepEqual(rowsOf(list).map((row) => row.href), dossiers.map(({ id }) => `/cong-viec/${id}`));
            assert.match(list.text, /Của nhóm 6/);
        });

        test("tabs, counters and search keep each other in the address", async () => {
            const list = await receiver.get("/cong-viec?q=khai+sinh");
            assert.equal(rowsOf(list).length, 6);
            const soon = list.links(/due=soon/)[0];
            assert.equal(soon, "/cong-viec?due=soon&q=khai%20sinh");
            const narrowed = await receiver.get(soon);
            assert.match(narrowed.body, /<input type="hidden" name="due" value="soon">/);
            // An hour of work is left for each: soon by day, and tomorrow morning when it is evening.
            const inTime = await receiver.get("/cong-viec?due=in_time");
            assert.equal(rowsOf(narrowed).length + rowsOf(inTime).length, 6);
            assert.deepEqual(rowsOf(await receiver.get("/cong-viec?due=late")), []);
            assert.deepEqual(rowsOf(await receiver.get("/cong-viec?show=mine")), []);
            assert.deepEqual(rowsOf(await receiver.get("/cong-viec?q=giay+phep+xay+dung")), []);
        });

        test("a number or code finds a dossier of the region, whatever became of it", async () => {
            const { id, number } = dossiers[0];
            assert.deepEqual(rowsOf(await receiver.get(`/cong-viec?q=${number.toLowerCase()}`)), [{ href: `/cong-viec/${id}`, code: number }]);
            await act(receiver, id, "reject", "Không thuộc thẩm quyền của phường");
            const found = await receiver.get(`/cong-viec?q=${number}`);
            assert.equal(rowsOf(found).length, 1);
            assert.match(found.text, /Không được tiếp nhận/);
            const elsewhere = await signedIn(server, "tiepnhan.stp@demo.motcua.example");
            assert.deepEqual(rowsOf(await elsewhere.get(`/cong-viec?q=${number}`)), []);
            const nothing = await receiver.get("/cong-viec?q=TN-999999-AAAAAAAAAA");
            assert.match(nothing.text, /Không tìm thấy hồ sơ nào/);
        });

        test("what waits for its applicant has a tab of its own", async () => {
            const { id, number } = dossiers[1];
            await act(receiver, id, "supplement", "Giấy chứng sinh bị mờ");
            assert.ok(!(await receiver.get("/cong-viec")).text.includes(number));
            const waiting = await receiver.get("/cong-viec?show=waiting");
            assert.deepEqual(rowsOf(waiting).map((row) => row.code), [number]);
            assert.match(waiting.text, /Chờ bổ sung 1/);
        });

        test("only officials have a list, and each sees the steps of his own role", async () => {
            assert.equal((await citizen.get("/cong-viec")).status, 403);
            assert.match((await new Visitor(server).get("/cong-viec")).address, /^\/dang-nhap/);
            assert.deepEqual(rowsOf(await specialist.get("/cong-viec")), []);
            await act(receiver, dossiers[2].id, "accept");
            assert.deepEqual(rowsOf(await specialist.get("/cong-viec")).map((row) => row.href), [`/cong-viec/${dossiers[2].id}`]);
        });

        test("marks that no page has given out lead to the first page", async () => {
            for (const query of ["after=x", "after=1.2", "before=%27", "after=9999999999999999999999.a", "show=x&due=y", "after=%F0%9F%98%80"])
                assert.equal(rowsOf(await receiver.get(`/cong-viec?${query}`)).length, 3, query);
        });
    });
