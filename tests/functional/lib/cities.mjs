// A copy of the city's files with a few of them changed, for a server of its own (city.folder).
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./server.mjs";

export class OwnCity {
    constructor() {
        this.folder = mkdtempSync(join(tmpdir(), "motcua-city-"));
        cpSync(join(root, "config/city"), this.folder, { recursive: true });
    }

    // Every `from` of the file becomes `to`; a file that has none is a mistake of the test.
    change(path, from, to) {
        const file = join(this.folder, path);
        const before = readFileSync(file, "utf8");
        const changed = before.replaceAll(from, to);
        if (changed === before) throw new Error(`${path} holds no ${from}`);
        writeFileSync(file, changed);
        return this;
    }

    // The council lets these be filed for nothing, so that filing does not wait for a payment.
    waiveFees(...codes) {
        for (const code of codes) this.change(`procedures/${code}.yaml`, /demo: \d+/g, "demo: 0");
        return this;
    }

    remove() {
        rmSync(this.folder, { recursive: true, force: true });
    }
}
