/**
 * Every name that `pipeline.ts` gives to something in Redis, and how what stands there of a tenant goes. A test fails
 * when one is missing.
 */
export type KeyErasure =
  /** `<kind>:{sNN}:<endpoint>…`: deleted when the endpoint is erased (`endpointOfKey`). */
  | { readonly kind: "endpoint" }
  /** A member that begins with the endpoint's id: removed when the endpoint is erased. */
  | { readonly kind: "endpoint-member" }
  /** Named by `tenant:<id>`: deleted when the tenant is erased. */
  | { readonly kind: "tenant" }
  /** Holds something of an endpoint, and is gone by itself before an endpoint is looked for. */
  | { readonly kind: "expires"; readonly within: string }
  /** Holds nothing of a tenant. */
  | { readonly kind: "kept"; readonly why: string };

const expires = (within: string) => ({ kind: "expires", within }) as const;
const kept = (why: string) => ({ kind: "kept", why }) as const;

export const KEY_ERASURE = {
  verdictMinuteKey: { kind: "endpoint" },
  nowKey: { kind: "endpoint" },
  toolListKey: { kind: "endpoint" },
  unsealedKey: { kind: "endpoint-member" },
  killsKey: { kind: "tenant" },
  killsToldKey: { kind: "tenant" },
  SLOWDOWNS_KEY: { kind: "tenant" },
  probeQueueName: expires("3 minutes: jobs are run or dropped in one, finished ones are kept for three"),
  checkQueueName: expires("an hour: results of `/check`, which belong to no tenant"),
  slotJobId: expires("3 minutes, in the queue of its region"),
  lookJobId: expires("3 minutes, in the queue of its region"),
  nowJobId: expires("3 minutes, in the queue of its region"),
  checkJobId: expires("an hour, in the queue of its region"),
  deliveryJobId: expires("3 minutes, in the queue of deliveries; the message itself lies in Postgres"),
  handoverKey: expires("a minute: a dispatch of one job, its answer sealed to one child"),
  verdictStream: expires("minutes: entries are removed behind the slowest group"),
  asideStream: kept("entries that nobody could parse; the newest few, for an operator to look at"),
  refusedKey: kept("payloads that nobody could read; the newest few, for an operator to look at"),
  shardLeaseKey: kept("which process reads a shard"),
  leaseHoldersKey: kept("processes of a group"),
  windowsMarkerKey: kept("when windows were written"),
  regionKey: kept("heartbeats of workers"),
  OPT_OUTS_KEY: kept("requests not to be probed"),
  scheduleClaimKey: kept("which scheduler enqueues when"),
} as const satisfies Readonly<Record<string, KeyErasure>>;

const ENDPOINT_KEY = /^[a-z]+:\{s\d\d\}:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?::|$)/;

/** The endpoint whose key this is; null for a key of something else. */
export const endpointOfKey = (key: string): string | null => ENDPOINT_KEY.exec(key)?.[1] ?? null;
