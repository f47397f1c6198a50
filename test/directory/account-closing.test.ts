import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { A, aRole, aUser, B, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { type TakenDatabase, takeDatabase, takeServerDatabase } from '../support/recycled-database.ts';

const MANY = 300;
const QUEUE = `arn:aws:sqs:us-east-1:${B}:queue`;
const KEY = `arn:aws:kms:us-east-1:${B}:key/11111111-2222-3333-4444-555555555555`;
const letting = (...names: readonly string[]) =>
  policy({ Effect: 'Allow', Principal: { AWS: names }, Action: 'sqs:*', Resource: '*' });

describe.each([
  ['in a folder', takeDatabase],
  ['on a server', takeServerDatabase],
])('an account with much in it, %s', (_where, take) => {
  let database: TakenDatabase;
  let directory: OpenDirectory;
  beforeEach(async () => {
    database = await take();
    directory = await database.openDirectory();
    await directory.apply({
      accounts: [A, B].map((id) => ({ id, membership: 'NONE' })),
      users: Array.from({ length: MANY }, (_, index) => aUser(`u${index}`)),
      roles: [
        ...Array.from({ length: MANY }, (_, index) => aRole(`r${index}`, [trusts({ AWS: A })])),
        { ...aRole('elsewhere', [trusts({ AWS: userArn('u7') })]), arn: `arn:aws:iam::${B}:role/elsewhere` },
      ],
      resources: [
        { arn: QUEUE, accountId: B, policy: letting(userArn('u299'), roleArn('r3')) },
        {
          arn: KEY,
          accountId: B,
          grants: [{ id: 'g', granteePrincipal: roleArn('r5'), operations: ['Decrypt'] }],
        },
        { arn: `arn:aws:sqs:us-east-1:${B}:other`, accountId: B, policy: letting(`arn:aws:iam::${A}:root`) },
      ],
    });
  });
  afterEach(async () => {
    await directory.close();
    database.giveBack();
  });

  const close = (between: () => Promise<void>) =>
    directory.entities.make([{ name: 'closeAccount', input: { accountId: A, withDependents: true } }], { between });

  it('is closed piece by piece, and what names its principals elsewhere is bound to them', async () => {
    const users = await directory.prisma.user.findMany({ select: { arn: true, id: true } });
    const roles = await directory.prisma.role.findMany({ select: { arn: true, id: true } });
    const ids = new Map([...users, ...roles].map(({ arn, id }) => [arn, id]));
    let turns = 0;
    const { touched } = await close(async () => {
      turns += 1;
    });
    // In the folder, whose statements have at most 125 rows, and 25 that are deleted with what depends on them.
    expect(turns).toBeGreaterThanOrEqual(database.database.exclusive ? 32 : 3);
    expect(touched.filter(({ entity }) => entity === 'User')).toHaveLength(MANY);
    const elsewhere = touched.map(({ entityId }) => entityId).filter((id) => !id.includes(A));
    expect(elsewhere.toSorted()).toEqual([`arn:aws:iam::${B}:role/elsewhere`, KEY, QUEUE].toSorted());
    expect(await directory.prisma.user.count()).toBe(0);
    expect(await directory.prisma.role.findMany({ select: { trustBindings: true } })).toEqual([
      { trustBindings: { [userArn('u7')]: ids.get(userArn('u7')) } },
    ]);
    const [queue, key] = [QUEUE, KEY].map((arn) => directory.prisma.resource.findUniqueOrThrow({ where: { arn } }));
    expect((await queue)?.policyBindings).toEqual({
      [userArn('u299')]: ids.get(userArn('u299')),
      [roleArn('r3')]: ids.get(roleArn('r3')),
    });
    expect((await key)?.grants).toMatchObject([{ granteePrincipal: ids.get(roleArn('r5')) }]);
  });

  it('stays whole if the work ends before', async () => {
    const before = await directory.revision();
    let turns = 0;
    const ended = close(async () => {
      turns += 1;
      if (turns === 3) throw new Error('the time is over');
    });
    await expect(ended).rejects.toThrow('the time is over');
    expect(await directory.revision()).toBe(before);
    expect(await directory.prisma.user.count()).toBe(MANY);
  });
});
