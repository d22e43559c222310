/**
 * `npm run drill:isolation [-- --json]`: every table and every route, tried as another tenant. Prints
 * `{ routes, tables, leaks }`; a route or table that the drill does not know how to try counts as a leak.
 */
import { measureIsolation } from "../isolation/measure-isolation.ts";

const found = await measureIsolation();
console.log(
  process.argv.includes("--json")
    ? JSON.stringify({ ...found, leaks: found.leaks.length })
    : `${found.routes} routes and ${found.tables} tables tried as another tenant: ${found.leaks.length} leaks`,
);
for (const leak of found.leaks) {
  console.error(leak);
}
process.exitCode = found.leaks.length === 0 ? 0 : 1;
