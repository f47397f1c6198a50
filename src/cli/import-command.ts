import type { Applied } from '../directory/directory.ts';
import type { DirectoryDocument } from '../directory/document.ts';
import { RolegateError } from '../policy/errors.ts';
import { openStore } from '../server/services.ts';
import type { Settings } from '../server/settings.ts';
import { aCall } from '../session/call.ts';
import { importDocument } from '../session/import-document.ts';
import { CommandFailed } from './failure.ts';
import { aboutFile, parseExport, readExports } from './read-exports.ts';
import { hereOrThere, isObject, type RunningGateway } from './running-gateway.ts';
import { ProgressLine, type Terminal } from './terminal.ts';

/** The result of an import, whichever way it was made. */
type Imported = Pick<Applied, 'changed' | 'users' | 'groups' | 'roles' | 'policies' | 'accounts' | 'warnings'> & {
  readonly revision: string;
};

interface Import {
  readonly files: readonly string[];
  readonly accountName: string | null;
}

/** `rolegate import`: all files or none. Throws CommandFailed. */
export async function importFiles(
  command: Import,
  settings: Settings,
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<void> {
  const startedAt = Date.now();
  const progress = new ProgressLine(terminal);
  let imported: Imported;
  try {
    progress.show('reading');
    const text = await readExports(command.files, input);
    // Checked before it is sent to a gateway, so that a wrong file is reported at once, by its name.
    const parsed = parseExport(command.files, text);
    const document = withAccountName(parsed.document, command.accountName);
    progress.show('opening the directory');
    imported = await hereOrThere(
      settings,
      () => importHere(document, parsed.warnings, settings, progress),
      (gateway) => importThere(command, text, gateway, progress),
    );
  } finally {
    progress.clear();
  }
  for (const warning of imported.warnings) terminal.error(`warning: ${warning}\n`);
  terminal.out(summaryOf(imported, Date.now() - startedAt));
}

/** Imports into the directory itself; null if another process holds its folder. */
async function importHere(
  document: DirectoryDocument,
  warnings: readonly string[],
  settings: Settings,
  progress: ProgressLine,
): Promise<Imported | null> {
  const store = await openStore(settings).catch((error: unknown) => {
    if (error instanceof RolegateError && error.code === 'DATA_DIR_LOCKED') return null;
    throw error;
  });
  if (store === null) return null;
  try {
    const call = aCall({ kind: 'operator' }, Date.now());
    const applied = await importDocument(
      store,
      call,
      () => ({ document, warnings }),
      ({ phase, done, total }) => progress.show(total > 0 ? `${phase} ${done}/${total}` : phase),
    );
    return { ...applied, revision: String(applied.revision) };
  } finally {
    await store.directory.close();
  }
}

const IMPORT = `mutation Import($input: ImportAccountAuthorizationDetailsInput!) {
  importAccountAuthorizationDetails(input: $input) {
    __typename
    ... on ImportSuccess { accounts { accountId } users groups roles policies warnings revision changed }
    ... on UserError { message }
  }
}`;

/** Imports through the gateway that holds the folder. */
async function importThere(
  command: Import,
  text: string,
  gateway: RunningGateway,
  progress: ProgressLine,
): Promise<Imported> {
  progress.show(`importing through the gateway at ${gateway.url}`);
  const input = { document: text, ...(command.accountName === null ? {} : { accountName: command.accountName }) };
  const { importAccountAuthorizationDetails: result } = await gateway.ask(IMPORT, { input });
  if (!isObject(result)) throw new CommandFailed(`the gateway at ${gateway.url} gives no answer`);
  if (result['__typename'] !== 'ImportSuccess') {
    throw new CommandFailed(aboutFile(command.files.join(', '), String(result['message'])));
  }
  const accounts = Array.isArray(result['accounts']) ? result['accounts'] : [];
  const warnings = Array.isArray(result['warnings']) ? result['warnings'] : [];
  return {
    changed: result['changed'] === true,
    users: Number(result['users']),
    groups: Number(result['groups']),
    roles: Number(result['roles']),
    policies: Number(result['policies']),
    accounts: accounts.map((account: unknown) => (isObject(account) ? String(account['accountId']) : '')),
    warnings: warnings.map(String),
    revision: String(result['revision']),
  };
}

function withAccountName(document: DirectoryDocument, name: string | null): DirectoryDocument {
  if (name === null) return document;
  const accounts = document.accounts ?? [];
  if (accounts.length !== 1) {
    throw new CommandFailed(`--account-name names one account, and there are ${accounts.length} in what is imported`);
  }
  return { ...document, accounts: accounts.map((account) => ({ ...account, name })) };
}

function summaryOf(imported: Imported, milliseconds: number): string {
  const { accounts, users, groups, roles, policies, changed, revision } = imported;
  const counts = [
    counted(users, 'user', 'users'),
    counted(groups, 'group', 'groups'),
    counted(roles, 'role', 'roles'),
    counted(policies, 'policy', 'policies'),
  ].join(', ');
  const where = `${accounts.length === 1 ? 'account' : 'accounts'} ${accounts.join(', ')}`;
  const outcome = changed
    ? `the directory has changed (revision ${revision})`
    : `nothing has changed (revision ${revision})`;
  return `imported ${counts} of ${where}: ${outcome}, ${(milliseconds / 1000).toFixed(1)} s\n`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
