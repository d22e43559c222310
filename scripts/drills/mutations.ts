/**
 * `npm run drill:mutations [-- --json] [-- --only <file>]`: breaks each rule of the alert decisions in core once, in a
 * copy of the folder, and expects the tests beside it to fail. Prints `{ mutations, survived, stale }`; a rule that can
 * be broken without a test noticing, or whose text is no longer there, fails the drill.
 */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { createVitest, type Vitest } from "vitest/node";
import { DECISION_MUTATIONS } from "../mutations/decision-mutations.ts";
import { DELIVERY_MUTATIONS } from "../mutations/delivery-mutations.ts";
import type { MutatedFile, Mutation } from "../mutations/mutated-file.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const isJson = process.argv.includes("--json");
const onlyAt = process.argv.indexOf("--only");
const only = onlyAt === -1 ? null : process.argv[onlyAt + 1];
const files = [...DECISION_MUTATIONS, ...DELIVERY_MUTATIONS].filter(
  ({ file }) => only === null || file === only,
);

interface Tried {
  readonly name: string;
  readonly outcome: "caught" | "survived" | "stale";
}

/** Runs tests of copies; started once, because starting it for every mutation took most of the time. */
interface Bench {
  readonly vitest: Vitest;
  readonly folder: string;
}

/** Copies core with the tests of one file; where the copy is. Every copy has a path of its own, so that nothing is cached. */
async function copyCore({ folder }: Bench, { tests }: MutatedFile): Promise<string> {
  const copy = await mkdtemp(join(folder, "core-"));
  await cp(join(REPOSITORY, "services/core"), copy, {
    recursive: true,
    filter: (path) =>
      !path.includes("node_modules") &&
      (!path.endsWith(".test.ts") || tests.includes(basename(path, ".test.ts"))),
  });
  return copy;
}

/** Whether the tests pass in the copy, which is removed. */
async function passes({ vitest }: Bench, copy: string, tests: readonly string[]): Promise<boolean> {
  const project = vitest.getRootProject();
  const wanted = tests.map((test) => project.createSpecification(join(copy, "src", `${test}.test.ts`)));
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(wanted);
  await rm(copy, { recursive: true });
  if (unhandledErrors.length > 0) {
    throw new Error("the tests could not be run", { cause: unhandledErrors[0] });
  }
  // Vitest answers with the modules of every run so far.
  const own = testModules.filter(({ moduleId }) => moduleId.startsWith(copy));
  return own.length === tests.length && own.every((module) => module.ok());
}

async function tryMutation(bench: Bench, file: MutatedFile, [rule, from, to]: Mutation): Promise<Tried> {
  const name = `${file.file}: ${rule}`;
  const copy = await copyCore(bench, file);
  const path = join(copy, "src", `${file.file}.ts`);
  const source = await readFile(path, "utf8");
  if (source.split(from).length !== 2 || from === to) {
    return { name, outcome: "stale" };
  }
  await writeFile(
    path,
    source.replace(from, () => to),
  );
  return { name, outcome: (await passes(bench, copy, file.tests)) ? "survived" : "caught" };
}

/** Before every file its tests must pass: what fails anyway would be taken for noticing. */
async function tryAll(bench: Bench): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  for (const file of files) {
    if (!(await passes(bench, await copyCore(bench, file), file.tests))) {
      throw new Error(`the tests of ${file.file} fail without any mutation: run them first`);
    }
    for (const mutation of file.mutations) {
      const one = await tryMutation(bench, file, mutation);
      tried.push(one);
      if (!isJson) {
        console.log(`${one.outcome === "caught" ? "✓" : "✗"} ${one.outcome} ${one.name}`);
      }
    }
  }
  return tried;
}

const folder = await mkdtemp(join(tmpdir(), "alivemcp-mutations-"));
await symlink(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
await writeFile(join(folder, "package.json"), '{ "type": "module" }');
const vitest = await createVitest("test", {
  root: folder,
  config: false,
  watch: false,
  maxWorkers: 1,
  testTimeout: 20_000,
  reporters: [{}],
});
try {
  const tried = await tryAll({ vitest, folder });
  const namesOf = (outcome: Tried["outcome"]) =>
    tried.flatMap((one) => (one.outcome === outcome ? [one.name] : [])).sort();
  const [survived, stale] = [namesOf("survived"), namesOf("stale")];
  if (isJson) {
    console.log(JSON.stringify({ mutations: tried.length, survived, stale }));
  } else {
    console.log(`${tried.length} rules broken, ${survived.length} unnoticed, ${stale.length} not found`);
  }
  process.exitCode = survived.length + stale.length === 0 && tried.length > 0 ? 0 : 1;
} finally {
  await vitest.close();
  await rm(folder, { recursive: true, force: true });
}
