/**
 * One region's vote as it lies in the verdict-minute hash and in stream entries: fields joined by `|`, so that the
 * report script can read it with one pattern match. `observedAtMs|digest|slotAtMs|startedAtMs|state|reason|latencyMs|fullHash`
 */
import { FAILURE_REASONS, type FailureReason, PROBE_STATES, type ProbeState } from "./states.ts";

export interface Vote {
  readonly observedAtMs: number;
  /** First 10 hex digits of the SHA-256 of the region result; breaks ties between equal instants. Ten keep an `up` vote
   * within 64 bytes, the length up to which Redis stores a hash compactly. */
  readonly digest: string;
  readonly slotAtMs: number;
  readonly startedAtMs: number;
  readonly state: ProbeState;
  readonly reason: FailureReason | null;
  /** Whole milliseconds. */
  readonly latencyMs: number | null;
  /** Set only when it differs from the hash the job carried as last known. */
  readonly changedFullHash: string | null;
}

export function packVote(vote: Vote): string {
  return [
    vote.observedAtMs,
    vote.digest,
    vote.slotAtMs,
    vote.startedAtMs,
    vote.state,
    vote.reason ?? "",
    vote.latencyMs ?? "",
    vote.changedFullHash ?? "",
  ].join("|");
}

/** Reads a packed vote; throws on anything `packVote` does not write. */
export function unpackVote(packed: string): Vote {
  const [observedAtMs, digest, slotAtMs, startedAtMs, state, reason, latencyMs, fullHash, ...rest] =
    packed.split("|");
  if (fullHash === undefined || rest.length > 0 || digest === undefined) {
    throw new Error(`packed vote has the wrong number of fields: ${packed.slice(0, 80)}`);
  }
  return {
    observedAtMs: wholeNumber(observedAtMs),
    digest,
    slotAtMs: wholeNumber(slotAtMs),
    startedAtMs: wholeNumber(startedAtMs),
    state: oneOf(PROBE_STATES, state),
    reason: reason === "" ? null : oneOf(FAILURE_REASONS, reason),
    latencyMs: latencyMs === "" ? null : wholeNumber(latencyMs),
    changedFullHash: fullHash === "" ? null : fullHash,
  };
}

function wholeNumber(text: string | undefined): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text === "") {
    throw new Error(`packed vote: not a whole number: ${text}`);
  }
  return value;
}

function oneOf<const T extends readonly string[]>(allowed: T, text: string | undefined): T[number] {
  if (text === undefined || !allowed.includes(text)) {
    throw new Error(`packed vote: unknown word: ${text}`);
  }
  return text;
}
