import { encodeGlobalID } from '@pothos/plugin-relay';
import type { AuditEvent as AuditEventValue } from '../../directory/stores/audit-store.ts';
import { builder } from '../builder.ts';
import { tagList } from '../entities/tag.ts';
import { DecisionEffect, PolicyLayer } from '../questions/matched-statement.ts';

export const AuditOutcome = builder.enumType('AuditOutcome', {
  description: 'What became of an operation',
  values: {
    SUCCEEDED: { description: 'It was done' },
    REFUSED: { description: 'The caller may not do it, or is not who it says' },
    FAILED: { description: 'It could not be done as it was asked' },
  } as const,
});

const AuditParameter = builder
  .objectRef<{ readonly name: string; readonly value: string }>('AuditParameter')
  .implement({
    description: 'A parameter of an operation, as it was kept',
    fields: (t) => ({
      name: t.exposeString('name', {
        description: 'AWS’s name of it, with an ARN in the place of a name: `policyArn`',
      }),
      value: t.exposeString('value', {
        description: 'Its value; in the place of a document `sha256:` and that of its text',
      }),
    }),
  });

export const AuditEvent = builder.objectRef<AuditEventValue>('AuditEvent').implement({
  description:
    'Something that happened, as it was kept: who did what, in which role, from where. Never changed. It holds no secrets',
  fields: (t) => ({
    eventId: t.string({
      description: 'Its number in the trail. Of two, the greater number happened later',
      resolve: ({ sequence }) => String(sequence),
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened' }),
    requestId: t.exposeString('requestId', {
      nullable: true,
      description: 'Names the HTTP request that it was part of, as in the gateway’s log; null: not known',
    }),
    event: t.exposeString('event', {
      description:
        'What was attempted, by AWS’s name of the operation where it has one: AssumeRole, SignIn, ExitRole …',
    }),
    principal: t.exposeString('principal', {
      description:
        'Who did it: the principal id, `operator`, or `anonymous`; with a web identity the ARN of its provider, a colon, and the ' +
        'subject of its token',
    }),
    accessKeyId: t.exposeString('keyId', { nullable: true, description: 'The access key that it used; null: none' }),
    roleArn: t.expose('roleArn', {
      type: 'Arn',
      nullable: true,
      description: 'The role that it was in; null: in none',
    }),
    roleSessionId: t.id({
      nullable: true,
      description: 'The `id` of the RoleSession that it was in, for `node`; null: in none',
      resolve: ({ roleSessionId }) => (roleSessionId === null ? null : encodeGlobalID('RoleSession', roleSessionId)),
    }),
    sourceIdentity: t.exposeString('sourceIdentity', {
      nullable: true,
      description: 'The source identity of the role session; null: it has none',
    }),
    sourceIp: t.exposeString('sourceIp', { nullable: true, description: 'The address it came from; null: not known' }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'What the client called itself, at most 2,048 characters; null: nothing',
    }),
  }),
});

builder.objectFields(AuditEvent, (t) => ({
  action: t.exposeString('action', {
    nullable: true,
    description: 'The action of AWS that it is, service:Action; null: AWS has none',
  }),
  target: t.exposeString('target', {
    nullable: true,
    description: 'What it was done to: an ARN, or an id; null: to the caller itself, or to all',
  }),
  parameters: t.field({
    type: [AuditParameter],
    description:
      'With what it was attempted, beside the target, in the order of their names. Secrets and codes are never among them',
    resolve: ({ parameters }) => tagList(parameters).map(({ key, value }) => ({ name: key, value })),
  }),
  outcome: t.field({ type: AuditOutcome, description: 'What became of it', resolve: ({ outcome }) => outcome }),
  code: t.exposeString('code', {
    nullable: true,
    description: 'AWS’s error code that was answered; null: it succeeded',
  }),
  effect: t.field({
    type: DecisionEffect,
    nullable: true,
    description: 'Of the decision that it rests on; null: on none',
    resolve: ({ effect }) => effect,
  }),
  deniedBy: t.field({
    type: PolicyLayer,
    nullable: true,
    description: 'The layer that the denial is attributed to; null: no denial',
    resolve: ({ deniedBy }) => deniedBy,
  }),
  revision: t.field({
    type: 'Revision',
    nullable: true,
    description:
      'The state of the directory that a change led to, or that the decision was made on; null: it rests on no state',
    resolve: ({ revision }) => revision,
  }),
}));
