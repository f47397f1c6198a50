import { encodeGlobalID } from '@pothos/plugin-relay';
import type { AuditEvent as AuditEventValue } from '../../directory/stores/audit-store.ts';
import { builder } from '../builder.ts';
import { tagList } from '../entities/tag.ts';
import { DecisionEffect, PolicyLayer } from '../questions/matched-statement.ts';

export const AuditOutcome = builder.enumType('AuditOutcome', {
  description: 'Outcome of an operation',
  values: {
    SUCCEEDED: { description: 'The operation succeeded' },
    REFUSED: { description: 'The caller is not allowed, or did not prove its identity' },
    FAILED: { description: 'The operation could not be done as requested' },
  } as const,
});

const AuditParameter = builder
  .objectRef<{ readonly name: string; readonly value: string }>('AuditParameter')
  .implement({
    description: 'A parameter of an operation, as recorded',
    fields: (t) => ({
      name: t.exposeString('name', {
        description: 'AWS’s name of the parameter, with an ARN in place of a name: `policyArn`',
      }),
      value: t.exposeString('value', {
        description: 'Value of the parameter; for a document `sha256:` and the hash of its text',
      }),
    }),
  });

export const AuditEvent = builder.objectRef<AuditEventValue>('AuditEvent').implement({
  description:
    'A recorded event: who did what, in which role, from where. Events are never changed but for the count of a repeated failure, and contain no secrets',
  fields: (t) => ({
    eventId: t.string({
      description: 'Number of the event in the trail. The event with the higher number happened later',
      resolve: ({ sequence }) => String(sequence),
    }),
    at: t.expose('at', { type: 'DateTime', description: 'Time of the event; if it was repeated, of the first time' }),
    count: t.exposeInt('count', {
      description:
        'How often it happened. A failure that the same caller repeats from the same source (of IPv6 the /64 network) on the same ' +
        'target within an hour is counted here; a success is always an event of its own',
    }),
    lastAt: t.expose('lastAt', { type: 'DateTime', description: 'Time of the last repetition; `at` if there is none' }),
    requestId: t.exposeString('requestId', {
      nullable: true,
      description: 'Id of the HTTP request that the event belongs to, as in the gateway’s log; null: not known',
    }),
    event: t.exposeString('event', {
      description: 'Name of the operation, as AWS names it where AWS has one: AssumeRole, SignIn, ExitRole …',
    }),
    principal: t.exposeString('principal', {
      description:
        'The caller: its principal id, `operator`, `checker/…` or `anonymous`; with a web identity the ARN of its provider, a ' +
        'colon, and the subject of its token',
    }),
    accessKeyId: t.exposeString('keyId', {
      nullable: true,
      description: 'The access key that the caller used; null: none',
    }),
    roleArn: t.expose('roleArn', {
      type: 'Arn',
      nullable: true,
      description: 'The role that the caller was in; null: none',
    }),
    roleSessionId: t.id({
      nullable: true,
      description: 'The `id` of the RoleSession that the caller was in, for `node`; null: none',
      resolve: ({ roleSessionId }) => (roleSessionId === null ? null : encodeGlobalID('RoleSession', roleSessionId)),
    }),
    sourceIdentity: t.exposeString('sourceIdentity', {
      nullable: true,
      description: 'The source identity of the role session; null: none',
    }),
    sourceIp: t.exposeString('sourceIp', { nullable: true, description: 'IP address of the caller; null: not known' }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'User agent that the client sent, at most 2,048 characters; null: none',
    }),
  }),
});

builder.objectFields(AuditEvent, (t) => ({
  action: t.exposeString('action', {
    nullable: true,
    description:
      'AWS’s action for the operation, service:Action, or one of the gateway’s own (`rolegate:…`); null: none',
  }),
  target: t.exposeString('target', {
    nullable: true,
    description: 'Target of the operation: an ARN or an id; null: the caller itself, or everything',
  }),
  parameters: t.field({
    type: [AuditParameter],
    description:
      'Parameters of the operation beside the target, in the order of their names. They never include secrets or codes',
    resolve: ({ parameters }) => tagList(parameters).map(({ key, value }) => ({ name: key, value })),
  }),
  outcome: t.field({ type: AuditOutcome, description: 'Outcome of the operation', resolve: ({ outcome }) => outcome }),
  code: t.exposeString('code', {
    nullable: true,
    description: 'AWS’s error code in the answer; null: the operation succeeded',
  }),
  effect: t.field({
    type: DecisionEffect,
    nullable: true,
    description: 'Effect of the decision behind the outcome; null: no decision was made',
    resolve: ({ effect }) => effect,
  }),
  deniedBy: t.field({
    type: PolicyLayer,
    nullable: true,
    description: 'The layer that denied the operation; null: no denial',
    resolve: ({ deniedBy }) => deniedBy,
  }),
  revision: t.field({
    type: 'Revision',
    nullable: true,
    description: 'The revision of the directory that the change led to, or on which the decision was made; null: none',
    resolve: ({ revision }) => revision,
  }),
}));
