/** Warnings before a certificate or a credential ends. */
import type { Alert } from "./alert.ts";

const DAY_MS = 86_400_000;

/** Days before the end at which somebody is told, each once for the same end. */
export const EXPIRY_STEP_DAYS = [30, 14, 7, 3] as const;

export interface Expiring {
  readonly what: "certificate" | "credential";
  readonly endpointId: string;
  readonly expiresAtMs: number;
  /** An access token that we fetch anew before it ends: nobody has to do anything. */
  readonly isRenewedByUs: boolean;
}

/**
 * The step that is due now: the last one passed, so that something first seen with five days left is warned of once.
 * Null before the first step, when it is over (what fails then is an incident), and when we renew it.
 */
export function expiryStepOf({ expiresAtMs, isRenewedByUs }: Expiring, nowMs: number): number | null {
  const leftMs = expiresAtMs - nowMs;
  if (isRenewedByUs || leftMs <= 0) {
    return null;
  }
  return EXPIRY_STEP_DAYS.findLast((days) => leftMs <= days * DAY_MS) ?? null;
}

/** The alert that is due now; null when there is none. Its key makes each step of each end one alert. */
export function alertOfExpiry(expiring: Expiring, tenantId: string, nowMs: number): Alert | null {
  const { what, endpointId, expiresAtMs } = expiring;
  const days = expiryStepOf(expiring, nowMs);
  if (days === null) {
    return null;
  }
  const dedupKey = `${what}:${endpointId}:${expiresAtMs}`;
  return {
    tenantId,
    endpointId,
    alertKey: `${dedupKey}:${days}`,
    dedupKey,
    event: what === "certificate" ? "certificate.expiring" : "credential.expiring",
    severity: "P3",
    atMs: nowMs,
    isTest: false,
    facts: { kind: "expiry", what, expiresAtMs, days },
  };
}
