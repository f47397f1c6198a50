/** An entity that a change touched, as DirectoryChange names it. */
export interface Touched {
  readonly entity: string;
  readonly entityId: string;
}
