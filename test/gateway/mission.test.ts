import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { demoDirectory } from '../../src/directory/demo/demo.ts';
import { basic, bearer, type Headers, type StartedGateway, start } from './started.ts';

/**
 * The standard example of the two ways across accounts: alice copies from her own bucket to one of another account.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-cross-account-resource-access.html
 */
const ALICE = 'arn:aws:iam::111111111111:user/alice';
const ROLE = 'arn:aws:iam::222222222222:role/DataWriter';
const SESSION = 'arn:aws:sts::222222222222:assumed-role/DataWriter/alice';
const SOURCE = { action: 's3:GetObject', resource: 'arn:aws:s3:::dev-alice/report.csv' };
const TARGET = { action: 's3:PutObject', resource: 'arn:aws:s3:::shared-datasets/report.csv' };

const DECISIONS = `query ($requests: [AccessRequestInput!]!) {
  decisions(requests: $requests) { effect deniedBy principal { principalId } layers { layer effect } revision } }`;
const ROUTES = `query ($principal: PrincipalId!, $needs: [NeedInput!]!) {
  accessRoutes(principal: $principal, needs: $needs) {
    kind meetsAll roles { arn } decisions { effect } givesUp { action resource } } }`;
const BUCKETS = `{ source: resource(arn: "arn:aws:s3:::dev-alice") { viewerCan(action: "s3:ListBucket") { allowed } }
  target: resource(arn: "arn:aws:s3:::shared-datasets") { viewerCan(action: "s3:ListBucket") { allowed } } }`;
const VIEWER = '{ viewer { principal { principalId } roleSession { arn } restoresTo { principalId } } }';
const ASSUME = `mutation ($input: AssumeRoleInput!) { assumeRole(input: $input) { __typename
  ... on AssumeRoleSuccess { roleSession { arn } credentials { sessionToken } } ... on UserError { message } } }`;
