import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
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
import { aQuestion, aSubject, NOON } from '../support/questions.ts';

const catalog = await openCatalog();
const alice = userArn('alice');
const bob = userArn('bob');
const object = 'arn:aws:s3:::b/x';
const key = `arn:aws:kms:eu-west-1:${A}:key/k1`;
const otherKey = `arn:aws:kms:eu-west-1:${B}:key/k2`;
const world: DirectoryDocument = {
  users: [
    aUser('alice', [allow('s3:GetObject'), allow('sts:AssumeRole'), deny('kms:Encrypt')]),
    aUser('bob', [allow('kms:Sign', key)]),
  ],
  roles: [aRole('R', [trusts({ AWS: alice })], [allow('sqs:*')])],
  resources: [
    { arn: 'arn:aws:s3:::b', accountId: A, policy: policy({ ...allow('s3:*'), Principal: '*' }) },
    {
      arn: key,
      accountId: A,
      policy: policy({ ...allow('kms:Verify'), Principal: '*' }, { ...allow('kms:Sign'), Principal: { AWS: A } }),
    },
  ],
};
const access = createAccess(new MemoryDirectory(world, catalog), catalog);
const THROUGH = { 'aws:SourceVpce': 'vpce-0a1b2c3d' };
const ENDPOINT = 'the policy of the VPC endpoint `vpce-0a1b2c3d` is not known: it is not considered';
const grants = (action: string, arn = key): string => `the grants of ${arn} are not known: one could allow ${action}`;

type Asked = Parameters<typeof aQuestion>;

async function ask(...asked: Asked): Promise<{ effect: string; gaps: readonly string[] }> {
  const [answer] = await access.decide([aQuestion(...asked)], NOON);
  if (answer === undefined) throw new Error('no answer');
  return { effect: answer.decision.effect, gaps: answer.gaps };
}

describe('the policy of a VPC endpoint is not known', () => {
  it.each<[name: string, asked: Asked, gaps: readonly string[]]>([
    ['allowed on its way', [alice, 's3:GetObject', object, { context: THROUGH }], [ENDPOINT]],
    ['allowed on another way', [alice, 's3:GetObject', object], []],
    [
      'in a role',
      [aSubject(alice, roleArn('R')), 'sqs:SendMessage', `arn:aws:sqs:eu-west-1:${A}:q`, { context: THROUGH }],
      [ENDPOINT],
    ],
    ['an anonymous caller', ['anonymous', 's3:GetObject', object, { context: THROUGH }], [ENDPOINT]],
    ['a service, which comes through none', ['sns.amazonaws.com', 's3:GetObject', object, { context: THROUGH }], []],
    ['no value', [alice, 's3:GetObject', object, { context: { 'aws:SourceVpce': [] } }], []],
  ])('%s', async (_name, asked, gaps) => {
    expect(await ask(...asked)).toEqual({ effect: 'ALLOWED', gaps });
  });

  it('changes nothing about a denial, for it only takes away', async () => {
    const queue = `arn:aws:sqs:eu-west-1:${A}:q`;
    const denied = await ask(alice, 'sqs:SendMessage', queue, { context: THROUGH });
    expect(denied).toEqual({ effect: 'IMPLICIT_DENY', gaps: [] });
    const assumption = await ask(aSubject(bob, roleArn('R')), 'sqs:SendMessage', queue, { context: THROUGH });
    expect(assumption).toEqual({ effect: 'IMPLICIT_DENY', gaps: [] });
    const explicitly = await ask(alice, 'kms:Encrypt', key, { context: THROUGH });
    expect(explicitly).toEqual({ effect: 'EXPLICIT_DENY', gaps: [] });
  });

  it('is said where everything is asked for that somebody may do, and of the roles it may assume', async () => {
    const context = new Map(Object.entries({ 'aws:sourcevpce': 'vpce-0a1b2c3d' }));
    const trust =
      'trust policies of roles that the directory does not have are not known: what they let in is not listed';
    expect(await (await access.effectivePermissions(aSubject(alice), context, NOON)).gaps()).toEqual([ENDPOINT, trust]);
    expect(await (await access.effectivePermissions(aSubject(alice), new Map(), NOON)).gaps()).toEqual([trust]);
    const [role] = await access.assumableRoles(aSubject(alice), { context }, NOON);
    expect(role?.answer).toMatchObject({ decision: { allowed: true }, gaps: [ENDPOINT] });
    const [plain] = await access.assumableRoles(aSubject(alice), {}, NOON);
    expect(plain?.answer.gaps).toEqual([]);
  });
});

