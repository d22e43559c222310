/**
 * Who of the tenants with credentials gets a child, and when. One child serves one tenant at a time: its jobs run
 * together, the child drains, then it may serve another. Waiting tenants take turns.
 */

/** One credential child. */
export interface TurnChild {
  readonly id: number;
  /** Whose jobs run in it or ran in it last; null: nobody's yet. */
  readonly tenant: string | null;
  readonly inFlight: number;
  /** Turns are numbered as they begin, over all children. */
  readonly turn: number;
  /** False while it is dying: nothing may be started in it. */
  readonly isOpen: boolean;
}

/** A tenant with jobs that wait; in the line they stand in the order in which they began to wait. */
export interface TenantInLine {
  readonly tenant: string;
  readonly jobs: number;
}

export interface TurnPolicy {
  readonly childrenMax: number;
  readonly probesPerChild: number;
}

/** `jobs` of the tenant's waiting jobs, oldest first, start in this child; null: in a new one. */
export interface TurnStart {
  readonly child: number | null;
  readonly tenant: string;
  readonly jobs: number;
  readonly reason: "own-child" | "idle-child" | "new-child";
}

interface TurnWait {
  readonly tenant: string;
  /** `turn-over`: others wait, so the tenant's child drains. `child-full`: as many run in it as may. */
  readonly reason: "no-child" | "turn-over" | "child-full";
}

export interface TurnDecision {
  readonly starts: readonly TurnStart[];
  readonly waits: readonly TurnWait[];
}

/**
 * Decides what starts now. Pure; called whenever a job comes, a probe ends, or a child begins or dies.
 *
 * Nobody starves: while somebody waits without a child, the children whose turns began first take nothing more, every
 * probe ends within 50 s, and who began to wait first gets the first child that is empty. A tenant never has two
 * children, so that however much it has to do, the others share what is left.
 */
export function decideTurns(
  children: readonly TurnChild[],
  line: readonly TenantInLine[],
  policy: TurnPolicy,
): TurnDecision {
  const open = children.filter(({ isOpen }) => isOpen);
  const holders = open.filter(({ inFlight }) => inFlight > 0);
  const idle = open.filter(({ inFlight }) => inFlight === 0);
  const isHolder = ({ tenant }: TenantInLine) => holders.some((child) => child.tenant === tenant);
  const hadIdle = new Set(idle.map(({ tenant }) => tenant));
  const newcomers = line.filter((waiting) => !isHolder(waiting));
  const seated = seatNewcomers(
    // Whose child has just drained had its turn: others first.
    newcomers.toSorted((a, b) => Number(hadIdle.has(a.tenant)) - Number(hadIdle.has(b.tenant))),
    { idle, forks: policy.childrenMax - children.length },
    policy,
  );
  const draining = holders.toSorted((a, b) => a.turn - b.turn).slice(0, seated.waits.length);
  const going = line.filter(isHolder).map((waiting) => goOn(waiting, holders, draining, policy));
  return {
    starts: [...seated.starts, ...going.flatMap(({ starts }) => starts)],
    waits: [...seated.waits, ...going.flatMap(({ waits }) => waits)],
  };
}

/** Gives out idle children, then new ones, in the order of the line. */
function seatNewcomers(
  newcomers: readonly TenantInLine[],
  places: { readonly idle: TurnChild[]; forks: number },
  { probesPerChild }: TurnPolicy,
): TurnDecision {
  const starts: TurnStart[] = [];
  const waits: TurnWait[] = [];
  for (const { tenant, jobs } of newcomers) {
    const child = takeIdle(places.idle, tenant);
    if (child === undefined && places.forks <= 0) {
      waits.push({ tenant, reason: "no-child" });
      continue;
    }
    places.forks -= child === undefined ? 1 : 0;
    const reason = child === undefined ? "new-child" : "idle-child";
    starts.push({ child: child?.id ?? null, tenant, jobs: Math.min(jobs, probesPerChild), reason });
  }
  return { starts, waits };
}

/** A tenant that has a child uses it, unless its turn is over. */
function goOn(
  { tenant, jobs }: TenantInLine,
  holders: readonly TurnChild[],
  draining: readonly TurnChild[],
  { probesPerChild }: TurnPolicy,
): TurnDecision {
  const child = holders.find((each) => each.tenant === tenant);
  if (child === undefined || draining.includes(child)) {
    return { starts: [], waits: [{ tenant, reason: "turn-over" }] };
  }
  const room = Math.min(jobs, probesPerChild - child.inFlight);
  return room > 0
    ? { starts: [{ child: child.id, tenant, jobs: room, reason: "own-child" }], waits: [] }
    : { starts: [], waits: [{ tenant, reason: "child-full" }] };
}

/** The idle child the tenant had before, which remembers its endpoints' metadata; else any. */
function takeIdle(idle: TurnChild[], tenant: string): TurnChild | undefined {
  const at = idle.findIndex((child) => child.tenant === tenant);
  return idle.splice(Math.max(at, 0), 1)[0];
}
