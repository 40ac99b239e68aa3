// Saves a half-filled form every 20 seconds: <form data-autosave="/address"> and, in it, an element
// [data-autosave-status] with data-saved ("Đã lưu lúc %time%") and data-failed. The server answers 2xx when it saved.
const every = 20_000;

function clockTime() {
    const now = new Date();
    return `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
}

function watch(form) {
    const status = form.querySelector("[data-autosave-status]");
    let changed = false;
    let sending = false;

    form.addEventListener("input", () => {
        changed = true;
    });
    form.addEventListener("submit", () => {
        changed = false;
    });

    async function save() {
        if (!changed || sending) return;
        changed = false;
        sending = true;
        let saved = false;
        try {
            const body = new URLSearchParams();
            for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
            const answer = await fetch(form.dataset.autosave, { method: "POST", body, headers: { Accept: "application/json" } });
            saved = answer.ok;
        } catch {
            saved = false;
        }
        sending = false;
        if (!saved) changed = true;
        if (status) status.textContent = saved ? status.dataset.saved.replace("%time%", clockTime()) : status.dataset.failed;
    }

    setInterval(save, every);
    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "hidden") save();
    });
}

export function startAutosave(scope) {
    scope.querySelectorAll("form[data-autosave]").forEach(watch);
}
