import { MINUTE_MS } from "./pipeline.ts";

/** A bound that every caller counts against, in Redis: `key` holds what was taken, for `lifeS` seconds. Here: probe starts. */
export interface StartBudget {
  readonly key: string;
  readonly max: number;
  readonly lifeS: number;
}

const SECOND_LIFE_S = 10;
const secondOf = (atMs: number) => Math.floor(atMs / 1_000);

/** Starts on one host in one second, over all callers. */
export const hostBudget = (host: string, atMs: number): StartBudget => ({
  key: `starts:host:${host}:${secondOf(atMs)}`,
  max: 60,
  lifeS: SECOND_LIFE_S,
});

/** Slots of unclaimed endpoints on one registrable domain in one second. */
export const unclaimedDomainBudget = (registrableDomain: string, atMs: number): StartBudget => ({
  key: `starts:domain:${registrableDomain}:${secondOf(atMs)}`,
  max: 1,
  lifeS: SECOND_LIFE_S,
});

/** Looks of unclaimed endpoints on one registrable domain in one second; over it, a look waits for its next slot. */
export const unclaimedLookBudget = (registrableDomain: string, atMs: number): StartBudget => ({
  key: `starts:looks:${registrableDomain}:${secondOf(atMs)}`,
  max: 10,
  lifeS: SECOND_LIFE_S,
});

/** What `/check` and registration may start on one host in one minute. */
export const checkBudget = (host: string, atMs: number): StartBudget => ({
  key: `starts:checks:${host}:${Math.floor(atMs / MINUTE_MS)}`,
  max: 10,
  lifeS: 120,
});

/** Checks one caller may start in one minute; `caller` is an address, or the network it belongs to. */
export const callerBudget = (caller: string, atMs: number): StartBudget => ({
  key: `starts:caller:${caller}:${Math.floor(atMs / MINUTE_MS)}`,
  max: 10,
  lifeS: 120,
});
