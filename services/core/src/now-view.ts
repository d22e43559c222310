import { type EndpointWindows, endpointWindowsSchema, NO_WINDOWS } from "./endpoint-windows.ts";
import { COMMITTED_FIELDS, RAW_FIELDS, WINDOW_FIELDS } from "./now-fields.ts";
import { ENDPOINT_FLAGS, type EndpointFlag } from "./public-status.ts";
import {
  COMMITTED_STATES,
  type CommittedState,
  FAILURE_REASONS,
  type FailureReason,
  PROBE_STATES,
  type ProbeState,
} from "./states.ts";

/** What the hash `now:{…}` says of one endpoint. A part that was never written, or was lost, is null. */
export interface NowView {
  readonly raw: {
    readonly state: ProbeState;
    readonly reason: FailureReason | null;
    readonly minute: number;
    readonly atMs: number;
    readonly latencyMs: number | null;
  } | null;
  readonly committed: {
    readonly state: CommittedState;
    readonly sinceAtMs: number;
    readonly reason: FailureReason | null;
    readonly flags: readonly EndpointFlag[];
  } | null;
  readonly isConfirming: boolean;
  readonly windows: EndpointWindows;
  readonly archivedThroughMs: number | null;
}

/** Fields to ask for with HMGET, in the order `readNowView` wants them. Region fields are asked for by name. */
export const NOW_VIEW_FIELDS = [
  RAW_FIELDS.state,
  RAW_FIELDS.reason,
  RAW_FIELDS.minute,
  RAW_FIELDS.atMs,
  RAW_FIELDS.latencyMs,
  COMMITTED_FIELDS.state,
  COMMITTED_FIELDS.sinceAtMs,
  COMMITTED_FIELDS.reason,
  COMMITTED_FIELDS.flags,
  COMMITTED_FIELDS.confirming,
  WINDOW_FIELDS.windows,
  WINDOW_FIELDS.archivedThroughMs,
] as const;

/** Reads the values of `NOW_VIEW_FIELDS`. Total: a field that is not what its owner writes counts as missing. */
export function readNowView(values: readonly (string | null)[]): NowView {
  const field = (name: (typeof NOW_VIEW_FIELDS)[number]) => values[NOW_VIEW_FIELDS.indexOf(name)] ?? null;
  const rawState = oneOf(PROBE_STATES, field(RAW_FIELDS.state));
  const rawMinute = wholeNumber(field(RAW_FIELDS.minute));
  const rawAtMs = wholeNumber(field(RAW_FIELDS.atMs));
  const committed = oneOf(COMMITTED_STATES, field(COMMITTED_FIELDS.state));
  return {
    raw:
      rawState === null || rawMinute === null || rawAtMs === null
        ? null
        : {
            state: rawState,
            reason: oneOf(FAILURE_REASONS, field(RAW_FIELDS.reason)),
            minute: rawMinute,
            atMs: rawAtMs,
            latencyMs: wholeNumber(field(RAW_FIELDS.latencyMs)),
          },
    committed:
      committed === null
        ? null
        : {
            state: committed,
            sinceAtMs: wholeNumber(field(COMMITTED_FIELDS.sinceAtMs)) ?? 0,
            reason: oneOf(FAILURE_REASONS, field(COMMITTED_FIELDS.reason)),
            flags: readFlags(field(COMMITTED_FIELDS.flags)),
          },
    isConfirming: (field(COMMITTED_FIELDS.confirming) ?? "") !== "",
    windows: readWindows(field(WINDOW_FIELDS.windows)),
    archivedThroughMs: wholeNumber(field(WINDOW_FIELDS.archivedThroughMs)),
  };
}

function readFlags(text: string | null): EndpointFlag[] {
  const words = (text ?? "").split(",");
  return ENDPOINT_FLAGS.filter((flag) => words.includes(flag));
}

function readWindows(text: string | null): EndpointWindows {
  if (text === null) {
    return NO_WINDOWS;
  }
  try {
    return endpointWindowsSchema.parse(JSON.parse(text));
  } catch {
    return NO_WINDOWS;
  }
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function oneOf<const T extends readonly string[]>(allowed: T, text: string | null): T[number] | null {
  return text !== null && allowed.includes(text) ? text : null;
}
