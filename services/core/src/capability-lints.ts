import type { ProbeFinding } from "./pipeline.ts";

/** Lints of declared resources and prompts begin with this; only probes that listed them can say so. */
export const CAPABILITY_LINT_PREFIX = "capability_";

/** Whether this probe listed what the endpoint declares beside tools: about one in an hour does. */
export const hasListedCapabilities = ({ steps }: Pick<ProbeFinding, "steps">) =>
  steps.some(({ step }) => step === "capabilities");

/** The lints of a finding, those of capabilities apart; null where this probe did not look. */
export function splitLints(finding: Pick<ProbeFinding, "steps" | "lints">): {
  readonly lints: readonly string[];
  readonly capabilityLints: readonly string[] | null;
} {
  const isOfCapabilities = (lint: string) => lint.startsWith(CAPABILITY_LINT_PREFIX);
  return {
    lints: finding.lints.filter((lint) => !isOfCapabilities(lint)),
    capabilityLints: hasListedCapabilities(finding) ? finding.lints.filter(isOfCapabilities) : null,
  };
}
