import type { Ruled } from '../../analysis/grants/covers.ts';
import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import { type ActionPattern, readActionPattern } from '../../policy/action-pattern.ts';
import type { Steps } from '../../policy/steps.ts';
import { weightOf } from '../action-weight.ts';
import type { CheckedDocument } from '../policy-checks/checked-document.ts';
import type { GrantWitness } from '../policy-checks/outcome.ts';
import { searchGrant } from '../policy-checks/search.ts';
import { actionsNamed } from './action-sets.ts';
import { givesDataAway } from './data-actions.ts';
import { type FindingKind, type NewFinding, NOTHING_ELSE } from './finding.ts';
import { type FoundDocument, named, statementIn } from './found-document.ts';

/** An Allow of actions that change permissions, or that give data away, on every resource and without conditions. */
export interface Danger {
  readonly kind: DangerKind;
  /** The place of the statement in the list. */
  readonly at: number;
  readonly isEverything: boolean;
  readonly actions: readonly string[];
  readonly witness: GrantWitness;
}

type DangerKind = Extract<FindingKind, 'DANGEROUS_GRANT' | 'DATA_EXFILTRATION'>;

/** Actions that are searched for a witness. */
const MOST_SEARCHED = 20;

/**
 * Those of the document, of each statement first what it changes. A Deny beside them that leaves nothing of them is considered: the
 * witness is granted by the whole document. What an Allow of everything reads is not told as well.
 */
export function* dangersIn(
  catalog: Catalog,
  document: CheckedDocument,
  kinds: ReadonlySet<FindingKind>,
  now: number,
): Steps<readonly Danger[]> {
  const denies = document.statements.filter(({ statement }) => !statement.allows);
  const found: Danger[] = [];
  for (const [at, ruled] of document.statements.entries()) {
    if (!isUnlimited(ruled)) continue;
    const named = [...(yield* actionsNamed(catalog, ruled.statement))];
    const isEverything = !ruled.statement.actions.negated && ruled.statement.actions.patterns.some(isEveryAction);
    const kept = { ...document, statements: [ruled, ...denies] };
    for (const kind of DANGERS) {
      if (!kinds.has(kind) || (kind === 'DATA_EXFILTRATION' && isEverything)) continue;
      const actions = named.filter((one) => isOfDanger(kind, one)).map(({ name }) => name);
      const witness = yield* witnessOf(catalog, kept, actions, now);
      if (witness !== null) found.push({ kind, at, isEverything, actions: actions.sort(), witness });
    }
  }
  return found;
}

const DANGERS: readonly DangerKind[] = ['DANGEROUS_GRANT', 'DATA_EXFILTRATION'];

function isOfDanger(kind: DangerKind, action: CatalogAction): boolean {
  return kind === 'DANGEROUS_GRANT' ? weightOf(action) === 0 : givesDataAway(action.name);
}

/** A request for one of the actions that the document grants. */
function* witnessOf(
  catalog: Catalog,
  document: CheckedDocument,
  actions: readonly string[],
  now: number,
): Steps<GrantWitness | null> {
  if (actions.length === 0) return null;
  const patterns = preferred(actions)
    .map(readActionPattern)
    .filter((one) => one !== null);
  const outcome = yield* searchGrant({
    catalog,
    kind: 'identity',
    after: document,
    before: null,
    actions: { negated: false, patterns },
    resources: null,
    byStrangers: false,
    now,
  });
  return outcome.kind === 'found' ? outcome.witness : null;
}

function isUnlimited({ statement: { allows, resources, conditions } }: Ruled): boolean {
  const isEvery = resources !== null && !resources.negated && resources.patterns.some(({ everything }) => everything);
  return allows && conditions.length === 0 && isEvery;
}

function isEveryAction({ service, name }: ActionPattern): boolean {
  return service === null && name.matches('');
}

/** Those of IAM say most. */
function preferred(actions: readonly string[]): readonly string[] {
  return actions
    .toSorted((a, b) => Number(b.startsWith('iam:')) - Number(a.startsWith('iam:')))
    .slice(0, MOST_SEARCHED);
}

const WORDS: Readonly<Record<DangerKind, (isOne: boolean) => string>> = {
  DANGEROUS_GRANT: (isOne) => (isOne ? 'changes permissions' : 'change permissions'),
  DATA_EXFILTRATION: (isOne) => (isOne ? 'gives data away' : 'give data away'),
};

function counted(actions: readonly string[]): string {
  return actions.length === 1 ? (actions[0] ?? '') : `${actions.length} actions`;
}

export function dangerousGrants(
  document: FoundDocument,
  { statements }: CheckedDocument,
  dangers: readonly Danger[],
): readonly NewFinding[] {
  return dangers.flatMap(({ kind, at, isEverything, actions, witness }): NewFinding[] => {
    const statement = statements[at]?.statement;
    if (statement === undefined) return [];
    const what = isEverything ? 'every action' : `${counted(actions)} that ${WORDS[kind](actions.length === 1)},`;
    return [
      {
        ...NOTHING_ELSE,
        kind,
        weight: isEverything ? 'CRITICAL' : 'HIGH',
        arn: document.arn,
        accountId: document.accountId,
        policyName: document.policyName,
        message: `Statement[${statement.index}] of ${named(document)} allows ${what} on every resource, without conditions`,
        actions,
        statements: [statementIn(document, statement)],
        witness,
      },
    ];
  });
}
