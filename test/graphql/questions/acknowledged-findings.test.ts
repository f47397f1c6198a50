/** What was said of findings that are another one since, or gone; and what is gone through beside lists. */
import { expect, test } from 'vitest';
import type { FindingKind } from '../../../src/access/findings/finding.ts';
import type { KmsGrantInput, ResourceInput } from '../../../src/directory/document.ts';
import type { NewAuditEvent } from '../../../src/directory/stores/audit-store.ts';
import { knownFindings } from '../../../src/guard/findings.ts';
import { A, allow, anOrganization, aUser, B, policy, userArn } from '../../support/policies.ts';
import { NOW, OPERATOR, signedIn } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const OUTSIDE = '999999999999';
const KEY = `arn:aws:kms:eu-west-1:${A}:key/11111111-2222-3333-4444-555555555555`;

const keyWith = (grant: Partial<KmsGrantInput>): readonly ResourceInput[] => [
  {
    arn: KEY,
    accountId: A,
    policy: policy({ ...allow('kms:*'), Principal: { AWS: `arn:aws:iam::${A}:root` } }),
    grants: [{ id: 'g', granteePrincipal: `arn:aws:iam::${OUTSIDE}:user/x`, operations: ['Decrypt'], ...grant }],
  },
];

const gateway = openedGateway(() => ({
  ...anOrganization(A, B),
  users: [aUser('admin', [allow('*')])],
  resources: keyWith({ id: 'a', encryptionContextEquals: { tenant: 'one', purpose: 'backup' } }),
}));

async function found(acknowledged: boolean): Promise<readonly { readonly id: string; readonly arn: string }[]> {
  const { data, errors } = await gateway.ask(
    OPERATOR,
    `query ($acknowledged: Boolean) { findings(kinds: [CROSS_ACCOUNT_ACCESS], acknowledged: $acknowledged, first: 100) {
      nodes { id arn } } }`,
    { acknowledged },
  );
  expect(errors).toBeUndefined();
  return (data as { findings: { nodes: readonly { id: string; arn: string }[] } }).findings.nodes;
}

async function acknowledge(findingId: string, until: string | null, caller = OPERATOR): Promise<unknown> {
  const { data, errors } = await gateway.ask(
    caller,
    `mutation ($input: AcknowledgeFindingInput!) { acknowledgeFinding(input: $input) { __typename
      ... on AcknowledgeFindingSuccess { finding { id } } } }`,
    { input: { accountId: A, findingId, reason: 'by design', until } },
  );
  expect(errors).toBeUndefined();
  return (data as { acknowledgeFinding: unknown }).acknowledgeFinding;
}

const PAST = '2020-01-01T00:00:00.000Z';
const rows = (): Promise<readonly { accountId: string; findingId: string }[]> =>
  gateway.services.directory.prisma.findingAcknowledgement.findMany({ select: { accountId: true, findingId: true } });

test('a grant in the place of another one is found anew, and the operator alone ends what was said of the former', async () => {
  const [before] = await found(false);
  expect(before?.arn).toBe(KEY);
  const id = before?.id ?? '';
  expect(await acknowledge(id, null)).toMatchObject({ finding: { id } });
  expect((await found(true)).map((one) => one.id)).toEqual([id]);
  await gateway.services.directory.apply({
    resources: keyWith({ id: 'b', encryptionContextSubset: { region: 'any' } }),
  });
  expect(await found(true)).toEqual([]);
  const [after] = await found(false);
  expect(after?.arn).toBe(KEY);
  expect(after?.id).not.toBe(id);

  const gone = { __typename: 'NoSuchEntity' };
  expect(await acknowledge(id, null)).toEqual(gone);
  expect(await acknowledge(id, PAST, signedIn(userArn('admin')))).toEqual(gone);
  expect(await rows()).toHaveLength(1);
  expect(await acknowledge(id, PAST)).toEqual({ __typename: 'AcknowledgeFindingSuccess', finding: null });
  expect(await rows()).toEqual([]);
  expect(await acknowledge(id, PAST)).toEqual(gone);
});

const EVENT: NewAuditEvent = {
  at: NOW,
  requestId: null,
  event: 'UpdateFindings',
  principal: 'operator',
  keyId: null,
  roleArn: null,
  roleSessionId: null,
  sourceIdentity: null,
  sourceIp: null,
  userAgent: null,
  action: null,
  target: null,
  outcome: 'SUCCEEDED',
  code: null,
  effect: null,
  deniedBy: null,
  revision: null,
};

test('those whose time is over make room for others of their account', async () => {
  const { acknowledgements } = gateway.services.directory;
  const id = (await found(false))[0]?.id ?? '';
  const over = NOW - 1;
  const said = [
    { accountId: B, findingId: 'over', until: over },
    // That of another account is not that of this one.
    { accountId: B, findingId: id, until: null },
    { accountId: A, findingId: 'held', until: NOW + 1 },
    { accountId: A, findingId: 'over', until: over },
  ];
  const acknowledgedAt = NOW - 1_000;
  for (const one of said) await acknowledgements.put({ reason: 'r', acknowledgedAt, ...one }, EVENT);
  expect(await rows()).toHaveLength(4);
  expect(await found(true)).toEqual([]);
  expect(await acknowledgements.of([{ accountId: A, findingId: id }], NOW)).toEqual([]);
  expect(await acknowledge(id, null)).toMatchObject({ finding: { id } });
  expect((await rows()).map((one) => `${one.accountId} ${one.findingId}`).sort()).toEqual(
    [`${A} ${id}`, `${A} held`, `${B} ${id}`, `${B} over`].sort(),
  );
  // Other tests come in any order.
  for (const { accountId, findingId } of await rows()) await acknowledgements.remove(accountId, findingId, EVENT);
});

test('VPC endpoints that are too many are told, and are not read where nothing is found in them', async () => {
  const { services } = gateway;
  const asked: object[] = [];
  const holders: { readonly roots: readonly string[]; readonly endpoints: readonly string[] }[] = [];
  const vpcEndpoint = {
    findMany: async (query: { readonly take: number }) => {
      asked.push(query);
      return Array.from({ length: query.take }, (_, at) => ({ id: `vpce-${String(at).padStart(5, '0')}` }));
    },
  };
  const directory = Object.create(services.directory, { prisma: { value: { vpcEndpoint } } });
  const access = {
    findings: async (search: { readonly holders: (typeof holders)[number] }) => {
      holders.push(search.holders);
      return { findings: [], gaps: ['known'], isWithheld: false, revision: 1n };
    },
  };
  const context = { ...services, directory, access, caller: OPERATOR, now: NOW, request: {} };
  const ask = (...kinds: FindingKind[]) =>
    // as: what is not asked for is left out
    knownFindings(context as unknown as Parameters<typeof knownFindings>[0], new Set(kinds), null);
  expect((await ask('UNREADABLE_DOCUMENT')).gaps).toEqual([
    'known',
    'there are more than 10,000 VPC endpoints: the policies of the others were not looked at',
  ]);
  expect(asked).toMatchObject([{ orderBy: { id: 'asc' }, take: 10_001 }]);
  expect(holders[0]?.endpoints).toHaveLength(10_000);
  expect(holders[0]?.endpoints.at(-1)).toBe('vpce-09999');
  expect(holders[0]?.roots).toHaveLength(2);

  expect((await ask('DANGEROUS_GRANT', 'UNUSED_ROLE')).gaps).toEqual(['known']);
  expect([asked.length, holders[1]?.endpoints, holders[1]?.roots]).toEqual([1, [], []]);
});
