import type { AttachedPolicy } from '../../src/evaluation/applicable-policies.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';

/** A policy where it is attached, named by `id`. */
export function attached(document: string, kind: PolicyKind, id: string, arn: string | null): AttachedPolicy {
  return { policy: loadPolicy(document, kind), id, name: id, arn };
}
