import type { Ruled } from '../../analysis/grants/covers.ts';
import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import { actionName } from '../../evaluation/layer-set.ts';
import { type ActionPattern, actionMatches, readActionPattern } from '../../policy/action-pattern.ts';
import type { Steps } from '../../policy/steps.ts';
import { weightOf } from '../action-weight.ts';
import type { CheckedDocument } from '../policy-checks/checked-document.ts';
import type { GrantWitness } from '../policy-checks/outcome.ts';
import { searchGrant } from '../policy-checks/search.ts';
import { actionsNamed } from './action-sets.ts';
import { givesDataAway } from './data-actions.ts';
import { type FindingKind, type NewFinding, NOTHING_ELSE } from './finding.ts';
import { type FoundDocument, named, statementIn } from './found-document.ts';
import { dependsOnTime, RememberedByCatalog, textOfStatement } from './remembered.ts';

/** An Allow of actions that change permissions, or that give data away, on every resource and without conditions. */
export interface Danger {
  readonly kind: DangerKind;
  /** The place of the statement in the list. */
  readonly at: number;
  /** What changes permissions is given with every other action. */
  readonly isEverything: boolean;
  /** Without those that a Deny takes back altogether. */
  readonly actions: readonly string[];
  /** A Deny takes back some of them, under conditions or on some resources. */
  readonly isLimited: boolean;
  readonly witness: GrantWitness;
}

type DangerKind = Extract<FindingKind, 'DANGEROUS_GRANT' | 'DATA_EXFILTRATION'>;

/** Actions that are searched together for a witness. */
const TOGETHER = 20;
/** Steps after which no further actions are searched: as many take a second or two. */
const MOST_STEPS = 1_000_000;

/**
 * Those of the document, of each statement first what it changes. A Deny beside them that leaves nothing of them is considered: the
 * witness is granted by the whole document. What an Allow of everything reads is not told as well, unless all is taken back that it changes.
 */
export function* dangersIn(
  catalog: Catalog,
  document: CheckedDocument,
  kinds: ReadonlySet<FindingKind>,
  now: number,
): Steps<readonly Danger[]> {
  if (!DANGERS.some((kind) => kinds.has(kind))) return [];
  const denies = document.statements.filter(({ statement }) => !statement.allows);
  const gone = denies.filter(isOfAll);
  const found: Danger[] = [];
  for (const [at, ruled] of document.statements.entries()) {
    if (!isUnlimited(ruled)) continue;
    const named = [...(yield* actionsNamed(catalog, ruled.statement))];
    const isEverything = !ruled.statement.actions.negated && ruled.statement.actions.patterns.some(isEveryAction);
    const kept = { ...document, statements: [ruled, ...denies] };
    let changes = false;
    for (const kind of DANGERS) {
      const isData = kind === 'DATA_EXFILTRATION';
      if (isData && isEverything && changes) continue;
      // Whether it changes something counts for what it reads, too, whatever is asked for.
      if (!kinds.has(kind) && (isData || !isEverything || !kinds.has('DATA_EXFILTRATION'))) continue;
      const left = named.filter((one) => isOfDanger(kind, one) && !gone.some((deny) => isAbout(deny, one)));
      const actions = left.map(({ name }) => name).sort();
      const witness = yield* knownWitness(catalog, kept, ruled, actions, now);
      if (witness === null) continue;
      changes ||= !isData;
      if (!kinds.has(kind)) continue;
      const isLimited = left.some((one) => denies.some((deny) => isAbout(deny, one)));
      found.push({ kind, at, isEverything: isEverything && !isData, actions, isLimited, witness });
    }
  }
  return found;
}

const DANGERS: readonly DangerKind[] = ['DANGEROUS_GRANT', 'DATA_EXFILTRATION'];

function isAbout({ statement }: Ruled, action: CatalogAction): boolean {
  return actionMatches(statement.actions, action.service, actionName(action));
}

function isOfDanger(kind: DangerKind, action: CatalogAction): boolean {
  return kind === 'DANGEROUS_GRANT' ? weightOf(action) === 0 : givesDataAway(action.name);
}

