import type { AttachedPolicy } from '../../evaluation/applicable-policies.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { type CompiledBatch, denyingPolicy } from './compiled-policies.ts';
import { dependency } from './memory.ts';
import type { AttachedRow, HolderRow } from './rows.ts';

/** A document that must be compiled before an entry can be built. */
export interface NeededDocument {
  readonly kind: PolicyKind;
  readonly hash: string;
}

/** Gathers the policies of one entity, what cannot be read among them, and what they depend on. */
export class PolicyCollector {
  readonly gaps: string[] = [];
  readonly dependencies: string[] = [];
  readonly #compiled: CompiledBatch;

  constructor(compiled: CompiledBatch) {
    this.#compiled = compiled;
  }

  /** Inline and attached policies of a user, group or role. What cannot be read is left out. */
  identity(holder: HolderRow): readonly AttachedPolicy[] {
    const policies: AttachedPolicy[] = [];
    for (const [name, hash] of holder.inline) {
      const policy = this.#readable('identity', hash, `the inline policy \`${name}\` of ${holder.arn}`);
      if (policy !== null) policies.push({ policy, id: name, name, arn: null, holder: holder.arn });
    }
    for (const [arn, name, hash] of holder.attached) {
      this.dependencies.push(dependency('ManagedPolicy', arn));
      const policy = this.#readable('identity', hash, `the policy ${arn}, attached to ${holder.arn},`);
      if (policy !== null) policies.push({ policy, id: arn, name, arn });
    }
    return policies;
  }

  /** A policy that can only take away: one that cannot be read takes away everything. */
  restriction(kind: 'boundary' | 'session', [arn, name, hash]: AttachedRow, where: string): AttachedPolicy {
    this.dependencies.push(dependency('ManagedPolicy', arn));
    const found = hash === null ? null : this.#compiled.get(kind, hash);
    if (found != null && 'policy' in found) return { policy: found.policy, id: arn, name, arn };
    this.gaps.push(`${where} ${arn} is taken to allow nothing: ${found?.fault ?? 'its document is not known'}`);
    return { policy: denyingPolicy(kind), id: arn, name, arn };
  }

  /** A session policy that was given as a document; `position` counts from 1. */
  sessionDocument(hash: string, position: number, sessionArn: string): AttachedPolicy {
    const id = `session policy ${position}`;
    const found = this.#compiled.get('session', hash);
    if (found !== undefined && 'policy' in found)
      return { policy: found.policy, id, name: null, arn: null, holder: sessionArn };
    this.gaps.push(`${id} of ${sessionArn} is taken to allow nothing: ${found?.fault ?? 'no document'}`);
    return { policy: denyingPolicy('session'), id, name: null, arn: null, holder: sessionArn };
  }

  /** A policy of a resource or role; null: there is none, or it is left out. */
  ofResource(kind: 'resource' | 'trust', hash: string | null, arn: string): AttachedPolicy | null {
    if (hash === null) return null;
    const noun = kind === 'trust' ? 'the trust policy' : 'the resource-based policy';
    const policy = this.#readable(kind, hash, `${noun} of ${arn}`);
    return policy === null ? null : { policy, id: arn, name: null, arn: null, holder: arn };
  }

  #readable(kind: PolicyKind, hash: string | null, what: string) {
    if (hash === null) {
      this.gaps.push(`${what} is left out: its document is not known`);
      return null;
    }
    const found = this.#compiled.get(kind, hash);
    if (found !== undefined && 'policy' in found) return found.policy;
    this.gaps.push(`${what} is left out: ${found?.fault ?? 'no document'}`);
    return null;
  }
}

export function neededBy(holder: HolderRow): readonly NeededDocument[] {
  const hashes = [
    ...holder.inline.map(([, hash]) => hash),
    ...holder.attached.flatMap(([, , hash]) => (hash === null ? [] : [hash])),
  ];
  return hashes.map((hash) => ({ kind: 'identity', hash }));
}
