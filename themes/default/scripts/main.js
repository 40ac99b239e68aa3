// Behaviour that pages gain when scripts run. Everything works without it.
import {
    Button,
    CharacterCount,
    Checkboxes,
    ErrorSummary,
    NotificationBanner,
    Radios,
    ServiceNavigation,
    SkipLink,
    createAll,
} from "govuk-frontend";
import { startAutosave } from "./_autosave.js";
import { startCopyButtons } from "./_copy.js";
import { startUploads } from "./_upload.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");

for (const component of [
    Button,
    CharacterCount,
    Checkboxes,
    ErrorSummary,
    NotificationBanner,
    Radios,
    ServiceNavigation,
    SkipLink,
]) {
    createAll(component);
}

startAutosave();
startUploads();
startCopyButtons();
