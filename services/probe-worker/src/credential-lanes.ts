import { invariant } from "@alivemcp/core/invariant";
import type { Clock } from "@alivemcp/runtime/clock";
import { decideTurns, type TurnPolicy, type TurnStart } from "./decide-turns.ts";
import { type Lane, type LaneDeps, type LaneProbe, openLane } from "./open-lane.ts";
import type { RunOutcome } from "./run-book.ts";
import { openTenantLine } from "./tenant-line.ts";

export interface CredentialLanesPolicy extends TurnPolicy {
  /** A child that had nothing to do for so long is let go. */
  readonly idleMs: number;
}

interface TenantProbe {
  readonly tenant: string;
  /** Not started after this; epoch milliseconds. */
  readonly lateAtMs: number;
  readonly probe: LaneProbe;
}

export interface CredentialLanes {
  readonly lanes: readonly Lane[];
  /** Runs a probe in its tenant's child, when it is the tenant's turn. */
  run(probe: TenantProbe): Promise<RunOutcome | { readonly kind: "late" }>;
  /** Probes that wait for their tenant's turn: of all, and of one tenant. */
  lineFor(tenant: string): { readonly total: number; readonly ofTenant: number };
  /** Gives up what became late and lets idle children go. Called a few times a second. */
  sweep(): void;
  stop(): void;
}

/** A child that could not even start is replaced after this, so that a broken installation does not fork in a loop. */
const RETRY_START_AFTER_MS = 2_000;

interface Seat {
  readonly id: number;
  readonly lane: Lane;
  tenant: string | null;
  turn: number;
  inFlight: number;
  /** `performance.now()` of when it last had something to do. */
  busyMs: number;
}

interface Entry extends TenantProbe {
  readonly settle: (outcome: RunOutcome | { readonly kind: "late" }) => void;
}

const STOPPED = { kind: "lost", cause: "stopped", isSuspect: false } as const;

/**
 * Children for probes with credentials, forked on demand. No two tenants are ever in one at once, and waiting tenants
 * take turns: decide-turns.ts says who is next, this does it.
 */
export function openCredentialLanes(
  deps: LaneDeps & { readonly clock: Clock },
  policy: CredentialLanesPolicy,
): CredentialLanes {
  let seats: readonly Seat[] = [];
  const line = openTenantLine<Entry>();
  let lastId = 0;
  let turns = 0;
  let mayForkAtMs = 0;
  let isStopped = false;

  const fork = (): Seat => {
    lastId += 1;
    const lane = openLane(deps, ({ hadBeenReady }) => {
      seats = seats.filter((other) => other !== seat);
      if (!hadBeenReady) {
        mayForkAtMs = performance.now() + RETRY_START_AFTER_MS;
        setTimeout(advance, RETRY_START_AFTER_MS).unref();
      }
      advance();
    });
    const seat: Seat = { id: lastId, lane, tenant: null, turn: 0, inFlight: 0, busyMs: performance.now() };
    seats = [...seats, seat];
    return seat;
  };
  const enter = async (seat: Seat, { tenant, probe, settle }: Entry) => {
    invariant(
      seat.inFlight === 0 || seat.tenant === tenant,
      "a credential child serves one tenant at a time",
    );
    if (seat.inFlight === 0) {
      turns += 1;
      Object.assign(seat, { tenant, turn: turns });
    }
    seat.inFlight += 1;
    const outcome = await seat.lane.run(probe);
    seat.inFlight -= 1;
    seat.busyMs = performance.now();
    settle(outcome);
    advance();
  };
  const start = ({ child, tenant, jobs }: TurnStart) => {
    const seat = child === null ? fork() : seats.find(({ id }) => id === child);
    invariant(seat !== undefined, "a turn begins in a child that exists");
    for (const entry of line.take(tenant, jobs)) {
      void enter(seat, entry);
    }
  };
  const advance = () => {
    if (isStopped) {
      return;
    }
    const children = seats.map(({ lane, ...seat }) => ({ ...seat, isOpen: lane.isOpen }));
    const childrenMax = performance.now() < mayForkAtMs ? seats.length : policy.childrenMax;
    for (const turn of decideTurns(children, line.tenants(), { ...policy, childrenMax }).starts) {
      start(turn);
    }
  };
  const dropIdle = () => {
    const sinceMs = performance.now() - policy.idleMs;
    for (const { lane } of seats.filter(({ inFlight, busyMs }) => inFlight === 0 && busyMs < sinceMs)) {
      lane.stop();
    }
  };
  return {
    get lanes() {
      return seats.map(({ lane }) => lane);
    },
    run: async (probe) => {
      if (isStopped) {
        return STOPPED;
      }
      return new Promise((settle) => {
        line.add({ ...probe, settle });
        advance();
      });
    },
    lineFor: (wanted) => ({
      total: line.tenants().reduce((sum, { jobs }) => sum + jobs, 0),
      ofTenant: line.tenants().find(({ tenant }) => tenant === wanted)?.jobs ?? 0,
    }),
    sweep() {
      for (const { settle } of line.takeLate(deps.clock.nowMs())) {
        settle({ kind: "late" });
      }
      dropIdle();
    },
    stop() {
      isStopped = true;
      for (const { settle } of line.takeLate(Number.POSITIVE_INFINITY)) {
        settle(STOPPED);
      }
      for (const { lane } of seats) {
        lane.stop();
      }
    },
  };
}
