import { type AlertRuleInput, isInScope } from "@alivemcp/core/alert-rule";
import type { SinkRow } from "@alivemcp/db/queries/sinks";
import type { WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";

/** What is allowed but most likely not meant, in sentences. */
export function ruleWarnings(
  rule: AlertRuleInput,
  world: { readonly sinks: readonly SinkRow[]; readonly watched: readonly WatchedEndpoint[] },
): readonly string[] {
  const { sinks, watched } = world;
  const warnings: string[] = [];
  if (!watched.some((endpoint) => isInScope(rule.scope, endpoint))) {
    warnings.push("No endpoint of this workspace is in its scope, so it matches nothing yet.");
  }
  if (sinks.length === 0 && rule.escalationPolicyId === null) {
    warnings.push("It names neither a sink nor an escalation policy, so what it matches goes nowhere.");
  }
  for (const { name, state } of sinks.filter((sink) => sink.state !== "verified")) {
    warnings.push(`Nothing is sent to ${name}: it is ${state}.`);
  }
  if (rule.severities.every((severity) => severity === "P4")) {
    warnings.push("P4 is told in the weekly digest only, whatever the rules say.");
  }
  return rule.isEnabled ? warnings : ["It is switched off.", ...warnings];
}
