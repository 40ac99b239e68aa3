// Whatever a page says has words in both languages (U6): a key that is shown raw is a bug.
import assert from "node:assert/strict";
import { test } from "node:test";
import { errorCodes, keysOfPages, keysOfTemplates, namesOf, rulesOfSettings, wordsOf, wordsOfProcesses } from "./lib/words.mjs";

const languages = ["vi", "en"];
const words = new Map(languages.map((language) => [language, wordsOf("default", language)]));

function assertSaid(keys) {
    for (const language of languages) {
        const missing = [...keys].filter(([key]) => !words.get(language).has(key)).map(([key, from]) => `${key} (${from})`);
        assert.deepEqual(missing, [], `${language} lacks`);
    }
}

test("every key that a controller says has words in both languages", () => assertSaid(keysOfPages()));

test("every key that a template says has words in both languages", () => {
    for (const theme of ["default", "dawn"]) assertSaid(keysOfTemplates(theme));
});

test("every error that can reach a page has a sentence in both languages", () => {
    assertSaid([...errorCodes()].map(([code, from]) => [`error.${code}`, from]));
});

test("keys that are put together from a state, a step or an event have words in both languages", () => {
    const drawn = wordsOfProcesses();
    assert.ok(drawn.actions.size > 5 && drawn.roles.size > 2 && drawn.phases.size > 3 && drawn.notices.size > 3);
    const states = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
    const groups = {
        status: states,
        headline: states,
        act: drawn.actions,
        role: drawn.roles,
        event: [...drawn.notices, "submitted", "supplemented", "withdrawn", "paid"],
        phase: ["submitted", "accepted", "processing", "signing", "result"],
        document: ["receipt", "supplement", "refusal", "result"],
        task: ["blocked", "todo", "doing", "missing", "done"],
        level: ["full", "part", "info"],
        audience: namesOf("audienceNames"),
        agency_level: namesOf("levelNames"),
        "rate.stage": ["reception", "processing", "result"],
        "rate.face": ["1", "2", "3", "4", "5"],
        "ratings.kind": ["department", "district", "ward"],
        ratings: ["rank", "agency", "procedure", "people", "index", "mean", "spread", "stage", "group", "reason", "times"],
        due: ["green", "amber", "red", "green_name", "amber_name", "red_name"],
        "plugins.change": ["enabled", "disabled", "isolation", "saved", "removed"],
        "error.plugin.field": [...rulesOfSettings(), "not_whole"],
        "payment.state": ["created", "pending", "paid", "failed", "expired", "suspicious", "reversed", "refunding", "refunded", "refund_refused"],
        work: ["code", "procedure", "applicant", "received", "step", "status", "due"],
    };
    for (const [group, names] of Object.entries(groups))
        assertSaid([...names].map((name) => [`${group}.${name}`, group]));
});

test("both languages have the same keys", () => {
    const [vi, en] = languages.map((language) => [...words.get(language).keys()].sort());
    assert.deepEqual(vi.filter((key) => !words.get("en").has(key)), []);
    assert.deepEqual(en.filter((key) => !words.get("vi").has(key)), []);
});

test("a sentence names the same values in both languages", () => {
    const named = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort().join();
    const odd = [...words.get("vi")].filter(([key, text]) => words.get("en").has(key) && named(text) !== named(words.get("en").get(key)));
    assert.deepEqual(odd.map(([key]) => key), []);
});
