import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Access, createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { AssumedRole } from '../../src/session/assume-role.ts';
import type { Caller } from '../../src/session/caller.ts';
import { createSecrets, type Secrets } from '../../src/session/secrets.ts';
import { createSessions, type NewAccessKey, type Sessions } from '../../src/session/sessions.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';

const catalog = await openCatalog();
const secrets = await createSecrets({
  dataDir: await mkdtemp(join(tmpdir(), 'rolegate-session-')),
  operatorToken: 'operator-token',
});

export interface Gateway {
  readonly directory: MemoryDirectory;
  readonly access: Access;
  readonly secrets: Secrets;
  readonly sessions: Sessions;
}

/** Everything below GraphQL, on the directory of `document`. */
export function open(document: DirectoryDocument): Gateway {
  const directory = new MemoryDirectory(document, catalog);
  const access = createAccess(directory, catalog);
  return { directory, access, secrets, sessions: createSessions({ directory, access, secrets }) };
}

export function basic(key: NewAccessKey): string {
  return `Basic ${Buffer.from(`${key.accessKeyId}:${key.secretAccessKey}`).toString('base64')}`;
}

export function bearer({ credentials }: AssumedRole): string {
  return `Bearer ${credentials.sessionToken}`;
}

/** The user or service, signed in with a new access key. */
export async function signIn(
  { sessions }: Gateway,
  owner: { readonly userArn: string } | { readonly service: string },
  now: number,
): Promise<Caller> {
  return sessions.authenticate(basic(await sessions.createAccessKey(owner)), now);
}
