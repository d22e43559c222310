/**
 * The votes of one verdict-minute as few bytes of its row: `version asked notDown down` (one byte each), then five
 * bytes per region that answered: 2 its fingerprint, 1 its state, 2 its latency in ms (65,535: none). Big-endian.
 * The first four bytes are read by SQL too (`probe_hour` rollup).
 */

import { crc16 } from "./shard.ts";
import { PROBE_STATES, type ProbeState } from "./states.ts";

const VERSION = 1;
const HEADER_BYTES = 4;
const VOTE_BYTES = 5;
const NO_LATENCY = 0xffff;

export interface PackedRegionVote {
  readonly region: string;
  readonly state: ProbeState;
  readonly latencyMs: number | null;
}

export interface UnpackedRegions {
  readonly askedCount: number;
  /** Votes that are `up`, `degraded` or `auth_walled`. */
  readonly notDownCount: number;
  readonly downCount: number;
  /** In the order of `knownRegions`; a region that did not answer is missing, one nobody knows any more too. */
  readonly votes: readonly PackedRegionVote[];
}

export function packRegions(askedCount: number, votes: readonly PackedRegionVote[]): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + VOTE_BYTES * votes.length);
  const view = new DataView(bytes.buffer);
  const downCount = votes.filter(({ state }) => state === "down").length;
  const unknownCount = votes.filter(({ state }) => state === "unknown").length;
  bytes.set([VERSION, Math.min(askedCount, 255), votes.length - downCount - unknownCount, downCount]);
  for (const [index, vote] of votes.entries()) {
    const at = HEADER_BYTES + VOTE_BYTES * index;
    view.setUint16(at, crc16(vote.region));
    view.setUint8(at + 2, PROBE_STATES.indexOf(vote.state));
    view.setUint16(at + 3, vote.latencyMs === null ? NO_LATENCY : Math.min(vote.latencyMs, NO_LATENCY - 1));
  }
  return bytes;
}

/** Reads packed votes back; null on a version or a length this code does not know. */
export function unpackRegions(bytes: Uint8Array, knownRegions: readonly string[]): UnpackedRegions | null {
  const [version, askedCount, notDownCount, downCount] = bytes;
  if (version !== VERSION || downCount === undefined || (bytes.length - HEADER_BYTES) % VOTE_BYTES !== 0) {
    return null;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const byFingerprint = new Map<number, Omit<PackedRegionVote, "region">>();
  for (let at = HEADER_BYTES; at < bytes.length; at += VOTE_BYTES) {
    const latencyMs = view.getUint16(at + 3);
    byFingerprint.set(view.getUint16(at), {
      state: PROBE_STATES[view.getUint8(at + 2)] ?? "unknown",
      latencyMs: latencyMs === NO_LATENCY ? null : latencyMs,
    });
  }
  return {
    askedCount: askedCount as number,
    notDownCount: notDownCount as number,
    downCount,
    votes: knownRegions.flatMap((region) => {
      const vote = byFingerprint.get(crc16(region));
      return vote === undefined ? [] : [{ region, ...vote }];
    }),
  };
}
