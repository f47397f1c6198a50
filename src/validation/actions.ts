import type { Located } from '../policy/json-text.ts';
import { type StatementNode, textsAt } from '../policy/policy-checks.ts';
import type { Steps } from '../policy/steps.ts';
import type { KnownAction } from './known-names.ts';
import { didYouMean, quoted, type Warn } from './report.ts';
import type { ActionMeaning, Vocabulary } from './vocabulary.ts';

/** One entry of Action. */
export interface ActionEntry {
  readonly text: string;
  readonly path: string;
  readonly node: Located;
  readonly meaning: ActionMeaning;
}

/** The result of reading a statement's Action or NotAction. */
export interface StatementActions {
  /** Empty with NotAction. */
  readonly entries: readonly ActionEntry[];
  /** Every action that it can be about; null: unknown, because of `*`, NotAction or unknown names. */
  readonly all: ReadonlySet<KnownAction> | null;
  /** It matches no action: none is known, or NotAction excludes all. */
  readonly none: boolean;
}

/** Reads Action and NotAction, and warns of entries that match no action of the catalogue. */
export function* readActions(statement: StatementNode, vocabulary: Vocabulary, warn: Warn): Steps<StatementActions> {
  const negated = statement.elements.has('NotAction');
  const entries: ActionEntry[] = [];
  for (const entry of textsAt(statement, negated ? 'NotAction' : 'Action')) {
    const read = { ...entry, meaning: vocabulary.actionMeaning(entry.text) };
    entries.push(read);
    warnOfEntry(read, vocabulary, warn);
    yield NAMES;
  }
  const hasEverything = entries.some(({ meaning }) => meaning.kind === 'everything');
  if (negated) return { entries: [], all: null, none: hasEverything };
  const known = vocabulary.union(
    entries.map(({ text }) => text),
    entries.map(({ meaning }) => meaning),
  );
  const allRead = entries.every(({ meaning }) => meaning.kind === 'actions' || meaning.kind === 'unreadable');
  return { entries, all: allRead && known.size > 0 ? known : null, none: known.size === 0 && !hasEverything };
}

/** Names of a service with which a pattern is compared, about. */
const NAMES = 100;

function warnOfEntry({ text, path, node, meaning }: ActionEntry, { catalog }: Vocabulary, warn: Warn): void {
  const name = quoted(text);
  const inCatalog = `in the catalogue of ${catalog.version}`;
  if (meaning.kind === 'unreadable') {
    warn(
      'ACTION_NEVER_MATCHES',
      `${name} matches nothing: an action is a service's prefix, a colon and a name`,
      path,
      node,
    );
  } else if (meaning.kind === 'unknownService') {
    const message = `no service ${inCatalog} has the prefix ${quoted(meaning.service)}${didYouMean(meaning.suggestion)}`;
    warn('UNKNOWN_SERVICE', message, path, node, meaning.suggestion);
  } else if (meaning.kind === 'unknownAction') {
    const verb = /[*?]/.test(text) ? 'matches no action' : 'is no action';
    const message = `${name} ${verb} of ${meaning.service.name} ${inCatalog}${didYouMean(meaning.suggestion)}`;
    warn('UNKNOWN_ACTION', message, path, node, meaning.suggestion);
  }
}
