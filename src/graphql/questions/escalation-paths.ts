import type { Access } from '../../access/access.ts';
import type { EscalationPaths, EscalationPath as PathValue } from '../../access/escalation/paths.ts';
import type { Subject } from '../../access/question.ts';
import type { RequestContext } from '../../evaluation/request.ts';
import { checkMayAskAbout, ownSubject } from '../../guard/ask.ts';
import { escalationScope } from '../../guard/escalation-scope.ts';
import { foundForPage } from '../../guard/next-pages.ts';
import { asFarAsKnown, knowsItselfAlone } from '../../guard/veils.ts';
import { InvalidInput, RolegateError } from '../../policy/errors.ts';
import { type PrincipalRef, principalIdOf } from '../../policy/principal-id.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Principal } from '../entities/principal.ts';
import { inTurn } from '../in-turn.ts';
import { type KeyedPage, keyedConnection, type PageRequest, pageOf, toPage } from '../keyed-connection.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION, notACursor } from '../page.ts';
import { countText } from '../repeated-text.ts';
import { EscalationPath, principalNamed } from './escalation-path.ts';
import { CONTEXT_DESCRIPTION } from './question-input.ts';

type PathsPage = KeyedPage<PathValue> & Pick<EscalationPaths, 'administrators' | 'withheld' | 'gaps' | 'revision'>;

const EscalationPathConnection = keyedConnection<PathValue, PathsPage>('EscalationPath', EscalationPath, {
  page:
    'A page of ways to more permissions: shorter ones come first, then those to an administrator. After a change of the directory ' +
    'the order can be different: `after` then fails with CONFLICT, and the list must be requested from the first page again',
  entry: 'A way to more permissions',
});

builder.objectFields(EscalationPathConnection, (t) => ({
  administrators: t.field({
    type: [Principal],
    description:
      'The users and roles, of the accounts that were asked about, that may do everything that their account lets anybody do: no Deny of ' +
      'their own policies takes a part away. They have no ways to more, unless control policies deny something to them and not to others',
    resolve: ({ administrators }) => administrators.map(principalNamed),
  }),
  withheld: t.boolean({
    description:
      'Whether principals, groups or policies were left out that the caller may not ask about or read: there may be more ways',
    resolve: ({ withheld }) => withheld,
  }),
  gaps: t.stringList({
    description:
      'What the directory does not know of the principals on the way, and of whom not all ways are listed. Empty: nothing was left out',
    resolve: ({ gaps }, _args, context) => countText(context, [...gaps]),
  }),
  revision: t.field({
    type: 'Revision',
    description: 'The revision of the directory on which this was computed',
    resolve: ({ revision }) => revision,
  }),
}));

/** Of an entry that is kept for the next page, with its decisions. */
const BYTES_OF_PATH = 6_000;
const DEFAULT_STEPS = 3;

builder.queryField('escalationPaths', (t) =>
  t.field({
    type: EscalationPathConnection,
    nullable: true,
    description:
      'Ways by which users and roles come to permissions that they do not have, through the steps that are publicly known: assuming ' +
      'and passing roles, changing policies and trust, taking credentials. The search of each ends with the shortest ways to an ' +
      'administrator. Joining a group ends a way: what its policies then allow is not followed. Ways that take away a Deny (leaving a ' +
      'group, detaching or deleting a policy, changing tags) are not searched. Only principals that the caller may ask about (iam:SimulatePrincipalPolicy), and groups and policies that it may ' +
      `read, are told of. ${NULL_ANSWER}`,
    args: {
      principal: t.arg({
        type: 'PrincipalId',
        description: 'The user or role that begins. Left out: all of the accounts',
      }),
      accountIds: t.arg({
        type: ['AccountId'],
        description: 'Accounts of the users and roles that begin, if `principal` is left out. Left out: all',
      }),
      maxDepth: t.arg.int({ defaultValue: DEFAULT_STEPS, description: 'Greatest number of steps, 1 to 5' }),
      context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
      first: t.arg.int({ description: FIRST_DESCRIPTION }),
      after: t.arg.string({ description: AFTER_DESCRIPTION }),
    },
    resolve: async (_root, { principal, accountIds, maxDepth, context: given, ...page }, context) => {
      const asked = pageOf(page);
      const subject = principal == null ? null : await subjectOf(context, principal);
      const options = {
        principal: subject === null ? null : principalIdOf(subject.principal),
        accountIds: accountIds ?? null,
        maxDepth: maxDepth ?? DEFAULT_STEPS,
        context: given ?? NO_KEYS,
        scope: await escalationScope(context),
      };
      const { scope: _scope, ...key } = options;
      const wanted = {
        asked: ['escalationPaths', key, subject !== null && (await knowsItselfAlone(context, subject))],
        isNextPage: asked.after !== null,
        bytesOf: ({ paths }: EscalationPaths) => BYTES_OF_PATH * (paths.length + 1),
        find: async (before: EscalationPaths | null) =>
          before ?? asKnown(context, subject, (access) => access.escalationPaths(options, context.now)),
      };
      const found = await inTurn(context, () => foundForPage(context, wanted));
      const before = await precedingOf(context, found, asked);
      const entries = found.paths.slice(before, before + asked.limit);
      const numbers = new Map(entries.map((entry, index) => [entry, String(before + index)]));
      const part = { entries, before, total: found.paths.length, revision: found.revision };
      return { ...found, ...toPage(part, (entry) => numbers.get(entry) ?? '') };
    },
  }),
);

const NO_KEYS: RequestContext = new Map();

/** Throws for who is neither a user nor a role, and FORBIDDEN for whom the caller may not ask about. */
async function subjectOf(context: GatewayContext, principal: PrincipalRef): Promise<Subject> {
  if (principal.kind !== 'user' && principal.kind !== 'role')
    throw new InvalidInput('principal', 'ways to more permissions begin with a user or role: give its ARN');
  await checkMayAskAbout(context, principal, 'principal');
  return ownSubject(context, { principal, assumedRole: null, session: null });
}

function asKnown<T>(
  context: GatewayContext,
  subject: Subject | null,
  work: (access: Access) => Promise<T>,
): Promise<T> {
  return subject === null ? work(context.access) : asFarAsKnown(context, subject, null, work);
}

/** Number of ways before the page. Throws CONFLICT if the order can have changed since the cursor was returned. */
async function precedingOf(
  { directory }: GatewayContext,
  { paths, revision }: EscalationPaths,
  { after }: PageRequest,
): Promise<number> {
  if (after === null) return 0;
  if (after.revision !== revision && (await directory.changedSince(after.revision))) {
    const message = 'the directory has changed since the previous page: ask again from the first page, without `after`';
    throw new RolegateError('CONFLICT', message, { field: 'after' });
  }
  const place = Number(after.key);
  if (!Number.isInteger(place) || place < 0 || place >= paths.length) throw notACursor('after');
  return place + 1;
}
