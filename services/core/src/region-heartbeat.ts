/**
 * Value of the key `region:<r>`: what the workers of a region last said of themselves. Each worker writes its own line
 * into it every 30 s; router and status read the region's sum. A region is eligible to vote while at least one worker
 * was heard within 90 s with its self-check passed.
 */
import { z } from "zod";

/** A worker that was silent this long is gone; also the life of the key. */
export const REGION_HEARTBEAT_LIFE_MS = 90_000;

const VERSION = 1;
const heartbeatSchema = z.object({
  v: z.literal(VERSION),
  workers: z.record(
    z.string(),
    z.object({ atMs: z.int().nonnegative(), isSelfCheckOk: z.boolean(), version: z.string() }),
  ),
});

/** One worker's word on one region. */
export interface WorkerBeat {
  readonly workerId: string;
  readonly atMs: number;
  /** Whether this worker reached a canary URL of the region just now. */
  readonly isSelfCheckOk: boolean;
  /** Release the worker runs. */
  readonly version: string;
}

export interface RegionHeartbeat {
  /** Newest beat of any worker. */
  readonly atMs: number;
  /** True while any worker heard within 90 s passed its self-check: the others report `unknown` themselves. */
  readonly isSelfCheckOk: boolean;
  /** Workers heard within 90 s. */
  readonly workers: number;
  /** Release of the newest beat. */
  readonly version: string;
}

/**
 * Puts one worker's beat into the region's value and drops workers silent for 90 s; an unreadable value starts anew.
 * Two workers that write at the same instant may lose one beat; the next one, 30 s later, restores it in time.
 */
export function mergeWorkerBeat(value: string | null, beat: WorkerBeat, nowMs: number): string {
  const { workerId, ...line } = beat;
  const others = Object.entries(freshWorkers(value, nowMs)).filter(([id]) => id !== workerId);
  return JSON.stringify({ v: VERSION, workers: Object.fromEntries([...others, [workerId, line]]) });
}

/** The region's sum, or null when no worker was heard within 90 s (or the value is not ours to read). */
export function readRegionHeartbeat(value: string | null, nowMs: number): RegionHeartbeat | null {
  const beats = Object.values(freshWorkers(value, nowMs));
  const newest = beats.toSorted((a, b) => b.atMs - a.atMs)[0];
  if (!newest) {
    return null;
  }
  return {
    atMs: newest.atMs,
    isSelfCheckOk: beats.some((beat) => beat.isSelfCheckOk),
    workers: beats.length,
    version: newest.version,
  };
}

/** Whether the region may take part in confirmations now. */
export function isRegionEligible(value: string | null, nowMs: number): boolean {
  return readRegionHeartbeat(value, nowMs)?.isSelfCheckOk ?? false;
}

function freshWorkers(value: string | null, nowMs: number) {
  const parsed = heartbeatSchema.safeParse(parseJson(value));
  const workers = parsed.success ? parsed.data.workers : {};
  return Object.fromEntries(
    Object.entries(workers).filter(([, beat]) => nowMs - beat.atMs < REGION_HEARTBEAT_LIFE_MS),
  );
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
