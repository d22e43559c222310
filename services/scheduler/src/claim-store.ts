/**
 * Where claims are kept at the moment. What is done is marked in Redis either way, so that a switch plans nothing again;
 * and if it did, job ids make a window that is planned twice add nothing.
 */
export interface ClaimStore {
  postgresRestsUntilMs: number;
}
