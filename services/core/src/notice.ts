/** What a workspace is told without having asked, in words. */
import { publicLine } from "./public-text.ts";

export const NOTICE_KINDS = ["followed-endpoint-hidden", "followed-endpoint-deleted"] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** The sentence of one notice; null for a kind of a newer version. `facts` hold what was public when it happened. */
export function noticeSentence(kind: string, facts: Readonly<Record<string, unknown>>): string | null {
  const name = publicLine(String(facts.name ?? ""), 120) || "An endpoint";
  switch (NOTICE_KINDS.find((known) => known === kind)) {
    case "followed-endpoint-hidden":
      return `${name}, which you followed, is no longer public, so you do not follow it any more.`;
    case "followed-endpoint-deleted":
      return `${name}, which you followed, was deleted by its owner, so it is not watched any more.`;
    case undefined:
      return null;
  }
}