/** By what the Allow and the Denies say, and the actions; null: there is none. */
const witnesses = new RememberedByCatalog<GrantWitness | null>();

/** About what it takes to keep it: its values are those of the policy, which can be long. */
export function bytesOfWitness({ resource, context }: GrantWitness): number {
  let characters = resource.length;
  for (const [key, value] of context) characters += key.length + String(value).length;
  return 1_500 + 2 * characters;
}

/**
 * A request for one of the actions that the document grants. `ruled`: its only Allow. Many documents have the same one, with the same
 * Denies or none.
 */
function* knownWitness(
  catalog: Catalog,
  document: CheckedDocument,
  { statement, variables }: Ruled,
  actions: readonly string[],
  now: number,
): Steps<GrantWitness | null> {
  const statements = document.statements.map((one) => one.statement);
  if (dependsOnTime(statements)) return yield* witnessOf(catalog, document, actions, now);
  const memory = witnesses.of(catalog);
  const key = JSON.stringify([variables, statements.map(textOfStatement), actions]);
  const known = memory.get(key);
  const witness = known === undefined ? yield* witnessOf(catalog, document, actions, now) : known;
  if (known === undefined) memory.set(key, witness, witness === null ? 0 : bytesOfWitness(witness));
  return witness === null ? null : { ...witness, statement: statement.index, sid: statement.sid };
}

/** Finds it. */
function* witnessOf(
  catalog: Catalog,
  document: CheckedDocument,
  actions: readonly string[],
  now: number,
): Steps<GrantWitness | null> {
  const inOrder = preferred(actions);
  const every = { resources: null, byStrangers: false } as const;
  let steps = 0;
  for (let from = 0; from < inOrder.length && steps <= MOST_STEPS; from += TOGETHER) {
    const part = inOrder.slice(from, from + TOGETHER);
    const patterns = part.map(readActionPattern).filter((one) => one !== null);
    const asked = { negated: false, patterns };
    const search = searchGrant({
      catalog,
      kind: 'identity',
      after: document,
      before: null,
      actions: asked,
      now,
      ...every,
    });
    for (;;) {
      const step = search.next();
      if (step.done === true) {
        if (step.value.kind === 'found') return step.value.witness;
        break;
      }
      steps += step.value;
      yield step.value;
    }
  }
  return null;
}

function isUnlimited(ruled: Ruled): boolean {
  return ruled.statement.allows && isOfAll(ruled);
}

/** It is about every resource, without conditions. */
function isOfAll({ statement: { resources, conditions } }: Ruled): boolean {
  const isEvery = resources !== null && !resources.negated && resources.patterns.some(({ everything }) => everything);
  return conditions.length === 0 && isEvery;
}

function isEveryAction({ service, name }: ActionPattern): boolean {
  return service === null && name.matches('');
}

/** Those of IAM say most. */
function preferred(actions: readonly string[]): readonly string[] {
  return actions.toSorted((a, b) => Number(b.startsWith('iam:')) - Number(a.startsWith('iam:')));
}

const WORDS: Readonly<Record<DangerKind, (isOne: boolean) => string>> = {
  DANGEROUS_GRANT: (isOne) => (isOne ? 'changes permissions' : 'change permissions'),
  DATA_EXFILTRATION: (isOne) => (isOne ? 'gives data away' : 'give data away'),
};

function counted({ actions, isLimited }: Danger): string {
  if (actions.length === 1) return actions[0] ?? '';
  return `${isLimited ? 'up to ' : ''}${actions.length} actions`;
}

export function dangerousGrants(
  document: FoundDocument,
  { statements }: CheckedDocument,
  dangers: readonly Danger[],
): readonly NewFinding[] {
  return dangers.flatMap((danger): NewFinding[] => {
    const { kind, at, isEverything, actions, witness } = danger;
    const statement = statements[at]?.statement;
    if (statement === undefined) return [];
    const what = isEverything ? 'every action' : `${counted(danger)} that ${WORDS[kind](actions.length === 1)},`;
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
