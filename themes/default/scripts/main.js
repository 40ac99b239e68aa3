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
import { startCopyButtons } from "./_copy.js";
import { startSessionWarning } from "./_session.js";
import { startUploads } from "./_upload.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");

const components = [
    Button,
    CharacterCount,
    Checkboxes,
    ErrorSummary,
    NotificationBanner,
    Radios,
    ServiceNavigation,
    SkipLink,
];

// Also for what an upload puts into a page that stands already.
function enhance(scope) {
    for (const component of components) createAll(component, undefined, scope);
    startUploads(scope, enhance);
    startCopyButtons(scope);
}

enhance(document);
startSessionWarning(document);
