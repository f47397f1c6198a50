import type { Allowance } from './allowance.ts';

/** One import, while its files are read. */
export interface Reading {
  readonly allowance: Allowance;
  /** Something that is left out although it may have been meant. */
  warn(path: string, problem: string): void;
  /** A file that is no JSON, in a folder or archive. */
  leaveOut(path: string): void;
}
