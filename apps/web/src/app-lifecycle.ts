/** What the process tells its HTTP app about its own life. */
export interface AppLifecycle {
  /** True while every dependency answers and the process is not draining. */
  isReady(): Promise<boolean>;
  /** Aborted when the process begins to stop: streams end, so that connections can close. */
  readonly stopping: AbortSignal;
}