const EXIT = `mutation { exitRole { __typename
  ... on ExitRoleSuccess { endedSession { arn } viewer { principal { principalId } } } } }`;
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }`;

let gateway: StartedGateway;
let key: Awaited<ReturnType<StartedGateway['newKey']>>;
beforeAll(async () => {
  gateway = await start({ ROLEGATE_DEMO: 'on' });
  key = await gateway.newKey(ALICE);
});
afterAll(() => gateway.stop());
// One of the tests takes a policy away.
beforeEach(() => gateway.running.services.directory.apply({ resources: demoDirectory().resources ?? [] }));

/** How alice is herself, and in the role. */
interface Way {
  readonly name: string;
  readonly asHerself: () => Promise<Headers>;
  /** `own`: her headers; `token`: of the session that she was given. */
  readonly inRole: (own: Headers, token: string) => Headers;
}

const WAYS: readonly Way[] = [
  {
    name: 'with her key and temporary credentials',
    asHerself: async () => basic(key),
    inRole: (_own, token) => bearer(token),
  },
  {
    name: 'in a browser, which switches into the role and back',
    asHerself: async () => {
      const { cookies } = await gateway.ask(SIGN_IN, { input: key });
      return { cookie: cookies[0] ?? '' };
    },
    inRole: (own) => own,
  },
];

async function data(headers: Headers, query: string, variables: object = {}) {
  const { body } = await gateway.ask(query, variables, headers);
  expect(body.errors).toBeUndefined();
  return body.data;
}

/** Of both halves of the copy, asked about oneself. */
async function copying(headers: Headers, principal: string, assumedRole?: string) {
  const about = { principal, ...(assumedRole === undefined ? {} : { assumedRole }) };
  const requests = [SOURCE, TARGET].map((half) => ({ ...half, ...about }));
  const { decisions } = await data(headers, DECISIONS, { requests });
  expect(decisions[0].revision).toBe(decisions[1].revision);
  return decisions.map(
    ({
      effect,
      deniedBy,
      layers,
    }: {
      effect: string;
      deniedBy: string;
      layers: { layer: string; effect: string }[];
    }) => ({
      effect,
      deniedBy,
      layers: Object.fromEntries(layers.map(({ layer, effect }) => [layer, effect])),
    }),
  );
}

const ITSELF = { RESOURCE_CONTROL_POLICY: 'ALLOWED', SERVICE_CONTROL_POLICY: 'ALLOWED', IDENTITY_POLICY: 'ALLOWED' };

/** As herself: her own bucket by her own policies, the other one because its policy lets her in as well. */
const BOTH = [
  { effect: 'ALLOWED', deniedBy: null, layers: { ...ITSELF, PERMISSIONS_BOUNDARY: 'ALLOWED' } },
  {
    effect: 'ALLOWED',
    deniedBy: null,
    layers: { ...ITSELF, PERMISSIONS_BOUNDARY: 'ALLOWED', RESOURCE_POLICY: 'ALLOWED' },
  },
];
/** In the role: neither its account nor hers lets it read her bucket; the other one is the role's own. */
const TARGET_ALONE = [
  {
    effect: 'IMPLICIT_DENY',
    deniedBy: 'RESOURCE_POLICY',
    layers: { ...ITSELF, IDENTITY_POLICY: 'IMPLICIT_DENY', RESOURCE_POLICY: 'IMPLICIT_DENY' },
  },
  { effect: 'ALLOWED', deniedBy: null, layers: { ...ITSELF, RESOURCE_POLICY: 'IMPLICIT_DENY' } },
];

const HERSELF = { principal: { principalId: ALICE }, roleSession: null, restoresTo: null };
const MAY_LIST = { viewerCan: { allowed: true } };

describe.each(WAYS)('alice copies to a bucket of another account, $name', ({ asHerself, inRole }) => {
  test('as herself both halves are possible; in the role the source is lost; after leaving all is as it was', async () => {
    const own = await asHerself();
    expect((await data(own, VIEWER)).viewer).toEqual(HERSELF);
    expect(await copying(own, ALICE)).toEqual(BOTH);
    expect(await data(own, BUCKETS)).toEqual({ source: MAY_LIST, target: MAY_LIST });

    // What the role would be like is told before it is assumed.
    expect(await copying(own, ALICE, ROLE)).toEqual(TARGET_ALONE);
    const { accessRoutes } = await data(own, ROUTES, { principal: ALICE, needs: [SOURCE, TARGET] });
    const allowed = { effect: 'ALLOWED' };
    const denied = { effect: 'IMPLICIT_DENY' };
    expect(accessRoutes.slice(0, 2)).toEqual([
      { kind: 'OWN_IDENTITY', meetsAll: true, roles: [], decisions: [allowed, allowed], givesUp: [] },
      {
        kind: 'ASSUMED_ROLE',
        meetsAll: false,
        roles: [{ arn: ROLE }],
        decisions: [denied, allowed],
        givesUp: [SOURCE],
      },
    ]);

    const { assumeRole } = await data(own, ASSUME, { input: { role: ROLE, roleSessionName: 'alice' } });
    expect(assumeRole.roleSession).toEqual({ arn: SESSION });
    const role = inRole(own, assumeRole.credentials.sessionToken);
    expect((await data(role, VIEWER)).viewer).toEqual({
      principal: { principalId: SESSION },
      roleSession: { arn: SESSION },
      restoresTo: { principalId: ALICE },
    });
    expect(await copying(role, SESSION)).toEqual(TARGET_ALONE);
    // A bucket that the role may neither list nor read is not there.
    expect(await data(role, BUCKETS)).toEqual({ source: null, target: MAY_LIST });

    const { exitRole } = await data(role, EXIT);
    expect(exitRole).toEqual({
      __typename: 'ExitRoleSuccess',
      endedSession: { arn: SESSION },
      viewer: { principal: { principalId: ALICE } },
    });
    expect((await data(own, VIEWER)).viewer).toEqual(HERSELF);
    expect(await copying(own, ALICE)).toEqual(BOTH);
    expect(await data(own, BUCKETS)).toEqual({ source: MAY_LIST, target: MAY_LIST });
    const left = await gateway.ask(VIEWER, {}, bearer(assumeRole.credentials.sessionToken));
    expect(left.body.errors[0].extensions.awsCode).toBe('ExpiredToken');
  });
});

test('in the role, her key alone is herself still: what she gives up is given up where she is in the role', async () => {
  const own = basic(key);
  const { assumeRole } = await data(own, ASSUME, { input: { role: ROLE, roleSessionName: 'alice' } });
  const role = bearer(assumeRole.credentials.sessionToken);
  expect(await copying(own, ALICE)).toEqual(BOTH);
  expect(await copying(role, SESSION)).toEqual(TARGET_ALONE);
  await data(role, EXIT);
});

test('the other account takes its half back: her own half stays', async () => {
  await gateway.running.services.directory.apply({
    resources: [{ arn: 'arn:aws:s3:::shared-datasets', accountId: '222222222222', policy: null }],
  });
  const [source, target] = await copying(basic(key), ALICE);
  expect(source).toEqual(BOTH[0]);
  expect(target).toMatchObject({ effect: 'IMPLICIT_DENY', deniedBy: 'RESOURCE_POLICY' });
  // The role is of the bucket's own account, whose policies are enough.
  const [, inRole] = await copying(basic(key), ALICE, ROLE);
  expect(inRole).toEqual({ effect: 'ALLOWED', deniedBy: null, layers: ITSELF });
});
