import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { GatewayServices } from '../../src/graphql/context.ts';
import { understandFiles } from '../../src/server/imports/understand.ts';
import type { Caller } from '../../src/session/caller.ts';
import { createSecrets, type Secrets } from '../../src/session/secrets.ts';
import { createSessions } from '../../src/session/sessions.ts';
import { type TakenDatabase, takeDatabase } from '../support/recycled-database.ts';
import { type Gateway, gatewayOn, NOW, SIGNED_IN_KEY } from './gateway.ts';

/** How long opening a new directory may take where other tests run beside, in milliseconds. */
export const OPENING = 180_000;

/** Everything that the schema stands on, over a database that nothing else uses. */
export interface TestServices extends GatewayServices {
  readonly secrets: Secrets;
  /** The SQL statements sent so far. */
  readonly statements: string[];
  /** Signs in with the long-term key `keyId`. */
  signIn(keyId: string): Promise<Caller>;
  /** Signs in with a session token. */
  signInWith(token: string): Promise<Caller>;
  /** Closes the directory and opens another one in its database: nothing is in memory then. */
  reopen(): Promise<TestServices>;
  /** Closes the directory and gives its database back. */
  remove(): Promise<void>;
}

/** A new directory that holds `document`. */
export async function openServices(document: DirectoryDocument): Promise<TestServices> {
  return openServicesOn(await takeDatabase(), document);
}

/** The same in an empty database. */
export async function openServicesOn(
  database: Omit<TakenDatabase, 'database'>,
  document: DirectoryDocument,
): Promise<TestServices> {
  const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-graphql-'));
  const services = await open(database, dataDir);
  await services.directory.apply(document);
  await services.directory.keys.create({ id: SIGNED_IN_KEY, service: 'testing.amazonaws.com' });
  return services;
}

/** A gateway with what it stands on. */
export interface OpenedGateway extends Gateway {
  readonly services: TestServices;
}

/** Opens a gateway for the tests of a file or a block, on a directory that holds `document`; it is there when they run. */
export function openedGateway(document: () => DirectoryDocument): OpenedGateway {
  let services: TestServices;
  let gateway: Gateway;
  beforeAll(async () => {
    services = await openServices(document());
    gateway = gatewayOn(services);
  }, OPENING);
  afterAll(() => services.remove());
  return {
    get services() {
      return services;
    },
    ask: (...operation) => gateway.ask(...operation),
    askFrom: (...operation) => gateway.askFrom(...operation),
    askTogether: (...operations) => gateway.askTogether(...operations),
  };
}

async function open(database: Omit<TakenDatabase, 'database'>, dataDir: string): Promise<TestServices> {
  const statements: string[] = [];
  const directory = await database.openDirectory((sql) => void statements.push(sql));
  const secrets = await createSecrets({ dataDir, operatorToken: 'operator' });
  const access = createAccess(directory, directory.catalog);
  const sessions = createSessions({ directory, access, secrets });
  return {
    access,
    catalog: directory.catalog,
    directory,
    secrets,
    sessions,
    statements,
    understandFiles: (files) => understandFiles(files),
    signIn: (keyId) => {
      const credentials = Buffer.from(`${keyId}:${secrets.secretFor(keyId)}`).toString('base64');
      return sessions.authenticate(`Basic ${credentials}`, NOW);
    },
    signInWith: (token) => sessions.authenticate(`Bearer ${token}`, NOW),
    reopen: async () => {
      await directory.close();
      return open(database, dataDir);
    },
    remove: async () => {
      await directory.close();
      database.giveBack();
      await rm(dataDir, { recursive: true });
    },
  };
}
