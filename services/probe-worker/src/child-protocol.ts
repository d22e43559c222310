/**
 * What the supervisor and its child processes say to each other over IPC (`serialization: "advanced"`). Both ends are
 * one release, so messages carry no version. A child knows neither Redis nor job ids: only numbered dispatches.
 */
import type { ProbeFinding, ProbeJob, ProbeStep } from "@alivemcp/core/pipeline";

/** The part of a job that the probe needs. */
export type ProbeOrder = Pick<
  ProbeJob,
  | "url"
  | "transport"
  | "remembered"
  | "lastFullHash"
  | "isToolListEmptyAtBaseline"
  | "health"
  | "expectations"
  | "budgetMs"
  | "hasSecondAttempt"
>;

/**
 * With what a credential child asks the api for the credential of one probe (services/core/src/credential-handover.ts).
 * The credential itself is in no message: it comes to the child, sealed, and stays there.
 */
export interface HandoverOrder {
  readonly ticket: string;
  readonly region: string;
  readonly regionToken: string;
  readonly jobId: string;
  readonly endpointId: string;
  /** Of the job, over all its runs everywhere; not the number of a message. */
  readonly jobDispatch: number;
}

/** How a child is set up; passed as its only argument, so nothing secret may stand here. */
export interface ChildSetup {
  readonly allowCidrs: readonly string[];
  readonly publicUrl: string;
  /** Where credential children ask; null for general ones. */
  readonly internalUrl: string | null;
}

/** What a child found. `toolList` is the list's JSON text, only when its hash is not the one last known. */
export interface ProbeFound {
  readonly finding: ProbeFinding;
  readonly toolList: string | null;
  /** The event loop was late during the handshake, so `latencyMs` was dropped. */
  readonly isTimingDiscarded: boolean;
}

export type ToChild =
  | {
      readonly kind: "probe";
      readonly dispatch: number;
      readonly order: ProbeOrder;
      /** Null in general children, which know no credentials. */
      readonly handover: HandoverOrder | null;
      readonly hasSteps: boolean;
    }
  | { readonly kind: "abort"; readonly dispatch: number }
  | { readonly kind: "self-check"; readonly check: number; readonly urls: readonly string[] };

export type FromChild =
  | { readonly kind: "ready" }
  /** Once a second while the event loop turns. */
  | { readonly kind: "beat"; readonly loopDelayMs: number }
  | { readonly kind: "step"; readonly dispatch: number; readonly step: ProbeStep }
  | ({ readonly kind: "found"; readonly dispatch: number } & ProbeFound)
  | { readonly kind: "self-checked"; readonly check: number; readonly isOk: boolean };

/** Fetching a credential has its own time, before the probe's budget begins. */
export const HANDOVER_BUDGET_MS = 5_000;
export const BEAT_EVERY_MS = 1_000;
/** File descriptor of a child's flight recorder, opened by the supervisor. */
export const FLIGHT_RECORDER_FD = 4;
