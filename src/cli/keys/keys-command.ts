import {
  CREDENTIAL_KINDS,
  type CredentialKind,
  type CredentialRecord,
  type MasterKeyRecord,
} from '../../directory/stores/master-key-store.ts';
import type { Settings } from '../../server/settings.ts';
import { plain } from '../plain.ts';
import { counted, type Terminal } from '../terminal.ts';
import type { KeysCommand } from './arguments.ts';
import { type MasterKeysOf, withMasterKeys } from './master-keys-of.ts';

/** `rolegate keys`. Throws CommandFailed. */
export function listOrRetire(command: KeysCommand, settings: Settings, terminal: Terminal): Promise<void> {
  const { retire } = command;
  return withMasterKeys(settings, (keys) =>
    retire === null ? list(keys, command, terminal) : end(keys, retire, command, terminal),
  );
}

/** Plural where it is another word. */
const PLURALS: Readonly<Record<CredentialKind, string>> = {
  'access key': 'access keys',
  'sign-in': 'sign-ins',
  'temporary credentials': 'temporary credentials',
  'role session': 'role sessions',
  checker: 'checkers',
  'MFA device': 'MFA devices',
  'signing key': 'signing keys',
};

async function end(keys: MasterKeysOf, generation: number, { isJson }: KeysCommand, terminal: Terminal): Promise<void> {
  const counts = await keys.retire(generation);
  if (isJson) {
    terminal.out(`${JSON.stringify({ generation, ended: counts })}\n`);
    return;
  }
  const ended = CREDENTIAL_KINDS.map((kind) => counted(counts[kind], kind, PLURALS[kind]));
  terminal.out(`generation ${generation} of the master key is retired; ended: ${ended.join(', ')}\n`);
}

async function list(keys: MasterKeysOf, { generation, isJson }: KeysCommand, terminal: Terminal): Promise<void> {
  if (!isJson) {
    for (const each of await keys.generations()) {
      if (generation === null || each.generation === generation) terminal.out(lineOfGeneration(each));
    }
  }
  for await (const record of keys.credentials(generation)) {
    terminal.out(isJson ? `${JSON.stringify(record)}\n` : lineOf(record));
  }
}

const day = (at: number): string => new Date(at).toISOString();

function lineOfGeneration({ generation, createdAt, retiredAt }: MasterKeyRecord): string {
  // The time of the first one was not noted by earlier versions.
  const begun = createdAt === 0 ? '' : ` of ${day(createdAt)}`;
  return `generation ${generation}${begun}${retiredAt === null ? '' : `, retired ${day(retiredAt)}`}\n`;
}

function lineOf({ generation, kind, id, holder, createdAt, expiresAt, active }: CredentialRecord): string {
  const parts = [
    generation ?? '-',
    kind,
    plain(id),
    ...(holder === null ? [] : [plain(holder)]),
    ...(createdAt === 0 ? [] : [`of ${day(createdAt)}`]),
    ...(expiresAt === null ? [] : [`until ${day(expiresAt)}`]),
    ...(active ? [] : ['inactive']),
  ];
  return `  ${parts.join('  ')}\n`;
}
