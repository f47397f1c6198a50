import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { type DirectoryOptions, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { newWorkingFolder } from '../support/empty-directory.ts';
import { removeDataDir } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { type Running, startServer } from '../support/process.ts';

const READY = /ready at (http:\S+)\/graphql/;
const HEADER = /alice: [\s\S]*?header +\{"Authorization": "(Basic [^"]+)"\}/;
const ROLE = 'arn:aws:iam::222222222222:role/DataWriter';
const ASSUME = `mutation { assumeRole(input: { role: "${ROLE}", roleSessionName: "s1" }) {
  ... on AssumeRoleSuccess { credentials { sessionToken } } } }`;
const EXIT = 'mutation { exitRole { ... on ExitRoleSuccess { endedSession { arn } } } }';
const WHO = '{ viewer { principal { principalId } } }';

/** What a client knows of a session. */
interface Held {
  readonly token: string;
  state: 'live' | 'leaving' | 'left';
}

interface Answer {
  readonly data?: {
    readonly assumeRole?: { readonly credentials?: { readonly sessionToken: string } };
    readonly exitRole?: { readonly endedSession?: { readonly arn: string } };
    readonly viewer?: { readonly principal: { readonly principalId: string } };
  };
  readonly errors?: readonly { readonly extensions: { readonly awsCode?: string } }[];
}

const length = inject('length');

let cwd: string;
let running: Running | null = null;

beforeEach(async () => {
  cwd = await newWorkingFolder();
});
afterEach(async () => {
  await kill();
  await removeDataDir(cwd);
});

async function kill(): Promise<void> {
  running?.child.kill('SIGKILL');
  await running?.ended;
  running = null;
}

/** Null: the gateway was gone before it answered. */
async function ask(url: string, authorization: string, query: string): Promise<Answer | null> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query }),
    });
    // as: the queries above ask for nothing else
    return (await response.json()) as Answer;
  } catch {
    return null;
  }
}

/** Assumes the role, and leaves every second session, until the gateway does not answer any more. */
async function useRoles(url: string, alice: string, held: Held[]): Promise<void> {
  for (let count = 0; ; count++) {
    const assumed = await ask(url, alice, ASSUME);
    if (assumed === null) return;
    const token = assumed.data?.assumeRole?.credentials?.sessionToken;
    if (token === undefined) throw new Error(`not assumed: ${JSON.stringify(assumed)}`);
    const session: Held = { token, state: 'live' };
    held.push(session);
    if (count % 2 === 0) continue;
    session.state = 'leaving';
    const left = await ask(url, `Bearer ${token}`, EXIT);
    if (left === null) return;
    if (left.data?.exitRole?.endedSession === undefined) throw new Error(`not left: ${JSON.stringify(left)}`);
    session.state = 'left';
  }
}

/** `live`, or AWS's code of why not. */
async function stateOf(url: string, { token }: Held): Promise<string> {
  const answer = await ask(url, `Bearer ${token}`, WHO);
  if (answer === null) throw new Error('the gateway does not answer');
  const [error] = answer.errors ?? [];
  if (error !== undefined) return error.extensions.awsCode ?? JSON.stringify(error);
  return answer.data?.viewer?.principal.principalId.startsWith('arn:aws:sts::') === true ? 'live' : 'somebody else';
}

/** How many are asked about after each start: a gateway pauses who comes with too many tokens that have ended. */
const ASKED = 24;

/**
 * Sessions that are not as they were answered before the gateway was killed, after it has started again; what was not
 * answered is one of both.
 */
async function notKept(url: string, held: readonly Held[]): Promise<readonly unknown[]> {
  const states: (readonly [said: string, is: string])[] = [];
  for (const session of held.slice(-ASKED)) states.push([session.state, await stateOf(url, session)]);
  return states.filter(([said, is]) => {
    if (is !== 'live' && is !== 'ExpiredToken') return true;
    return said !== 'leaving' && (is === 'live') !== (said === 'live');
  });
}

/** Until one of the sessions after the first `before` was left. */
async function untilLeft(held: readonly Held[], before: number): Promise<void> {
  while (!held.slice(before).some(({ state }) => state === 'left')) await sleep(5);
}

async function rounds(count: number, env: Record<string, string>) {
  const held: Held[] = [];
  const wrong: unknown[] = [];
  let alice = '';
  for (let round = 0; round <= count; round++) {
    running = startServer(cwd, { ROLEGATE_DEMO: 'on', ...env });
    const url = await running.printed(READY);
    if (round === 0) alice = await running.printed(HEADER);
    wrong.push(...(await notKept(url, held)));
    if (round === count) break;
    const before = held.length;
    const work = Promise.all([1, 2, 3].map(() => useRoles(url, alice, held)));
    // Each round at another moment of what is under way; `work` ends early only when something is wrong.
    const moment = untilLeft(held, before).then(() => sleep(round * 37));
    await Promise.race([work, moment]);
    await kill();
    await work;
  }
  await kill();
  return { held, wrong };
}

/** The id of its session. */
function idOf({ token }: Held): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).jti;
}

/** What is stored of the sessions whose end is certain, beside what was answered; and how often the trail tells of any. */
async function stored(options: DirectoryOptions, held: readonly Held[]) {
  const directory = await openDirectory(options, await openCatalog());
  try {
    const rows = await directory.prisma.roleSession.findMany({ select: { id: true, endReason: true } });
    const ends = new Map(rows.map(({ id, endReason }) => [id, endReason]));
    const certain = held.filter(({ state }) => state !== 'leaving');
    const succeeded = (event: string) => directory.prisma.auditEvent.count({ where: { event, outcome: 'SUCCEEDED' } });
    return {
      answered: certain.map(({ state }) => (state === 'left' ? 'EXITED' : null)),
      ends: certain.map((session) => ends.get(idOf(session))),
      sessions: rows.length,
      left: rows.filter(({ endReason }) => endReason === 'EXITED').length,
      inTrail: { sessions: await succeeded('AssumeRole'), left: await succeeded('ExitRole') },
    };
  } finally {
    await directory.close();
  }
}

describe('a gateway that is killed while roles are assumed and left', () => {
  it('knows every session that it has answered with, and that it was left, in a folder', async () => {
    const { held, wrong } = await rounds({ ordinary: 2, short: 4, long: 10 }[length], {});
    expect(wrong).toEqual([]);
    const { answered, ends, sessions, left, inTrail } = await stored(
      { kind: 'embedded', dataDir: join(cwd, '.rolegate') },
      held,
    );
    expect(answered).toContain('EXITED');
    expect(ends).toEqual(answered);
    expect(inTrail).toEqual({ sessions, left });
  }, 240_000);

  it('knows it, too, on a server', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const { held, wrong } = await rounds({ ordinary: 1, short: 2, long: 3 }[length], { DATABASE_URL: url });
    expect(wrong).toEqual([]);
    const { answered, ends, sessions, left, inTrail } = await stored({ kind: 'server', url }, held);
    expect(answered).toContain('EXITED');
    expect(ends).toEqual(answered);
    expect(inTrail).toEqual({ sessions, left });
  }, 120_000);
});
