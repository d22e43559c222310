/**
 * Loads every module of every process once and exits, so that Node's compile cache (NODE_COMPILE_CACHE) is full before
 * they start: types are then stripped once instead of once per process, and no process keeps the stripper in memory
 * (measured: 14 MB less in each). Loading has no effects, that is a rule of the house; `main.ts` files are the exception.
 */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { PROCESSES } from "../processes.ts";

const repository = join(import.meta.dirname, "..", "..");

for (const { entry } of PROCESSES) {
  const folder = join(repository, dirname(entry));
  const modules = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !/(^|\/)(main|child)\.ts$/.test(name),
  );
  for (const name of modules) {
    await import(join(folder, name));
  }
}
process.exit(0);
