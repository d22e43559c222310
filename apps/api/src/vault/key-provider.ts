/**
 * Whoever holds the keys that wrap the tenants' data keys: a key file on this machine (local-key-provider.ts) or a key
 * management service. A data key leaves a provider only to a caller that states the tenant and version it is for.
 */
export interface KeyProvider {
  /** Stored beside every wrapped key. */
  readonly name: string;
  /** Id of the key that wraps now. It changes while the process runs, when the keys are rotated. */
  currentKeyId(): Promise<string>;
  /** Wraps under the current key. */
  wrap(dataKey: Buffer, context: WrapContext): Promise<WrappedKey>;
  /** Rejects when the key is not known here, or the context is not the one it was wrapped with. */
  unwrap(wrapped: WrappedKey, context: WrapContext): Promise<Buffer>;
}

interface WrappedKey {
  readonly keyId: string;
  readonly wrapped: Buffer;
}

/** Bound to the wrapping, so that a wrapped key of one tenant cannot stand in for another's. */
export interface WrapContext {
  readonly tenantId: string;
  readonly version: number;
}
