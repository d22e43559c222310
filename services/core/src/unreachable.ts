/** Marks an arm of an exhaustive `switch` that the types rule out; throws if data from outside got there anyway. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
