import { canBeAskedOn } from '../analysis/asked-on.ts';
import { type PolicyNode, type StatementNode, textsAt } from '../policy/policy-checks.ts';
import type { PolicyKind } from '../policy/policy-kind.ts';
import { isRead } from '../policy/readable-parts.ts';
import type { Steps } from '../policy/steps.ts';
import { memberOf } from '../policy/unreadable.ts';
import { MAX_FINDINGS } from '../policy/validate.ts';
import { type ActionEntry, readActions, type StatementActions } from './actions.ts';
import { bucketRefusal, isOfBucket, noRefusal, type RefusalOf } from './bucket-policy.ts';
import { type ConditionEntry, conditionsOf } from './condition-entry.ts';
import { ConditionReader } from './conditions.ts';
import { contradictions } from './contradictions.ts';
import type { KnownAction, KnownNames } from './known-names.ts';
import { warnOfPlaces } from './places.ts';
import { type PolicyWarning, type PolicyWarningCode, quoted, type Warn } from './report.ts';
import { ResourceReader, type StatementResources } from './resources.ts';
import { MAX_COMPARISONS, Vocabulary } from './vocabulary.ts';

/**
 * Parts that AWS accepts in a document of this kind although they have no effect, by the catalogue, in the order of the
 * document. This changes no decision. Bounded by the length of the document: patterns are compared with the names of
 * one service, and each only once.
 */
export function* policyWarnings(
  catalog: KnownNames,
  policy: PolicyNode,
  kind: PolicyKind,
): Steps<readonly PolicyWarning[]> {
  const warnings: PolicyWarning[] = [];
  const warnOn =
    (refusalOf: RefusalOf): Warn =>
    (code, message, path, node, suggestion = null) => {
      const refusal = refusalOf(code, node);
      warnings.push({ code, message, path, node, suggestion, refusal });
    };
  const version = policy.elements.get('Version');
  // A version that cannot be read is taken for the one that was probably meant.
  const variables =
    version === undefined ? memberOf(policy.root, 'Version') !== undefined : version.value === '2012-10-17';
  const vocabulary = new Vocabulary(catalog);
  const resources = new ResourceReader(vocabulary, kind, variables);
  const conditions = new ConditionReader(vocabulary, variables);
  for (const statement of policy.statements) {
    yield 1;
    // Errors and the first of the warnings are told.
    if (warnings.length > MANY) break;
    const warn = ofWhatIsRead(statement, warnOn(isOfBucket(statement, kind) ? bucketRefusal : noRefusal));
    const read: Reading = {
      actions: yield* readActions(statement, vocabulary, warn),
      entries: conditionsOf(statement),
    };
    yield* warnOfPlaces(statement, read.entries, vocabulary, warn);
    const found = yield* resources.read(statement, read.actions, warn);
    const dead = yield* conditions.read(read.entries, read.actions, warn);
    const contradicted = yield* contradictions(read.entries, variables);
    for (const { key, path, node } of contradicted) {
      warn('CONTRADICTING_CONDITIONS', `no value of ${quoted(key)} meets all conditions of the statement`, path, node);
    }
    if (!variables) warnOfVariables(statement, read.entries, warn);
    const applies = yield* warnOfPairs(read.actions, found, warn);
    if (read.actions.none || found.none || dead || contradicted.length > 0 || !applies)
      warnOfStatement(statement, warn);
  }
  const [first] = policy.statements;
  if (vocabulary.cutShort && first !== undefined) {
    const message = `the document has more wildcards than are compared with the catalogue (${MAX_COMPARISONS} comparisons): the last ones were not`;
    warnOn(noRefusal)('NOT_ALL_CHECKED', message, first.path, first.node);
  }
  return warnings.toSorted((a, b) => a.node.offset - b.node.offset);
}

/** Warnings that follow from several elements. */
const OF_SEVERAL: ReadonlySet<PolicyWarningCode> = new Set([
  'ACTION_NEEDS_ALL_RESOURCES',
  'ACTION_WITHOUT_RESOURCE',
  'RESOURCE_NOT_TAKEN',
  'CONDITION_KEY_NOT_SUPPORTED',
  'STATEMENT_GRANTS_NOTHING',
  'STATEMENT_DENIES_NOTHING',
]);
const OF_EFFECT: ReadonlySet<PolicyWarningCode> = new Set(['STATEMENT_GRANTS_NOTHING', 'STATEMENT_DENIES_NOTHING']);

