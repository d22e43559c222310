/** A credential child that dies until a probe comes with the dispatch number its URL wants, and then says which came. */
import { serveProbes } from "../src/serve-probes.ts";
import { finding } from "./finding.ts";

serveProbes({
  async probe(order, { handover }) {
    const wanted = Number(new URL(order.url).searchParams.get("dispatch"));
    if ((handover?.jobDispatch ?? 0) < wanted) {
      process.exit(3);
    }
    return { finding: finding({ detail: String(handover?.jobDispatch) }), toolList: null };
  },
  selfCheck: () => Promise.resolve(true),
  touch: () => {},
});
