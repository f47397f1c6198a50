import { readFileSync } from 'node:fs';
import { buildSchema, isUnionType } from 'graphql';

/** What an operation answered, flat: the names by which a case says what it expects. */
export type Outcome = Readonly<Record<string, unknown>>;
// Answers of GraphQL: what is in them, the operation's own selection says.
type Json = ReturnType<typeof JSON.parse>;

export interface Operation {
  readonly query: string;
  /** Of the successful answer of the operation's only field. */
  flat(answer: Json): Outcome;
}

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const MUTATIONS = schema.getMutationType()?.getFields() ?? {};

const DECISION =
  'effect deniedBy reason missingContextKeys layers { layer effect } matchedStatements { layer effect sid policyName }';
const FAILURES: Readonly<Record<string, string>> = {
  ValidationError: 'field',
  AccessDenied: `decision { ${DECISION} }`,
};
const SESSION = `principalId arn roleSessionName sourceIdentity tags { key value } issuedAt expiresAt endedAt
  assumedBy { principalId }`;
const CREDENTIALS = 'credentials { accessKeyId secretAccessKey sessionToken expiration }';

/** The mutation of the schema with this name, asked for `success` and for all that its failures say. */
function mutation(name: string, success = '', flat: Operation['flat'] = () => ({})): Operation {
  const field = MUTATIONS[name];
  if (field === undefined || !isUnionType(field.type)) {
    throw new Error(`no mutation ${name} whose result is a union`);
  }
  const members = field.type.getTypes().map((type) => type.name);
  const failures = members.map((member) =>
    FAILURES[member] === undefined ? '' : `... on ${member} { ${FAILURES[member]} }`,
  );
  const argument = field.args.find((one) => one.name === 'input');
  const selection = `{ __typename ... on UserError { code message } ${failures.join(' ')} ${success} }`;
  const query =
    argument === undefined
      ? `mutation { ${name} ${selection} }`
      : `mutation($input: ${String(argument.type)}) { ${name}(input: $input) ${selection} }`;
  return { query, flat: (answer) => flattened(answer, flat) };
}

/** Of a union: a failure by its code, message and decision, a success by what `flat` finds. */
function flattened(answer: Json, flat: Operation['flat']): Outcome {
  const { __typename: is, code, message, field, decision } = answer;
  if (code === undefined) return { is, ...flat(answer) };
  return { is, code, message, ...(field === undefined ? {} : { field }), ...decisionOf(decision ?? {}) };
}

function decisionOf(decision: Json): Outcome {
  const { effect = null, deniedBy = null, reason, matchedStatements = [], missingContextKeys = [] } = decision;
  // as: of the selection above
  const sids = (matchedStatements as { sid: string | null }[]).map(({ sid }) => sid);
  return { effect, deniedBy, reason, sids, missingContextKeys };
}

function sessionOf(session: Json): Outcome {
  const { arn, roleSessionName, sourceIdentity, tags, expiresAt, endedAt, assumedBy } = session;
  const pairs = (tags as { key: string; value: string }[]).map(({ key, value }) => [key, value]);
  return {
    arn,
    roleSessionName,
    sourceIdentity,
    tags: Object.fromEntries(pairs),
    expiresAt,
    endedAt,
    assumedBy: assumedBy.principalId,
  };
}

function credentialsOf({ credentials }: Json): Outcome {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  return { accessKeyId, secretAccessKey, sessionToken, expiration };
}

const assumed = (answer: Json): Outcome => ({
  ...sessionOf(answer.roleSession),
  ...credentialsOf(answer),
  packedPolicySize: answer.packedPolicySize,
});

const VIEWER = 'userId account { accountId } principal { principalId } roleSession { arn } restoresTo { principalId }';

