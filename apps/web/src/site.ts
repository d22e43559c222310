/** What every page knows about the installation it is served by. Base URLs end without a slash. */
export interface Site {
  readonly appUrl: string;
  /** Of the board and the status pages. */
  readonly publicUrl: string;
  readonly apiUrl: string;
  readonly isSimulated: boolean;
  /** Paths of style sheet and scripts, with the hash of their content. */
  readonly assets: {
    readonly css: string;
    readonly liveScript: string;
    readonly chartScript: string;
    readonly copyScript: string;
  };
}
