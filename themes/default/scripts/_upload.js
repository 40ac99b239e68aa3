// Tells in words how far an upload is: <form data-upload data-progress="Đã tải lên %done% / %all% MB" data-failed="…">
// with an element [data-upload-status] in it. The form is sent as the browser would send it, and what the server
// answers with is shown, a page with the new file on it or one with the reasons of a refusal; when the line breaks the
// form stays as it is and can be sent again.
const megabytes = (bytes) => (bytes / 1_000_000).toFixed(1).replace(".", document.documentElement.lang === "vi" ? "," : ".");

// Puts the answered page in the place of this one. It is not asked for again: a notice is said only once.
function show(request, enhance) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = page.getElementById("main");
    if (!main) return location.assign(request.responseURL);
    if (request.status < 400) history.replaceState(null, "", request.responseURL);
    document.title = page.title;
    document.getElementById("main").replaceWith(main);
    enhance(main);
    const first = main.querySelector(".govuk-error-summary, .mc-notice[role=alert], h1");
    if (first) {
        first.tabIndex = -1;
        first.focus();
    }
}

function send(form, status, submitter, enhance) {
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
            .replace("%done%", megabytes(event.loaded))
            .replace("%all%", megabytes(event.total));
    });
    request.addEventListener("error", failed);
    request.addEventListener("load", () => (request.status >= 500 ? failed() : show(request, enhance)));
    request.open("POST", form.action);
    request.send(body);
    form.setAttribute("aria-busy", "true");
}

export function startUploads(scope, enhance) {
    scope.querySelectorAll("form[data-upload]").forEach((form) => {
        const status = form.querySelector("[data-upload-status]");
        if (!status) return;
        form.addEventListener("submit", (event) => {
            const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
            if (files.length === 0) return;
            event.preventDefault();
            if (!form.getAttribute("aria-busy")) send(form, status, event.submitter, enhance);
        });
    });
}
