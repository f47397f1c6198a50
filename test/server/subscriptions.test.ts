import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { revisionText } from '../../src/directory/revision-text.ts';
import { LiveLimits, type OpenSubscription } from '../../src/guard/live/live-limits.ts';
import { subscribe } from '../support/events.ts';
import { startedGateway } from '../support/gateway.ts';

// Whoever does not read is given less time than usual.
vi.mock(import('../../src/server/event-writer.ts'), async (original) => {
  const { EventWriter } = await original();
  class ImpatientWriter extends EventWriter {
    constructor(...[response, requestId]: ConstructorParameters<typeof EventWriter>) {
      super(response, requestId, { keepAlive: 12_000, slowest: 1_500, last: 5_000 });
    }
  }
  return { EventWriter: ImpatientWriter };
});

const ACCOUNT = '333333333333';
const OTHER = '444444444444';
const USER = `arn:aws:iam::${ACCOUNT}:user/watched`;
const BUCKET = 'arn:aws:s3:::watched';
const gateway = startedGateway({ ROLEGATE_SUBSCRIPTIONS: '4' });

const CHANGED = `subscription ($since: Revision) {
  directoryChanged(since: $since) { revision isLast changes { kind arn target accountIds } }
}`;
const FLIPS = `subscription ($requests: [AccessRequestInput!]!) {
  decisionChanged(requests: $requests) { revision changes { index before { allowed } after { allowed revision } } }
}`;

function allowing(...actions: string[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: actions, Resource: '*' } });
}

function user(arn: string, ...actions: string[]): DirectoryDocument {
  const inlinePolicies = actions.length === 0 ? [] : [{ name: 'p', document: allowing(...actions) }];
  return { accounts: [{ id: ACCOUNT }], users: [{ arn, inlinePolicies }] };
}

const apply = async (document: DirectoryDocument): Promise<string> =>
  revisionText((await gateway.gateway.services.directory.apply(document)).revision);

/** A user with a key of its own. */
async function keyOf(arn: string, id: string): Promise<string> {
  const { directory, secrets } = gateway.gateway.services;
  await directory.keys.create({ id, userArn: arn });
  return `Basic ${Buffer.from(`${id}:${secrets.secretFor(id)}`).toString('base64')}`;
}

/** Those that the gateway counts. */
const counted = new Set<OpenSubscription>();
const open: (this: LiveLimits, caller: Parameters<LiveLimits['open']>[0]) => OpenSubscription = Reflect.get(
  LiveLimits.prototype,
  'open',
);
vi.spyOn(LiveLimits.prototype, 'open').mockImplementation(function counting(this: LiveLimits, caller) {
  const one = open.call(this, caller);
  counted.add(one);
  const end = (): void => {
    one.end();
    counted.delete(one);
  };
  return { watch: (requests) => one.watch(requests), end };
});
const untilCounted = (many: number): Promise<void> =>
  expect.poll(() => counted.size, { timeout: 40_000, interval: 20 }).toBe(many);
// The gateway learns a moment later that a client has gone; the next test may need its place.
afterEach(() => untilCounted(0));

