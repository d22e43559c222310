/** Fails when a Markdown file or a TypeScript header cites a repository path that does not exist. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => /\.(md|ts|sql)$/.test(path) && existsSync(path));
const cited = /(?<![\w/.:@-])(?:apps|services|db|infra|scripts)\/[\w./-]*[\w]/g;

const missing: string[] = [];
for (const file of files) {
  const text = readFileSync(file, "utf8");
  const prose = file.endsWith(".md")
    ? text
    : [...text.matchAll(/\/\*\*[\s\S]*?\*\/|^--.*$/gm)].map((m) => m[0]).join("\n");
  for (const [path] of prose.matchAll(cited)) {
    if (!existsSync(path) && !existsSync(join(dirname(file), path))) {
      missing.push(`${file}: ${path}`);
    }
  }
}
if (missing.length > 0) {
  console.error(`Cited paths that do not exist:\n${missing.join("\n")}`);
  process.exit(1);
}
console.log(`doc paths: ${files.length} files, every cited path exists`);
