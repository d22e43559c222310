/** A line-by-line difference of two texts, as a pull request shows it. */

export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/** Most edits looked for; beyond it the middle is shown as replaced, which is true if not the shortest way to say it. */
const EDITS_MAX = 300;

/**
 * The shortest way from one text to the other (E. Myers, "An O(ND) Difference Algorithm", 1986), with what both begin
 * and end with put aside first. Removing what is `added` from the answer gives `before`, and the other way round.
 */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) {
    head += 1;
  }
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) {
    tail += 1;
  }
  const middleBefore = before.slice(head, before.length - tail);
  const middleAfter = after.slice(head, after.length - tail);
  return [
    ...lines("same", before.slice(0, head)),
    ...(shortestEdit(middleBefore, middleAfter) ?? [
      ...lines("removed", middleBefore),
      ...lines("added", middleAfter),
    ]),
    ...lines("same", before.slice(before.length - tail)),
  ];
}

const lines = (kind: DiffLine["kind"], texts: readonly string[]): DiffLine[] =>
  texts.map((text) => ({ kind, text }));

/** Null when it takes more than `EDITS_MAX` edits. */
function shortestEdit(before: readonly string[], after: readonly string[]): DiffLine[] | null {
  const [n, m] = [before.length, after.length];
  const limit = Math.min(n + m, EDITS_MAX);
  /** Furthest position in `before` on each diagonal k = x - y, for every number of edits so far. */
  const rounds: Map<number, number>[] = [];
  let reached = new Map([[1, 0]]);
  for (let edits = 0; edits <= limit; edits += 1) {
    rounds.push(new Map(reached));
    for (let k = -edits; k <= edits; k += 2) {
      let x = stepDown(reached, k, edits) ? at(reached, k + 1) : at(reached, k - 1) + 1;
      while (x < n && x - k < m && before[x] === after[x - k]) {
        x += 1;
      }
      reached.set(k, x);
      if (x >= n && x - k >= m) {
        return walkBack(rounds, before, after);
      }
    }
    reached = new Map(reached);
  }
  return null;
}

const at = (reached: ReadonlyMap<number, number>, k: number): number =>
  reached.get(k) ?? Number.NEGATIVE_INFINITY;

/** Whether the path onto diagonal `k` comes from above: a line of `after` was added. */
const stepDown = (reached: ReadonlyMap<number, number>, k: number, edits: number): boolean =>
  k === -edits || (k !== edits && at(reached, k - 1) < at(reached, k + 1));

function walkBack(
  rounds: readonly ReadonlyMap<number, number>[],
  before: readonly string[],
  after: readonly string[],
): DiffLine[] {
  const backwards: DiffLine[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = rounds.length - 1; edits >= 0; edits -= 1) {
    const reached = rounds[edits] as ReadonlyMap<number, number>;
    const isDown = stepDown(reached, x - y, edits);
    const previousK = isDown ? x - y + 1 : x - y - 1;
    const previousX = edits === 0 ? 0 : at(reached, previousK);
    const previousY = edits === 0 ? 0 : previousX - previousK;
    while (x > previousX && y > previousY) {
      x -= 1;
      y -= 1;
      backwards.push({ kind: "same", text: before[x] as string });
    }
    if (edits > 0) {
      backwards.push(
        isDown
          ? { kind: "added", text: after[previousY] as string }
          : { kind: "removed", text: before[previousX] as string },
      );
    }
    [x, y] = [previousX, previousY];
  }
  return backwards.reverse();
}
