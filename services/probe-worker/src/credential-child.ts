/**
 * Entry of a credential child: probes of one tenant at a time, each with the credential that the api seals to the key
 * made here. Forked by `open-child.ts`; the key lives and dies with the process.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { invariant } from "@alivemcp/core/invariant";
import { createProbeDeps } from "@alivemcp/probe/probe-deps";
import { makeBoxKeys } from "@alivemcp/runtime/sealed-box";
import { type ChildSetup, FLIGHT_RECORDER_FD } from "./child-protocol.ts";
import { createFlightRecorder } from "./flight-recorder.ts";
import { probeWithCredential } from "./probe-with-credential.ts";
import { reachCanaries } from "./reach-canaries.ts";
import { serveProbes } from "./serve-probes.ts";
import { touchOnBytes } from "./touch-on-bytes.ts";

// What an error says may hold what was sent; the supervisor logs what a child writes before it dies.
process.on("uncaughtException", (error: unknown) => {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").filter((line) => /^ {4}at .*(?:file:|node:)/.test(line));
  process.stderr.write(`${error instanceof Error ? error.name : typeof error}\n${frames.join("\n")}\n`);
  process.exit(1);
});

const { allowCidrs, publicUrl, internalUrl } = JSON.parse(process.argv[2] ?? "{}") as ChildSetup;
invariant(internalUrl !== null, "a credential child knows where the api is");
const probeDeps = createProbeDeps({ allowCidrs, publicUrl });
const deps = { probeDeps, internalUrl, keys: makeBoxKeys() };
const current = new AsyncLocalStorage<number>();
const touch = createFlightRecorder(FLIGHT_RECORDER_FD);
touchOnBytes(current, touch);

serveProbes({
  touch,
  selfCheck: (urls) => reachCanaries(probeDeps, urls),
  probe: (order, { dispatch, handover, signal, onStep }) =>
    current.run(dispatch, async () => {
      invariant(handover !== null, "a credential child only gets probes with a credential");
      const { finding, toolList } = await probeWithCredential(deps, { order, handover }, { signal, onStep });
      return { finding, toolList: toolList && JSON.stringify(toolList) };
    }),
});