/** Where an element, or a part of it, cannot be read, what follows from several of them is not known. */
function ofWhatIsRead(statement: StatementNode, warn: Warn): Warn {
  const complete = isRead(statement, 'Action', 'Resource');
  const hasEffect = isRead(statement, 'Effect');
  if (complete && hasEffect) return warn;
  return (code, ...about) => {
    if (OF_SEVERAL.has(code) && !complete) return;
    if (OF_EFFECT.has(code) && !hasEffect) return;
    warn(code, ...about);
  };
}

/** Warnings of one statement more than are told in all. */
const MANY = MAX_FINDINGS;

interface Reading {
  readonly actions: StatementActions;
  readonly entries: readonly ConditionEntry[];
}

/** Warns of actions that no resource of the statement fits. Returns false if that is true of all actions. */
function* warnOfPairs(actions: StatementActions, resources: StatementResources, warn: Warn): Steps<boolean> {
  const { everything } = resources;
  const asked = new Map<unknown, boolean>();
  if (everything || resources.none || actions.entries.length === 0) return true;
  let applies = false;
  for (const entry of actions.entries) {
    const { meaning } = entry;
    if (meaning.kind === 'everything') applies = true;
    if (meaning.kind !== 'actions') continue;
    const fits = yield* fitsSome(meaning.actions, resources, asked);
    if (fits) applies = true;
    else
      warnOfAction(
        entry,
        meaning.actions.every(({ wildcardOnly }) => wildcardOnly),
        warn,
      );
  }
  // Unknown actions have warnings already; the resources that they take are unknown.
  return applies || actions.all === null;
}

/** `asked`: of actions without resource types, by where they are asked, whether some resource is that; it is added to. */
function* fitsSome(
  actions: readonly KnownAction[],
  { types, patterns }: StatementResources,
  asked: Map<unknown, boolean>,
): Steps<boolean> {
  for (const action of actions) {
    if (!action.wildcardOnly) {
      if (types === null || action.resourceTypes.some(({ type }) => types.has(type))) return true;
      continue;
    }
    if (action.askedOn === undefined) continue;
    const key = action.askedOn.arn;
    let fits = asked.get(key);
    if (fits === undefined) {
      fits = yield* isAskedOnSome(action, patterns);
      asked.set(key, fits);
    }
    if (fits) return true;
  }
  yield actions.length;
  return false;
}

function* isAskedOnSome(action: KnownAction, patterns: readonly string[]): Steps<boolean> {
  for (const pattern of patterns) {
    if (canBeAskedOn(action, [pattern])) return true;
    yield 1;
  }
  return false;
}

function warnOfAction({ text, path, node }: ActionEntry, wildcardOnly: boolean, warn: Warn): void {
  if (wildcardOnly) {
    const message = `${quoted(text)} has no resource types: only \`*\` in Resource matches its requests`;
    warn('ACTION_NEEDS_ALL_RESOURCES', message, path, node);
  } else {
    warn('ACTION_WITHOUT_RESOURCE', `no resource of the statement is of a type that ${quoted(text)} takes`, path, node);
  }
}

function warnOfStatement({ path, node, elements }: StatementNode, warn: Warn): void {
  if (elements.get('Effect')?.value === 'Deny') {
    warn('STATEMENT_DENIES_NOTHING', 'the statement denies nothing: no request can match it', path, node);
  } else {
    warn('STATEMENT_GRANTS_NOTHING', 'the statement grants nothing: no request can match it', path, node);
  }
}

const VARIABLE = /\$\{[^}]+\}/;

/** Versions before 2012-10-17 have no policy variables. */
function warnOfVariables(statement: StatementNode, entries: readonly ConditionEntry[], warn: Warn): void {
  const texts = [
    ...textsAt(statement, 'Resource'),
    ...textsAt(statement, 'NotResource'),
    ...entries.flatMap(({ values }) => values),
  ];
  for (const { text, path, node } of texts) {
    const variable = VARIABLE.exec(text)?.[0];
    if (variable === undefined) continue;
    const message = `${quoted(variable)} is plain text here: policy variables need \`"Version": "2012-10-17"\``;
    warn('VARIABLE_NOT_READ', message, path, node);
  }
}
