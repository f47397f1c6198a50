import { storable } from '../../directory/storable.ts';
import type { AuditEvent as AuditEventValue, AuditFilter } from '../../directory/stores/audit-store.ts';
import { visibleEvents } from '../../guard/visible-events.ts';
import { builder } from '../builder.ts';
import { cursorPage } from '../cursor-page.ts';
import { forbidden } from '../guards/forbidden.ts';
import { notACursor, textOfCursor } from '../page.ts';
import { RoleSession } from '../sessions/role-session.ts';
import { tableConnection } from '../table-connection.ts';
import { AuditEvent, AuditOutcome } from './audit-event.ts';

const AuditEventFilterInput = builder.inputType('AuditEventFilterInput', {
  description: 'Conditions on events. An event must meet all that are given',
  fields: (t) => ({
    accountId: t.field({
      type: 'AccountId',
      description:
        'Events by principals of this account, on anything in it or with its keys, and imports of this account',
    }),
    principal: t.string({
      description: 'Events by this caller: a principal id, `operator`, `checker/…` or `anonymous`',
    }),
    roleSession: t.globalID({ for: RoleSession, description: 'Events in the role session with this `id`' }),
    target: t.string({ description: 'Events with this target: an ARN or an id' }),
    event: t.string({ description: 'Events of this operation: AssumeRole, SignIn, ExitRole …' }),
    outcome: t.field({ type: AuditOutcome, description: 'Events with this outcome' }),
    from: t.field({ type: 'DateTime', description: 'Events at or after this instant' }),
    until: t.field({ type: 'DateTime', description: 'Events before this instant' }),
  }),
});

const AuditEventConnection = tableConnection('AuditEvent', AuditEvent, {
  page: 'A page of events of the audit trail',
  entry: 'An event of the audit trail',
});

type Given = (typeof AuditEventFilterInput)['$inferInput'];

/** Texts are compared in the form in which the trail stores them. */
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
        'The audit trail, oldest event first. `first` reads from its beginning, `last` from its end, and with ' +
        '`before` backwards. Shows the events of accounts on which the caller is allowed cloudtrail:LookupEvents; ' +
        'the operator sees all events. New events never appear before events that were already shown',
      args: { filter: t.arg({ type: AuditEventFilterInput, description: 'Which events to return. Left out: all' }) },
      resolve: async (_root, { filter, ...args }, context) => {
        // Limited once, for the page and for the count.
        const visible = await visibleEvents(context, filterOf(filter ?? {}), filter?.accountId ?? null);
        if (visible.kind === 'refused') throw forbidden('auditEvents', visible);
        const { filter: bound } = visible;
        const { audit } = context.directory;
        return cursorPage<AuditEventValue, AuditEventValue>(args, {
          cursorOf,
          nodeOf: (event) => event,
          read: ({ after, before, limit, inverted }) =>
            audit.list({
              ...(after === undefined ? {} : { after: sequenceOf('after', after) }),
              ...(before === undefined ? {} : { before: sequenceOf('before', before) }),
              limit,
              newest: inverted,
              filter: bound,
            }),
          count: () => audit.count(bound),
        });
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
