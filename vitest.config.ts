import { defineConfig } from "vitest/config";

const exclude = ["**/node_modules/**", ".state/**"];

/** Two projects: `unit` touches nothing, `int` talks to real services on loopback (two workers: two cores). */
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
        },
      },
      {
        test: {
          name: "int",
          include: ["{apps,services,db,scripts}/**/*.int.test.ts"],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
