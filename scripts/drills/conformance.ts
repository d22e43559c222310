/** `npm run drill:conformance [-- --json]`: every client scenario of the official suite that concerns a prober. */
import { runScenario, SCENARIOS } from "../conformance/run-scenario.ts";

const isJson = process.argv.includes("--json");
const results = [];
for (const scenario of SCENARIOS) {
  const result = await runScenario(scenario);
  results.push({ ...scenario, ...result });
  if (!isJson) {
    console.log(
      `${result.isPassed ? "✓" : "✗"} ${scenario.name} (${scenario.specVersion}): ${result.summary}`,
    );
  }
}
const failed = results.filter((result) => !result.isPassed).length;
console.log(
  isJson
    ? JSON.stringify({ scenarios: results.length, failed, results })
    : `${results.length} scenarios, ${failed} failed`,
);
process.exitCode = failed === 0 ? 0 : 1;
