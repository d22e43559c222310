import { describe, expect, test } from "vitest";
import {
  ESCALATION_WORDS,
  INCIDENT_WORDS,
  ROUTE_WORDS,
  reasonSentence,
  UNTOLD_WORDS,
} from "./alert-words.ts";
import {
  BUDGET_WORDS,
  GROUP_WORDS,
  REFUSAL_WORDS,
  RETRY_WORDS,
  SUPPRESSION_WORDS,
} from "./delivery-words.ts";
import { FOLD_REASONS, MUTE_REASONS, SEND_REASONS, SKIP_REASONS } from "./route-decision.ts";

const LISTS = {
  ROUTE_WORDS,
  INCIDENT_WORDS,
  UNTOLD_WORDS,
  ESCALATION_WORDS,
  RETRY_WORDS,
  REFUSAL_WORDS,
  BUDGET_WORDS,
  GROUP_WORDS,
  SUPPRESSION_WORDS,
};
const entries = Object.values(LISTS).flatMap((words) => Object.entries<string>(words));

describe("the reasons of alerting", () => {
  test.each(Object.entries(LISTS))("of %s are whole sentences", (_name, words) => {
    for (const sentence of Object.values<string>(words)) {
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(sentence.length).toBeLessThanOrEqual(160);
    }
  });

  test("fit their columns", () => {
    expect(entries.filter(([reason]) => reason.length > 60)).toEqual([]);
  });

  test("are words of one thing each: two lists never mean something else by one", () => {
    const byReason = Map.groupBy(entries, ([reason]) => reason);
    const twice = [...byReason].filter(([, all]) => new Set(all.map(([, sentence]) => sentence)).size > 1);
    expect(twice).toEqual([]);
  });

  test("are all of them read wherever they stand", () => {
    for (const [reason, sentence] of entries) {
      expect(reasonSentence(reason)).toBe(sentence);
    }
    const routed = [...SEND_REASONS, ...FOLD_REASONS, ...MUTE_REASONS, ...SKIP_REASONS];
    expect(Object.keys(ROUTE_WORDS).sort()).toEqual([...routed].sort());
  });

  test("of a newer version are not made up", () => {
    expect(reasonSentence("because-of-the-moon")).toBeNull();
    expect(reasonSentence("constructor")).toBeNull();
  });
});