describe('the grants of a KMS key are not known', () => {
  it.each<[name: string, asked: Asked, effect: string, gaps: readonly string[]]>([
    ['nothing allows', [alice, 'kms:Decrypt', key], 'IMPLICIT_DENY', [grants('kms:Decrypt')]],
    ['spelled as asked', [alice, 'KMS:decrypt', key], 'IMPLICIT_DENY', [grants('kms:Decrypt')]],
    ['nothing allows a service', ['sns.amazonaws.com', 'kms:Decrypt', key], 'IMPLICIT_DENY', [grants('kms:Decrypt')]],
    ['another account’s key', [alice, 'kms:Sign', otherKey], 'IMPLICIT_DENY', [grants('kms:Sign', otherKey)]],
    ['the key policy delegates', [alice, 'kms:Sign', key], 'IMPLICIT_DENY', [grants('kms:Sign')]],
    ['the key policy allows', [alice, 'kms:Verify', key], 'ALLOWED', []],
    ['the identity policy allows', [bob, 'kms:Sign', key], 'ALLOWED', []],
    ['denied explicitly, which no grant changes', [alice, 'kms:Encrypt', key], 'EXPLICIT_DENY', []],
    ['what no grant allows', [alice, 'kms:ScheduleKeyDeletion', key], 'IMPLICIT_DENY', []],
    ['no key', [alice, 'kms:CreateAlias', `arn:aws:kms:eu-west-1:${A}:alias/k`], 'IMPLICIT_DENY', []],
    ['not of KMS', [bob, 'sqs:SendMessage', `arn:aws:sqs:eu-west-1:${A}:q`], 'IMPLICIT_DENY', []],
    ['nobody can be granted anything', ['anonymous', 'kms:Decrypt', key], 'IMPLICIT_DENY', []],
    [
      'of another partition',
      [alice, 'kms:Decrypt', key.replace('arn:aws:kms:eu-west-1', 'arn:aws-cn:kms:cn-north-1')],
      'IMPLICIT_DENY',
      [],
    ],
  ])('%s', async (_name, asked, effect, gaps) => {
    expect(await ask(...asked)).toEqual({ effect, gaps });
  });

  it('changes nothing where the organization does not allow', async () => {
    const { organizations, accounts } = anOrganization(B, A);
    const compute = {
      id: 'p-compute',
      type: 'SERVICE_CONTROL_POLICY',
      name: 'Compute',
      document: policy(allow('ec2:*')),
      targets: [A],
    } as const;
    const bound: DirectoryDocument = {
      ...world,
      organizations: organizations.map((one) => ({ ...one, scpEnabled: true, controlPolicies: [compute] })),
      accounts,
    };
    const inOrganization = createAccess(new MemoryDirectory(bound, catalog), catalog);
    const [answer] = await inOrganization.decide([aQuestion(alice, 'kms:Decrypt', key)], NOON);
    expect(answer).toMatchObject({ decision: { deniedBy: 'SERVICE_CONTROL_POLICY' }, gaps: [] });
  });

  it('is said of each key that a call touches, unless another of them denies it for good', async () => {
    const both = { ...aQuestion(alice, 'kms:Decrypt', key), furtherResources: [otherKey, key] };
    const [answer] = await access.decide([both], NOON);
    expect(answer?.gaps).toEqual([grants('kms:Decrypt'), grants('kms:Decrypt', otherKey)]);
    const denied = { ...aQuestion(alice, 'kms:Encrypt', key), furtherResources: [otherKey] };
    expect((await access.decide([denied], NOON))[0]).toMatchObject({
      decision: { effect: 'EXPLICIT_DENY' },
      gaps: [],
    });
  });
});
