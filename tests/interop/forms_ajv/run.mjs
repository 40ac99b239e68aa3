// Reads the lines of forms_submissions and asks ajv for its verdict on each submission; a form passes when every verdict
// is the server's and both right and wrong submissions were among them. Last line "N passed, N failed".
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [program, count = "2000", seed = "20200714"] = process.argv.slice(2);
const ajv = new Ajv2020({ allErrors: false, strict: false, multipleOfPrecision: 6 });
addFormats(ajv, { mode: "full", keywords: true });

const forms = new Map();
const child = spawn(program, [count, seed], { stdio: ["ignore", "pipe", "inherit"] });
const ended = new Promise((done) => child.on("error", () => done(1)).on("exit", done));
for await (const line of createInterface({ input: child.stdout })) {
  const row = JSON.parse(line);
  if (row.schema) {
    forms.set(row.form, { check: ajv.compile(row.schema), right: 0, wrong: 0, differ: [], notCovered: row.not_covered });
    continue;
  }
  const form = forms.get(row.form);
  const theirs = form.check(row.answers);
  if (theirs) form.right += 1;
  else form.wrong += 1;
  if (theirs !== row.ours) form.differ.push({ ...row, theirs, errors: form.check.errors });
}
const code = await ended;

let passed = 0;
let failed = code === 0 ? 0 : 1;
for (const [name, form] of forms) {
  const total = form.right + form.wrong;
  const both = Math.min(form.right, form.wrong) >= total / 20;
  const same = form.differ.length === 0 && total === Number(count);
  console.log(`${name}: ${total} submissions, ${form.right} right, ${form.wrong} wrong, ${form.differ.length} differ` +
    (form.notCovered.length ? `; not in the schema: ${form.notCovered.join(", ")}` : ""));
  if (!both) console.log("  too few of one kind to mean anything");
  for (const one of form.differ.slice(0, 3)) {
    console.log(`  ours ${one.ours} (${one.why}), ajv ${one.theirs}: ${JSON.stringify(one.errors?.slice(0, 3))}`);
    console.log(`  ${JSON.stringify(one.answers).slice(0, 3000)}`);
  }
  if (same && both) passed += 1;
  else failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
