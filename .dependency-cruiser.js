/**
 * Who may import whom (the table of README.md). `core` is the middle; libraries see core only; processes and
 * apps see libraries, never each other; the probe worker cannot reach Postgres even through another module.
 */
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: `^${from}/` },
  to: { path: "^(apps|services|db|scripts)/", pathNot: [`^${from}/`, ...allowed.map((to) => `^${to}/`)] },
});
const libraries = [
  "services/core",
  "services/runtime",
  "services/probe",
  "db",
  "services/sinks",
  "services/actions",
  "services/pages",
];
const processes = ["scheduler", "probe-worker", "archiver", "alert-router"].map((name) => `services/${name}`);
const apps = ["api", "status", "web", "cli"].map((name) => `apps/${name}`);

export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    only("core-imports-nothing-of-ours", "services/core", []),
    ...["services/runtime", "services/probe", "services/pages", "db"].map((from) =>
      only(`${from}-imports-core-only`, from, ["services/core"]),
    ),
    only("sinks-import-three-libraries", "services/sinks", [
      "services/core",
      "services/runtime",
      "services/probe",
    ]),
    only("actions-import-five-libraries", "services/actions", [
      "services/core",
      "services/runtime",
      "services/probe",
      "services/sinks",
      "db",
    ]),
    ...[...processes, ...apps].map((from) => only(`${from}-imports-libraries-only`, from, libraries)),
    {
      name: "probe-worker-never-reaches-postgres",
      severity: "error",
      from: { path: "^services/probe-worker/src/" },
      to: { path: "^(db/|node_modules/(pg|drizzle-orm)(/|$))", reachable: true },
    },
    {
      name: "drizzle-only-in-db",
      severity: "error",
      from: { pathNot: "^db/" },
      to: { path: "node_modules/drizzle-orm" },
    },
    {
      name: "identity-library-behind-one-folder",
      severity: "error",
      from: { pathNot: "(^apps/web/(src/identity|test)|node_modules)/" },
      to: { path: "node_modules/@?better-auth/" },
    },
    {
      name: "core-has-three-dependencies",
      severity: "error",
      from: { path: "^services/core/src/", pathNot: "\\.test\\.ts$" },
      to: { pathNot: ["^services/core/", "node_modules/(zod|canonicalize)/", "^(node:)?crypto$"] },
    },
    {
      name: "src-does-not-import-tests",
      severity: "error",
      from: { pathNot: "(\\.test\\.ts$|/test/|^scripts/)" },
      to: { path: "(\\.test\\.ts$|/test/)" },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(browser|fixtures)/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".js", ".json"],
    },
  },
};
