import { resolveCursorConnection } from '@pothos/plugin-relay';
import { storable } from '../../directory/storable.ts';
import type { AuditEvent as AuditEventValue, AuditFilter } from '../../directory/stores/audit-store.ts';
import { visibleEvents } from '../../guard/visible-events.ts';
import { builder } from '../builder.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../cost.ts';
import { forbidden } from '../guards/forbidden.ts';
import { checkPageSize, notACursor, textOfCursor } from '../page.ts';
import { RoleSession } from '../sessions/role-session.ts';
import { tableConnection } from '../table-connection.ts';
import { AuditEvent, AuditOutcome } from './audit-event.ts';

const AuditEventFilterInput = builder.inputType('AuditEventFilterInput', {
  description: 'Events that are all of what is given',
  fields: (t) => ({
    accountId: t.field({
      type: 'AccountId',
      description: 'Of principals of this account, done to something or with a key of it, or an import of it',
    }),
    principal: t.string({ description: 'Done by this principal: its id, `operator` or `anonymous`' }),
    roleSession: t.globalID({ for: RoleSession, description: 'Done in this role session, by its `id`' }),
    target: t.string({ description: 'Done to this: an ARN, or an id' }),
    event: t.string({ description: 'This operation: AssumeRole, SignIn, ExitRole …' }),
    outcome: t.field({ type: AuditOutcome, description: 'With this outcome' }),
    from: t.field({ type: 'DateTime', description: 'From this instant on' }),
    until: t.field({ type: 'DateTime', description: 'Before this instant' }),
  }),
});

const AuditEventConnection = tableConnection('AuditEvent', AuditEvent, {
  page: 'Events of the audit trail, a page at a time',
  entry: 'An event of the audit trail',
});

type Given = (typeof AuditEventFilterInput)['$inferInput'];

/** Texts are looked for as the trail keeps them. */
function filterOf({ principal, roleSession, target, event, outcome, from, until }: Given): AuditFilter {
  return {
    ...(principal == null ? {} : { principal: storable(principal) }),
    ...(roleSession == null ? {} : { roleSessionId: storable(roleSession.id) }),
    ...(target == null ? {} : { target: storable(target) }),
    ...(event == null ? {} : { event: storable(event) }),
    ...(outcome == null ? {} : { outcome }),
    ...(from == null ? {} : { from: from.getTime() }),
    ...(until == null ? {} : { until: until.getTime() }),
  };
}

builder.queryField('auditEvents', (t) =>
  t.connection(
    {
      type: AuditEvent,
      nullable: true,
      description:
        'The audit trail, in the order in which it happened: with `first` from its beginning, with `last` its end, which with ' +
        '`before` is gone through backwards. Of accounts on which the caller is allowed cloudtrail:LookupEvents; the operator ' +
        'sees all of it. What was shown once is never preceded by a later event',
      args: { filter: t.arg({ type: AuditEventFilterInput, description: 'Which events. Left out: all' }) },
      resolve: async (_root, { filter, ...args }, context) => {
        checkPageSize(args);
        // Bound once, for the page and for the count.
        const visible = await visibleEvents(context, filterOf(filter ?? {}), filter?.accountId ?? null);
        if (visible.kind === 'refused') throw forbidden('auditEvents', visible);
        const { filter: bound } = visible;
        const { audit } = context.directory;
        const page = await resolveCursorConnection<Promise<readonly AuditEventValue[]>>(
          { args, defaultSize: DEFAULT_PAGE_SIZE, maxSize: MAX_PAGE_SIZE, toCursor: cursorOf },
          ({ after, before, limit, inverted }) =>
            audit.list({
              ...(after === undefined ? {} : { after: sequenceOf('after', after) }),
              ...(before === undefined ? {} : { before: sequenceOf('before', before) }),
              limit,
              newest: inverted,
              filter: bound,
            }),
        );
        const none = { startCursor: null, endCursor: null };
        return {
          ...page,
          pageInfo: page.edges.length === 0 ? { ...page.pageInfo, ...none } : page.pageInfo,
          totalCount: () => audit.count(bound),
        };
      },
    },
    AuditEventConnection,
  ),
);

function cursorOf({ sequence }: AuditEventValue): string {
  return Buffer.from(`event:${sequence}`).toString('base64url');
}

function sequenceOf(name: 'after' | 'before', cursor: string): bigint {
  const digits = /^event:(\d{1,18})$/.exec(textOfCursor(cursor) ?? '')?.[1];
  if (digits === undefined) throw notACursor(name);
  return BigInt(digits);
}
