// Tells in words how far an upload is: <form data-upload data-progress="Đã tải lên {done} / {all} MB" data-failed="…">
// with an element [data-upload-status] in it. The form is sent as the browser would send it, and the page that the
// server answers with is opened; when anything goes wrong the form stays as it is and can be sent again.
const megabytes = (bytes) => (bytes / 1_000_000).toFixed(1).replace(".", document.documentElement.lang === "vi" ? "," : ".");

// A refused file is answered with the same page and the reason on it.
function showRefusal(html) {
    const main = new DOMParser().parseFromString(html, "text/html").getElementById("main");
    if (!main) return location.reload();
    document.getElementById("main").replaceWith(main);
    startUploads();
    const summary = main.querySelector(".govuk-error-summary");
    if (summary) {
        summary.tabIndex = -1;
        summary.focus();
    }
}

function send(form, status, submitter) {
    const request = new XMLHttpRequest();
    const body = new FormData(form);
    if (submitter && submitter.name) body.append(submitter.name, submitter.value);
    const failed = () => {
        status.textContent = form.dataset.failed;
        form.removeAttribute("aria-busy");
    };
    request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        status.textContent = form.dataset.progress
            .replace("{done}", megabytes(event.loaded))
            .replace("{all}", megabytes(event.total));
    });
    request.addEventListener("error", failed);
    request.addEventListener("load", () => {
        if (request.status >= 500) return failed();
        if (request.status < 400 && request.responseURL !== location.href) return location.assign(request.responseURL);
        if (request.status < 400) return location.reload();
        showRefusal(request.responseText);
    });
    request.open("POST", form.action);
    request.send(body);
    form.setAttribute("aria-busy", "true");
}

export function startUploads() {
    document.querySelectorAll("form[data-upload]").forEach((form) => {
        const status = form.querySelector("[data-upload-status]");
        if (!status) return;
        form.addEventListener("submit", (event) => {
            const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
            if (files.length === 0 || form.getAttribute("aria-busy")) return;
            event.preventDefault();
            send(form, status, event.submitter);
        });
    });
}
