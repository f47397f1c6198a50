import type { Applied, CountedKind, ImportCounts } from '../directory/directory.ts';
import type { DirectoryDocument, KnowledgeInput, KnowledgeLayer } from '../directory/document.ts';
import type { ImportReport } from '../importing/import-files.ts';
import { printable } from '../policy/printable.ts';
import type { Terminal } from './terminal.ts';

/** The result of an import, whichever way it was made. */
export type Imported = Omit<Applied, 'revision'> & {
  readonly revision: string;
  /** What is known from now on. */
  readonly knowledge: readonly KnowledgeInput[];
};

export interface FullReport {
  readonly imported: Imported;
  readonly document: DirectoryDocument;
  readonly report: ImportReport;
  /** Files that were left out before they were read. */
  readonly leftOut: readonly string[];
  readonly milliseconds: number;
}

/** For programs: everything, as one JSON object. */
export function jsonReport({ imported, report, leftOut, milliseconds }: FullReport): string {
  const { changed, revision, counts, knowledge, warnings } = imported;
  const json = {
    changed,
    revision,
    seconds: Math.round(milliseconds / 100) / 10,
    counts,
    knowledge,
    recognised: report.recognised,
    notRecognised: report.notRecognised,
    notUnderstood: report.notUnderstood,
    notListed: report.notListed,
    leftOut,
    warnings,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** For people: warnings on standard error, one a line; the result and what is known on standard output. */
export function printReport(full: FullReport, terminal: Terminal): void {
  for (const warning of warningsOf(full)) terminal.error(`warning: ${printable(warning)}\n`);
  const lines = [summaryOf(full), ...countLines(full.imported.counts), ...knowledgeLines(full.imported.knowledge)];
  terminal.out(lines.map((line) => `${printable(line)}\n`).join(''));
}

/** Of files that are not recognised; enough to see of what kind they are. */
const MAX_NAMED = 20;

export function notRecognisedLines({ notRecognised }: ImportReport): readonly string[] {
  const named = notRecognised.slice(0, MAX_NAMED).map(({ file, what }) => `${file}: not recognised: ${what}`);
  const more = notRecognised.length - named.length;
  return more > 0 ? [...named, `${more} more files are not recognised`] : named;
}

function warningsOf({ imported, report, leftOut }: FullReport): readonly string[] {
  const notes = report.notUnderstood.map(({ file, place, message }) =>
    place === '' ? `${file}: ${message}` : `${file}: ${place}: ${message}`,
  );
  const more = report.notListed > 0 ? [`${report.notListed} more warnings are not listed`] : [];
  return [...leftOut, ...notRecognisedLines(report), ...notes, ...more, ...imported.warnings];
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
  accessKeys: ['access key', 'access keys'],
};

function counted(count: number, kind: CountedKind): string {
  return `${count} ${NOUNS[kind][count === 1 ? 0 : 1]}`;
}

/** Accounts that the first line names. */
const MAX_ACCOUNTS = 5;

function summaryOf({ imported, document, milliseconds }: FullReport): string {
  const { accounts, users, groups, roles, policies, changed, revision } = imported;
  const others = (['resources', 'vpcEndpoints', 'oidcProviders', 'organizations'] as const).flatMap((kind) => {
    const count = document[kind]?.length ?? 0;
    return count === 0 ? [] : [counted(count, kind)];
  });
  const what = [
    counted(users, 'users'),
    counted(groups, 'groups'),
    counted(roles, 'roles'),
    counted(policies, 'policies'),
    ...others,
  ].join(', ');
  const more = accounts.length > MAX_ACCOUNTS ? ` and ${accounts.length - MAX_ACCOUNTS} more` : '';
  const noun = accounts.length === 1 ? 'account' : 'accounts';
  const where = accounts.length === 0 ? '' : ` of ${noun} ${accounts.slice(0, MAX_ACCOUNTS).join(', ')}${more}`;
  const outcome = changed ? 'the directory has changed' : 'nothing has changed';
  return `imported ${what}${where}: ${outcome} (revision ${revision}), ${(milliseconds / 1000).toFixed(1)} s`;
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
  return [...groupBy(knowledge, ({ accountId }) => accountId)].map(([accountId, layers]) => {
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
