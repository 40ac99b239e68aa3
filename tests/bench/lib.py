"""What the benches share: figures, servers on a core of their own, wrk."""
import json, os, re, socket, subprocess, sys, time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
BUILD = os.environ.get("MOTCUA_BENCH_BUILD", os.path.join(ROOT, "build/release"))
missed = []


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def figure(name, value, unit, baseline=None, against=None, least=None, most=None):
    """One JSON object; a ratio outside of least and most is a bar that was missed."""
    ratio = round(value / against, 3) if against else None
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "baseline": round(baseline, 3) if baseline else None, "ratio": ratio},
                     ensure_ascii=False), flush=True)
    judged = ratio if against else value
    if (least and judged < least) or (most and judged > most):
        missed.append(f"{name}: {judged}, the bar is {least or most}")


def tell_load():
    """Others on the machine spoil rates more than ratios, and ratios more than processor time."""
    figure("machine: load before the run", os.getloadavg()[0], "processes that want a core")


def verdict():
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    return 1 if missed else 0


class Running:
    """A server from start until it is left, on core 0 unless told otherwise."""

    def __init__(self, command, port, cores="0", log=subprocess.DEVNULL, seconds=10):
        self.port = port
        self.seconds = seconds
        self.process = subprocess.Popen(["taskset", "-c", cores, *command], stdout=log, stderr=log, cwd=ROOT)

    def __enter__(self):
        until = time.monotonic() + self.seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise RuntimeError(f"no server: {self.process.args}")
                time.sleep(0.01)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def cpu(self):
        """Seconds of processor time so far, of the process and its children."""
        total = 0
        tree = [str(self.process.pid)]
        for pid in tree:
            with open(f"/proc/{pid}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
            with open(f"/proc/{pid}/task/{pid}/children") as f:
                tree += f.read().split()
        return total / os.sysconf("SC_CLK_TCK")


def wrk(url, seconds, connections=64, cores="1", script=None, headers=(), args=()):
    """Requests a second, how many there were, and p50 and p99 in ms."""
    command = ["taskset", "-c", cores, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    if script:
        command += ["-s", script]
    for header in headers:
        command += ["-H", header]
    out = subprocess.run([*command, url, *(["--", *args] if args else [])], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(out)

    def latency(percent):
        number, unit = re.search(percent + r"%\s+([\d.]+)(us|ms|s)", out).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), "requests": int(re.search(r"(\d+) requests in", out).group(1)),
            "p50": latency("50"), "p99": latency("99")}
