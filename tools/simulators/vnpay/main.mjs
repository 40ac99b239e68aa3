// Serves the demonstration bank until its standard input ends:
//
//   node tools/simulators/vnpay/main.mjs --notify http://localhost:8080/hook/payment/vn.motcua.payment-vnpay/demo [--port N]
//
// Its first line of output is its address. --terminal and --secret name another merchant than the demo city.
import { Bank } from "./bank.mjs";

const option = (name, fallback) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? fallback : process.argv[at + 1];
};

const bank = new Bank({
    terminal: option("terminal", "MOTCUADE"),
    secret: option("secret", "DEMONSTRATIONBANKOFNOBODY2020"),
    notifyUrl: option("notify", ""),
    retryMs: Number(option("retry-ms", "30000")),
});
const stop = () => bank.close().then(() => process.exit(0));
process.stdin.on("end", stop).on("error", stop).resume();
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.stdout.on("error", () => {}); // whoever read the address has left
process.stdout.write(`${await bank.listen(Number(option("port", "0")))}\n`);
