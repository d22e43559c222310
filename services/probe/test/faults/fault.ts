/** One row of the fault tables: what an endpoint does to a probe, and what the probe has to make of it. */
import type { ProbeFinding } from "@alivemcp/core/pipeline";
import type { FailureLayer, FailureReason, ProbeState } from "@alivemcp/core/states";
import { expect, test } from "vitest";
import type { ProbeDeps, ProbeRequest } from "../../src/probe-deps.ts";
import { probeOnce, testDeps } from "../probe-once.ts";
import { type Answer, type Asked, openStub } from "../servers/stub.ts";

/** `state reason layer detail`, a dash for none. */
export type Judged = `${ProbeState} ${FailureReason | "-"} ${FailureLayer | "-"} ${string}`;

/** Something on loopback that misbehaves. */
export interface FaultyEndpoint {
  readonly url: string;
  /** What it was asked over HTTP; empty where it does not speak it. */
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** What else must be true afterwards. */
export type Aftermath = (
  finding: ProbeFinding,
  endpoint: FaultyEndpoint,
  toolList: readonly unknown[] | null,
) => void;

export interface Fault {
  /** What the endpoint does. */
  readonly name: string;
  readonly open: () => Promise<FaultyEndpoint>;
  readonly request?: Partial<ProbeRequest> | ((endpoint: FaultyEndpoint) => Partial<ProbeRequest>);
  readonly deps?: () => Partial<ProbeDeps>;
  readonly judged: Judged;
  readonly also?: Aftermath;
}

/** An endpoint that answers HTTP as told; `{origin}` cannot be known before it listens, so the answer is made then. */
export function answering(makeAnswer: (origin: () => string) => Answer): () => Promise<FaultyEndpoint> {
  return async () => {
    let origin = "";
    const stub = await openStub(makeAnswer(() => origin));
    origin = stub.origin;
    return stub;
  };
}

/** The same answer to everything, wherever it listens. */
export const always = (answer: Answer): (() => Promise<FaultyEndpoint>) => answering(() => answer);

/** A URL with nothing behind it. */
export const nowhere = (url: string) => (): Promise<FaultyEndpoint> =>
  Promise.resolve({ url, asked: [], close: () => Promise.resolve() });

export function judgedWords({ state, reason, layer, detail }: ProbeFinding): string {
  return `${state} ${reason ?? "-"} ${layer ?? "-"} ${detail ?? "-"}`;
}

/** A probe may outlive its budget by the 1.5 s that closing sessions has; the rest is this machine's own lateness. */
const OVERTIME_MS_MAX = 3_000;
const BUDGET_MS = 10_000;

/** Registers one test per row; rows run side by side. */
export function testFaults(faults: readonly Fault[]): void {
  test.concurrent.for(faults)("$name: $judged", async (fault) => {
    const endpoint = await fault.open();
    try {
      const request = typeof fault.request === "function" ? fault.request(endpoint) : fault.request;
      const budgetMs = request?.budgetMs ?? BUDGET_MS;
      const startedMs = performance.now();
      const { finding, toolList } = await probeOnce(
        endpoint.url,
        { budgetMs, ...request },
        testDeps(fault.deps?.()),
      );
      expect(judgedWords(finding)).toBe(fault.judged);
      expect(performance.now() - startedMs).toBeLessThan(budgetMs + OVERTIME_MS_MAX);
      fault.also?.(finding, endpoint, toolList);
    } finally {
      await endpoint.close();
    }
  });
}
