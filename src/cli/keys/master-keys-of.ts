import type { CredentialRecord, MasterKeyRecord, RetiredCounts } from '../../directory/stores/master-key-store.ts';
import { RolegateError } from '../../policy/errors.ts';
import { GENERATIONS_PATH, KEYS_PATH, RETIRE_PATH, ROTATE_PATH } from '../../server/maintenance-route.ts';
import { openServices } from '../../server/services.ts';
import type { Settings } from '../../server/settings.ts';
import { aCall, type Call } from '../../session/call.ts';
import {
  credentialsOfMasterKey,
  masterKeyGenerations,
  retireMasterKey,
  rotateMasterKey,
} from '../../session/rotate-master-key.ts';
import { byteLines } from '../backup/lines.ts';
import { CommandFailed } from '../failure.ts';
import { type Data, dataOf } from '../gateway-answer.ts';
import { hereOrThere, orNullIfHeld, type RunningGateway, textOf } from '../running-gateway.ts';

/** The generations of the master key, of the database itself or through the gateway that holds its folder. */
export interface MasterKeysOf {
  generations(): Promise<readonly MasterKeyRecord[]>;
  /** Begins a generation with a key that the file has. */
  rotate(): Promise<number>;
  retire(generation: number): Promise<RetiredCounts>;
  credentials(generation: number | null): AsyncIterable<CredentialRecord>;
}

/** Works with the generations of the directory of the settings. Throws CommandFailed. */
export async function withMasterKeys<T>(settings: Settings, work: (keys: MasterKeysOf) => Promise<T>): Promise<T> {
  try {
    return await hereOrThere(
      settings,
      async () => {
        const services = await orNullIfHeld(openServices(settings));
        if (services === null) return null;
        const now = (): Call => aCall({ kind: 'operator' }, Date.now());
        try {
          return await work({
            generations: () => masterKeyGenerations(services),
            rotate: () => rotateMasterKey(services, now()),
            retire: (generation) => retireMasterKey(services, now(), generation),
            credentials: (generation) => credentialsOfMasterKey(services, generation, Date.now()),
          });
        } finally {
          await services.directory.close();
        }
      },
      (gateway) => work(through(gateway)),
    );
  } catch (error) {
    if (!(error instanceof RolegateError) || !OF_WHAT_IS_ASKED.has(error.code)) throw error;
    throw new CommandFailed(error.message, { cause: error });
  }
}

const OF_WHAT_IS_ASKED = new Set(['CONFLICT', 'LIMIT_EXCEEDED', 'NoSuchEntity']);

/** A gateway of this version: what it answers has the form of the types. */
function through(gateway: RunningGateway): MasterKeysOf {
  const data = async (path: string): Promise<Data> => {
    const answer = await gateway.post(path);
    return dataOf(`the gateway at ${gateway.url}`, { status: 200, text: await textOf(answer) });
  };
  return {
    // as: see above, also below
    generations: async () => (await data(GENERATIONS_PATH))['generations'] as readonly MasterKeyRecord[],
    rotate: async () => Number((await data(ROTATE_PATH))['generation']),
    retire: async (generation) => (await data(`${RETIRE_PATH}?generation=${generation}`)) as RetiredCounts,
    credentials: (generation) => credentialsThrough(gateway, generation),
  };
}

async function* credentialsThrough(
  gateway: RunningGateway,
  generation: number | null,
): AsyncGenerator<CredentialRecord> {
  const answer = await gateway.post(`${KEYS_PATH}${generation === null ? '' : `?generation=${generation}`}`);
  try {
    for await (const line of byteLines(answer)) {
      // as: see above
      const record = JSON.parse(line.toString('utf8')) as Partial<CredentialRecord>;
      if (record.kind === undefined) return;
      yield record as CredentialRecord;
    }
  } finally {
    answer.destroy();
  }
  throw new CommandFailed(`the gateway at ${gateway.url} has cut the list off: its log says why`);
}
