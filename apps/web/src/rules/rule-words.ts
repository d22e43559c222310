import { ALERT_SEVERITIES, type AlertSeverity } from "@alivemcp/core/alert-severity";
import type { WeeklyHours } from "@alivemcp/core/weekly-hours";
import { hoursWords } from "./hours-words.ts";
import { joined, type ScopeLine, scopeWords } from "./scope-words.ts";

/** One rule as its list shows it. */
export interface RuleLine {
  readonly id: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly severities: readonly AlertSeverity[];
  readonly scope: ScopeLine;
  /** Null: always. */
  readonly hours: WeeklyHours | null;
  readonly sinks: readonly { readonly id: string; readonly name: string; readonly isVerified: boolean }[];
  readonly policy: { readonly id: string; readonly name: string } | null;
}

/** What a rule does, in one sentence: "P1 and P2 of endpoints tagged prod, Mon–Fri 08:00–18:00 Europe/Berlin → #ops, then escalation Night". */
export const ruleWords = (rule: Omit<RuleLine, "id" | "name" | "isEnabled">): string =>
  `${severityWords(rule.severities)} of ${scopeWords(rule.scope)}, ${rule.hours === null ? "always" : hoursWords(rule.hours)} → ${targetWords(rule)}`;

function severityWords(severities: readonly AlertSeverity[]): string {
  return severities.length === ALERT_SEVERITIES.length ? "Every severity" : joined(severities, "and");
}

function targetWords({ sinks, policy }: Pick<RuleLine, "sinks" | "policy">): string {
  const escalation = policy === null ? [] : [`escalation ${policy.name}`];
  return sinks.length === 0
    ? (escalation[0] ?? "nobody")
    : [
        joined(
          sinks.map(({ name }) => name),
          "and",
        ),
        ...escalation.map((words) => `then ${words}`),
      ].join(", ");
}
