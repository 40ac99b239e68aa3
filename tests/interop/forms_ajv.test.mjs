// The server's own check of forms against npm ajv on the JSON Schema that it exports: forms_ajv/run.
import { spawnSync } from "node:child_process";
import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import test from "node:test";

test("our verdict on generated submissions is ajv's", { timeout: 900_000 }, () => {
  const run = spawnSync(fileURLToPath(new URL("forms_ajv/run", import.meta.url)), [], { encoding: "utf8" });
  assert.equal(run.status, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /^6 passed, 0 failed$/m);
});
