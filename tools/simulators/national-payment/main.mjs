// Serves the demonstration platform until its standard input ends:
//
//   node tools/simulators/national-payment/main.mjs --notify http://localhost:8080/hook/payment/vn.motcua.payment-national/default [--port N]
//
// Its first line of output is its address; below it lie /init, /query, /bill and the payment page.
import { Platform } from "./platform.mjs";

const option = (name, fallback) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? fallback : process.argv[at + 1];
};

const platform = new Platform({
    partner: option("partner", "HCM_DEMO"),
    secret: option("secret", "DEMONSTRATIONPLATFORM2020"),
    notifyUrl: option("notify", ""),
});
const stop = () => platform.close().then(() => process.exit(0));
process.stdin.on("end", stop).on("error", stop).resume();
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.stdout.on("error", () => {}); // whoever read the address has left
process.stdout.write(`${await platform.listen(Number(option("port", "0")))}\n`);
