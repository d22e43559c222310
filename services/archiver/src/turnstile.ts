/** Lets at most so many through at a time; the others wait in the order in which they came. */
export interface Turnstile {
  through<T>(run: () => Promise<T>): Promise<T>;
}

export function openTurnstile(throughMax: number): Turnstile {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return {
    async through(run) {
      if (inside === throughMax) {
        // Whoever leaves hands its place over, so `inside` stays as it is.
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else {
        inside += 1;
      }
      try {
        return await run();
      } finally {
        const next = waiting.shift();
        if (next === undefined) {
          inside -= 1;
        } else {
          next();
        }
      }
    },
  };
}
