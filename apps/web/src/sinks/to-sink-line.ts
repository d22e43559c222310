import type { SinkRow } from "@alivemcp/db/queries/sinks";
import type { SinkLine } from "./sinks-model.ts";

export const toSinkLine = (row: SinkRow): SinkLine => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  shown: row.shown,
  state: row.state,
  isDefault: row.isDefault,
  failuresInARow: row.failuresInARow,
  disabledReason: row.disabledReason,
  lastAttemptAtMs: row.lastAttemptAt?.getTime() ?? null,
  lastOutcome: row.lastOutcome,
  lastAnswer: row.lastAnswer,
});
