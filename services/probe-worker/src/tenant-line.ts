import type { TenantInLine } from "./decide-turns.ts";

interface Waiting {
  readonly tenant: string;
  /** Epoch milliseconds. */
  readonly lateAtMs: number;
}

/** What waits for its tenant's turn: tenants in the order in which they began to wait, each with its own queue. */
export interface TenantLine<Entry extends Waiting> {
  tenants(): readonly TenantInLine[];
  add(entry: Entry): void;
  /** The tenant's oldest entries; with what it has left it stands at the end of the line. */
  take(tenant: string, most: number): readonly Entry[];
  /** Everything that should have started before this instant; nobody's place in the line changes. */
  takeLate(nowMs: number): readonly Entry[];
}

export function openTenantLine<Entry extends Waiting>(): TenantLine<Entry> {
  const queues = new Map<string, readonly Entry[]>();
  const rewrite = (tenant: string, entries: readonly Entry[]) => {
    if (entries.length === 0) {
      queues.delete(tenant);
    } else {
      queues.set(tenant, entries);
    }
  };
  return {
    tenants: () => [...queues].map(([tenant, entries]) => ({ tenant, jobs: entries.length })),
    add: (entry) => rewrite(entry.tenant, [...(queues.get(entry.tenant) ?? []), entry]),
    take(tenant, most) {
      const entries = queues.get(tenant) ?? [];
      queues.delete(tenant);
      rewrite(tenant, entries.slice(most));
      return entries.slice(0, most);
    },
    takeLate(nowMs) {
      const isLate = (entry: Entry) => entry.lateAtMs < nowMs;
      const late = [...queues.values()].flat().filter(isLate);
      for (const tenant of new Set(late.map((entry) => entry.tenant))) {
        rewrite(
          tenant,
          (queues.get(tenant) ?? []).filter((entry) => !isLate(entry)),
        );
      }
      return late;
    },
  };
}
