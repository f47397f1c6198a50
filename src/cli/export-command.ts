import { EXPORTED_KINDS } from '../directory/exporting/export-page.ts';
import { ownLines } from '../importing/own-form/document.ts';
import { openStore } from '../server/services.ts';
import type { Settings } from '../server/settings.ts';
import { ExportFolder } from './export-folder.ts';
import { CommandFailed, GatewayRefused } from './failure.ts';
import { isObject } from './gateway-answer.ts';
import { hereOrThere, orNullIfHeld, type RunningGateway } from './running-gateway.ts';
import { counted, ProgressLine, type Terminal } from './terminal.ts';

/** How many entities of each kind were written. */
type Counts = Map<string, number>;

/** `rolegate export DIR`. Throws CommandFailed. */
export async function exportDirectory(path: string, settings: Settings, terminal: Terminal): Promise<void> {
  const startedAt = Date.now();
  const progress = new ProgressLine(terminal);
  const folder = await ExportFolder.open(path, EXPORTED_KINDS);
  let counts: Counts;
  try {
    progress.show('opening the directory');
    counts = await hereOrThere(
      settings,
      () => exportHere(folder, settings, progress),
      (gateway) => exportThere(folder, gateway, progress),
    );
    await folder.finish();
  } finally {
    await folder.restart();
    progress.clear();
  }
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  terminal.out(`exported ${summaryOf(counts)} to ${path}, ${seconds} s\n`);
}

const NOUNS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  organizations: ['organization', 'organizations'],
  accounts: ['account', 'accounts'],
  policies: ['policy', 'policies'],
  groups: ['group', 'groups'],
  users: ['user', 'users'],
  roles: ['role', 'roles'],
  resources: ['resource', 'resources'],
  vpcEndpoints: ['VPC endpoint', 'VPC endpoints'],
  services: ['service', 'services'],
};

function summaryOf(counts: Counts): string {
  return Object.entries(NOUNS)
    .filter(([kind]) => kind !== 'services' || (counts.get(kind) ?? 0) > 0)
    .map(([kind, nouns]) => counted(counts.get(kind) ?? 0, ...nouns))
    .join(', ');
}

/** Writes a page, and shows how far the export is. */
async function take(
  folder: ExportFolder,
  kind: string,
  lines: readonly string[],
  counts: Counts,
  progress: ProgressLine,
): Promise<void> {
  await folder.write(kind, lines);
  const count = (counts.get(kind) ?? 0) + lines.length;
  counts.set(kind, count);
  progress.show(`exporting: ${count.toLocaleString('en')} ${kind}`);
}

/** From the directory itself; null if another process holds its folder. */
async function exportHere(folder: ExportFolder, settings: Settings, progress: ProgressLine): Promise<Counts | null> {
  const store = await orNullIfHeld(openStore(settings));
  if (store === null) return null;
  const counts: Counts = new Map();
  try {
    await store.directory.exports.all(({ kind, document }) => take(folder, kind, ownLines(document), counts, progress));
    return counts;
  } finally {
    await store.directory.close();
  }
}

const PAGE = `query Export($after: String, $since: Revision) {
  directoryExport(after: $after, unchangedSince: $since) { member documents next revision }
}`;

/** How often an export through a gateway begins again because the directory changes. */
const ATTEMPTS = 10;

/**
 * Through the gateway that holds the folder, page by page: between two pages it answers others. If one of them changes the
 * directory, the export begins again, so that all of it is of one state.
 */
export async function exportThere(
  folder: ExportFolder,
  gateway: Pick<RunningGateway, 'url' | 'ask'>,
  progress: ProgressLine,
): Promise<Counts> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const counts: Counts = new Map();
    try {
      let after: string | null = null;
      let since: unknown = null;
      do {
        const page = await pageOf(gateway, after, since);
        since ??= page.revision;
        await take(folder, page.kind, page.documents, counts, progress);
        after = page.next;
      } while (after !== null);
      return counts;
    } catch (error) {
      if (!(error instanceof GatewayRefused) || error.code !== 'CONFLICT') throw error;
      await folder.restart();
    }
  }
  throw new CommandFailed(
    `the directory of the gateway at ${gateway.url} changed during each of ${ATTEMPTS} exports: try again when less is changed`,
  );
}

async function pageOf(gateway: Pick<RunningGateway, 'url' | 'ask'>, after: string | null, since: unknown) {
  const { directoryExport: page } = await gateway.ask(PAGE, { after, since });
  if (!isObject(page) || !Array.isArray(page['documents'])) {
    throw new CommandFailed(`the gateway at ${gateway.url} gives no answer`);
  }
  const { member, documents, next, revision } = page;
  return {
    kind: String(member),
    documents: documents.map(String),
    next: typeof next === 'string' ? next : null,
    revision,
  };
}
