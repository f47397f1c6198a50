import { parseArn } from '../policy/arn.ts';
import type { NamedPrincipal } from '../policy/principal-element.ts';
import { type PrincipalRef, parsePrincipalRef } from '../policy/principal-id.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import { rootOf } from './outside-principals.ts';

export type OutsiderKind = 'ACCOUNT' | 'PRINCIPAL' | 'SERVICE' | 'FEDERATED' | 'EVERYBODY';

type RefOf<Kind extends PrincipalRef['kind']> = PrincipalRef & { readonly kind: Kind };

/** A principal that an Allow of a resource's policy names. */
export type Candidate =
  | { readonly kind: 'ACCOUNT'; readonly value: string; readonly root: RefOf<'root'>; readonly named: boolean }
  | {
      readonly kind: 'PRINCIPAL';
      readonly value: string;
      readonly ref: RefOf<'user' | 'role' | 'roleSession' | 'federatedUser'>;
      readonly root: RefOf<'root'>;
    }
  /** By the canonical id of an account, or of an origin access identity: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html */
  | { readonly kind: 'PRINCIPAL'; readonly value: string; readonly ref: null }
  | { readonly kind: 'SERVICE' | 'FEDERATED' | 'EVERYBODY'; readonly value: string };

/** Greatest number of candidates from one policy; AWS's longest policy has room for fewer. */
const MAX_CANDIDATES = 2000;

/**
 * The principals that the Allows among `statements` name, each once. `accounts`: accounts of the directory, whose root users are
 * part of everybody. `all` false: there are more than the limit.
 */
export function candidatesOf(
  statements: readonly CompiledStatement[],
  partition: string,
  accounts: Iterable<string>,
): { readonly candidates: readonly Candidate[]; readonly all: boolean } {
  const found = new Map<string, Candidate>();
  const add = (candidate: Candidate | null): void => {
    if (candidate === null) return;
    const key = `${candidate.kind} ${candidate.value}`;
    if (!found.has(key)) found.set(key, candidate);
  };
  let everyone = false;
  for (const { allows, principal } of statements) {
    // NotPrincipal with Allow names nobody.
    if (!allows || principal === null || principal.negated) continue;
    everyone ||= principal.everyone;
    for (const named of principal.named) add(candidate(named, partition));
  }
  if (everyone) {
    add({ kind: 'EVERYBODY', value: '*' });
    for (const id of accounts) add({ kind: 'ACCOUNT', value: id, root: rootOf(id, partition), named: false });
  }
  const candidates = [...found.values()];
  return { candidates: candidates.slice(0, MAX_CANDIDATES), all: candidates.length <= MAX_CANDIDATES };
}

function candidate(named: NamedPrincipal, partition: string): Candidate | null {
  switch (named.kind) {
    case 'account': {
      const root = rootOf(named.accountId, named.partition ?? partition);
      return { kind: 'ACCOUNT', value: named.accountId, root, named: true };
    }
    case 'arn': {
      const ref = parsePrincipalRef(named.arn);
      if (ref === null || ref.kind === 'service' || ref.kind === 'anonymous' || ref.kind === 'root') return null;
      const root = rootOf(ref.accountId, parseArn(ref.arn)?.partition ?? partition);
      return { kind: 'PRINCIPAL', value: named.arn, ref, root };
    }
    case 'service':
      return { kind: 'SERVICE', value: named.service };
    case 'federated':
      return { kind: 'FEDERATED', value: named.provider };
    case 'canonicalUser':
      return { kind: 'PRINCIPAL', value: named.id, ref: null };
    // The id of a user or role: it belongs to an entity of the directory, or to no existing entity.
    case 'uniqueId':
    // Occurs only in a Deny.
    case 'every':
      return null;
    default:
      return named satisfies never;
  }
}
