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

interface Copy {
  readonly folder: string;
  /** Started once: starting it for every mutation took most of the time. */
  readonly vitest: Vitest;
}

/** A copy of core alone, with the modules it imports. */
async function copyCore(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "alivemcp-mutations-"));
  await cp(join(REPOSITORY, "services/core"), join(folder, "core"), {
    recursive: true,
    filter: (path) => !path.includes("node_modules"),
  });
  await symlink(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  return folder;
}

/** Whether the tests pass in the copy as it is now. */
async function passes(vitest: Vitest, tests: readonly string[]): Promise<boolean> {
  const known = await vitest.globTestSpecifications();
  const wanted = known.filter(({ moduleId }) => tests.includes(basename(moduleId, ".test.ts")));
  if (wanted.length !== tests.length) {
    throw new Error(`of ${tests.join(", ")} only ${wanted.length} tests are there`);
  }
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(wanted, true);
  return unhandledErrors.length === 0 && testModules.every((module) => module.ok());
}

async function tryMutation(
  { folder, vitest }: Copy,
  { file, tests }: MutatedFile,
  [rule, from, to]: Mutation,
): Promise<Tried> {
  const name = `${file}: ${rule}`;
  const path = join(folder, "core/src", `${file}.ts`);
  const source = await readFile(path, "utf8");
  if (source.split(from).length !== 2 || from === to) {
    return { name, outcome: "stale" };
  }
  await writeFile(
    path,
    source.replace(from, () => to),
  );
  vitest.invalidateFile(path);
  const isSurvivor = await passes(vitest, tests);
  await writeFile(path, source);
  vitest.invalidateFile(path);
  return { name, outcome: isSurvivor ? "survived" : "caught" };
}

/** Before every file its tests must pass: what fails anyway would be taken for noticing. */
async function tryAll(copy: Copy): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  for (const file of files) {
    if (!(await passes(copy.vitest, file.tests))) {
      throw new Error(`the tests of ${file.file} fail without any mutation: run them first`);
    }
    for (const mutation of file.mutations) {
      const one = await tryMutation(copy, file, mutation);
      tried.push(one);
      if (!isJson) {
        console.log(`${one.outcome === "caught" ? "✓" : "✗"} ${one.outcome} ${one.name}`);
      }
    }
  }
  return tried;
}

const folder = await copyCore();
const vitest = await createVitest("test", {
  root: folder,
  config: false,
  watch: false,
  // Without bail: a run that is broken off still reads files, and would keep what it read for the next one.
  maxWorkers: 1,
  testTimeout: 20_000,
  reporters: [{}],
});
try {
  const tried = await tryAll({ folder, vitest });
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
