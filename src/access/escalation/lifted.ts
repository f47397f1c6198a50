import type { IndexedHolder, IndexedPrincipal, PrincipalIndex } from '../../directory/principals/indexed-principals.ts';
import type { AttachedPolicy } from '../../evaluation/applicable-policies.ts';
import type { PreparedPrincipal } from '../../evaluation/prepare.ts';
import type { CompiledPolicy } from '../../policy/load.ts';
import type { IamMethod } from './methods.ts';

// A Deny of a policy that somebody can take away from itself keeps it from nothing.

/** Policies with Denies that one call takes away, or several of the same kind on the same holder. */
export interface Lifted {
  /** The user, role or group that holds them. */
  readonly holder: IndexedHolder;
  /** ARN of a managed policy; null: they are inline, or all that a group holds. */
  readonly policyArn: string | null;
  /** Whether a policy is among them. */
  readonly takes: (policy: AttachedPolicy) => boolean;
}

/** What a method takes away from a user or role. What it holds twice stays. */
export function liftedBy(
  method: IamMethod,
  one: IndexedPrincipal,
  prepared: PreparedPrincipal,
  index: Pick<PrincipalIndex, 'compiled'>,
): readonly Lifted[] {
  const holders = method.on === 'group' ? one.groups : one.kind === method.on ? [one] : [];
  const all: readonly IndexedHolder[] = [one, ...one.groups];
  const identity = prepared.policies?.source.identity ?? [];
  const isOf = (holder: IndexedHolder) => (policy: AttachedPolicy) =>
    policy.arn === null && policy.holder === holder.arn;
  const heldOnce = (holder: IndexedHolder, arn: string): boolean =>
    all.filter((other) => other.arn !== holder.arn).every(({ attached }) => attached.every((each) => each.arn !== arn));
  return holders.flatMap((holder): readonly Lifted[] => {
    const attached = holder.attached.filter(({ arn, document }) => document.isWhole && heldOnce(holder, arn));
    const inline = identity.filter(isOf(holder)).filter(({ policy }) => denies(policy));
    const denying = attached.filter(({ document }) => denies(index.compiled(document)));
    switch (method.lifts) {
      case 'attached':
        return denying.map(({ arn }) => ({ holder, policyArn: arn, takes: (policy) => policy.arn === arn }));
      case 'inline':
        return inline.length === 0 ? [] : [{ holder, policyArn: null, takes: (policy) => inline.includes(policy) }];
      case 'membership': {
        if (inline.length + denying.length === 0) return [];
        const arns = new Set(attached.map(({ arn }) => arn));
        const takes = (policy: AttachedPolicy): boolean =>
          isOf(holder)(policy) || (policy.arn !== null && arns.has(policy.arn));
        return [{ holder, policyArn: null, takes }];
      }
      case undefined:
        return [];
      default:
        return method.lifts satisfies never;
    }
  });
}

/** What it denies is known completely. */
function denies({ statements, faults }: CompiledPolicy): boolean {
  return faults.length === 0 && statements.some(({ allows }) => !allows);
}