describe('directoryChanged', () => {
  test('tells the operator every change in order, and goes on after any revision', async () => {
    const { url, as } = gateway;
    const first = await apply(user(USER));
    const live = await subscribe(url, CHANGED, { authorization: as.operator });
    expect(live.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const revisions: string[] = [];
    for (const action of ['s3:GetObject', 's3:PutObject', 'sqs:SendMessage'])
      revisions.push(await apply(user(USER, action)));
    for (const revision of revisions) {
      expect(await live.next()).toEqual({
        event: 'next',
        data: {
          data: {
            directoryChanged: {
              revision,
              isLast: true,
              changes: [{ kind: 'USER', arn: USER, target: USER, accountIds: [ACCOUNT] }],
            },
          },
        },
      });
    }
    live.leave();
    const again = await subscribe(url, CHANGED, { authorization: as.operator, variables: { since: first }, get: true });
    for (const revision of revisions) {
      expect((await again.next()).data.data.directoryChanged).toMatchObject({ revision });
    }
    again.leave();
  });

  test('tells of an import in parts, the last of which says so', async () => {
    const { url, as } = gateway;
    await apply({ accounts: [{ id: ACCOUNT }] });
    const live = await subscribe(url, CHANGED, { authorization: as.operator });
    const users = Array.from({ length: 700 }, (_, index) => ({ arn: `arn:aws:iam::${ACCOUNT}:user/u${index}` }));
    await apply({ accounts: [{ id: ACCOUNT }], users });
    const parts = [await live.next(), await live.next()].map(({ data }) => data.data.directoryChanged);
    expect(parts.map(({ isLast }) => isLast)).toEqual([false, true]);
    expect(new Set(parts.flatMap(({ changes }) => changes.map(({ target }: { target: string }) => target))).size).toBe(
      700,
    );
    live.leave();
  });

  test('tells a principal of accounts alone whose events it may look up, also of what leaves them', async () => {
    const { url } = gateway;
    const arn = `arn:aws:iam::${ACCOUNT}:user/auditor`;
    await apply({
      ...user(arn, 'cloudtrail:LookupEvents'),
      resources: [{ arn: BUCKET, accountId: ACCOUNT, policy: null }],
    });
    const authorization = await keyOf(arn, 'AKIAAUDITORAUDITOR00');
    const live = await subscribe(url, CHANGED, { authorization });
    await apply({ accounts: [{ id: OTHER }], users: [{ arn: `arn:aws:iam::${OTHER}:user/hidden` }] });
    const moved = await apply({ resources: [{ arn: BUCKET, accountId: OTHER, policy: null }] });
    await apply({ resources: [{ arn: BUCKET, accountId: OTHER, policy: null, tags: { a: 'hidden' } }] });
    const own = await apply(user(USER));
    // The account in which it is now is none of its business.
    expect((await live.next()).data.data.directoryChanged).toEqual({
      revision: moved,
      isLast: true,
      changes: [{ kind: 'RESOURCE', arn: BUCKET, target: BUCKET, accountIds: [ACCOUNT] }],
    });
    expect((await live.next()).data.data.directoryChanged).toMatchObject({ revision: own });
    // It ends when the right is lost, with a last event that says so.
    await apply(user(arn));
    const last = await live.next();
    expect(last.data.errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' }, message: expect.stringMatching(/cloudtrail:LookupEvents/) },
    ]);
    expect(await live.next()).toEqual({ event: 'complete', data: null });
    await live.over();
    const refused = await subscribe(url, CHANGED, { authorization });
    expect((await refused.next()).data.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    await refused.over();
  });

  test('ends when the credentials end', async () => {
    const { url } = gateway;
    const arn = `arn:aws:iam::${ACCOUNT}:user/leaver`;
    await apply(user(arn, 'cloudtrail:LookupEvents'));
    const authorization = await keyOf(arn, 'AKIALEAVERLEAVER0000');
    const live = await subscribe(url, CHANGED, { authorization });
    await gateway.gateway.services.directory.keys.remove('AKIALEAVERLEAVER0000', Date.now());
    expect((await live.next()).data.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    await live.over();
  });

  test.each([
    ['not there yet', 'r0000000000009999999', 'REVISION_NOT_REACHED'],
    ['no revision', 'tomorrow', 'BAD_USER_INPUT'],
  ])('refuses to go on after what is %s', async (_name, since, code) => {
    const { url, as } = gateway;
    const live = await subscribe(url, CHANGED, { authorization: as.operator, variables: { since } });
    const { data } = await live.next();
    expect(data.errors).toMatchObject([{ extensions: { code, field: 'since' } }]);
    expect(await live.next()).toEqual({ event: 'complete', data: null });
  });

  test('is for nobody without credentials, and for no door that cannot hold it open', async () => {
    const { url, as } = gateway;
    const live = await subscribe(url, CHANGED);
    expect((await live.next()).data.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    const { body } = await gateway.ask(CHANGED, { authorization: as.operator });
    expect(body.errors).toMatchObject([{ message: expect.stringMatching(/text\/event-stream/) }]);
  });

  test('has a limit for each caller', async () => {
    const { url, as } = gateway;
    const open = await Promise.all([1, 2, 3, 4].map(() => subscribe(url, CHANGED, { authorization: as.operator })));
    const beyond = await subscribe(url, CHANGED, { authorization: as.operator });
    expect((await beyond.next()).data.errors).toMatchObject([
      { message: expect.stringMatching(/4 subscriptions of this caller/) },
    ]);
    for (const each of open) each.leave();
    await untilCounted(0);
    const again = await subscribe(url, CHANGED, { authorization: as.operator });
    const revision = await apply(user(USER, 's3:GetObject', 's3:AfterAll'));
    expect((await again.next()).data.data.directoryChanged).toMatchObject({ revision });
    again.leave();
  });
});

describe('decisionChanged', () => {
  const request = (action: string, principal = USER) => ({ principal, action, resource: `${BUCKET}/x` });

  test('tells of a decision that is another one now, with both', async () => {
    const { url, as } = gateway;
    await apply({ ...user(USER, 's3:GetObject'), resources: [{ arn: BUCKET, accountId: ACCOUNT, policy: null }] });
    const missing = `arn:aws:iam::${ACCOUNT}:user/missing`;
    const requests = [request('s3:GetObject'), request('s3:PutObject'), request('s3:GetObject', missing)];
    const live = await subscribe(url, FLIPS, { authorization: as.operator, variables: { requests } });
    // Turns nothing.
    await apply(user(USER, 's3:GetObject', 'sqs:SendMessage'));
    const revision = await apply(user(USER, 's3:PutObject'));
    expect((await live.next()).data).toEqual({
      data: {
        decisionChanged: {
          revision,
          changes: [
            { index: 0, before: { allowed: true }, after: { allowed: false, revision } },
            { index: 1, before: { allowed: false }, after: { allowed: true, revision } },
          ],
        },
      },
    });
    // What was not there is, and is answered as `decision` answers.
    await apply(user(missing, 's3:GetObject'));
    const { data } = await live.next();
    expect(data.data.decisionChanged.changes).toMatchObject([{ index: 2, before: null, after: { allowed: true } }]);
    expect(data.errors).toMatchObject([
      { path: ['decisionChanged', 'changes', 0, 'before'], extensions: { code: 'NOT_FOUND' } },
    ]);
    live.leave();
  });

  test('decides again only what a change can touch', async () => {
    const { url, as, gateway: running } = gateway;
    const others = Array.from({ length: 50 }, (_, index) => `arn:aws:iam::${ACCOUNT}:user/other${index}`);
    await apply({
      accounts: [{ id: ACCOUNT }],
      users: others.map((arn) => ({ arn })),
      resources: [{ arn: BUCKET, accountId: ACCOUNT, policy: null }],
    });
    const requests = others.map((arn) => request('s3:GetObject', arn));
    const live = await subscribe(url, FLIPS, { authorization: as.operator, variables: { requests } });
    const { access } = running.services;
    const decided: number[] = [];
    const proto = Object.getPrototypeOf(access) as { decideEach: typeof access.decideEach };
    const real = proto.decideEach;
    proto.decideEach = function decideEach(questions, ...rest) {
      decided.push(questions.length);
      return real.call(this, questions, ...rest);
    };
    try {
      await apply(user(others[7] ?? '', 's3:GetObject'));
      expect((await live.next()).data.data.decisionChanged.changes).toMatchObject([{ index: 7 }]);
    } finally {
      proto.decideEach = real;
    }
    expect(decided).toEqual([1]);
    live.leave();
  });

  test('takes what can be asked alone, and at most 1,000 requests of a caller', async () => {
    const { url, as } = gateway;
    const refused = async (requests: readonly object[]): Promise<unknown> => {
      const live = await subscribe(url, FLIPS, { authorization: as.operator, variables: { requests } });
      const { data } = await live.next();
      await live.over();
      return data.errors[0].extensions;
    };
    expect(await refused([request('s3:GetObject'), request('s3:NoSuchAction')])).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'requests[1].action',
    });
    const many = Array.from({ length: 600 }, () => request('s3:GetObject'));
    const live = await subscribe(url, FLIPS, { authorization: as.operator, variables: { requests: many } });
    expect(await refused(many)).toMatchObject({ code: 'LIMIT_EXCEEDED', field: 'requests' });
    // So many would be read in one go, before they are counted.
    const tooMany = Array.from({ length: 4_000 }, () => request('s3:GetObject'));
    expect(await refused(tooMany)).toMatchObject({ code: 'QUERY_TOO_COMPLEX', limit: 10_000 });
    live.leave();
  });

  test('ends for a principal that may no longer ask', async () => {
    const { url } = gateway;
    const arn = `arn:aws:iam::${ACCOUNT}:user/asker`;
    await apply(user(arn, 'iam:SimulatePrincipalPolicy'));
    const authorization = await keyOf(arn, 'AKIAASKERASKER000000');
    const live = await subscribe(url, FLIPS, { authorization, variables: { requests: [request('s3:GetObject')] } });
    await apply(user(arn));
    expect((await live.next()).data.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    await live.over();
  });
});

test('one each of whose events would cost too much does not begin', async () => {
  const { url, as } = gateway;
  const requests = Array.from({ length: 900 }, () => ({
    principal: USER,
    action: 's3:GetObject',
    resource: `${BUCKET}/x`,
  }));
  const fields = Array.from({ length: 60 }, (_, index) => `a${index}: allowed`).join(' ');
  const query = `subscription ($requests: [AccessRequestInput!]!) {
    decisionChanged(requests: $requests) { changes { before { ${fields} } after { ${fields} } } } }`;
  const costly = await subscribe(url, query, { authorization: as.operator, variables: { requests } });
  // Nothing has changed, and nothing was decided.
  expect((await costly.next()).data.errors).toMatchObject([
    { extensions: { code: 'QUERY_TOO_COMPLEX', limit: 500_000 }, path: ['decisionChanged'] },
  ]);
  expect(await costly.next()).toEqual({ event: 'complete', data: null });
  await costly.over();
});

describe('a role session that follows changes', () => {
  const MEMBER = `arn:aws:iam::${ACCOUNT}:user/member`;
  const ROLE = `arn:aws:iam::${ACCOUNT}:role/follower`;
  const ASSUME = `mutation { assumeRole(input: { role: "${ROLE}", roleSessionName: "follower" }) {
    ... on AssumeRoleSuccess { credentials { sessionToken } } } }`;

  async function inRole(keyId: string): Promise<string> {
    const trustPolicy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: MEMBER }, Action: 'sts:AssumeRole' },
    });
    const inlinePolicies = [{ name: 'follows', document: allowing('cloudtrail:LookupEvents') }];
    await apply({ ...user(MEMBER, 'sts:AssumeRole'), roles: [{ arn: ROLE, trustPolicy, inlinePolicies }] });
    const { body } = await gateway.ask(ASSUME, { authorization: await keyOf(MEMBER, keyId) });
    return `Bearer ${body.data.assumeRole.credentials.sessionToken}`;
  }

  test.each([
    [
      'is left',
      'AKIAMEMBERMEMBER0000',
      (session: string) => gateway.ask('mutation { exitRole { kind: __typename } }', { authorization: session }),
      { exitRole: { kind: 'ExitRoleSuccess' } },
      'UNAUTHENTICATED',
    ],
    [
      'is revoked',
      'AKIAMEMBERMEMBER1111',
      () =>
        gateway.ask(`mutation { revokeRoleSessions(input: { roleArn: "${ROLE}" }) { kind: __typename } }`, {
          authorization: gateway.as.operator,
        }),
      { revokeRoleSessions: { kind: 'RevokeRoleSessionsSuccess' } },
      'FORBIDDEN',
    ],
  ])('is told nothing more when it %s', async (_how, keyId, end, ended, code) => {
    const session = await inRole(keyId);
    const live = await subscribe(gateway.url, CHANGED, { authorization: session });
    const seen = await apply(user(USER, 's3:GetObject', `s3:${keyId}`));
    expect((await live.next()).data.data.directoryChanged).toMatchObject({ revision: seen });
    expect((await end(session)).body).toEqual({ data: ended });
    await apply(user(USER, 's3:GetObject'));
    // What was decided before it ended may still come.
    const events = [await live.next()];
    while (events.at(-1)?.event === 'next') events.push(await live.next());
    await live.over();
    expect(events.at(-2)?.data.errors).toMatchObject([{ extensions: { code } }]);
    const told = events.flatMap(({ data }) => data?.data?.directoryChanged?.changes ?? []);
    expect(told.filter(({ arn }: { arn: string }) => arn === USER)).toEqual([]);
  });
});

