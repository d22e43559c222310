import type { EndpointPlan } from "./endpoint-plan.ts";
import type { DueHealthUrl } from "./health-url.ts";
import { type Expectations, MINUTE_MS, minuteOf, NO_EXPECTATIONS } from "./pipeline.ts";
import { hashOfId, lastSlotOfMinuteAtMs } from "./schedule.ts";

/** What of an owner's expectations a job looks at depends on why it is asked. */
export type Occasion =
  /** `cadenceMs` is the real one: stretched where courtesy or a slow-down wants it. */
  | { readonly kind: "slot"; readonly slotAtMs: number; readonly cadenceMs: number }
  /** Everything, because somebody waits for the whole picture. */
  | { readonly kind: "now" }
  /** A confirmation is about up and down: health URLs and capabilities can wait. */
  | { readonly kind: "look" };

interface Asked {
  readonly region: string;
  readonly regionsAsked: readonly string[];
}

/** Declared capabilities are listed once an hour. */
const CAPABILITY_EVERY_MINUTES = 60;
/** While a health URL failed within this time all are watched closely: trouble is told by minutes in a row, and by region. */
const HEALTH_URL_WATCHED_MS = 10 * MINUTE_MS;

/**
 * What a job of that region is to look at beyond the protocol. Nobody's expectations are known of an unclaimed endpoint.
 *
 * A health URL is asked once in each period of so many minutes, in the first minute that has a slot, by one region, which
 * moves on with every period; so it is with capabilities and hours, but until they were listed once every minute is
 * their turn. Periods begin at another minute for each endpoint.
 * With several slots in a minute the last one asks, because the last result of a region is what its minute counts. While
 * a health URL failed lately, every region asks all of them with every probe.
 */
export function expectationsOf(plan: EndpointPlan, asked: Asked, occasion: Occasion): Expectations {
  if (plan.isUnclaimed) {
    return NO_EXPECTATIONS;
  }
  return {
    tools: plan.expectedTools as string[],
    latencyDegradedMs: plan.latencyDegradedMs,
    healthUrls: dueHealthUrls(plan, asked, occasion),
    isCapabilityCheckDue: isCapabilityCheckDue(plan, asked, occasion),
  };
}

function dueHealthUrls(plan: EndpointPlan, asked: Asked, occasion: Occasion): DueHealthUrl[] {
  if (plan.healthUrls.length === 0 || occasion.kind === "look") {
    return [];
  }
  return plan.healthUrls.flatMap(({ url, everyMinutes, isStatusChecked }, index) => {
    const isDue =
      occasion.kind === "now" ||
      (isWatched(plan, occasion.slotAtMs)
        ? isFirstOfPeriod(plan, occasion, 1)
        : isItsTurn(plan, asked, occasion, everyMinutes));
    return isDue ? [{ position: index + 1, url, isStatusChecked }] : [];
  });
}

const isWatched = ({ healthUrlFailedAtMs }: EndpointPlan, atMs: number) =>
  healthUrlFailedAtMs !== null && atMs - healthUrlFailedAtMs < HEALTH_URL_WATCHED_MS;

function isCapabilityCheckDue(plan: EndpointPlan, asked: Asked, occasion: Occasion): boolean {
  switch (occasion.kind) {
    case "look":
      return false;
    case "now":
      return asked.region === asked.regionsAsked[0];
    case "slot":
      return isItsTurn(
        plan,
        asked,
        occasion,
        plan.capabilitiesListedAtMs === null ? 1 : CAPABILITY_EVERY_MINUTES,
      );
  }
}

/** Whether this slot is the one of its period, and this region the one of this slot. */
function isItsTurn(
  plan: EndpointPlan,
  { region, regionsAsked }: Asked,
  slot: Extract<Occasion, { kind: "slot" }>,
  everyMinutes: number,
): boolean {
  const turn = periodOf(plan, minuteOf(slot.slotAtMs), everyMinutes);
  return region === regionsAsked[turn % regionsAsked.length] && isFirstOfPeriod(plan, slot, everyMinutes);
}

/** Whether the slot is its minute's last, and no minute before it in the same period had one. */
function isFirstOfPeriod(
  plan: EndpointPlan,
  { slotAtMs, cadenceMs }: Extract<Occasion, { kind: "slot" }>,
  everyMinutes: number,
): boolean {
  if (lastSlotOfMinuteAtMs({ cadenceMs }, slotAtMs) !== slotAtMs) {
    return false;
  }
  const minute = minuteOf(slotAtMs);
  const sinceMinuteMs = slotAtMs - minute * MINUTE_MS;
  const slotsBack = Math.floor(sinceMinuteMs / cadenceMs) + 1;
  const minuteBefore = minuteOf(slotAtMs - slotsBack * cadenceMs);
  return periodOf(plan, minuteBefore, everyMinutes) < periodOf(plan, minute, everyMinutes);
}

const periodOf = ({ id }: EndpointPlan, minute: number, everyMinutes: number) =>
  Math.floor((minute + (hashOfId(id) % everyMinutes)) / everyMinutes);
