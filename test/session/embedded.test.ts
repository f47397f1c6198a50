import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import type { Subject } from '../../src/access/question.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import type { Caller } from '../../src/session/caller.ts';
import { createSecrets, type Secrets } from '../../src/session/secrets.ts';
import { createSessions, type Sessions } from '../../src/session/sessions.ts';
import { A, allow, aRole, aUser, B, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, NOON } from '../support/questions.ts';
import { takeDirectory } from '../support/recycled-database.ts';
import { basic, bearer, signIn } from './gateway.ts';

const catalog = await openCatalog();
const alice = userArn('alice');
const bob = userArn('bob', B);
const R = roleArn('team/R');
const HOUR = 3_600_000;
const EVERY_ACTION = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];

/** What sessions rest on in the store that people start with: nothing is kept in memory but what the directory keeps. */
describe('on the embedded store', () => {
  let dataDir: string;
  let directory: OpenDirectory;
  let access: Access;
  let secrets: Secrets;
  let sessions: Sessions;
  const statements: string[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'rolegate-embedded-'));
    directory = await takeDirectory((sql) => void statements.push(sql));
    await directory.apply({
      accounts: [{ id: A }, { id: B }],
      users: [aUser('alice', [allow('sqs:*')]), aUser('bob', [allow(EVERY_ACTION, R)], { arn: bob })],
      roles: [
        aRole('R', [trusts({ AWS: [alice, B] }, { action: EVERY_ACTION })], [allow('s3:GetObject')], { arn: R }),
        aRole('Next', [trusts({ AWS: R }, { action: EVERY_ACTION })], [allow('s3:*')]),
        aRole('Service', [trusts({ Service: 'ec2.amazonaws.com' })], [allow('s3:*')]),
      ],
      policies: [
        {
          arn: `arn:aws:iam::${A}:policy/limit`,
          defaultVersionId: 'v1',
          versions: [{ versionId: 'v1', document: policy(allow('sqs:*')) }],
        },
      ],
    });
    secrets = await createSecrets({ dataDir });
    await secrets.masterKeys.open(directory);
    access = createAccess(directory, catalog);
    sessions = createSessions({ directory, access, secrets });
  });

  afterEach(async () => {
    await directory.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function readsObject(caller: Caller): Promise<boolean> {
    if (caller.kind !== 'principal') throw new Error('not a principal');
    const subject: Subject = { principal: caller.ref, heldSession: caller.session, assumedRole: null, session: null };
    const [answer] = await access.decide([aQuestion(subject, 's3:GetObject', 'arn:aws:s3:::b/x')], NOON);
    return answer?.decision.allowed === true;
  }

  it.each([
    ['a user', { userArn: alice }, R],
    ['a user of another account', { userArn: bob }, R],
    ['a service', { service: 'ec2.amazonaws.com' }, roleArn('Service')],
  ])('%s signs in, is in the role, leaves it and is itself again', async (_, owner, role) => {
    const key = await sessions.createAccessKey(owner);
    const caller = await sessions.authenticate(basic(key), NOON);
    const assumed = await sessions.assumeRole(caller, { role, roleSessionName: 's1' }, NOON);
    const inRole = await sessions.authenticate(bearer(assumed), NOON);
    expect(inRole).toMatchObject({ session: { ...assumed.session } });
    expect(await readsObject(inRole)).toBe(true);
    const exited = await sessions.exitRole(inRole, NOON + 1000);
    expect(exited).toMatchObject({ endedSession: { id: assumed.session.id, endedAt: NOON + 1000 } });
    await expect(sessions.authenticate(bearer(assumed), NOON)).rejects.toMatchObject({ code: 'ExpiredToken' });
    expect(await sessions.authenticate(basic(key), NOON)).toMatchObject({ ref: exited.restoresTo });
  });

  it('signs in with one statement, by key and by token', async () => {
    const key = await sessions.createAccessKey({ service: 'ecs.amazonaws.com' });
    const caller = await sessions.authenticate(basic(await sessions.createAccessKey({ userArn: alice })), NOON);
    const token = bearer(await sessions.assumeRole(caller, { role: R, roleSessionName: 's2' }, NOON));
    for (const header of [basic(key), token]) {
      statements.length = 0;
      await sessions.authenticate(header, NOON);
      expect(statements.length).toBeLessThanOrEqual(1);
    }
    statements.length = 0;
    await expect(sessions.authenticate(token, NOON + HOUR)).rejects.toMatchObject({ code: 'ExpiredToken' });
    expect(statements).toEqual([]);
  });

  it('gives a user two keys', async () => {
    const user = { userArn: bob };
    await sessions.createAccessKey(user);
    await sessions.createAccessKey(user);
    await expect(sessions.createAccessKey(user)).rejects.toMatchObject({ code: 'LimitExceeded' });
    const nobody = sessions.createAccessKey({ userArn: userArn('nobody') });
    await expect(nobody).rejects.toMatchObject({ code: 'NoSuchEntity' });
  });

  it('keeps what a session was given, and holds it to that', async () => {
    const caller = await signIn({ sessions }, { userArn: alice }, NOON);
    const given = {
      role: R,
      roleSessionName: 's3',
      tags: [{ key: 'Team', value: 'red' }],
      transitiveTagKeys: ['Team'],
      sourceIdentity: 'alice',
      sessionPolicyArns: [`arn:aws:iam::${A}:policy/limit`],
    };
    const limited = await sessions.assumeRole(caller, given, NOON);
    const inRole = await sessions.authenticate(bearer(limited), NOON);
    expect(inRole).toMatchObject({
      session: { tags: { Team: 'red' }, transitiveTagKeys: ['Team'], sourceIdentity: 'alice' },
    });
    expect(await readsObject(inRole)).toBe(false);
    const wide = await sessions.assumeRole(caller, { role: R, roleSessionName: 's3' }, NOON + 1000);
    expect(await readsObject(await sessions.authenticate(bearer(wide), NOON + 1000))).toBe(true);
    expect(await readsObject(inRole)).toBe(false);

    const next = await sessions
      .assumeRole(inRole, { role: roleArn('Next'), roleSessionName: 's4' }, NOON)
      .catch(String);
    expect(next).toContain('because no session policy allows the sts:AssumeRole action');
  });

  it('refuses another master key', async () => {
    const other = await createSecrets({ dataDir: join(dataDir, 'other') });
    await expect(other.masterKeys.open(directory)).rejects.toThrow(/belongs to another master key/);
  });
});
