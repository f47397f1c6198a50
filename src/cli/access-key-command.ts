import { RolegateError } from '../policy/errors.ts';
import { openServices } from '../server/services.ts';
import type { Settings } from '../server/settings.ts';
import type { NewAccessKey } from '../session/access-keys.ts';
import { CommandFailed } from './failure.ts';
import { isObject } from './gateway-answer.ts';
import { hereOrThere, orNullIfHeld, type RunningGateway } from './running-gateway.ts';
import type { Terminal } from './terminal.ts';

type Owner = { readonly user: string } | { readonly service: string };

/** `rolegate access-key create`. Throws CommandFailed. */
export async function createAccessKey(owner: Owner, settings: Settings, terminal: Terminal): Promise<void> {
  const key = await hereOrThere(
    settings,
    () => createHere(owner, settings),
    (gateway) => createThere(owner, gateway),
  );
  const pair = `${key.accessKeyId}:${key.secretAccessKey}`;
  terminal.out(
    `access key of ${'user' in owner ? owner.user : owner.service}, shown this once:\n` +
      `  access key id      ${key.accessKeyId}\n` +
      `  secret access key  ${key.secretAccessKey}\n` +
      `  header             {"Authorization": "Basic ${Buffer.from(pair).toString('base64')}"}\n`,
  );
}

/** Null if another process holds the data folder. */
async function createHere(owner: Owner, settings: Settings): Promise<NewAccessKey | null> {
  const services = await orNullIfHeld(openServices(settings));
  if (services === null) return null;
  try {
    return await services.sessions.createAccessKey('user' in owner ? { userArn: owner.user } : owner);
  } catch (error) {
    if (error instanceof RolegateError) throw new CommandFailed(error.message, { cause: error });
    throw error;
  } finally {
    await services.directory.close();
  }
}

const CREATE = `mutation CreateAccessKey($input: CreateAccessKeyInput!) {
  createAccessKey(input: $input) {
    __typename
    ... on CreateAccessKeySuccess { accessKeyId secretAccessKey }
    ... on UserError { message }
  }
}`;

/** Through the gateway that holds the folder. */
async function createThere(owner: Owner, gateway: RunningGateway): Promise<NewAccessKey> {
  const { createAccessKey: result } = await gateway.ask(CREATE, {
    input: { principal: 'user' in owner ? owner.user : owner.service },
  });
  if (!isObject(result)) throw new CommandFailed(`the gateway at ${gateway.url} gives no answer`);
  const { accessKeyId, secretAccessKey } = result;
  if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string') return { accessKeyId, secretAccessKey };
  throw new CommandFailed(String(result['message']));
}
