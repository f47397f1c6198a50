/** What an operation answered, flat: the names by which a case says what it expects. */
export type Outcome = Readonly<Record<string, unknown>>;
// Answers of GraphQL: what is in them, the operation's own selection says.
type Json = ReturnType<typeof JSON.parse>;

export interface Operation {
  readonly query: string;
  /** Of the successful answer of the operation's only field. */
  flat(answer: Json): Outcome;
}

const DECISION =
  'effect deniedBy reason missingContextKeys layers { layer effect } matchedStatements { layer effect sid policyName }';
const WITHOUT_DECISION = '__typename ... on UserError { code message } ... on ValidationError { field }';
const FAILURE = `${WITHOUT_DECISION} ... on AccessDenied { decision { ${DECISION} } }`;
const SESSION = `principalId arn roleSessionName sourceIdentity tags { key value } issuedAt expiresAt endedAt
  assumedBy { principalId }`;
const CREDENTIALS = 'credentials { accessKeyId secretAccessKey sessionToken expiration }';

function mutation(name: string, success: string, flat: Operation['flat'] = () => ({})): Operation {
  const input = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return {
    query: `mutation($input: ${input}!) { ${name}(input: $input) { ${FAILURE} ${success} } }`,
    flat: (answer) => flattened(answer, flat),
  };
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

export const OPERATIONS: Readonly<Record<string, Operation>> = {
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
  signOut: {
    query: `mutation { signOut { ${WITHOUT_DECISION} ... on SignOutSuccess { viewer { ${VIEWER} } } } }`,
    flat: (answer) => flattened(answer, ({ viewer }) => viewerOf(viewer)),
  },
  exitRole: {
    query: `mutation { exitRole { ${WITHOUT_DECISION} ... on ExitRoleSuccess { endedSession { arn endedAt } viewer { principal { principalId } roleSession { arn } } } } }`,
    flat: (answer) =>
      flattened(answer, ({ endedSession, viewer }) => ({
        ended: endedSession.arn,
        endedAt: endedSession.endedAt,
        viewer: viewer.principal.principalId,
        inRole: viewer.roleSession?.arn ?? null,
      })),
  },
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
