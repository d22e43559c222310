/** What an Acknowledge button carries: the sink that posted it and the incident it is about. */
import { z } from "zod";

const buttonValue = z.object({ s: z.uuid(), k: z.string().min(1).max(200) });

export interface ButtonTarget {
  readonly sinkId: string;
  readonly dedupKey: string;
}

export function buttonValueOf({ sinkId, dedupKey }: ButtonTarget): string {
  return JSON.stringify({ s: sinkId, k: dedupKey });
}

/** Null for what no button of ours carries. */
export function readButtonValue(text: string): ButtonTarget | null {
  try {
    const { data } = buttonValue.safeParse(JSON.parse(text));
    return data === undefined ? null : { sinkId: data.s, dedupKey: data.k };
  } catch {
    return null;
  }
}
