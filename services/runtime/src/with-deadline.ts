/** Rejects when `work` takes longer: a queue or database that hangs must not hold a reader's request. */
export function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
