/** Waits until `read` gives something true, looking again every 20 ms; fails after `withinMs`, saying what was last seen. */
export async function eventually<Value>(
  read: () => Value | Promise<Value>,
  isWanted: (value: Value) => boolean = Boolean,
  withinMs = 15_000,
): Promise<Value> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const value = await read();
    if (isWanted(value)) {
      return value;
    }
    if (performance.now() > untilMs) {
      throw new Error(`not within ${withinMs} ms; last seen: ${JSON.stringify(value)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
