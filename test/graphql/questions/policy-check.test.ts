import { beforeAll, describe, expect, test } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import { demoDirectory } from '../../../src/directory/demo/demo.ts';
import type { GatewayServices } from '../../../src/graphql/context.ts';
import { MemoryDirectory } from '../../support/memory-directory.ts';
import { ANONYMOUS, faultsOf, type Gateway, gatewayOn, OPERATOR, signedIn } from '../gateway.ts';

let gateway: Gateway;

beforeAll(async () => {
  const catalog = await openCatalog();
  const directory = new MemoryDirectory(demoDirectory(), catalog);
  gateway = gatewayOn({ access: createAccess(directory, catalog), directory, catalog } as unknown as GatewayServices); // nothing here reads tables
});

const REQUEST = `principal roleArn federatedProvider canonicalUser action resource resourceAccount context statementIndex sid
  documentField identityPolicies resourcePolicy`;
const COMPARE = `query ($before: PolicyDocument!, $after: PolicyDocument!, $kind: PolicyKind!) {
  comparePolicies(before: $before, after: $after, kind: $kind) {
    grantsMore reasons beforeFindings { path line } afterFindings { path line } witness { ${REQUEST} }
  }
}`;
const NOT_GRANTED = `query ($document: PolicyDocument!, $actions: [String!]) {
  checkAccessNotGranted(document: $document, kind: IDENTITY_POLICY, actions: $actions) { granted reasons witness { action } }
}`;
const PUBLIC = `query ($document: PolicyDocument!, $kind: PolicyKind!) {
  checkNoPublicAccess(document: $document, kind: $kind) { granted witness { principal action } findings { path } }
}`;

const allow = (action: unknown, more: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'A', Effect: 'Allow', Action: action, Resource: 'arn:aws:s3:::b/*', ...more }],
});

interface Witness {
  readonly principal: string;
  readonly roleArn: string | null;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string | null;
  readonly context: Readonly<Record<string, unknown>>;
  readonly documentField: string;
  readonly identityPolicies: readonly unknown[];
  readonly resourcePolicy: unknown;
}

/** The decision on the witness, by the public simulation, with the document where the witness says. */
async function decided(witness: Witness, document: unknown): Promise<unknown> {
  const {
    principal,
    roleArn,
    action,
    resource,
    resourceAccount,
    context,
    documentField,
    identityPolicies,
    resourcePolicy,
  } = witness;
  const input = {
    caller: { principal, roleArn },
    identityPolicies,
    resourcePolicy,
    requests: [{ action, resource, resourceAccount, context }],
    [documentField]: documentField === 'identityPolicies' ? [document] : document,
  };
  const SIMULATE = 'query ($input: SimulateCustomPoliciesInput!) { simulateCustomPolicies(input: $input) { allowed } }';
  const result = await gateway.ask(OPERATOR, SIMULATE, { input });
  expect(result.errors).toBeUndefined();
  return (result.data as { readonly simulateCustomPolicies: readonly { readonly allowed: boolean }[] })
    .simulateCustomPolicies[0]?.allowed;
}

describe('comparePolicies', () => {
  test.each([
    ['IDENTITY_POLICY', {}],
    ['RESOURCE_POLICY', { Principal: { AWS: '111111111111' } }],
  ])('%s: the witness is decided as it says by simulateCustomPolicies', async (kind, more) => {
    const before = allow('s3:GetObject', more);
    const after = allow(['s3:GetObject', 's3:PutObject'], more);
    const result = await gateway.ask(OPERATOR, COMPARE, { before, after, kind });
    expect(result.errors).toBeUndefined();
    const { grantsMore, witness, reasons } = (
      result.data as {
        readonly comparePolicies: { readonly grantsMore: string; readonly witness: Witness; readonly reasons: unknown };
      }
    ).comparePolicies;
    expect([grantsMore, reasons, witness.action]).toEqual(['YES', [], 's3:PutObject']);
    expect(witness).toMatchObject({ statementIndex: 0, sid: 'A' });
    expect(await decided(witness, after)).toBe(true);
    expect(await decided(witness, before)).toBe(false);
  });

  test('what cannot be read has its place, and nothing is said', async () => {
    const before = allow('s3:GetObject');
    const after = `{"Version": "2012-10-17",\n "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "b"}}`;
    const result = await gateway.ask(OPERATOR, COMPARE, { before, after, kind: 'IDENTITY_POLICY' });
    expect(result.data).toEqual({
      comparePolicies: {
        grantsMore: 'UNDECIDED',
        reasons: ['`after` has parts that cannot be read: nothing is said of what it grants'],
        beforeFindings: [],
        afterFindings: [{ path: 'Statement.Resource', line: 2 }],
        witness: null,
      },
    });
  });
});

test('checkAccessNotGranted', async () => {
  const document = allow('s3:*');
  const result = await gateway.ask(OPERATOR, NOT_GRANTED, { document, actions: ['s3:PutObject'] });
  expect(result.data).toEqual({
    checkAccessNotGranted: { granted: 'YES', reasons: [], witness: { action: 's3:PutObject' } },
  });
  const none = await gateway.ask(OPERATOR, NOT_GRANTED, { document, actions: ['ec2:*'] });
  expect(none.data).toEqual({ checkAccessNotGranted: { granted: 'NO', reasons: [], witness: null } });
  expect(faultsOf(await gateway.ask(OPERATOR, NOT_GRANTED, { document, actions: ['s3:PutObjct'] }))).toMatchObject([
    { code: 'BAD_USER_INPUT', message: expect.stringContaining('did you mean `s3:PutObject`?') },
  ]);
  expect(faultsOf(await gateway.ask(OPERATOR, NOT_GRANTED, { document, actions: [] }))).toMatchObject([
    { code: 'BAD_USER_INPUT' },
  ]);
});

test('checkNoPublicAccess', async () => {
  const document = allow('s3:GetObject', { Principal: '*' });
  const result = await gateway.ask(OPERATOR, PUBLIC, { document, kind: 'RESOURCE_POLICY' });
  expect(result.data).toMatchObject({
    checkNoPublicAccess: { granted: 'YES', witness: { action: 's3:GetObject' }, findings: [] },
  });
  expect(faultsOf(await gateway.ask(OPERATOR, PUBLIC, { document, kind: 'IDENTITY_POLICY' }))).toMatchObject([
    { code: 'BAD_USER_INPUT', message: expect.stringContaining('only policies of resources') },
  ]);
});

test('they need iam:SimulateCustomPolicy', async () => {
  const bob = signedIn('arn:aws:iam::222222222222:user/bob');
  const variables = { document: allow('s3:GetObject', { Principal: '*' }), kind: 'RESOURCE_POLICY' };
  expect(faultsOf(await gateway.ask(bob, PUBLIC, variables))).toMatchObject([{ code: 'FORBIDDEN' }]);
  expect(faultsOf(await gateway.ask(ANONYMOUS, PUBLIC, variables))).toMatchObject([{ code: 'UNAUTHENTICATED' }]);
});