test('one that does not read is cut off with a last event that says so, while others go on', async () => {
  const { url } = gateway;
  const arn = `arn:aws:iam::${ACCOUNT}:user/reader`;
  await apply(user(arn, 'cloudtrail:LookupEvents'));
  const authorization = await keyOf(arn, 'AKIAREADERREADER0000');
  // Events of megabytes, of few long names: more than a network keeps of what is not read.
  const names = Array.from({ length: 60 }, (_, index) => `a${index}: arn`).join(' ');
  const query = `subscription { directoryChanged { changes { ${names} } } }`;
  const silent = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void silent.destroy());
  const body = JSON.stringify({ query });
  silent.write(
    `POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n` +
      `authorization: ${authorization}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await once(silent, 'readable');
  const readers = await Promise.all([1, 2, 3].map(() => subscribe(url, CHANGED, { authorization })));
  // A caller may have four open.
  const beyond = await subscribe(url, CHANGED, { authorization });
  expect((await beyond.next()).data.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  await beyond.over();
  const path = 'wide'.repeat(100);
  const users = Array.from({ length: 100 }, (_, index) => `arn:aws:iam::${ACCOUNT}:user/${path}/wide${index}`);
  for (const description of ['one', 'two', 'three', 'four', 'five', 'six']) {
    const tags = { description };
    const revision = await apply({ accounts: [{ id: ACCOUNT }], users: users.map((one) => ({ arn: one, tags })) });
    for (const reader of readers) expect((await reader.next()).data.data.directoryChanged).toMatchObject({ revision });
  }
  // What it holds is free when it is cut off.
  await untilCounted(3);
  const next = await subscribe(url, CHANGED, { authorization });
  const revision = await apply(user(USER, 's3:GetObject', 's3:AfterThat'));
  expect((await next.next()).data.data.directoryChanged).toMatchObject({ revision });
  next.leave();
  let last = '';
  silent.on('data', (bytes) => {
    last = `${last}${bytes.toString()}`.slice(-600);
  });
  silent.resume();
  await once(silent, 'end');
  expect(last).toMatch(/"message":"what was sent was not read for too long.*"code":"LIMIT_EXCEEDED".*event: complete/s);
  for (const reader of readers) {
    expect(reader.isOver).toBe(false);
    reader.leave();
  }
}, 120_000);
