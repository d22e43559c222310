import type { Logger } from "./logger.ts";

export interface Closers {
  /** Registers the close of something just opened. */
  add(name: string, close: () => Promise<unknown> | unknown): void;
  /** Closes everything, last opened first. One failing close is collected and does not keep the others open. */
  closeAll(): Promise<void>;
}

export function createClosers(): Closers {
  const stack: { name: string; close: () => Promise<unknown> | unknown }[] = [];
  return {
    add: (name, close) => void stack.push({ name, close }),
    async closeAll() {
      const failures: Error[] = [];
      for (let entry = stack.pop(); entry; entry = stack.pop()) {
        try {
          await entry.close();
        } catch (cause) {
          failures.push(new Error(`closing ${entry.name} failed`, { cause }));
        }
      }
      if (failures.length > 0) {
        throw new AggregateError(failures, "not everything closed cleanly");
      }
    },
  };
}

/**
 * Keeps a started process until SIGTERM or SIGINT, then stops it once, in order, within `graceMs`, and exits: 0 after
 * a clean stop, 1 after the deadline or a failure. A second signal exits at once. A rejection nobody handled is a bug:
 * logged, and the process stops with 1 so that its supervisor starts a fresh one.
 */
export function stopOnSignal(input: { log: Logger; graceMs: number; stop: () => Promise<void> }): void {
  const { log } = input;
  let isStopping = false;
  const stop = async (cause: string, exitCode: number) => {
    if (isStopping) {
      process.exit(1);
    }
    isStopping = true;
    log.info({ cause }, "stopping");
    const deadline = setTimeout(() => {
      log.error({ graceMs: input.graceMs }, "stop took longer than its deadline");
      process.exit(1);
    }, input.graceMs);
    deadline.unref();
    try {
      await input.stop();
      log.info("stopped");
      process.exit(exitCode);
    } catch (err) {
      log.error({ err }, "stop failed");
      process.exit(1);
    }
  };
  process.on("SIGTERM", () => void stop("SIGTERM", 0));
  process.on("SIGINT", () => void stop("SIGINT", 0));
  for (const event of ["unhandledRejection", "uncaughtException"] as const) {
    process.on(event, (err: unknown) => {
      log.fatal({ err }, event);
      void stop(event, 1);
    });
  }
}
