// A button that copies a code: <button data-copy="CODE" data-copied="Đã chép" hidden>. Shown only where it can work.
export function startCopyButtons(scope) {
    if (!navigator.clipboard) return;
    scope.querySelectorAll("button[data-copy]").forEach((button) => {
        button.hidden = false;
        button.addEventListener("click", async () => {
            await navigator.clipboard.writeText(button.dataset.copy);
            button.textContent = button.dataset.copied;
        });
    });
}
