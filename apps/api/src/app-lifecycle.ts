/** What the process tells the app about its own life. */
export interface AppLifecycle {
  /** True while every dependency answers and the process is not draining. */
  isReady(): Promise<boolean>;
}
