/** What one import may hold, over every door that takes files. */
export const IMPORT_ROWS_MAX = 500;
export const IMPORT_BYTES_MAX = 1_000_000;
/** How long a preview waits to be confirmed. */
export const IMPORT_KEPT_S = 1_800;
