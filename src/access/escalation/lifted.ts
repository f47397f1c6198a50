import type {
  IndexedDocument,
  IndexedHolder,
  IndexedPrincipal,
  PrincipalIndex,
} from '../../directory/principals/indexed-principals.ts';
import type { AttachedPolicy } from '../../evaluation/applicable-policies.ts';
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
  index: Pick<PrincipalIndex, 'compiled'>,
): readonly Lifted[] {
  const holders = method.on === 'group' ? one.groups : one.kind === method.on ? [one] : [];
  const all: readonly IndexedHolder[] = [one, ...one.groups];
  return holders.flatMap((holder): readonly Lifted[] => {
    const others = all.filter(({ arn }) => arn !== holder.arn);
    const isElsewhere = (hash: string): boolean =>
      others.some(({ inline }) => inline.some((document) => document.hash === hash));
    const isAttached = (arn: string): boolean =>
      others.some(({ attached }) => attached.some((policy) => policy.arn === arn));
    const attached = holder.attached.filter(({ arn, document }) => document.isWhole && !isAttached(arn));
    const inline = holder.inline.filter(({ hash, isWhole }) => isWhole && !isElsewhere(hash));
    const isDeny = (document: IndexedDocument): boolean =>
      index.compiled(document).statements.some(({ allows }) => !allows);
    const taking = (documents: readonly IndexedDocument[], arns: readonly string[]): Lifted['takes'] => {
      const texts = new Set(documents.map((document) => index.compiled(document).source.text));
      return ({ arn, policy }) => (arn === null ? texts.has(policy.source.text) : arns.includes(arn));
    };
    const own = inline.filter(isDeny);
    const managed = attached.filter(({ document }) => isDeny(document)).map(({ arn }) => arn);
    switch (method.lifts) {
      case 'attached':
        return managed.map((arn) => ({ holder, policyArn: arn, takes: taking([], [arn]) }));
      case 'inline':
        return own.length === 0 ? [] : [{ holder, policyArn: null, takes: taking(own, []) }];
      case 'membership': {
        if (own.length + managed.length === 0) return [];
        const arns = attached.map(({ arn }) => arn);
        return [{ holder, policyArn: null, takes: taking(inline, arns) }];
      }
      case undefined:
        return [];
      default:
        return method.lifts satisfies never;
    }
  });
}
