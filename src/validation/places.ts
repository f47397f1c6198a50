import { splitArn } from '../policy/arn.ts';
import type { Located } from '../policy/json-text.ts';
import { globOf } from '../policy/pattern.ts';
import { type StatementNode, textsAt, textsIn } from '../policy/policy-checks.ts';
import { isPartition, regionsOf } from '../policy/regions.ts';
import { nearest } from '../policy/spelling.ts';
import type { Steps } from '../policy/steps.ts';
import type { ConditionEntry } from './condition-entry.ts';
import { didYouMean, quoted, type Warn } from './report.ts';
import { unknownServicePrincipal } from './service-principals.ts';
import type { Vocabulary } from './vocabulary.ts';

type TextAt = { readonly text: string; readonly path: string; readonly node: Located };

const WILDCARD = /[*?]/;
/** Placeholders in documentation and templates: `<account-id>`, `{{region}}`, `[STACK_NAME]`, `YOUR_BUCKET`. */
const PLACEHOLDER = /<[A-Za-z][^<>:/]{0,60}>|\{\{[^{}]{1,60}\}\}|\[[A-Z][A-Z0-9_-]{2,60}\]|\bYOUR[-_][A-Z0-9_-]{2,60}/;
/** In place of an account. */
const ACCOUNT_IN_WORDS = /account/i;

/** Warns of Regions, accounts and service principals that do not exist, and of placeholders that were not filled in. */
export function* warnOfPlaces(
  statement: StatementNode,
  entries: readonly ConditionEntry[],
  vocabulary: Vocabulary,
  warn: Warn,
): Steps<void> {
  const resources = [...textsAt(statement, 'Resource'), ...textsAt(statement, 'NotResource')];
  for (const one of resources) {
    warnOfArn(one, vocabulary, warn);
    yield 1;
  }
  const principals = ['Principal', 'NotPrincipal'].flatMap((name) => statement.elements.get(name)?.members ?? []);
  const values = entries.flatMap((entry) => entry.values);
  for (const { key, values: regions, use } of entries) {
    if (key.toLowerCase() !== REQUESTED_REGION || !(use.operator?.name ?? '').startsWith('String')) continue;
    for (const one of regions) warnOfRegion(one, one.text, null, vocabulary, warn);
  }
  for (const one of [...resources, ...values]) warnOfPlaceholder(one, warn);
  for (const { key, node } of principals) {
    if (key !== 'Service') continue;
    for (const one of textsIn(node, `${statement.path}.Principal.Service`)) {
      warnOfService(one, vocabulary, warn);
      yield 1;
    }
  }
}

const REQUESTED_REGION = 'aws:requestedregion';

function warnOfArn(one: TextAt, vocabulary: Vocabulary, warn: Warn): void {
  const [, partition = '', , region = '', account = ''] = splitArn(one.text);
  if (region !== '') warnOfRegion(one, region, isPartition(partition) ? partition : null, vocabulary, warn);
  if (WILDCARD.test(account) || PLACEHOLDER.test(account)) return;
  if (/^\d+$/.test(account) ? account.length !== ACCOUNT_DIGITS : ACCOUNT_IN_WORDS.test(account)) {
    warn('INVALID_ACCOUNT_ID', `${quoted(account)} is no account id: these have 12 digits`, one.path, one.node);
  }
}

const ACCOUNT_DIGITS = 12;

/** `partition` null: any partition. */
function warnOfRegion(
  { path, node }: TextAt,
  region: string,
  partition: string | null,
  vocabulary: Vocabulary,
  warn: Warn,
): void {
  if (region.includes('${') || PLACEHOLDER.test(region)) return;
  const regions = regionsOf(partition);
  const glob = globOf(region.toLowerCase());
  if (regions.some((each) => glob.matches(each)) || OTHER_REGIONS.has(region)) return;
  const suggestion = vocabulary.suggest(() => nearest(region, regions));
  const where = partition === null ? 'AWS has' : `the partition ${quoted(partition)} has`;
  const message = `${where} no Region ${quoted(region)}${didYouMean(suggestion)}`;
  warn('UNKNOWN_REGION', message, path, node, suggestion);
}

/** Values in place of a Region that are not Regions. */
const OTHER_REGIONS = new Set(['global', 'aws-global']);

function warnOfPlaceholder({ text, path, node }: TextAt, warn: Warn): void {
  const found = PLACEHOLDER.exec(text)?.[0];
  if (found === undefined) return;
  warn('PLACEHOLDER', `${quoted(found)} looks like a placeholder that was not filled in`, path, node);
}

function warnOfService({ text, path, node }: TextAt, vocabulary: Vocabulary, warn: Warn): void {
  const { catalog } = vocabulary;
  const unknown = unknownServicePrincipal(catalog, text);
  if (unknown === null) return;
  const suggestion = vocabulary.suggest(unknown.suggest);
  const message = `no service in the catalogue of ${catalog.version} is called ${quoted(text)}${didYouMean(suggestion)}`;
  warn('UNKNOWN_SERVICE_PRINCIPAL', message, path, node, suggestion);
}
