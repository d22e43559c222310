import { noticeSentence } from "@alivemcp/core/notice";
import { listOpenNotices } from "@alivemcp/db/queries/notices";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

export interface Notice {
  readonly id: number;
  readonly sentence: string;
  readonly createdAtMs: number;
}

/** What the workspace should know and nobody has dismissed yet, newest first. */
export async function listNotices(deps: Pick<ActionDeps, "pool">, caller: Caller): Promise<Notice[]> {
  const rows = await read(deps, caller, "workspace.read", (tx) => listOpenNotices(caller.scope, tx));
  return rows.flatMap(({ id, kind, facts, createdAt }) => {
    const sentence = noticeSentence(kind, facts);
    return sentence === null ? [] : [{ id, sentence, createdAtMs: createdAt.getTime() }];
  });
}
