import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import type { Subject } from '../../src/access/question.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { type DirectoryOptions, type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import type { Decision } from '../../src/evaluation/decision.ts';
import type { NewAccessKey } from '../../src/session/access-keys.ts';
import { type Caller, subjectOf } from '../../src/session/caller.ts';
import type { TemporaryCredentials } from '../../src/session/credentials.ts';
import { createSecrets, type Secrets } from '../../src/session/secrets.ts';
import { createSessions, type Sessions } from '../../src/session/sessions.ts';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { aQuestion } from '../support/questions.ts';

const catalog = await openCatalog();
const folder = await mkdtemp(join(tmpdir(), 'rolegate-session-'));
export const secrets = await createSecrets({ dataDir: folder, operatorToken: 'operator-token' });

export interface Gateway {
  readonly directory: OpenDirectory;
  readonly access: Access;
  readonly secrets: Secrets;
  readonly sessions: Sessions;
  /** SQL statements sent so far. */
  readonly statements: string[];
}

/** Directories that no test uses now. Opening one takes far longer than emptying it. */
const idle: Gateway[] = [];
const used: Gateway[] = [];
let count = 0;

afterEach(() => {
  idle.push(...used.splice(0));
});
afterAll(async () => {
  for (const { directory } of idle) await directory.close();
  await rm(folder, { recursive: true, force: true });
});

/**
 * Everything below GraphQL, on a directory that this test has to itself and that holds `document`. Of earlier tests there
 * may be accounts without anybody in them, keys of services, managed policies, sessions that have ended and events.
 */
export async function open(document: DirectoryDocument): Promise<Gateway> {
  const { directory, statements } = idle.pop() ?? (await openShared({}));
  const gateway = gatewayOn(directory, statements);
  used.push(gateway);
  await empty(directory);
  await directory.apply(document);
  return gateway;
}

/** Deletes who may have access, with their keys and sessions. */
async function empty({ prisma, entities }: OpenDirectory): Promise<void> {
  const arns = { select: { arn: true } } as const;
  for (const { arn } of await prisma.user.findMany(arns))
    await entities.deleteUser({ userArn: arn, withDependents: true });
  for (const { arn } of await prisma.role.findMany(arns))
    await entities.deleteRole({ roleArn: arn, withDependents: true });
}

/** On a directory of its own, for all tests of a file; whoever opens it closes it. */
export async function openShared(document: DirectoryDocument): Promise<Gateway> {
  const dataDir = join(folder, `directory${++count}`);
  await putEmptyDirectory(dataDir);
  const gateway = await openOn({ kind: 'embedded', dataDir });
  await gateway.directory.apply(document);
  return gateway;
}

/** A gateway on a directory that whoever opens it closes. */
export async function openOn(options: DirectoryOptions): Promise<Gateway> {
  const statements: string[] = [];
  const onStatement = (sql: string): void => void statements.push(sql);
  return gatewayOn(await openDirectory({ ...options, onStatement }, catalog), statements);
}

function gatewayOn(directory: OpenDirectory, statements: string[]): Gateway {
  const access = createAccess(directory, catalog);
  return { directory, access, secrets, statements, sessions: createSessions({ directory, access, secrets }) };
}

export function basic(key: NewAccessKey): string {
  return `Basic ${Buffer.from(`${key.accessKeyId}:${key.secretAccessKey}`).toString('base64')}`;
}

export function bearer({ credentials }: { readonly credentials: TemporaryCredentials }): string {
  return `Bearer ${credentials.sessionToken}`;
}

/** The user or service, signed in with a new access key. */
export async function signIn(
  { sessions }: Pick<Gateway, 'sessions'>,
  owner: { readonly userArn: string } | { readonly service: string },
  now: number,
): Promise<Caller> {
  return sessions.authenticate(basic(await sessions.createAccessKey(owner)), now);
}

/** The caller as somebody who is asked about. */
export function subjectOfCaller(caller: Caller): Subject {
  if (caller.kind !== 'principal') throw new Error('not a principal');
  return subjectOf(caller);
}

/** What the caller may do, in the very session it calls with. */
export async function decide(
  { access }: Pick<Gateway, 'access'>,
  caller: Caller,
  [action, resource]: readonly [action: string, resource: string],
  now: number,
): Promise<Decision> {
  const [answer] = await access.decide([aQuestion(subjectOfCaller(caller), action, resource)], now);
  if (answer === undefined) throw new Error('no answer');
  return answer.decision;
}
