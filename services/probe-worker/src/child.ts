/** Entry of a child process: the probe library behind the protocol of `child-protocol.ts`. Forked by `open-child.ts`. */
import { AsyncLocalStorage } from "node:async_hooks";
import { createProbeDeps } from "@alivemcp/probe/probe-deps";
import { runProbe } from "@alivemcp/probe/run-probe";
import { type ChildSetup, FLIGHT_RECORDER_FD } from "./child-protocol.ts";
import { createFlightRecorder } from "./flight-recorder.ts";
import { reachCanaries } from "./reach-canaries.ts";
import { serveProbes } from "./serve-probes.ts";
import { touchOnBytes } from "./touch-on-bytes.ts";

const { allowCidrs, publicUrl } = JSON.parse(process.argv[2] ?? "{}") as ChildSetup;
const deps = createProbeDeps({ allowCidrs, publicUrl });
const current = new AsyncLocalStorage<number>();
const touch = createFlightRecorder(FLIGHT_RECORDER_FD);
touchOnBytes(current, touch);

serveProbes({
  touch,
  selfCheck: (urls) => reachCanaries(deps, urls),
  probe: (order, { dispatch, signal, onStep }) =>
    current.run(dispatch, async () => {
      const request = { ...order, credential: null };
      const { finding, toolList } = await runProbe({ ...deps, signal, onStep }, request);
      return { finding, toolList: toolList && JSON.stringify(toolList) };
    }),
});
