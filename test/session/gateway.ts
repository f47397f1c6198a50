import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
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
import { folderOfTheRun } from '../support/empty-directory.ts';
import { aQuestion } from '../support/questions.ts';
import { takeDirectory } from '../support/recycled-database.ts';

const catalog = await openCatalog();
const folder = await mkdtemp(join(folderOfTheRun(), 'session-'));
export const secrets = await createSecrets({ dataDir: folder, operatorToken: 'operator-token' });

export interface Gateway {
  readonly directory: OpenDirectory;
  readonly access: Access;
  readonly secrets: Secrets;
  readonly sessions: Sessions;
  /** SQL statements sent so far. */
  readonly statements: string[];
}

/** Everything below GraphQL, on a directory that this test has to itself and that holds `document`. */
export async function open(document: DirectoryDocument): Promise<Gateway> {
  const gateway = await openShared(document);
  onTestFinished(() => gateway.directory.close());
  return gateway;
}

/** On a directory of its own, for all tests of a file; whoever opens it closes it. */
export async function openShared(document: DirectoryDocument): Promise<Gateway> {
  const statements: string[] = [];
  const directory = await takeDirectory((sql) => void statements.push(sql));
  await directory.apply(document);
  return gatewayOn(directory, statements);
}

/** A gateway on a directory that whoever opens it closes. */
export async function openOn(options: DirectoryOptions): Promise<Gateway> {
  const statements: string[] = [];
  const onStatement = (sql: string): undefined => void statements.push(sql);
  return gatewayOn(await openDirectory({ ...options, onStatement }, catalog), statements);
}

/** Everything below GraphQL, on a directory that whoever opens it closes. */
export function gatewayOn(directory: OpenDirectory, statements: string[]): Gateway {
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
