import type { ImportReport } from '../importing/import-files.ts';
import type { SourceFile } from '../importing/source-file.ts';
import { CommandFailed } from './failure.ts';
import type { Imported } from './import-report.ts';
import { isObject, type RunningGateway } from './running-gateway.ts';

const IMPORT = `mutation Import($input: ImportAccountAuthorizationDetailsInput!) {
  importAccountAuthorizationDetails(input: $input) {
    __typename
    ... on ImportSuccess { accounts { accountId } users groups roles policies warnings revision changed }
    ... on UserError { message }
  }
}`;

const DETAILS = 'answer of iam get-account-authorization-details';

interface Source {
  readonly files: readonly SourceFile[];
  readonly report: ImportReport;
  readonly accountName: string | null;
}

/** Imports through the gateway that holds the folder, which takes authorization details alone. */
export async function importThere({ files, report, accountName }: Source, gateway: RunningGateway): Promise<Imported> {
  const other = report.recognised.find(({ form }) => form !== DETAILS);
  if (other !== undefined) {
    throw new CommandFailed(
      `the gateway at ${gateway.url} holds the data folder and takes account authorization details only: stop it to import ${other.file} (${other.form})`,
    );
  }
  const recognised = new Set(report.recognised.map(({ file }) => file));
  const texts = files.filter(({ path }) => recognised.has(path)).map(({ text }) => text);
  const document = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(',\n')}]`;
  const input = { document, ...(accountName === null ? {} : { accountName }) };
  const { importAccountAuthorizationDetails: result } = await gateway.ask(IMPORT, { input });
  if (!isObject(result)) throw new CommandFailed(`the gateway at ${gateway.url} gives no answer`);
  if (result['__typename'] !== 'ImportSuccess') {
    // Its message names the field `document`, which does not exist on a command line.
    throw new CommandFailed(String(result['message']).replace(/`(?:input\.)?document`/g, 'what is imported'));
  }
  const accounts = Array.isArray(result['accounts']) ? result['accounts'] : [];
  return {
    changed: result['changed'] === true,
    users: Number(result['users']),
    groups: Number(result['groups']),
    roles: Number(result['roles']),
    policies: Number(result['policies']),
    accounts: accounts.map((account: unknown) => (isObject(account) ? String(account['accountId']) : '')),
    // What is not understood is in the report already.
    warnings: [],
    revision: String(result['revision']),
    counts: [],
    // That mutation stores entities alone.
    knowledge: [],
  };
}