function viewerOf(viewer: Json): Outcome {
  return {
    userId: viewer?.userId ?? null,
    account: viewer?.account?.accountId ?? null,
    arn: viewer?.principal.principalId ?? null,
    inRole: viewer?.roleSession?.arn ?? null,
    restoresTo: viewer?.restoresTo?.principalId ?? null,
  };
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  assumeRole: mutation(
    'assumeRole',
    `... on AssumeRoleSuccess { roleSession { ${SESSION} } ${CREDENTIALS} packedPolicySize }`,
    assumed,
  ),
  assumeInstanceProfile: mutation(
    'assumeInstanceProfile',
    `... on AssumeRoleSuccess { roleSession { ${SESSION} } ${CREDENTIALS} packedPolicySize }`,
    assumed,
  ),
  assumeRoleWithWebIdentity: mutation(
    'assumeRoleWithWebIdentity',
    `... on AssumeRoleWithWebIdentitySuccess { roleSession { ${SESSION} } ${CREDENTIALS} packedPolicySize
      audience provider subjectFromWebIdentityToken }`,
    (answer) => ({
      ...assumed(answer),
      audience: answer.audience,
      provider: answer.provider,
      subject: answer.subjectFromWebIdentityToken,
    }),
  ),
  getSessionToken: mutation('getSessionToken', `... on GetSessionTokenSuccess { ${CREDENTIALS} }`, credentialsOf),
  getFederationToken: mutation(
    'getFederationToken',
    `... on GetFederationTokenSuccess { ${CREDENTIALS} federatedUser { principalId } federatedUserId packedPolicySize }`,
    (answer) => ({
      ...credentialsOf(answer),
      arn: answer.federatedUser.principalId,
      userId: answer.federatedUserId,
      packedPolicySize: answer.packedPolicySize,
    }),
  ),
  signIn: mutation('signIn', `... on SignInSuccess { viewer { ${VIEWER} } expiresAt }`, ({ viewer, expiresAt }) => ({
    ...viewerOf(viewer),
    expiresAt,
  })),
  signOut: mutation('signOut', `... on SignOutSuccess { viewer { ${VIEWER} } }`, ({ viewer }) => viewerOf(viewer)),
  exitRole: mutation(
    'exitRole',
    '... on ExitRoleSuccess { endedSession { arn endedAt } viewer { principal { principalId } roleSession { arn } } }',
    ({ endedSession, viewer }) => ({
      ended: endedSession.arn,
      endedAt: endedSession.endedAt,
      viewer: viewer.principal.principalId,
      inRole: viewer.roleSession?.arn ?? null,
    }),
  ),
  revokeRoleSessions: mutation(
    'revokeRoleSessions',
    '... on RevokeRoleSessionsSuccess { policyName policyDocument issuedBefore }',
    ({ policyName, policyDocument, issuedBefore }) => ({ policyName, policyDocument, issuedBefore }),
  ),
  viewer: {
    query: `{ viewer { ${VIEWER} } }`,
    flat: (viewer) => ({ is: viewer === null ? 'nobody' : 'Viewer', ...viewerOf(viewer) }),
  },
  // Asked by the operator, about anybody: the input is a request.
  decision: {
    query: `query($input: AccessRequestInput!) { decision(request: $input) { ${DECISION} } }`,
    flat: (decision) => ({ is: 'Decision', ...decisionOf(decision) }),
  },
  // Asked by the caller, about itself in the very session it calls with: the input is an action and a resource.
  may: {
    query: `query($action: String!, $resource: Arn!, $context: RequestContext) {
      viewer { principal { can(action: $action, resource: $resource, context: $context) { ${DECISION} } } } }`,
    flat: (viewer) => ({ is: 'Decision', ...decisionOf(viewer.principal.can) }),
  },
};

/** The operation that a case calls so: one of those above, or a mutation of the schema of which only the outcome counts. */
export function operationOf(name: string): Operation {
  return OPERATIONS[name] ?? mutation(name);
}

/** What the whole answer says: of its only field, or of the error in the place of it. */
export function outcomeOf(operation: Operation, body: Json): Outcome {
  const [error] = body.errors ?? [];
  if (error !== undefined) {
    const { code, awsCode, field } = error.extensions ?? {};
    return { is: 'error', code, awsCode, field, message: error.message };
  }
  const [answer] = Object.values(body.data);
  return operation.flat(answer);
}
