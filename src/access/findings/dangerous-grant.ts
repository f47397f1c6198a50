import type { Ruled } from '../../analysis/grants/covers.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { type ActionPattern, readActionPattern } from '../../policy/action-pattern.ts';
import type { Steps } from '../../policy/steps.ts';
import { weightOf } from '../action-weight.ts';
import type { CheckedDocument } from '../policy-checks/checked-document.ts';
import type { GrantWitness } from '../policy-checks/outcome.ts';
import { searchGrant } from '../policy-checks/search.ts';
import { actionsNamed } from './action-sets.ts';
import { type Finding, NOTHING_ELSE } from './finding.ts';
import { type FoundDocument, named, statementIn } from './found-document.ts';

/** An Allow of actions that change permissions, on every resource and without conditions. */
export interface Danger {
  /** The place of the statement in the list. */
  readonly at: number;
  readonly isEverything: boolean;
  readonly actions: readonly string[];
  readonly witness: GrantWitness;
}

/** Actions that are searched for a witness. */
const MOST_SEARCHED = 20;

/** Those of the document. A Deny beside them that leaves nothing of them is considered: the witness is granted by the whole document. */
export function* dangersIn(catalog: Catalog, document: CheckedDocument, now: number): Steps<readonly Danger[]> {
  const denies = document.statements.filter(({ statement }) => !statement.allows);
  const found: Danger[] = [];
  for (const [at, ruled] of document.statements.entries()) {
    if (!isUnlimited(ruled)) continue;
    const changing = [...(yield* actionsNamed(catalog, ruled.statement))].filter((one) => weightOf(one) === 0);
    const actions = changing.map(({ name }) => name).sort();
    if (actions.length === 0) continue;
    const patterns = preferred(actions)
      .map(readActionPattern)
      .filter((one) => one !== null);
    const outcome = yield* searchGrant({
      catalog,
      kind: 'identity',
      after: { ...document, statements: [ruled, ...denies] },
      before: null,
      actions: { negated: false, patterns },
      resources: null,
      byStrangers: false,
      now,
    });
    if (outcome.kind !== 'found') continue;
    const isEverything = !ruled.statement.actions.negated && ruled.statement.actions.patterns.some(isEveryAction);
    found.push({ at, isEverything, actions, witness: outcome.witness });
  }
  return found;
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

export function dangerousGrants(
  document: FoundDocument,
  { statements }: CheckedDocument,
  dangers: readonly Danger[],
): readonly Finding[] {
  return dangers.flatMap(({ at, isEverything, actions, witness }): Finding[] => {
    const statement = statements[at]?.statement;
    if (statement === undefined) return [];
    const what = isEverything ? 'every action' : `${actions.length} actions that change permissions,`;
    return [
      {
        ...NOTHING_ELSE,
        kind: 'DANGEROUS_GRANT',
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
