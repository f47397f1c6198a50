import type { AttachedPolicy } from '../../evaluation/applicable-policies.ts';
import { type CompiledPolicy, closedPolicy } from '../../policy/load.ts';
import { faultGaps } from '../../policy/policy-fault.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import type { GapReach } from '../directory.ts';
import type { CompiledBatch } from './compiled-policies.ts';
import { dependency } from './memory.ts';
import type { AttachedRow, HolderRow } from './rows.ts';

/** A document that must be compiled before an entry can be built. */
export interface NeededDocument {
  readonly kind: PolicyKind;
  readonly hash: string;
}

/** Holders of one document whose policies are kept as one object each: thousands of buckets have equal policies. */
const MOST_HOLDERS = 1_000;

/** Everything in a bucket has its policy as one object, so that it is planned once. */
const heldBy = new WeakMap<CompiledPolicy, Map<string, AttachedPolicy>>();

function held(policy: CompiledPolicy, arn: string): AttachedPolicy {
  const byHolder = heldBy.get(policy) ?? new Map<string, AttachedPolicy>();
  heldBy.set(policy, byHolder);
  const known = byHolder.get(arn);
  if (known !== undefined) return known;
  const made = { policy, id: arn, name: null, arn: null, holder: arn };
  if (byHolder.size >= MOST_HOLDERS) byHolder.clear();
  byHolder.set(arn, made);
  return made;
}

/** Gathers the policies of one entity, what cannot be read among them, and what they depend on. */
export class PolicyCollector {
  readonly gaps: string[] = [];
  /** Of the gaps about what cannot be read. */
  readonly reach = new Map<string, GapReach>();
  readonly dependencies: string[] = [];
  readonly #compiled: CompiledBatch;

  constructor(compiled: CompiledBatch) {
    this.#compiled = compiled;
  }

  /** Inline and attached policies of a user, group or role. Those whose document is not known are left out. */
  identity(holder: HolderRow): readonly AttachedPolicy[] {
    const policies: AttachedPolicy[] = [];
    for (const [name, hash] of holder.inline) {
      const policy = this.#granting('identity', hash, `the inline policy \`${name}\` of ${holder.arn}`);
      if (policy !== null) policies.push({ policy, id: name, name, arn: null, holder: holder.arn });
    }
    for (const [arn, name, hash] of holder.attached) {
      this.dependencies.push(dependency('ManagedPolicy', arn));
      const policy = this.#granting('identity', hash, `the policy ${arn}, attached to ${holder.arn},`);
      if (policy !== null) policies.push({ policy, id: arn, name, arn });
    }
    return policies;
  }

  /** A policy that can only take away: without its document, it takes away everything. */
  restriction(kind: 'boundary' | 'session', [arn, name, hash]: AttachedRow, where: string): AttachedPolicy {
    this.dependencies.push(dependency('ManagedPolicy', arn));
    return {
      policy: this.#restricting(kind, hash, `${where} ${arn}`, 'its document is not known'),
      id: arn,
      name,
      arn,
    };
  }

  /** A session policy that was given as a document; `position` counts from 1. */
  sessionDocument(hash: string, position: number, sessionArn: string): AttachedPolicy {
    const id = `session policy ${position}`;
    const policy = this.#restricting('session', hash, `${id} of ${sessionArn}`, 'no document');
    return { policy, id, name: null, arn: null, holder: sessionArn };
  }

  /** A policy of a resource or role; null: there is none, or it is left out. */
  ofResource(kind: 'resource' | 'trust', hash: string | null, arn: string): AttachedPolicy | null {
    if (hash === null) return null;
    const noun = kind === 'trust' ? 'the trust policy' : 'the resource-based policy';
    const policy = this.#granting(kind, hash, `${noun} of ${arn}`);
    return policy === null ? null : held(policy, arn);
  }

  /** The policy of a VPC endpoint, which can only take away; null: there is none, so that it allows everything. */
  ofEndpoint(hash: string | null, id: string, arn: string): AttachedPolicy | null {
    if (hash === null) return null;
    const policy = this.#restricting('vpce', hash, `the policy of the VPC endpoint \`${id}\``, 'no document');
    return { policy, id: arn, name: null, arn: null, holder: arn };
  }

  /** A policy that can grant. One whose document is not known is left out; one that is no policy could deny anything. */
  #granting(kind: PolicyKind, hash: string | null, what: string): CompiledPolicy | null {
    const found = hash === null ? undefined : this.#compiled.get(kind, hash);
    if (found === undefined) {
      this.gaps.push(`${what} is left out: its document is not known`);
      return null;
    }
    if ('policy' in found) return this.#readable(found.policy, what);
    this.#unread(`${what} cannot be read, so that nothing is allowed: ${found.fault}`);
    return closedPolicy(kind);
  }

  #restricting(kind: PolicyKind, hash: string | null, what: string, missing: string): CompiledPolicy {
    const found = hash === null ? undefined : this.#compiled.get(kind, hash);
    if (found !== undefined && 'policy' in found) return this.#readable(found.policy, what);
    this.#unread(`${what} is taken to allow nothing: ${found?.fault ?? missing}`);
    return closedPolicy(kind);
  }

  #readable(policy: CompiledPolicy, what: string): CompiledPolicy {
    if (policy.faults.length > 0) this.#unread(...faultGaps(policy.faults, what));
    return policy;
  }

  #unread(...gaps: readonly string[]): void {
    this.gaps.push(...gaps);
    for (const gap of gaps) this.reach.set(gap, 'UNREAD');
  }
}

export function neededBy(holder: HolderRow): readonly NeededDocument[] {
  const hashes = [
    ...holder.inline.map(([, hash]) => hash),
    ...holder.attached.flatMap(([, , hash]) => (hash === null ? [] : [hash])),
  ];
  return hashes.map((hash) => ({ kind: 'identity', hash }));
}
