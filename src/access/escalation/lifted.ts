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
  /** What the user or role holds then. */
  readonly left: IndexedPrincipal;
}

/** What a method takes away from a user or role. What it holds twice stays, until the other one goes, too. */
export function liftedBy(
  method: IamMethod,
  one: IndexedPrincipal,
  index: Pick<PrincipalIndex, 'compiled'>,
): readonly Lifted[] {
  const holders = method.on === 'group' ? one.groups : one.kind === method.on ? [one] : [];
  const all: readonly IndexedHolder[] = [one, ...one.groups];
  const isDeny = (document: IndexedDocument): boolean =>
    document.isWhole && index.compiled(document).statements.some(({ allows }) => !allows);
  return holders.flatMap((holder): readonly Lifted[] => {
    const others = all.filter(({ arn }) => arn !== holder.arn);
    const isElsewhere = (arn: string): boolean =>
      others.some(({ attached }) => attached.some((policy) => policy.arn === arn));
    const inline = holder.inline.filter(isDeny);
    const managed = holder.attached.filter(({ document }) => isDeny(document)).map(({ arn }) => arn);
    /** Those of documents that nobody else of them holds. */
    const isOf = (documents: readonly IndexedDocument[]): Lifted['takes'] => {
      const only = documents.filter(
        ({ hash, isWhole }) => isWhole && !others.some((other) => other.inline.some((one) => one.hash === hash)),
      );
      const texts = new Set(only.map((document) => index.compiled(document).source.text));
      return ({ arn, policy }) => arn === null && texts.has(policy.source.text);
    };
    switch (method.lifts) {
      case 'attached':
        return managed.map((taken) => ({
          holder,
          policyArn: taken,
          takes: ({ arn }) => arn === taken && !isElsewhere(taken),
          left: holding(one, holder, { attached: holder.attached.filter(({ arn }) => arn !== taken) }),
        }));
      case 'inline': {
        if (inline.length === 0) return [];
        const rest = holder.inline.filter((document) => !inline.includes(document));
        return [{ holder, policyArn: null, takes: isOf(inline), left: holding(one, holder, { inline: rest }) }];
      }
      case 'membership': {
        if (inline.length + managed.length === 0) return [];
        const isInline = isOf(holder.inline);
        const arns = new Set(holder.attached.map(({ arn }) => arn).filter((arn) => !isElsewhere(arn)));
        const takes: Lifted['takes'] = (policy) =>
          policy.holder === holder.arn || (policy.arn === null ? isInline(policy) : arns.has(policy.arn));
        const groups = one.groups.filter(({ arn }) => arn !== holder.arn);
        return [{ holder, policyArn: null, takes, left: { ...one, groups } }];
      }
      case undefined:
        return [];
      default:
        return method.lifts satisfies never;
    }
  });
}

/** A user or role when it, or one of its groups, holds something else. */
function holding(
  one: IndexedPrincipal,
  holder: IndexedHolder,
  change: Partial<Pick<IndexedHolder, 'inline' | 'attached'>>,
): IndexedPrincipal {
  if (holder.arn === one.arn) return { ...one, ...change };
  return { ...one, groups: one.groups.map((group) => (group.arn === holder.arn ? { ...group, ...change } : group)) };
}
