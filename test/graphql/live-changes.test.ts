/** What a subscription tells between two events: each is decided when it is sent, however late its reader comes for it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { createContext } from '../../src/graphql/context.ts';
import { directoryChanges } from '../../src/guard/live/directory-changes.ts';
import type { Live } from '../../src/guard/live/live.ts';
import type { Caller } from '../../src/session/caller.ts';
import { A, allow, B, policy, userArn } from '../support/policies.ts';
import { NOW } from './gateway.ts';
import { ORIGIN, openLive } from './live.ts';
import { OPENING, type TestServices } from './services.ts';

const AUDITOR = userArn('auditor');
const WATCHED = [userArn('one'), userArn('two'), userArn('three')];

let services: TestServices;
let auditor: Caller;

const auditorWith = (...actions: string[]): DirectoryDocument => ({
  users: [
    { arn: AUDITOR, inlinePolicies: actions.length === 0 ? [] : [{ name: 'p', document: policy(allow(actions)) }] },
  ],
});

beforeAll(async () => {
  const opened = await openLive(
    { auditor: AUDITOR },
    { accounts: [{ id: A }, { id: B }], ...auditorWith('cloudtrail:LookupEvents') },
  );
  services = opened.services;
  auditor = opened.callers.auditor;
}, OPENING);
afterAll(() => services.remove());

function liveOf(caller: Caller): Live {
  const signInCookie = { keep: () => undefined, forget: () => undefined };
  return {
    renew: async () =>
      createContext(services, { caller, requestId: 'request-1', now: NOW, origin: ORIGIN, signInCookie }, {}),
    signal: new AbortController().signal,
    spend: async () => undefined,
    watch: () => undefined,
  };
}

/** The targets of an event. */
async function told(events: Awaited<ReturnType<typeof directoryChanges>>): Promise<readonly string[]> {
  const { value } = await events.next();
  return value.changes.map(({ entityId }: { entityId: string }) => entityId);
}

test('a subscriber whose right ends between two events of one page gets no more of them', async () => {
  const since = await services.directory.revision();
  for (const arn of WATCHED) await services.directory.apply({ users: [{ arn }] });
  const events = await directoryChanges(liveOf(auditor), since);
  expect(await told(events)).toEqual([WATCHED[0]]);
  await services.directory.apply(auditorWith());
  await expect(events.next()).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('what it may follow meanwhile is told from the next event on, and nothing twice', async () => {
  await services.directory.apply(auditorWith('cloudtrail:LookupEvents'));
  const since = await services.directory.revision();
  const others = ['one', 'two'].map((name) => userArn(name, B));
  await services.directory.apply({ users: [{ arn: userArn('four') }] });
  for (const arn of others) await services.directory.apply({ users: [{ arn }] });
  await services.directory.apply({ users: [{ arn: userArn('five') }] });
  const events = await directoryChanges(liveOf(auditor), since);
  expect(await told(events)).toEqual([userArn('four')]);
  // The organization of which it is the management account: see visible-accounts.
  await services.directory.apply({
    accounts: [
      { id: A, membership: { organizationId: 'o-all', unitId: null } },
      { id: B, membership: { organizationId: 'o-all', unitId: null } },
    ],
    organizations: [{ id: 'o-all', rootId: 'r-all', managementAccountId: A }],
  });
  expect(await told(events)).toEqual([others[0]]);
  expect(await told(events)).toEqual([others[1]]);
  expect(await told(events)).toEqual([userArn('five')]);
  await events.return(undefined);
});
