import { systemClock } from "@alivemcp/runtime/clock";
import { openLogger } from "@alivemcp/runtime/logger";
import type { KillCause } from "../src/pick-suspects.ts";
import { type FleetDeps, openProbeFleet, type ProbeFleet } from "../src/probe-fleet.ts";
import type { Suspect } from "../src/quarantine.ts";

/** Patience of seconds cut to what a test can wait for. */
const HASTY = { stallMs: 3_000, abortAfterBudgetMs: 1_000, killAfterBudgetMs: 2_500, readyWithinMs: 20_000 };

export interface ScriptedFleet {
  readonly fleet: ProbeFleet;
  readonly kills: readonly KillCause[];
  readonly blamed: readonly Suspect[];
}

/** A fleet of scripted children that keeps book of deaths and blame. */
export function openScriptedFleet(over: Partial<FleetDeps> = {}): ScriptedFleet {
  const kills: KillCause[] = [];
  const blamed: Suspect[] = [];
  const childSpec = {
    script: new URL("./scripted-child.ts", import.meta.url),
    setup: { allowCidrs: [], publicUrl: "http://status.test", internalUrl: null },
    heapMb: 128,
    env: {},
  };
  const fleet = openProbeFleet({
    clock: systemClock,
    log: openLogger("test", "fatal"),
    childSpec,
    credentialChildSpec: childSpec,
    childPolicy: HASTY,
    lanesPolicy: { childrenMax: 1, probesPerChild: 1_000 },
    credentialLanesPolicy: { childrenMax: 1, probesPerChild: 1_000, idleMs: 60_000 },
    countKill: (cause) => kills.push(cause),
    blame: (probe) => blamed.push(probe),
    ...over,
  });
  return { fleet, kills, blamed };
}
