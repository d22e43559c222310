import { join } from "node:path";
import { type Installation, PROCESSES, type ProcessSpec, processEnvironment } from "../processes.ts";
import { machineEnvironment } from "./machine-environment.ts";
import { type Supervised, supervise } from "./supervise.ts";
import { type Awaited, waitUntilReady } from "./wait-until-ready.ts";

const READY_WITHIN_MS = 90_000;

type SuperviseDeps = Parameters<typeof supervise>[0];

export interface ProcessFleet {
  /** Starts one wave and waits until each is ready. Throws when one is not in time; what runs then still needs its stop. */
  start(wave: ProcessSpec["startWave"]): Promise<void>;
  /** Stops what was started, rank by rank. */
  stop(): Promise<void>;
}

export function createFleet(
  deps: SuperviseDeps,
  input: { readonly installation: Installation; readonly folder: string; readonly isWatching: boolean },
): ProcessFleet {
  const { installation, folder } = input;
  const watch = input.isWatching ? ["--watch", "--watch-preserve-output"] : [];
  const started: { spec: ProcessSpec; process: Supervised }[] = [];
  const startOne = (spec: ProcessSpec): Awaited => {
    const process = supervise(deps, {
      name: spec.name,
      program: [
        ...watch,
        `--max-old-space-size=${spec.heapMb}`,
        `--max-semi-space-size=${spec.semiSpaceMb}`,
        spec.entry,
      ],
      env: { ...machineEnvironment(), ...processEnvironment(spec, installation) },
      graceMs: spec.graceMs,
      logPath: join(folder, "logs", `${spec.name}.log`),
      isQuiet: false,
    });
    started.push({ spec, process });
    const url = `http://127.0.0.1:${installation.portBase + spec.metricsOffset}/readyz`;
    return { name: spec.name, url, trouble: process.trouble };
  };
  return {
    async start(wave) {
      const specs = PROCESSES.filter(({ startWave }) => startWave === wave);
      deps.show(`Starting ${specs.map(({ name }) => name).join(", ")} …`);
      await waitUntilReady(specs.map(startOne), READY_WITHIN_MS, (name) => deps.show(`${name} is ready`));
    },
    async stop() {
      const ranks = [...new Set(PROCESSES.map(({ stopRank }) => stopRank))].sort((a, b) => a - b);
      for (const rank of ranks) {
        const ofRank = started.filter(({ spec }) => spec.stopRank === rank);
        await Promise.all(ofRank.map(({ process }) => process.stop()));
      }
    },
  };
}
