import { TRANSPORTS } from "@alivemcp/core/states";
import { Option } from "commander";

/** `--transport`, of the commands that take a URL. */
export function transportOption(): Option {
  return new Option("--transport <transport>", "http is Streamable HTTP, sse the old HTTP+SSE pair")
    .choices(TRANSPORTS)
    .default("auto");
}
