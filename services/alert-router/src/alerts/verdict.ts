import { decideBudget } from "@alivemcp/core/alert-budget";
import { INCIDENT_SEVERITIES } from "@alivemcp/core/alert-severity";
import type { RouteDecision, RouteInput } from "@alivemcp/core/route-decision";
import type { NewAlertDecision } from "@alivemcp/db/queries/deliveries-system";
import type { AlertRequest } from "./alert-request.ts";
import type { TenantPolicy } from "./load-alert-context.ts";

/** What becomes of one alert at one sink: routing proposes; groups, shared causes and the budget may fold it. */
export interface Verdict {
  readonly route: RouteDecision;
  readonly verdict: NewAlertDecision["verdict"];
  readonly reason: string;
  /** `pending`: it is sent. `folded`: a digest will tell of it. Null: there is no message. */
  readonly message: "pending" | "folded" | null;
}

export const verdictOf = (route: RouteDecision): Verdict => ({
  route,
  verdict: route.verdict,
  reason: route.reason,
  message: route.verdict === "send" && route.sinkId !== null ? "pending" : null,
});

/** Something else tells of it instead. */
export const folded = (verdict: Verdict, reason: string): Verdict => ({
  ...verdict,
  verdict: "fold",
  reason,
  message: null,
});

/** It was over before anybody could be told. */
export const skippedAsOver = (verdict: Verdict): Verdict =>
  verdict.message === null
    ? verdict
    : { ...verdict, verdict: "skip", reason: "over-before-told", message: null };

/** An alert counts once, however many sinks hear of it; what somebody simulates costs nothing. */
export function withinBudget(
  policy: TenantPolicy,
  { alert }: AlertRequest,
  verdicts: readonly Verdict[],
  { incident }: RouteInput,
): { readonly verdicts: readonly Verdict[]; readonly isFree: boolean } {
  if (alert.isTest || verdicts.every(({ message }) => message === null)) {
    return { verdicts, isFree: true };
  }
  const [told] = incident?.told.map(({ severity }) => severity).sort() ?? [];
  const toldSeverity = INCIDENT_SEVERITIES.find((one) => one === told) ?? null;
  const budget = decideBudget(
    { event: alert.event, severity: alert.severity, toldSeverity },
    policy.countedToday,
    policy.plan,
  );
  if (budget.kind === "send") {
    policy.countedToday += Number(budget.isCounted);
    return { verdicts, isFree: !budget.isCounted };
  }
  return {
    verdicts: verdicts.map((one) =>
      one.message === null ? one : { ...folded(one, budget.reason), message: "folded" },
    ),
    isFree: true,
  };
}
