import type { EndpointState } from "@alivemcp/core/endpoint-state";
import { minuteOf } from "@alivemcp/core/pipeline";
import { type RegionMinute, suspectRegion } from "@alivemcp/core/suspect-region";

interface Heard {
  readonly answered: Set<string>;
  readonly down: Set<string>;
  readonly turnedDown: Set<string>;
}

export interface RegionTally {
  /** Takes in what an event taught about an endpoint's regions. */
  note(endpointId: string, before: EndpointState, after: EndpointState, nowMs: number): void;
  /** Regions suspected now; `onChange` is told of every change. */
  suspected(nowMs: number): ReadonlySet<string>;
}

/**
 * Counts, per region and minute, over how many endpoints it spoke and how many turned down. A process sees the
 * endpoints of its own shards: as hashes spread them evenly, a sample as good as all.
 */
export function createRegionTally(
  onChange: (region: string, isSuspected: boolean, reason: string) => void,
): RegionTally {
  const minutes = new Map<number, Map<string, Heard>>();
  const suspected = new Set<string>();

  const heard = (minute: number, region: string): Heard => {
    const regions = minutes.get(minute) ?? new Map<string, Heard>();
    minutes.set(minute, regions);
    const one = regions.get(region) ?? { answered: new Set(), down: new Set(), turnedDown: new Set() };
    regions.set(region, one);
    return one;
  };

  return {
    note(endpointId, before, after, nowMs) {
      for (const [region, memory] of Object.entries(after.regions)) {
        const known = before.regions[region];
        if (known?.startedAtMs === memory.startedAtMs || memory.isDown === null) {
          continue;
        }
        const { answered, down, turnedDown } = heard(minuteOf(nowMs), region);
        answered.add(endpointId);
        if (memory.isDown) {
          down.add(endpointId);
        }
        if (memory.isDown && known?.isDown === false) {
          turnedDown.add(endpointId);
        }
      }
    },
    suspected(nowMs) {
      const minute = minuteOf(nowMs);
      for (const old of [...minutes.keys()].filter((one) => one < minute - 1)) {
        minutes.delete(old);
      }
      const [now, before] = [sumsOf(minutes.get(minute)), sumsOf(minutes.get(minute - 1))];
      for (const region of new Set([...Object.keys(now), ...Object.keys(before), ...suspected])) {
        const wasSuspected = suspected.has(region);
        const { isSuspected, reason } = suspectRegion(region, { now, before, wasSuspected });
        if (isSuspected !== wasSuspected) {
          suspected[isSuspected ? "add" : "delete"](region);
          onChange(region, isSuspected, reason);
        }
      }
      return suspected;
    },
  };
}

function sumsOf(regions: ReadonlyMap<string, Heard> | undefined): Readonly<Record<string, RegionMinute>> {
  return Object.fromEntries(
    [...(regions ?? [])].map(([region, { answered, down, turnedDown }]) => [
      region,
      { answered: answered.size, down: down.size, turnedDown: turnedDown.size },
    ]),
  );
}
