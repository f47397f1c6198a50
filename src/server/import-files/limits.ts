const MIB = 1_048_576;

/** How much one import may read. All of it is in memory at the same time. */
export interface ImportLimits {
  /** Bytes of all files together, unpacked; what is unpacked and left out counts too. */
  readonly totalBytes: number;
  /** Bytes of one file, unpacked. */
  readonly fileBytes: number;
  /** Files, folders and members of archives, those that are left out included. */
  readonly entries: number;
  /** Folders within folders. */
  readonly depth: number;
}

/** Ten times what fifty accounts at 300 roles each hold, as one file for each policy. */
export const IMPORT_LIMITS: ImportLimits = {
  totalBytes: 512 * MIB,
  fileBytes: 128 * MIB,
  entries: 1_000_000,
  depth: 32,
};

/** As in `512 MiB`; small ones, which only tests set, in bytes. */
export function shownSize(bytes: number): string {
  return bytes < MIB ? `${bytes} bytes` : `${bytes / MIB} MiB`;
}
