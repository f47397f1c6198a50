import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { grantedBy } from '../../src/access/granted-by.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { principalIdOf } from '../../src/policy/principal-id.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, aRole, aUser, B, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';

const catalog = await openCatalog();
const alice = userArn('alice');

function open(document: DirectoryDocument): { directory: MemoryDirectory; access: ReturnType<typeof createAccess> } {
  const directory = new MemoryDirectory(document, catalog);
  return { directory, access: createAccess(directory, catalog) };
}

describe('roles that can be assumed', () => {
  const withId = { condition: { StringEquals: { 'sts:ExternalId': 'k-1' } } };
  const document: DirectoryDocument = {
    users: [aUser('alice')],
    roles: [
      aRole('Direct', [trusts({ AWS: alice })]),
      aRole('WithId', [trusts({ AWS: alice }, withId)]),
      aRole('Next', [trusts({ AWS: roleArn('Direct') })]),
      aRole('BehindId', [trusts({ AWS: roleArn('WithId') })]),
      aRole('Last', [trusts({ AWS: [roleArn('Next'), roleArn('BehindId')] })]),
      aRole('Never', [trusts({ AWS: userArn('bob') })]),
    ],
  };
  const search = async (maxDepth: number): Promise<unknown[]> => {
    const found = await open(document).access.assumableRoles(aSubject(alice), { maxDepth }, NOON);
    const name = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
    return found.map((role) => [name(role.roleArn), role.chain.map(name), role.requires, role.answer.decision.allowed]);
  };

  it('lists those reached now, then those that further condition keys would open', async () => {
    expect(await search(1)).toEqual([
      ['Direct', ['Direct'], [], true],
      ['WithId', ['WithId'], ['sts:ExternalId'], false],
    ]);
  });

  it('goes on through the sessions of the roles reached, and takes the way with the fewest conditions', async () => {
    expect(await search(2)).toEqual([
      ['Direct', ['Direct'], [], true],
      ['Next', ['Direct', 'Next'], [], true],
      ['WithId', ['WithId'], ['sts:ExternalId'], false],
      ['BehindId', ['WithId', 'BehindId'], ['sts:ExternalId'], true],
    ]);
    expect(await search(3)).toContainEqual(['Last', ['Direct', 'Next', 'Last'], [], true]);
    expect(await search(4)).not.toContainEqual(expect.arrayContaining(['Never']));
  });

  it('uses what the context says', async () => {
    const context = new Map([['sts:externalid', 'k-1']]);
    const found = await open(document).access.assumableRoles(aSubject(alice), { context }, NOON);
    expect(found.map((role) => [role.roleArn, role.requires])).toEqual([
      [roleArn('Direct'), []],
      [roleArn('WithId'), []],
    ]);
  });

  it('names the question it answers: the last step of the chain', async () => {
    const found = await open(document).access.assumableRoles(aSubject(alice), { maxDepth: 2 }, NOON);
    const next = found.find((role) => role.roleArn === roleArn('Next'));
    expect(next?.answer.question).toMatchObject({ action: 'sts:AssumeRole', resource: roleArn('Next') });
    expect(next === undefined ? null : principalIdOf(next.answer.question.subject.principal)).toBe(roleArn('Direct'));
  });

  it.each([0, 5, 1.5])('refuses chains of %d', async (maxDepth) => {
    const search = open(document).access.assumableRoles(aSubject(alice), { maxDepth }, NOON);
    await expect(search).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'maxDepth' });
  });

  it('refuses a principal that is not there', async () => {
    const search = open(document).access.assumableRoles(aSubject(userArn('nobody')), {}, NOON);
    await expect(search).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'principal' });
  });

  it('is of one revision: it starts again when the directory changes on the way, and gives up when it does not stop', async () => {
    const { directory, access } = open(document);
    let changes = 1;
    directory.beforeGather = () => {
      if (changes > 0 && directory.gathers === 1) {
        changes -= 1;
        directory.touch();
      }
    };
    const found = await access.assumableRoles(aSubject(alice), {}, NOON);
    expect(found.map((role) => role.answer.revision)).toEqual([2n, 2n]);
    directory.beforeGather = () => directory.touch();
    await expect(access.assumableRoles(aSubject(alice), {}, NOON)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('who can', () => {
  const users = Array.from({ length: 1203 }, (_, index) =>
    aUser(`u${String(index).padStart(4, '0')}`, index % 2 === 0 ? [allow('s3:GetObject')] : []),
  );
  const { directory, access } = open({ users, roles: [aRole('R', [], [allow('s3:GetObject')]), aRole('S', [])] });
  const { subject: _, ...question } = aQuestion(alice, 's3:GetObject', 'arn:aws:s3:::b/x', {
    resourceAccount: A,
  });

  it('finds every user and role of a directory larger than a page', async () => {
    const found = await access.whoCan(question, { limit: 10_000 }, NOON);
    expect(found.total).toBe(603);
    expect(found.entries.map(({ answer }) => principalIdOf(answer.question.subject.principal))).toEqual([
      ...users.filter((_, index) => index % 2 === 0).map((user) => user.arn),
      roleArn('R'),
    ]);
    expect(found.entries.every(({ answer }) => answer.decision.allowed)).toBe(true);
  });

  it('gives the part that is asked for', async () => {
    const part = await access.whoCan(question, { after: userArn('u1200'), limit: 1 }, NOON);
    expect(part.total).toBe(603);
    expect(part.entries.map(({ answer }) => principalIdOf(answer.question.subject.principal))).toEqual([
      userArn('u1202'),
    ]);
  });

  it('asks the directory for one of those who are alike, and for the page', async () => {
    const before = directory.gathers;
    await access.whoCan(question, { limit: 1 }, NOON);
    // The resource, the accounts, one user and role of each class, and the page.
    expect(directory.gathers - before).toBe(4);
  });

  it('asks page by page, not principal by principal, where the directory holds no index', async () => {
    directory.isIndexed = false;
    const before = directory.gathers;
    await access.whoCan(question, { limit: 1 }, NOON);
    directory.isIndexed = true;
    // The resource, the users in parts of a hundred, and the roles.
    expect(directory.gathers - before).toBe(15);
  });

  it('asks for the owner of a resource that nobody knows to be anybody’s', async () => {
    const asked = access.whoCan({ ...question, resourceAccount: null }, { limit: 1 }, NOON);
    await expect(asked).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'request.resourceAccount' });
  });

  it('finds whom a Deny with NotPrincipal spares as AWS recommends to write it: the role or user, and its account', async () => {
    const spared = { AWS: [`arn:aws:iam::${A}:root`, roleArn('R'), userArn('u0000')] };
    const locked = policy({ Effect: 'Deny', NotPrincipal: spared, Action: 's3:*', Resource: '*' });
    const resources = [{ arn: 'arn:aws:s3:::b', accountId: A, policy: locked }];
    const bucket = open({ users: users.slice(0, 4), roles: [aRole('R', [], [allow('s3:GetObject')])], resources });
    const found = await bucket.access.whoCan(question, { limit: 10 }, NOON);
    expect(found.entries.map(({ answer }) => principalIdOf(answer.question.subject.principal))).toEqual([
      userArn('u0000'),
      roleArn('R'),
    ]);
  });

  it('refuses a question that nobody could be asked', async () => {
    const asked = access.whoCan({ ...question, action: 's3:*' }, { limit: 1 }, NOON);
    await expect(asked).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'request.action' });
  });
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-cross-account-resource-access.html */
describe('copying from an own bucket to somebody else’s', () => {
  const needs = [
    { ...aQuestion(alice, 's3:GetObject', 'arn:aws:s3:::source/x'), path: 'needs[0]' },
    { ...aQuestion(alice, 's3:PutObject', 'arn:aws:s3:::target/x'), path: 'needs[1]' },
  ];
  const writer = aRole('Writer', [trusts({ AWS: A })], [allow('s3:PutObject', 'arn:aws:s3:::target/*')], {
    arn: roleArn('Writer', B),
  });
  const target = (policyDocument: string | null): DirectoryDocument => ({
    users: [aUser('alice', [allow(['s3:GetObject', 's3:PutObject']), allow('sts:AssumeRole')])],
    roles: [writer],
    resources: [
      { arn: 'arn:aws:s3:::source', accountId: A },
      { arn: 'arn:aws:s3:::target', accountId: B, policy: policyDocument },
    ],
  });
  const routes = async (document: DirectoryDocument): Promise<unknown[]> => {
    const found = await open(document).access.accessRoutes(aSubject(alice), needs, {}, NOON);
    return found.map((route) => ({
      kind: route.kind,
      roles: route.roles,
      allowed: route.answers.map((answer) => answer.decision.allowed),
      meetsAll: route.meetsAll,
      givesUp: route.givesUp.map((answer) => answer.question.path),
    }));
  };

  it('loses the source in the role', async () => {
    expect(await routes(target(null))).toEqual([
      { kind: 'OWN_IDENTITY', roles: [], allowed: [true, false], meetsAll: false, givesUp: [] },
      { kind: 'ASSUMED_ROLE', roles: [writer.arn], allowed: [false, true], meetsAll: false, givesUp: ['needs[0]'] },
    ]);
  });

  it('keeps the source through a resource-based policy', async () => {
    const opened = policy({ ...allow('s3:PutObject', 'arn:aws:s3:::target/*'), Principal: { AWS: alice } });
    expect(await routes(target(opened))).toEqual([
      { kind: 'OWN_IDENTITY', roles: [], allowed: [true, true], meetsAll: true, givesUp: [] },
      { kind: 'ASSUMED_ROLE', roles: [writer.arn], allowed: [false, true], meetsAll: false, givesUp: ['needs[0]'] },
    ]);
  });

  it('says which side grants a need', async () => {
    const opened = policy({ ...allow('s3:PutObject', 'arn:aws:s3:::target/*'), Principal: { AWS: alice } });
    const [own] = await open(target(opened)).access.accessRoutes(aSubject(alice), needs, {}, NOON);
    expect(own?.answers.map(({ decision }) => grantedBy(decision))).toEqual([
      ['IDENTITY_POLICY'],
      expect.arrayContaining(['IDENTITY_POLICY', 'RESOURCE_POLICY']),
    ]);
  });

  it('goes through roles that are assumed one after the other', async () => {
    const via = (name: string, from: string) => aRole(name, [trusts({ AWS: from })], [allow('sts:AssumeRole')]);
    const document: DirectoryDocument = {
      users: [aUser('alice', [allow('sts:AssumeRole')])],
      roles: [
        via('First', alice),
        via('Second', roleArn('First')),
        aRole('Third', [trusts({ AWS: roleArn('Second') })], [allow('s3:PutObject')]),
        aRole('Fourth', [trusts({ AWS: roleArn('Third') })], [allow('s3:*')]),
      ],
      resources: [{ arn: 'arn:aws:s3:::target', accountId: A }],
    };
    const { access } = open(document);
    const write = needs.slice(1);
    const ways = async (maxDepth: number, mayAskAbout?: (arn: string) => Promise<boolean>) => {
      const options = { maxDepth, ...(mayAskAbout === undefined ? {} : { mayAskAbout }) };
      const found = await access.accessRoutes(aSubject(alice), write, options, NOON);
      return found.map(({ roles, meetsAll, sessionLimit }) => [
        roles.map((arn) => arn.split('/')[1]).join(' '),
        meetsAll,
        sessionLimit,
      ]);
    };
    expect(await ways(1)).toEqual([
      ['', false, null],
      ['First', false, null],
    ]);
    expect(await ways(3)).toEqual([
      ['First Second Third', true, 3600],
      ['', false, null],
      ['First', false, null],
      ['First Second', false, 3600],
    ]);
    expect(await ways(3, async (arn) => arn !== roleArn('Second'))).toEqual([
      ['', false, null],
      ['First', false, null],
      ['First Second', false, 3600],
    ]);
    await expect(ways(4)).rejects.toMatchObject({ field: 'maxDepth' });
  });

  it('looks at 100 needs and no more', async () => {
    const [need] = needs;
    const many = Array.from({ length: 101 }, () => need).filter((each) => each !== undefined);
    const asked = open(target(null)).access.accessRoutes(aSubject(alice), many, {}, NOON);
    await expect(asked).rejects.toMatchObject({
      field: 'needs',
      message: '101 needs; the limit is 100',
    });
  });

  it('names a resource in each need where the action has resources', async () => {
    const asked = open(target(null)).access.accessRoutes(
      aSubject(alice),
      needs.map((need) => ({ ...need, resource: '*' })),
      {},
      NOON,
    );
    await expect(asked).rejects.toMatchObject({
      field: 'needs[0].resource',
      message: expect.stringMatching(/^`\*` is everything that `s3:GetObject` can be asked on: name one resource/),
    });
  });

  it('is a question about one who is there', async () => {
    const asked = open(target(null)).access.accessRoutes(aSubject(userArn('nobody')), needs, {}, NOON);
    await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
