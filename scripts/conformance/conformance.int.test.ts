import { expect, test } from "vitest";
import { runScenario, SCENARIOS } from "./run-scenario.ts";

/** One handshake, one stream and one header scenario per wire; the rest runs with `npm run drill:conformance`. */
const SCENARIOS_OF_CI = 4;

test.each(
  SCENARIOS.slice(0, SCENARIOS_OF_CI).map(
    (scenario) => [scenario.name, scenario.specVersion, scenario] as const,
  ),
)(
  "the probe passes the official conformance scenario %s on the wire of %s",
  async (_name, _version, scenario) => {
    expect(await runScenario(scenario)).toMatchObject({ isPassed: true });
  },
  90_000,
);
