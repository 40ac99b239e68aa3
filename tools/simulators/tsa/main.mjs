// Serves a time-stamp authority until its standard input ends; the first line of output is its address:
//
//   node tools/simulators/tsa/main.mjs --certificate tsa.pem --key tsa.key [--others ca.pem] [--port N] [--fault slow]
import { resolve } from "node:path";
import { faults, Tsa } from "./tsa.mjs";

const option = (name, fallback = "") => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? fallback : process.argv[at + 1];
};
const file = (name) => (option(name) ? resolve(option(name)) : "");

if (!option("certificate") || !option("key") || !faults.includes(option("fault", "none"))) {
    process.stderr.write(`--certificate and --key are needed; faults: ${faults.join(", ")}\n`);
    process.exit(2);
}
const tsa = new Tsa({ certificate: file("certificate"), key: file("key"), others: file("others") });
tsa.fault = option("fault", "none");
const stop = () => tsa.close().then(() => process.exit(0));
process.stdin.on("end", stop).on("error", stop).resume();
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.stdout.write(`${await tsa.listen(Number(option("port", "0")))}\n`);
