import type { DocumentFinding } from '../../validation/validate-policy.ts';
import type { CheckedRequest, DocumentPlace } from './request.ts';
import type { Around } from './scenario.ts';

/** A request that the document grants, which the simulation of the document confirms. */
export interface GrantWitness extends CheckedRequest {
  /** An Allow that matches it: its position in the document, from 0; null: FullAWSAccess or RCPFullAWSAccess, which stands beside the document. */
  readonly statement: number | null;
  readonly sid: string | null;
  /** Where the document stands in the simulation, and what stands around it. */
  readonly place: DocumentPlace;
  readonly around: Around;
}

/** Whether there is such a request. `undecided`: it was neither found nor shown not to exist. */
export type GrantOutcome =
  | { readonly kind: 'found'; readonly witness: GrantWitness }
  | { readonly kind: 'none' }
  | { readonly kind: 'undecided'; readonly reasons: readonly string[] }
  /** A document cannot be read completely, so that nothing is said of what it grants. */
  | { readonly kind: 'unreadable'; readonly documents: readonly UnreadableInput[] };

export interface UnreadableInput {
  /** The input that holds the document: `before`. */
  readonly input: string;
  readonly findings: readonly DocumentFinding[];
}
