import { defineConfig } from "vitest/config";

const exclude = ["**/node_modules/**", ".state/**"];
/** Tests that start whole copies of the project: seven processes, Postgres and Redis each. They wait more than they work. */
const wholeCopies = ["scripts/{journey,first-day,up,compose}.int.test.ts", "scripts/drills/*.int.test.ts"];
/** Measures lateness, so that nothing may run beside it. */
const alone = ["services/probe-worker/src/fairness.int.test.ts"];

/**
 * Four projects. `unit` touches nothing; `int` talks to real services on loopback (two workers: two cores); `copy` comes
 * after both, two copies at a time; `alone` comes last, one file at a time. The files of the first two share one module
 * cache per worker (no module here keeps state): loading the apps anew for each took half the time.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["{apps,services,db,scripts}/**/*.test.ts"],
          exclude: [...exclude, "**/*.int.test.ts"],
          testTimeout: 20_000,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "int",
          include: ["{apps,services,db,scripts}/**/*.int.test.ts"],
          exclude: [...exclude, ...wholeCopies, ...alone],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "copy",
          include: wholeCopies,
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "alone",
          include: alone,
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
