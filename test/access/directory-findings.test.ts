/** Findings of a directory that is more than there is time for, and of texts that were gone through before. */
import { expect, it } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import { FINDING_KINDS, type FindingKind } from '../../src/access/findings/finding.ts';
import { Work } from '../../src/access/work.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument, ManagedPolicyInput } from '../../src/directory/document.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import {
  A,
  allow,
  anOrganization,
  aRole,
  aUser,
  B,
  deny,
  policy,
  roleArn,
  trusts,
  userArn,
} from '../support/policies.ts';
import { NOON } from '../support/questions.ts';

const catalog = await openCatalog();

async function found(document: DirectoryDocument, kinds: readonly FindingKind[] = FINDING_KINDS, work?: Work) {
  const access = createAccess(new MemoryDirectory(document, catalog), catalog);
  const arns = (list: readonly { readonly arn: string }[] = []): string[] => list.map(({ arn }) => arn);
  const holders = {
    users: arns(document.users),
    roles: arns(document.roles),
    resources: arns(document.resources),
    policies: arns(document.policies),
    groups: new Set<string>(),
    roots: [],
    accountIds: null,
    endpoints: [],
  };
  const asked: Access = work === undefined ? access : access.during(work);
  return asked.findings({ holders, kinds: new Set(kinds), mayRead: () => true }, NOON);
}

const inAccounts = anOrganization(A, B);
const policyArn = (name: string): string => `arn:aws:iam::${A}:policy/${name}`;

/** A customer managed policy of these statements. */
function managed(name: string, ...statements: readonly JsonObject[]): ManagedPolicyInput {
  const versions = [{ versionId: 'v1', document: policy(...statements) }];
  return { arn: policyArn(name), defaultVersionId: 'v1', versions };
}

it('what there is no time for is left out and named, and what was found is told', async () => {
  const document = {
    ...inAccounts,
    users: [aUser('nobody')],
    policies: [managed('All', allow('*'))],
    roles: [
      aRole('Unused', [
        trusts({ AWS: userArn('nobody') }, { condition: { StringEquals: { 'aws:PrincipalAccount': B } } }),
      ]),
    ],
  };
  const complete = await found(document);
  expect(complete.findings.map(({ kind }) => kind)).toEqual(['DANGEROUS_GRANT', 'UNUSED_ROLE']);
  expect(complete.gaps).toEqual([]);
  const work = new Work({ time: 1_000_000, cpu: 1_000_000 });
  work.begin();
  work.spend({ began: performance.now() - 800_000, used: null });
  const partial = await found(document, FINDING_KINDS, work);
  expect(partial.findings).toEqual([]);
  expect(partial.gaps).toEqual([
    '1 of 1 customer managed policies were not looked at: that takes longer than a request may (`accountIds` asks for fewer)',
    '1 of 1 inline policies of users were not looked at: that takes longer than a request may (`accountIds` asks for fewer)',
    '1 of 1 policies of roles were not looked at: that takes longer than a request may (`accountIds` asks for fewer)',
  ]);
});

it('a witness of an Allow that stood in another document before names its place in this one', async () => {
  const changes = (Sid: string): JsonObject => ({ Sid, ...allow('iam:PutRolePolicy') });
  const about = { ...deny('iam:PutRolePolicy', roleArn('kept')) };
  const document = {
    ...inAccounts,
    policies: [
      managed('first', changes('One'), about),
      managed('second', allow('s3:ListBucket'), about, changes('Two')),
    ],
  };
  const { findings } = await found(document, ['DANGEROUS_GRANT']);
  expect(findings).toMatchObject([
    { arn: policyArn('first'), witness: { action: 'iam:PutRolePolicy', statement: 0, sid: 'One' } },
    { arn: policyArn('second'), witness: { action: 'iam:PutRolePolicy', statement: 2, sid: 'Two' } },
  ]);
});

it('what depends on the time is found anew', async () => {
  const until = (DateLessThan: string): JsonObject => ({
    ...deny('*'),
    Condition: { DateLessThan: { 'aws:CurrentTime': DateLessThan } },
  });
  const dangers = async (time: string) =>
    found({ ...inAccounts, policies: [managed('p', allow('*'), until(time))] }, ['DANGEROUS_GRANT']);
  expect((await dangers('2100-01-01T00:00:00Z')).findings).toHaveLength(1);
  expect((await dangers('2000-01-01T00:00:00Z')).findings).toHaveLength(1);
});

it('a Deny of calls without TLS leaves a grant, one of calls with TLS takes it back', async () => {
  const without = (value: string): JsonObject => ({
    ...deny('*'),
    Condition: { Bool: { 'aws:SecureTransport': value } },
  });
  const nothing = async (...statements: readonly JsonObject[]) =>
    (await found({ ...inAccounts, policies: [managed('p', ...statements)] }, ['GRANTS_NOTHING'])).findings.length;
  const queue = allow('sqs:SendMessage', `arn:aws:sqs:eu-west-1:${A}:q`);
  expect(await nothing(queue, without('false'))).toBe(0);
  expect(await nothing(queue, deny('sqs:*'))).toBe(1);
  expect(await nothing(queue, without('false'), deny('sqs:*'))).toBe(1);
});

const root = `arn:aws:iam::${A}:root`;
const unusedAmong = async (document: DirectoryDocument) => {
  const { findings, gaps } = await found({ ...inAccounts, ...document }, ['UNUSED_ROLE']);
  return { unused: findings.map(({ arn }) => arn), gaps };
};

it('who may assume a role only under conditions that no block expresses can assume it', async () => {
  const user = aUser('tagging', [allow('sts:AssumeRole', `arn:aws:iam::${A}:role/\${aws:RequestTag/team}`)]);
  const document = { users: [user], roles: [aRole('r', [trusts({ AWS: root })])] };
  expect(await unusedAmong(document)).toEqual({ unused: [], gaps: [] });
  expect(await unusedAmong({ ...document, users: [aUser('tagging')] })).toEqual({ unused: [roleArn('r')], gaps: [] });
});

it('of very many delegates one is found, and nobody among as many who may not', async () => {
  const asked = { roles: [aRole('r', [trusts({ AWS: root })])] };
  const others = Array.from({ length: 60 }, (_, n) => aUser(`u${n}`, [allow('sts:AssumeRole', roleArn('other'))]));
  expect((await unusedAmong({ ...asked, users: others })).unused).toEqual([roleArn('r')]);
  const last = aUser('z', [allow('sts:AssumeRole', roleArn('r'))]);
  expect((await unusedAmong({ ...asked, users: [...others, last] })).unused).toEqual([]);
});
