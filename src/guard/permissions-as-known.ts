import { AccessComparison, sidesOf } from '../access/compare-access.ts';
import type { EffectivePermissions } from '../access/effective-permissions.ts';
import type { PermissionFilter } from '../access/effective-permissions-filter.ts';
import type { Subject } from '../access/question.ts';
import { onOneRevision } from '../access/scan.ts';
import { Work } from '../access/work.ts';
import { effectivePermissions } from '../access/work-out-permissions.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { subjectAsKnown } from './ask.ts';
import type { GuardContext } from './context.ts';
import { foundForPage } from './next-pages.ts';
import { asFarAsKnown, knowsItselfAlone } from './veils.ts';

/** What all requests have. */
interface Given {
  readonly given: RequestContext;
  readonly assumeContextKeys: boolean;
}

/**
 * Everything that a subject may do, as far as the caller may know. INVARIANT: the caller may ask about it. What does not depend on
 * the time is kept for what it asks next, also of the first pages.
 */
export async function permissionsAsKnown(
  context: GuardContext,
  subject: Subject,
  given: Given,
): Promise<EffectivePermissions> {
  const asked = await subjectAsKnown(context, subject);
  const found = await foundForPage<EffectivePermissions>(context, {
    asked: ['effectivePermissions', asked, given, await knowsItselfAlone(context, asked)],
    isNextPage: true,
    bytesOf: ({ bytes }) => bytes,
    find: async (before) => before ?? (await workedOut(context, asked, given, '')).during(new Work()),
  });
  return found.during(context.work ?? new Work());
}

/** A subject in a role, which is compared with itself; or another one beside it, which is given as `other`. */
export interface Compared {
  readonly subject: Subject;
  readonly other: Subject | null;
}

/** Both side by side, as far as the caller may know. INVARIANT: the caller may ask about both. Kept as `permissionsAsKnown`. */
export async function comparisonAsKnown(
  context: GuardContext,
  { subject, other }: Compared,
  { filter, ...given }: Given & { readonly filter: PermissionFilter },
): Promise<AccessComparison> {
  const one = await subjectAsKnown(context, subject);
  const two = other === null ? null : await subjectAsKnown(context, other);
  const limits = [await knowsItselfAlone(context, one), two !== null && (await knowsItselfAlone(context, two))];
  const compare = (): Promise<AccessComparison> =>
    onOneRevision(async (check) => {
      const first = await workedOut(context, one, given, '');
      check(first.revision);
      const second = two === null ? null : await workedOut(context, two, given, 'other');
      if (second !== null) check(second.revision);
      const sides = second === null ? sidesOf(first) : ([first, second] as const);
      return new AccessComparison(context.catalog.now, sides, filter, new Work());
    });
  const found = await foundForPage<AccessComparison>(context, {
    asked: ['compareAccess', one, two, given, filter, limits],
    isNextPage: true,
    bytesOf: ({ bytes }) => bytes,
    find: async (before) => before ?? (await compare()).during(new Work()),
  });
  return found.during(context.work ?? new Work());
}

function workedOut(
  context: GuardContext,
  subject: Subject,
  { given, assumeContextKeys }: Given,
  path: string,
): Promise<EffectivePermissions> {
  const { access, catalog, directory, work, now } = context;
  return asFarAsKnown(context, subject, given, (_access, veil) => {
    const tools = { directory, catalog, actions: access.assumptionActions, ...(work === undefined ? {} : { work }) };
    return effectivePermissions(
      { ...tools, ...(veil === null ? {} : { veil }) },
      subject,
      given,
      now,
      assumeContextKeys,
      path,
    );
  });
}
