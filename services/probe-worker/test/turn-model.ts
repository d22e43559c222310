/** A fleet of credential children on paper: applies decisions as `credential-lanes.ts` does, and keeps book of turns. */
import { decideTurns, type TurnChild, type TurnStart } from "../src/decide-turns.ts";

export type TurnEvent =
  | { readonly kind: "job"; readonly tenant: string }
  /** A probe ends in the nth child that has any. */
  | { readonly kind: "end"; readonly nth: number }
  | { readonly kind: "death"; readonly nth: number };

type Child = Omit<TurnChild, "inFlight"> & { readonly running: readonly string[] };
export type TurnModel = ReturnType<typeof openTurnModel>;

const PROBES_PER_CHILD = 3;

export function openTurnModel(childrenMax: number) {
  let children: readonly Child[] = [];
  const line = new Map<string, number>();
  /** Whose turn began, in order. */
  const turnsGiven: string[] = [];
  let ids = 0;

  const wait = (tenant: string, jobs: number) => line.set(tenant, (line.get(tenant) ?? 0) + jobs);
  const leaveLine = (tenant: string, jobs: number) => {
    const left = (line.get(tenant) ?? 0) - jobs;
    line.delete(tenant);
    if (left > 0) {
      line.set(tenant, left);
    }
  };
  const fork = () => {
    ids += 1;
    children = [...children, { id: ids, tenant: null, turn: 0, isOpen: true, running: [] }];
    return ids;
  };
  const start = ({ child, tenant, jobs }: TurnStart) => {
    const id = child ?? fork();
    leaveLine(tenant, jobs);
    children = children.map((each) => {
      if (each.id !== id) {
        return each;
      }
      const isNewTurn = each.running.length === 0;
      turnsGiven.push(...(isNewTurn ? [tenant] : []));
      const turn = isNewTurn ? turnsGiven.length : each.turn;
      return { ...each, tenant, turn, running: [...each.running, ...Array<string>(jobs).fill(tenant)] };
    });
  };
  const advance = () => {
    const view = children.map(({ running, ...each }) => ({ ...each, inFlight: running.length }));
    const waiting = [...line].map(([tenant, jobs]) => ({ tenant, jobs }));
    decideTurns(view, waiting, { childrenMax, probesPerChild: PROBES_PER_CHILD }).starts.forEach(start);
  };
  const end = (nth: number) => {
    const busy = children.filter(({ running }) => running.length > 0);
    const ending = busy[nth % Math.max(1, busy.length)];
    children = children.map((each) => (each === ending ? { ...each, running: each.running.slice(1) } : each));
  };
  const kill = (nth: number) => {
    const dead = children[nth % Math.max(1, children.length)];
    children = children.filter((each) => each !== dead);
    if (dead?.tenant && dead.running.length > 0) {
      wait(dead.tenant, dead.running.length);
    }
  };
  return {
    line,
    turnsGiven,
    get children() {
      return children;
    },
    play(event: TurnEvent) {
      switch (event.kind) {
        case "job":
          wait(event.tenant, 1);
          break;
        case "end":
          end(event.nth);
          break;
        case "death":
          kill(event.nth);
      }
      advance();
    },
  };
}
