import { randomUUID } from "node:crypto";
import { crc16, SHARD_COUNT, SHARDS } from "@alivemcp/core/shard";
import type { Redis } from "ioredis";
import { openShardLeases } from "./shard-leases.ts";
import { ensureGroup } from "./verdict-stream.ts";

/** One lease of one shard; taking the shard again later makes another. */
export interface HeldShard {
  readonly shard: string;
  readonly fence: number;
}

/** The shards this process holds for a consumer group: a fair share of all, among the processes of the group alive. */
export interface ShardHoldings {
  /** What our lease keys hold. */
  readonly token: string;
  all(): readonly HeldShard[];
  /** Whether the lease is surely ours at this moment and not about to be given back. */
  isOurs(held: HeldShard): boolean;
  /** One round: renews, gives back what exceeds the fair share, takes free shards up to it. */
  keep(): Promise<void>;
  /** Renews one lease now and claims a new fence; null when the shard was lost. */
  reclaim(held: HeldShard): Promise<HeldShard | null>;
  /** Gives everything back as soon as no work is in hand; nothing is taken any more. */
  close(): Promise<void>;
}

interface Lease {
  held: HeldShard;
  /** On the monotonic clock, counted from before the call that took or renewed it. */
  endsAt: number;
  isLeaving: boolean;
}

export function openShardHoldings(
  redis: Redis,
  input: {
    group: string;
    leaseMs: number;
    claimFence: (shard: string) => Promise<number>;
    /** Work in hand on a shard, also from a lease that was lost; it is waited for before giving back or taking again. */
    workOn: (shard: string) => Promise<void> | undefined;
    onTaken: () => void;
    onLost: () => void;
    onError: (err: unknown) => void;
  },
): ShardHoldings {
  const { group, leaseMs } = input;
  const token = randomUUID();
  const order = rotate(SHARDS, crc16(token) % SHARD_COUNT);
  const leases = openShardLeases(redis, { group, token, leaseMs });
  const held = new Map<string, Lease>();
  let isClosing = false;

  const take = async (shard: string) => {
    const startedAt = performance.now();
    if (!(await leases.take(shard))) {
      return;
    }
    try {
      await ensureGroup(redis, group, shard);
      const fence = await input.claimFence(shard);
      held.set(shard, { held: { shard, fence }, endsAt: startedAt + leaseMs, isLeaving: false });
      input.onTaken();
    } catch (err) {
      await leases.release(shard);
      throw new Error(`taking shard ${shard} failed`, { cause: err });
    }
  };

  const renew = async (lease: Lease): Promise<boolean> => {
    const startedAt = performance.now();
    const { shard } = lease.held;
    const isRenewed = await leases.renew(shard);
    if (isRenewed) {
      lease.endsAt = startedAt + leaseMs;
    } else if (held.get(shard) === lease) {
      held.delete(shard);
      input.onLost();
    }
    return isRenewed;
  };

  const giveBack = async (lease: Lease) => {
    const { shard } = lease.held;
    lease.isLeaving = true;
    await input.workOn(shard);
    if (held.get(shard) === lease) {
      held.delete(shard);
      await leases.release(shard);
    }
  };
  const giveBackSafely = (lease: Lease) => giveBack(lease).catch(input.onError);

  const takeUpTo = async (share: number) => {
    for (const shard of order) {
      if (isClosing || held.size >= share) {
        return;
      }
      if (!held.has(shard) && input.workOn(shard) === undefined) {
        await take(shard);
      }
    }
  };

  return {
    token,
    all: () => [...held.values()].map((lease) => lease.held),
    isOurs(one) {
      const lease = held.get(one.shard);
      return lease?.held === one && !lease.isLeaving && performance.now() < lease.endsAt;
    },
    async keep() {
      const holders = await leases.countHolders();
      await Promise.all([...held.values()].map(renew));
      const share = Math.ceil(SHARD_COUNT / Math.max(1, holders));
      const staying = [...held.values()].filter((lease) => !lease.isLeaving);
      for (const lease of staying.slice(share)) {
        void giveBackSafely(lease); // Waits for the batch in hand; the next rounds go on meanwhile.
      }
      await takeUpTo(share);
    },
    async reclaim(one) {
      const lease = held.get(one.shard);
      if (lease?.held !== one || !(await renew(lease))) {
        return null;
      }
      lease.held = { shard: one.shard, fence: await input.claimFence(one.shard) };
      return lease.held;
    },
    async close() {
      isClosing = true;
      await Promise.all([...held.values()].map(giveBackSafely));
      await leases.leave().catch(input.onError);
    },
  };
}

function rotate<T>(values: readonly T[], by: number): readonly T[] {
  return [...values.slice(by), ...values.slice(0, by)];
}
