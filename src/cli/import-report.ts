import type { CountedKind, ImportCounts } from '../directory/directory.ts';
import type { KnowledgeInput, KnowledgeLayer } from '../directory/document.ts';
import { type ImportSummary, notRecognisedLines } from '../importing/summary.ts';
import { printable } from '../policy/printable.ts';
import type { Terminal } from './terminal.ts';

/** The result of an import, whichever way it was made. */
export interface Imported {
  readonly changed: boolean;
  readonly revision: string;
  readonly counts: readonly ImportCounts[];
  /** What is known from now on. */
  readonly knowledge: readonly KnowledgeInput[];
  /** What could not be stored. */
  readonly warnings: readonly string[];
  readonly summary: ImportSummary;
  /** Files that were left out before they were looked at. */
  readonly leftOut: readonly string[];
}

/** For programs: everything, as one JSON object. */
export function jsonReport(imported: Imported, milliseconds: number): string {
  const { changed, revision, summary, leftOut, warnings } = imported;
  const json = {
    changed,
    revision,
    seconds: Math.round(milliseconds / 100) / 10,
    counts: sortedCounts(imported.counts),
    knowledge: imported.knowledge.map(told).toSorted((one, other) => compare(one.accountId, other.accountId)),
    ...summary,
    leftOut,
    warnings,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** What sentences concern is for decisions: the same import through a gateway does not say it. */
function told(known: KnowledgeInput): Omit<KnowledgeInput, 'concerns'> {
  const { concerns: _, ...said } = known;
  return said;
}

/** For people: warnings on standard error, one a line; the result and what is known on standard output. */
export function printReport(imported: Imported, milliseconds: number, terminal: Terminal): void {
  for (const warning of warningsOf(imported)) terminal.error(`warning: ${printable(warning)}\n`);
  const counts = sortedCounts(imported.counts);
  const lines = [
    firstLine(imported, counts, milliseconds),
    ...countLines(counts),
    ...knowledgeLines(imported.knowledge),
  ];
  terminal.out(lines.map((line) => `${printable(line)}\n`).join(''));
}

function warningsOf({ summary, leftOut, warnings }: Imported): readonly string[] {
  const { notUnderstood, notUnderstoodCount } = summary;
  const notes = notUnderstood.map(({ file, place, message }) =>
    place === '' ? `${file}: ${message}` : `${file}: ${place}: ${message}`,
  );
  const unlisted = notUnderstoodCount - notUnderstood.length;
  const more = unlisted > 0 ? [`${unlisted} more warnings are not listed`] : [];
  return [...leftOut, ...notRecognisedLines(summary), ...notes, ...more, ...warnings];
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Accounts, then organizations, then what is AWS's; the same order whichever way the import was made. */
function sortedCounts(counts: readonly ImportCounts[]): readonly ImportCounts[] {
  const kinds = Object.keys(NOUNS);
  const place = ({ accountId, organizationId }: ImportCounts): string =>
    accountId === null ? (organizationId === null ? '2' : `1${organizationId}`) : `0${accountId}`;
  return counts.toSorted(
    (one, other) => compare(place(one), place(other)) || kinds.indexOf(one.kind) - kinds.indexOf(other.kind),
  );
}

const NOUNS: Readonly<Record<CountedKind, readonly [one: string, many: string]>> = {
  organizations: ['organization', 'organizations'],
  organizationalUnits: ['organizational unit', 'organizational units'],
  controlPolicies: ['control policy', 'control policies'],
  delegatedAdministrators: ['delegated administrator', 'delegated administrators'],
  accounts: ['account', 'accounts'],
  knowledge: ['layer of what is known', 'layers of what is known'],
  policies: ['policy', 'policies'],
  groups: ['group', 'groups'],
  users: ['user', 'users'],
  roles: ['role', 'roles'],
  instanceProfiles: ['instance profile', 'instance profiles'],
  oidcProviders: ['OIDC provider', 'OIDC providers'],
  resources: ['resource', 'resources'],
  vpcEndpoints: ['VPC endpoint', 'VPC endpoints'],
  services: ['service of its own', 'services of its own'],
  accessKeys: ['access key', 'access keys'],
};

function counted(count: number, kind: CountedKind): string {
  return `${count} ${NOUNS[kind][count === 1 ? 0 : 1]}`;
}

/** Accounts that the first line names. */
const MAX_ACCOUNTS = 5;

function firstLine({ changed, revision }: Imported, counts: readonly ImportCounts[], milliseconds: number): string {
  const always = (['users', 'groups', 'roles', 'policies'] as const).map((kind) => counted(there(counts, kind), kind));
  const others = (['resources', 'vpcEndpoints', 'oidcProviders', 'organizations', 'services'] as const).flatMap(
    (kind) => {
      const count = there(counts, kind);
      return count === 0 ? [] : [counted(count, kind)];
    },
  );
  const accounts = [...new Set(counts.flatMap(({ accountId }) => accountId ?? []))];
  const more = accounts.length > MAX_ACCOUNTS ? ` and ${accounts.length - MAX_ACCOUNTS} more` : '';
  const noun = accounts.length === 1 ? 'account' : 'accounts';
  const where = accounts.length === 0 ? '' : ` of ${noun} ${accounts.slice(0, MAX_ACCOUNTS).join(', ')}${more}`;
  const outcome = changed ? 'the directory has changed' : 'nothing has changed';
  const seconds = (milliseconds / 1000).toFixed(1);
  return `imported ${[...always, ...others].join(', ')}${where}: ${outcome} (revision ${revision}), ${seconds} s`;
}

/** How many of a kind the files hold. */
function there(counts: readonly ImportCounts[], wanted: CountedKind): number {
  return counts
    .filter(({ kind }) => kind === wanted)
    .reduce((sum, each) => sum + each.new + each.changed + each.unchanged, 0);
}

const OUTCOMES = ['new', 'changed', 'gone', 'unchanged'] as const;

/** One line for each account and organization: `account 111111111111: new 2 users, 1 role; unchanged 3 groups`. */
function countLines(counts: readonly ImportCounts[]): readonly string[] {
  const owners = groupBy(
    counts.filter(({ kind }) => kind !== 'knowledge'),
    ownerOf,
  );
  return [...owners].map(([owner, kinds]) => {
    const outcomes = OUTCOMES.flatMap((outcome) => {
      const some = kinds.filter((each) => each[outcome] > 0);
      return some.length === 0
        ? []
        : [`${outcome} ${some.map((each) => counted(each[outcome], each.kind)).join(', ')}`];
    });
    return `${owner}: ${outcomes.join('; ')}`;
  });
}

function ownerOf({ accountId, organizationId }: ImportCounts): string {
  if (accountId !== null) return `account ${accountId}`;
  return organizationId === null ? 'AWS' : `organization ${organizationId}`;
}

const LAYERS: Readonly<Record<KnowledgeLayer, string>> = {
  IDENTITY_POLICIES: 'identity policies',
  TRUST_POLICIES: 'trust policies',
  PERMISSIONS_BOUNDARIES: 'permissions boundaries',
  ORGANIZATION: 'organization',
  CONTROL_POLICIES: 'control policies',
  RESOURCE_POLICIES: 'resource policies',
  VPC_ENDPOINTS: 'VPC endpoints',
  BLOCK_PUBLIC_ACCESS: 'Block Public Access',
  GRANTS: 'grants',
};

function layerOf({ layer, service }: KnowledgeInput): string {
  return service === undefined ? LAYERS[layer] : `${LAYERS[layer]} of ${service}`;
}

/** One line for each account: what this import made known. */
function knowledgeLines(knowledge: readonly KnowledgeInput[]): readonly string[] {
  return [...groupBy(knowledge, ({ accountId }) => accountId)]
    .sort(([one], [other]) => compare(one, other))
    .map(([accountId, layers]) => {
      const of = (wanted: KnowledgeInput['state']) => layers.filter(({ state }) => state === wanted).map(layerOf);
      const parts = [
        ['known', of('COMPLETE')],
        ['known in part', of('PARTIAL')],
        ['not known', of('NONE')],
      ] as const;
      const named = parts.flatMap(([word, names]) => (names.length === 0 ? [] : [`${word}: ${names.join(', ')}`]));
      return `account ${accountId}: ${named.join('; ')}`;
    });
}

function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(item);
  }
  return groups;
}
