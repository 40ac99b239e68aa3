// Warns two minutes before the session ends: <section data-session="seconds" data-keep="/address" hidden>. Pages open side
// by side share one session, so the last sight of any of them counts.
const warnBefore = 120_000;
const key = "mc-session-seen";

function lastSeen(loaded) {
    try {
        return Math.max(loaded, Number(localStorage.getItem(key)) || 0);
    } catch {
        return loaded;
    }
}

function remember() {
    const now = Date.now();
    try {
        localStorage.setItem(key, String(now));
    } catch {
        // a browser that keeps nothing counts for itself
    }
    return now;
}

export function startSessionWarning(scope) {
    const box = scope.querySelector("[data-session]");
    if (!box) return;
    const life = Number(box.dataset.session) * 1000;
    const title = box.querySelector("[data-session-title]");
    const text = box.querySelector("[data-session-text]");
    const button = box.querySelector("[data-session-keep]");
    let seen = remember();
    let ended = false;

    function end() {
        ended = true;
        title.textContent = title.dataset.ended;
        text.textContent = text.dataset.ended;
        button.hidden = true;
        box.hidden = false;
    }

    function look() {
        if (ended) return;
        seen = lastSeen(seen);
        const left = seen + life - Date.now();
        if (left <= 0) return end();
        box.hidden = left > warnBefore;
        setTimeout(look, box.hidden ? left - warnBefore : left);
    }

    button.addEventListener("click", async () => {
        try {
            const answer = await fetch(box.dataset.keep, { redirect: "manual" });
            if (answer.status !== 204) return end();
            seen = remember();
            look();
        } catch {
            // no line: the warning stays, the button can be pressed again
        }
    });
    look();
}
