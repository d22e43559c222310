import type { RouteAnswer, RoutedSink, RouteInput } from "./route-decision.ts";

/**
 * Why a sink may take nothing now; null when it may. What exceeds the plan rests: the newest first, and every kind but
 * e-mail where the plan has that only.
 */
export function sinkRefusal(
  sink: RoutedSink,
  { plan, sinks }: Pick<RouteInput, "plan" | "sinks">,
): RouteAnswer | null {
  switch (sink.state) {
    case "unverified":
      return { verdict: "skip", reason: "sink-unverified" };
    case "disabled":
      return { verdict: "skip", reason: "sink-disabled" };
    case "verified":
      break;
  }
  if (plan.sinkKinds === "email" && sink.kind !== "email") {
    return { verdict: "mute", reason: "sink-kind-not-in-plan" };
  }
  const usable = sinks.filter(({ kind }) => plan.sinkKinds === "every" || kind === "email");
  const older = usable.filter(
    ({ createdAtMs, id }) =>
      createdAtMs < sink.createdAtMs || (createdAtMs === sink.createdAtMs && id < sink.id),
  );
  return older.length < plan.sinksMax ? null : { verdict: "mute", reason: "sink-over-plan" };
}
