import { signCredentialTicket, TICKET_LIFE_MS } from "./credential-ticket.ts";
import type { EndpointPlan } from "./endpoint-plan.ts";
import { expectationsOf } from "./expectations-of.ts";
import type { HealthOptions } from "./health-options.ts";
import {
  lookJobId,
  MINUTE_MS,
  minuteOf,
  nowJobId,
  PIPELINE_VERSION,
  type ProbeJob,
  slotJobId,
} from "./pipeline.ts";
import { coversMinutes, lastSlotOfMinuteAtMs, slotInWindow, type Timing } from "./schedule.ts";
import { timingOf } from "./timetable.ts";

/** A job and the id under which adding it twice adds nothing. */
export interface NamedJob {
  readonly id: string;
  readonly data: ProbeJob;
}

/** What the jobs of one question have in common. */
interface Asked {
  readonly region: string;
  readonly regionsAsked: readonly string[];
  readonly traceparent: string;
  /** Signs the tickets of endpoints that have a credential. */
  readonly ticketKey: string;
}

const PROBE_BUDGET_MS = 30_000;
const LOOK_BUDGET_MS = 10_000;
const SLOW_LOOK_BUDGET_MS = 20_000;

/** One region's job of a slot. `notBeforeMs` is the start of the slot's window: a probe may run up to 5 s early. */
export function buildSlotJob(
  plan: EndpointPlan,
  slot: Asked & { readonly slotAtMs: number; readonly notBeforeMs: number; readonly timing: Timing },
): NamedJob {
  const id = slotJobId(plan.id, slot.slotAtMs);
  return {
    id,
    data: {
      ...jobBase(plan, slot, { id, notBeforeMs: slot.notBeforeMs }),
      expectations: expectationsOf(plan, slot, {
        kind: "slot",
        slotAtMs: slot.slotAtMs,
        cadenceMs: slot.timing.cadenceMs,
      }),
      kind: "slot",
      slotAtMs: slot.slotAtMs,
      notBeforeMs: slot.notBeforeMs,
      minute: minuteOf(slot.slotAtMs),
      lastSlotOfMinuteAtMs: lastSlotOfMinuteAtMs(slot.timing, slot.slotAtMs),
      coversMinutes: coversMinutes(slot.timing.cadenceMs),
      look: null,
      budgetMs: PROBE_BUDGET_MS,
      hasSecondAttempt: true,
    },
  };
}

/** An immediate probe: an endpoint was added, changed, or somebody asks. Counts for the current minute, which it cannot complete. */
export function buildNowJob(
  plan: EndpointPlan,
  request: Asked & { readonly requestedAtMs: number },
): NamedJob {
  const { requestedAtMs } = request;
  const id = nowJobId(plan.id, requestedAtMs);
  return {
    id,
    data: {
      ...jobBase(plan, request, { id, notBeforeMs: requestedAtMs }),
      expectations: expectationsOf(plan, request, { kind: "now" }),
      kind: "now",
      slotAtMs: requestedAtMs,
      notBeforeMs: requestedAtMs,
      minute: minuteOf(requestedAtMs),
      lastSlotOfMinuteAtMs: lastSlotBesideAtMs(plan, requestedAtMs),
      coversMinutes: 1,
      look: null,
      budgetMs: PROBE_BUDGET_MS,
      hasSecondAttempt: true,
    },
  };
}

/** A look of a confirmation: short budget, no second attempt. `minute` is the one its result belongs to. */
export function buildLookJob(
  plan: EndpointPlan,
  look: Asked & {
    readonly confirmation: number;
    readonly n: 1 | 2;
    readonly notBeforeMs: number;
    readonly minute: number;
  },
): NamedJob {
  const id = lookJobId(plan.id, look.confirmation, look.n);
  return {
    id,
    data: {
      ...jobBase(plan, look, { id, notBeforeMs: look.notBeforeMs }),
      expectations: expectationsOf(plan, look, { kind: "look" }),
      kind: "look",
      slotAtMs: look.notBeforeMs,
      notBeforeMs: look.notBeforeMs,
      minute: look.minute,
      lastSlotOfMinuteAtMs: lastSlotBesideAtMs(plan, look.minute * MINUTE_MS),
      coversMinutes: 1,
      look: { confirmation: look.confirmation, n: look.n },
      budgetMs: plan.isSlow ? SLOW_LOOK_BUDGET_MS : LOOK_BUDGET_MS,
      hasSecondAttempt: false,
    },
  };
}

function jobBase(
  plan: EndpointPlan,
  asked: Asked,
  job: { readonly id: string; readonly notBeforeMs: number },
) {
  return {
    v: PIPELINE_VERSION,
    traceparent: asked.traceparent,
    endpointId: plan.id,
    capKey: capKeyOf(plan),
    configVersion: plan.configVersion,
    region: asked.region,
    regionsAsked: asked.regionsAsked as string[],
    retentionClass: plan.retentionClass,
    url: plan.url,
    transport: plan.transport,
    remembered: plan.remembered,
    lastFullHash: plan.regionFullHashes[asked.region] ?? plan.baselineFullHash,
    isToolListEmptyAtBaseline: plan.isToolListEmptyAtBaseline,
    health: healthOf(plan),
    credentialTicket: ticketOf(plan, asked, job),
  } as const;
}

function ticketOf(
  plan: EndpointPlan,
  { region, ticketKey }: Asked,
  { id, notBeforeMs }: { readonly id: string; readonly notBeforeMs: number },
): string | null {
  const { credentialVersion } = plan;
  return credentialVersion === null
    ? null
    : signCredentialTicket(ticketKey, {
        endpointId: plan.id,
        tenantId: plan.tenantId,
        credentialVersion,
        region,
        jobId: id,
        expiresAtMs: notBeforeMs + TICKET_LIFE_MS,
      });
}

/** What caps, kills and slow-down of an endpoint count against. */
export const capKeyOf = (plan: EndpointPlan) =>
  plan.isUnclaimed ? `domain:${plan.registrableDomain}` : `tenant:${plan.tenantId}`;

const NEVER: HealthOptions = { kind: "never" };
/** No tool is called on an endpoint nobody confirmed, except our own demo servers. */
const healthOf = (plan: EndpointPlan) => (plan.isUnclaimed && !plan.isDemo ? NEVER : plan.health);

/**
 * The last regular slot of the minute around an extra probe; 0 when the minute has none, or when only the scheduler
 * knows (courtesy moves the slots of unclaimed endpoints).
 */
function lastSlotBesideAtMs(plan: EndpointPlan, atMs: number): number {
  if (plan.isUnclaimed) {
    return 0;
  }
  const minuteAtMs = atMs - (atMs % MINUTE_MS);
  const timing = timingOf(plan, atMs);
  const first = slotInWindow(timing, minuteAtMs, minuteAtMs + MINUTE_MS);
  return first === null ? 0 : lastSlotOfMinuteAtMs(timing, first);
}
