import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/directory/stores/audit-store.ts';
import { InvalidInput } from '../../src/policy/errors.ts';
import { aCall } from '../../src/session/call.ts';
import type { Caller } from '../../src/session/caller.ts';
import { importDocument } from '../../src/session/import-document.ts';
import { A, allow, aRole, aUser, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { basic, bearer, type Gateway, open } from './gateway.ts';

const alice = userArn('alice');
const R = roleArn('R');
const OPERATOR: Caller = { kind: 'operator' };
const ORIGIN = { requestId: 'request-1', sourceIp: '203.0.113.7', userAgent: 'test' };
const EVERY_ACTION = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];

describe('the audit trail', () => {
  let gateway: Gateway;
  let header: string;
  let secretAccessKey: string;

  beforeEach(async () => {
    gateway = await open({
      accounts: [{ id: A, membership: 'NONE' }],
      users: [aUser('alice', [allow('sqs:*')])],
      roles: [aRole('R', [trusts({ AWS: alice }, { action: EVERY_ACTION })], [allow('s3:*')])],
    });
    const key = await gateway.sessions.createAccessKey({ userArn: alice }, OPERATOR, NOON, ORIGIN);
    header = basic(key);
    ({ secretAccessKey } = key);
  });

  const who = () => gateway.sessions.authenticate(header, NOON);
  const last = async (): Promise<AuditEvent | undefined> =>
    (await gateway.directory.audit.list({ limit: 1000 })).at(-1);

  it('holds who made what, from where, in one transaction with the change', async () => {
    expect(await last()).toMatchObject({
      at: NOON,
      event: 'CreateAccessKey',
      principal: 'operator',
      target: alice,
      outcome: 'SUCCEEDED',
      revision: await gateway.directory.revision(),
      ...ORIGIN,
    });
  });

  it('holds a role session: who assumed it, what for, on what decision, and its end', async () => {
    const input = { role: R, roleSessionName: 's1', sourceIdentity: 'alice' };
    const assumed = await gateway.sessions.assumeRole(await who(), input, NOON, ORIGIN);
    expect(await last()).toMatchObject({
      event: 'AssumeRole',
      action: 'sts:AssumeRole',
      principal: alice,
      target: R,
      outcome: 'SUCCEEDED',
      effect: 'ALLOWED',
      deniedBy: null,
      code: null,
      revision: await gateway.directory.revision(),
      ...ORIGIN,
    });
    const inRole = await gateway.sessions.authenticate(bearer(assumed), NOON);
    await gateway.sessions.exitRole(inRole, NOON + 1000, ORIGIN);
    expect(await last()).toMatchObject({
      event: 'ExitRole',
      principal: assumed.session.arn,
      keyId: assumed.credentials.accessKeyId,
      roleArn: R,
      roleSessionId: assumed.session.id,
      sourceIdentity: 'alice',
    });
  });

  it('holds refusals with their code and the layer that denied, and faults', async () => {
    const refused = gateway.sessions.assumeRole(await who(), { role: roleArn('No'), roleSessionName: 's1' }, NOON);
    await expect(refused).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(await last()).toMatchObject({
      outcome: 'REFUSED',
      code: 'AccessDenied',
      effect: 'IMPLICIT_DENY',
      deniedBy: 'TRUST_POLICY',
      principal: alice,
    });
    const wrong = gateway.sessions.assumeRole(await who(), { role: R, roleSessionName: 's' }, NOON);
    await expect(wrong).rejects.toMatchObject({ code: 'ValidationError' });
    expect(await last()).toMatchObject({ outcome: 'FAILED', code: 'ValidationError', effect: null });
  });

  it('holds sign-ins, those that failed too, without what was tried', async () => {
    const accessKeyId = Buffer.from(header.slice(6), 'base64').toString().split(':')[0] ?? '';
    await gateway.sessions.signIn({ accessKeyId, secretAccessKey }, NOON, ORIGIN);
    expect(await last()).toMatchObject({ event: 'SignIn', principal: alice, keyId: accessKeyId, outcome: 'SUCCEEDED' });
    const wrong = gateway.sessions.signIn({ accessKeyId, secretAccessKey: 'hunter2' }, NOON, ORIGIN);
    await expect(wrong).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    expect(await last()).toMatchObject({
      event: 'SignIn',
      principal: 'anonymous',
      target: accessKeyId,
      outcome: 'REFUSED',
      code: 'SignatureDoesNotMatch',
    });
    const all = await gateway.directory.audit.list({ limit: 1000 });
    const text = JSON.stringify(all, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain(secretAccessKey);
  });

  it('is read in order, in pages, and by what is looked for', async () => {
    const { audit } = gateway.directory;
    const accessKeyId = Buffer.from(header.slice(6), 'base64').toString().split(':')[0] ?? '';
    await gateway.sessions.signIn({ accessKeyId, secretAccessKey }, NOON, ORIGIN);
    const refused = gateway.sessions.assumeRole(await who(), { role: roleArn('No'), roleSessionName: 's1' }, NOON);
    await expect(refused).rejects.toMatchObject({ code: 'AccessDenied' });
    await gateway.sessions.revokeRoleSessions(OPERATOR, R, NOON + 5000);
    const all = await audit.list({ limit: 1000 });
    const paged: AuditEvent[] = [];
    for (;;) {
      const page = await audit.list({ after: paged.at(-1)?.sequence ?? 0n, limit: 2 });
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(all);
    expect(all.map(({ sequence }) => sequence)).toEqual(
      all.map(({ sequence }) => sequence).toSorted((a, b) => Number(a - b)),
    );
    for (const filter of [
      { principal: alice },
      { target: R },
      { event: 'SignIn' },
      { outcome: 'REFUSED' },
      { from: NOON + 5000 },
      { until: NOON + 1 },
    ] as const) {
      const found = await audit.list({ limit: 1000, filter });
      const matches = (event: AuditEvent): boolean =>
        Object.entries(filter).every(([key, value]) => {
          if (key === 'from') return event.at >= Number(value);
          return key === 'until'
            ? event.at < Number(value)
            : Object.entries(event).some(([k, v]) => k === key && v === value); // prettier-ignore
        });
      expect(found.length).toBeGreaterThan(0);
      expect(found).toEqual(all.filter(matches));
    }
  });

  it('keeps odd texts, cut where they are too long', async () => {
    const userAgent = `\0${'x'.repeat(5000)}`;
    await gateway.sessions.assumeRole(await who(), { role: R, roleSessionName: 's1' }, NOON, { userAgent });
    expect((await last())?.userAgent).toBe(`\ufffd${'x'.repeat(2047)}`);
  });

  it('has no event of a change that did not happen', async () => {
    const before = await last();
    const { entities } = gateway.directory;
    const event = { ...(before as AuditEvent), event: 'DeleteRole' };
    await expect(entities.deleteRole({ roleArn: roleArn('None') }, event)).rejects.toMatchObject({
      code: 'NoSuchEntity',
    });
    expect(await last()).toEqual(before);
  });

  it('holds imports: who brought in what, the revision it led to, and those that were refused', async () => {
    const account = '777777777777';
    const call = aCall({ kind: 'operator' }, NOON, { requestId: 'import-1', sourceIp: '203.0.113.7' });
    const document = {
      users: [aUser('zoe', [], { arn: `arn:aws:iam::${account}:user/zoe` })],
      accounts: [{ id: account }],
    };
    const bring = (read: Parameters<typeof importDocument>[3]) => importDocument(gateway, call, 'details', read);
    const applied = await bring(() => ({ document, warnings: ['left out'] }));
    expect(applied).toMatchObject({ changed: true, warnings: ['left out'] });
    const kept = { event: 'ImportAccountAuthorizationDetails', principal: 'operator', requestId: 'import-1' };
    const succeeded = { ...kept, outcome: 'SUCCEEDED', target: account, sourceIp: '203.0.113.7' };
    expect(await last()).toMatchObject({ ...succeeded, revision: applied.revision });
    // One that holds nothing new is somebody's call, too.
    await bring(() => ({ document, warnings: [] }));
    const again = await last();
    expect(again).toMatchObject({ ...succeeded, revision: applied.revision });
    const broken = { groups: [{ arn: 'arn:aws:iam::1:group/g' }] };
    await expect(bring(() => ({ document: broken, warnings: [] }))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    const failed = { ...kept, outcome: 'FAILED', code: 'BAD_USER_INPUT', revision: null };
    expect(await last()).toMatchObject(failed);
    const unreadable = (): never => {
      throw new InvalidInput('document', 'not JSON');
    };
    await expect(bring(unreadable)).rejects.toThrow('not JSON');
    expect(await last()).toMatchObject({ ...failed, sequence: (again?.sequence ?? 0n) + 1n, count: 2 });
    expect(await gateway.directory.revision()).toBe(applied.revision);
  });
});
