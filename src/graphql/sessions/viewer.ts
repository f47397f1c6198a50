import type { KeySessionRecord } from '../../directory/stores/key-session-store.ts';
import { checkerName } from '../../session/audited.ts';
import { browserSignInOf, type Caller, type PrincipalCaller, signInOf } from '../../session/caller.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import { checkerValue } from '../checkers/checker.ts';
import { Account } from '../entities/account.ts';
import { operatorValue } from '../entities/other-principals.ts';
import { OPERATOR, Principal, type PrincipalParent } from '../entities/principal.ts';
import { assumer, principalOf, RoleSession, roleSessionValue } from './role-session.ts';

const ViewerKind = builder.enumType('ViewerKind', {
  description: 'Kinds of callers',
  values: {
    CHECKER: { description: 'A checker, which can only ask and is no principal of IAM' },
    OPERATOR: { description: 'The operator, who runs the gateway and is no principal of IAM' },
    USER: { description: 'A user, with its access key, temporary credentials or a browser’s sign-in' },
    ROLE_SESSION: { description: 'A session of a role' },
    FEDERATED_USER: { description: 'A federated user' },
    ROOT_USER: { description: 'The root user of an account' },
    SERVICE: { description: 'A service of AWS' },
  } as const,
});

const KINDS = {
  user: 'USER',
  role: 'ROLE_SESSION',
  roleSession: 'ROLE_SESSION',
  federatedUser: 'FEDERATED_USER',
  root: 'ROOT_USER',
  service: 'SERVICE',
} as const;

function kindOf(caller: ViewerValue): (typeof ViewerKind)['$inferType'] {
  if (caller.kind === 'operator') return 'OPERATOR';
  if (caller.kind === 'checker') return 'CHECKER';
  if (caller.ref.kind === 'anonymous') throw new Error('a caller with credentials is anonymous');
  return KINDS[caller.ref.kind];
}

const BrowserSignIn = builder.objectRef<KeySessionRecord>('BrowserSignIn').implement({
  description: 'A browser’s sign-in',
  fields: (t) => ({
    signedInAt: t.field({
      type: 'DateTime',
      description: 'When the browser signed in',
      resolve: ({ issuedAt }) => issuedAt,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it ends by itself',
      resolve: ({ expiresAt }) => expiresAt,
    }),
    sourceIp: t.exposeString('sourceIp', {
      nullable: true,
      description: 'The address that the browser signed in from; null: not known',
    }),
    canSwitchRoles: t.boolean({
      description: 'Whether `assumeRole` switches the browser: it signed in with a long-term key',
      resolve: (signIn, _args, { caller }) => signInOf(caller)?.id === signIn.id,
    }),
  }),
});

/** Whoever has given credentials. */
type ViewerValue = Exclude<Caller, { readonly kind: 'anonymous' }>;

export const Viewer = builder.objectRef<ViewerValue>('Viewer').implement({
  description: 'The caller (as in sts:GetCallerIdentity), its role, and the identity that it returns to',
  fields: (t) => ({
    kind: t.field({ type: ViewerKind, description: 'What the caller is', resolve: kindOf }),
    principal: t.field({
      type: Principal,
      description:
        'The principal as which the caller’s requests are decided: the role session while a role is assumed. Its ' +
        '`principalId` is the `Arn` of sts:GetCallerIdentity. For the operator an Operator and for a checker a Checker, which ' +
        'are no principals of IAM',
      resolve: principalOfViewer,
    }),
    userId: t.string({
      description:
        'The `UserId` of sts:GetCallerIdentity: `AIDA…` for a user, `AROA…:session` for a role session, the account ' +
        'id for a root user, `111111111111:name` for a federated user; for a service its name, for the operator `operator`, for a ' +
        'checker `checker/…`',
      resolve: async (caller, _args, { sessions }) => {
        if (caller.kind === 'operator') return OPERATOR;
        return caller.kind === 'checker'
          ? checkerName(caller.checker.id)
          : (await sessions.getCallerIdentity(caller)).userId;
      },
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description:
        'The account of the caller: for a role session that of the role; null for a service, a checker and the operator, who have none',
      resolve: (caller) =>
        caller.kind === 'principal' && 'accountId' in caller.ref
          ? brand({ id: caller.ref.accountId }, 'Account')
          : null,
    }),
    roleSession: t.field({
      type: RoleSession,
      nullable: true,
      description: 'The session of the assumed role; null: none',
      resolve: (caller) => {
        const session = sessionOf(caller);
        return session === null ? null : roleSessionValue(session);
      },
    }),
    signIn: t.field({
      type: BrowserSignIn,
      nullable: true,
      description: 'The browser’s sign-in; null: the request has credentials of its own',
      resolve: browserSignInOf,
    }),
    restoresTo: t.field({
      type: Principal,
      nullable: true,
      description: 'The principal that the caller returns to by leaving the role; null: no role is assumed',
      resolve: (caller) => {
        const session = sessionOf(caller);
        return session === null ? null : assumer(session.assumedBy, session.parentId);
      },
    }),
  }),
});

function principalOfViewer(caller: ViewerValue): PrincipalParent {
  switch (caller.kind) {
    case 'operator':
      return operatorValue();
    case 'checker':
      return checkerValue(caller.checker);
    case 'principal':
      return principalOf({ principal: caller.ref, heldSession: caller.session });
    default:
      return caller satisfies never;
  }
}

function sessionOf(caller: ViewerValue): PrincipalCaller['session'] {
  return caller.kind === 'principal' ? caller.session : null;
}

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    description: 'The caller; null without credentials',
    resolve: (_root, _args, { caller }) => (caller.kind === 'anonymous' ? null : caller),
  }),
);
