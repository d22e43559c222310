/** Runs dependency-cruiser over the house and fails when it read fewer modules than git knows (it exits 0 on none). */
import { execFileSync, spawnSync } from "node:child_process";

const folders = ["apps", "services", "db", "scripts"];
const known = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...folders],
  {
    encoding: "utf8",
  },
)
  .split("\n")
  .filter((path) => path.endsWith(".ts") && !/(^|\/)(browser|fixtures)\//.test(path));

const run = spawnSync(
  "depcruise",
  ["--config", ".dependency-cruiser.js", "--output-type", "json", ...folders],
  {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  },
);
if (run.error) {
  throw run.error;
}
if (run.stdout.trim() === "") {
  console.error(run.stderr);
  process.exit(1);
}
const report = JSON.parse(run.stdout) as {
  modules: { source: string }[];
  summary: { violations: { from: string; to: string; rule: { name: string; severity: string } }[] };
};
const read = new Set(report.modules.map((module) => module.source));
const missed = known.filter((path) => !read.has(path));
for (const violation of report.summary.violations) {
  console.error(`${violation.rule.name}: ${violation.from} → ${violation.to}`);
}
if (missed.length > 0) {
  console.error(`dependency-cruiser did not read ${missed.length} modules, first: ${missed[0]}`);
}
if (missed.length > 0 || report.summary.violations.length > 0) {
  process.exit(1);
}
console.log(`arrows: ${known.length} modules, no violation`);
