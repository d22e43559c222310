/** The rule that is broken, the text that holds it (once in the file), and what stands there instead. */
export type Mutation = readonly [rule: string, from: string, to: string];

export interface MutatedFile {
  /** Of `services/core/src`, without `.ts`. */
  readonly file: string;
  /** Tests that are to notice, likewise without `.test.ts`. */
  readonly tests: readonly string[];
  readonly mutations: readonly Mutation[];
}
