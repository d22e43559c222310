import { readAlertRule } from "@alivemcp/core/alert-rule";
import type { AlertRuleRow } from "@alivemcp/db/queries/alert-rules";
import type { SinkRow } from "@alivemcp/db/queries/sinks";
import type { RuleLine } from "./rule-words.ts";
import { toScopeLine } from "./scope-fields.ts";

/** A rule with names in place of ids; one that cannot be read matches nothing, and says so by its scope. */
export function toRuleLine(
  row: AlertRuleRow,
  known: {
    readonly sinks: readonly Pick<SinkRow, "id" | "name" | "state">[];
    readonly policies: readonly { readonly id: string; readonly name: string }[];
    readonly endpoints: readonly { readonly id: string; readonly name: string }[];
  },
): RuleLine {
  const rule = readAlertRule(row);
  const policy = known.policies.find(({ id }) => id === row.escalationPolicyId);
  return {
    id: row.id,
    name: row.name,
    isEnabled: row.isEnabled,
    severities: rule?.severities ?? [],
    scope: rule === null ? { kind: "some", names: [], tags: [], groups: [] } : toScopeLine(rule.scope, known),
    hours: rule?.hours ?? null,
    sinks: known.sinks
      .filter(({ id }) => row.sinkIds.includes(id))
      .map(({ id, name, state }) => ({ id, name, isVerified: state === "verified" })),
    policy: policy === undefined ? null : { id: policy.id, name: policy.name },
  };
}
