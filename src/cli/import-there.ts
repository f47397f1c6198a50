import type { CountedKind, ImportCounts } from '../directory/directory.ts';
import type { KnowledgeInput } from '../directory/document.ts';
import { shown } from '../importing/file-notes.ts';
import type { SourceFile } from '../importing/source-file.ts';
import type { ImportSummary } from '../importing/summary.ts';
import { packFiles } from './archive.ts';
import { CommandFailed } from './failure.ts';
import type { Imported } from './import-report.ts';
import type { RunningGateway } from './running-gateway.ts';

const COUNTS = 'counts { kind new changed unchanged gone }';
const IMPORT = `mutation Import($input: ImportDirectoryInput!) {
  importDirectory(input: $input) {
    kind: __typename
    ... on ImportDirectorySuccess {
      changed revision warnings leftOut
      accounts { account { accountId } ${COUNTS} knowledge { layer service state missing } }
      organizations { organizationId ${COUNTS} }
      shared { kind new changed unchanged gone }
      recognised { form count files }
      notRecognised { file what } notRecognisedCount
      notUnderstood { file place message } notUnderstoodCount
    }
    ... on UserError { message }
  }
}`;

interface Success extends ImportSummary {
  readonly kind: 'ImportDirectorySuccess';
  readonly changed: boolean;
  readonly revision: string;
  readonly warnings: readonly string[];
  readonly leftOut: readonly string[];
  readonly accounts: readonly {
    readonly account: { readonly accountId: string };
    readonly counts: readonly Count[];
    readonly knowledge: readonly Knowledge[];
  }[];
  readonly organizations: readonly { readonly organizationId: string; readonly counts: readonly Count[] }[];
  readonly shared: readonly Count[];
}
type Count = Omit<ImportCounts, 'accountId' | 'organizationId' | 'kind'> & { readonly kind: string };
type Knowledge = Pick<KnowledgeInput, 'layer' | 'state'> & {
  readonly service: string | null;
  readonly missing: readonly string[];
};

interface Failure {
  readonly kind: string;
  readonly message: string;
}

interface Source {
  readonly files: AsyncIterable<SourceFile> | Iterable<SourceFile>;
  readonly accountName: string | null;
  /** Called when all files are read. */
  readonly onPacked: (bytes: number) => void;
}

/** Imports through the gateway that holds the folder: the files as one archive. */
export async function importThere(source: Source, gateway: RunningGateway): Promise<Imported> {
  const { files, accountName, onPacked } = source;
  const archive = await packFiles(files);
  onPacked(archive.bytes);
  const input = { files: [{ name: '.', upload: null }], ...(accountName === null ? {} : { accountName }) };
  const data = await gateway.upload(IMPORT, { input }, 'variables.input.files.0.upload', archive);
  // as: the answer to the query above, by a gateway that knows all of its fields
  const result = data['importDirectory'] as Success | Failure | null | undefined;
  if (result == null) throw new CommandFailed(`the gateway at ${gateway.url} gives no answer`);
  if (!isSuccess(result)) {
    throw new CommandFailed(result.message.replaceAll(/^\.\//gm, '').replaceAll('`accountName`', '--account-name'));
  }
  return importedOf(result, new Map([...archive.renamed].map(([name, path]) => [shown(name), shown(path)])));
}

function isSuccess(result: Success | Failure): result is Success {
  return result.kind === 'ImportDirectorySuccess';
}

function importedOf(result: Success, renamed: ReadonlyMap<string, string>): Imported {
  const { changed, revision, warnings, leftOut, accounts, organizations, shared } = result;
  const named = (file: string): string => renamed.get(file) ?? file;
  return {
    changed,
    revision,
    warnings,
    leftOut,
    counts: [
      ...accounts.flatMap(({ account, counts }) => counts.map(countsOf(account.accountId, null))),
      ...organizations.flatMap(({ organizationId, counts }) => counts.map(countsOf(null, organizationId))),
      ...shared.map(countsOf(null, null)),
    ],
    knowledge: accounts.flatMap(({ account, knowledge }) =>
      knowledge.map(({ layer, service, state, missing }) => ({
        accountId: account.accountId,
        layer,
        ...(service !== null && { service }),
        state,
        ...(missing.length > 0 && { missing }),
      })),
    ),
    summary: {
      recognised: result.recognised.map((each) => ({ ...each, files: each.files.map(named) })),
      notRecognised: result.notRecognised.map(({ file, what }) => ({ file: named(file), what })),
      notRecognisedCount: result.notRecognisedCount,
      notUnderstood: result.notUnderstood.map((note) => ({ ...note, file: named(note.file) })),
      notUnderstoodCount: result.notUnderstoodCount,
    },
  };
}

function countsOf(accountId: string | null, organizationId: string | null) {
  return ({ kind, ...counts }: Count): ImportCounts => ({ accountId, organizationId, kind: kindOf(kind), ...counts });
}

/** `VPC_ENDPOINTS`: vpcEndpoints. */
function kindOf(name: string): CountedKind {
  return name.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as CountedKind; // as: that is how the schema names them
}
