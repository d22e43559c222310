import { defineConfig } from "vitest/config";

const exclude = ["**/node_modules/**", ".state/**"];
/** Tests that start whole copies of the project: six processes, Postgres and Redis each. */
const wholeCopies = [
  "scripts/{journey,first-day,up,compose}.int.test.ts",
  "scripts/drills/*.int.test.ts",
  "services/probe-worker/src/fairness.int.test.ts",
];

/**
 * Three projects. `unit` touches nothing; `int` talks to real services on loopback (two workers: two cores); `copy`
 * comes after both and one file at a time, because what it measures or waits for must not starve. The files of the first
 * two share one module cache per worker (no module here keeps state): loading the apps anew for each took half the time.
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
          exclude: [...exclude, ...wholeCopies],
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
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
