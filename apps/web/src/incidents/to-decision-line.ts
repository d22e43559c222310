import type { AlertDecisionRow } from "@alivemcp/db/queries/alert-decisions";
import { EVENT_WORDS, reasonText } from "../deliveries/delivery-words.ts";
import type { DecisionLine } from "./decision-list.ts";

export const toDecisionLine = (row: AlertDecisionRow): DecisionLine => ({
  atMs: row.atMs,
  verdict: row.verdict,
  about: EVENT_WORDS[row.event],
  sink: row.sinkId === null ? null : { id: row.sinkId, name: row.sinkName ?? "a sink that is gone" },
  rule: row.ruleId === null ? null : { id: row.ruleId, name: row.ruleName ?? "a rule that is gone" },
  why: reasonText(row.reason),
});
