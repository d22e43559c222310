/** A virtual clock's to-do list: what is due first runs first, in the order it was put down among equals. */
export function createAgenda() {
  const tasks: { atMs: number; run: (atMs: number) => void }[] = [];
  return {
    at(atMs: number, run: (atMs: number) => void): void {
      const task = { atMs, run };
      const later = tasks.findIndex((other) => other.atMs > atMs);
      tasks.splice(later === -1 ? tasks.length : later, 0, task);
    },
    /** Runs everything before `untilMs`, also what is put down on the way. */
    runUntil(untilMs: number): void {
      for (let task = tasks.shift(); task !== undefined && task.atMs < untilMs; task = tasks.shift()) {
        task.run(task.atMs);
      }
    },
  };
}
