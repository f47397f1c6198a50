import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CheckTools,
  checkAccessNotGranted,
  checkNoPublicAccess,
  comparePolicies,
} from '../../../src/access/policy-checks/checks.ts';
import type { GrantOutcome } from '../../../src/access/policy-checks/outcome.ts';
import { simulationOf } from '../../../src/access/policy-checks/scenario.ts';
import { simulate } from '../../../src/access/simulate.ts';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import type { JsonObject } from '../../../src/policy/json.ts';
import type { PolicyKind } from '../../../src/policy/policy-kind.ts';
import { finished } from '../../../src/policy/steps.ts';

interface Case {
  readonly name: string;
  readonly check: 'comparePolicies' | 'checkAccessNotGranted' | 'checkNoPublicAccess';
  readonly kind: PolicyKind;
  readonly before?: JsonObject;
  readonly after?: JsonObject;
  readonly document?: JsonObject;
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
  readonly answer: 'YES' | 'NO' | 'UNDECIDED' | 'UNREADABLE';
  /** Of the request that shows it. */
  readonly action?: string;
  readonly statement?: number;
  /** A part of the reason why it is undecided. */
  readonly reason?: string;
  /** What cannot be read, and in which input. */
  readonly input?: string;
  readonly path?: string;
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const cases: readonly Case[] = JSON.parse(read('cases/policy-checks.json'));

const NOW = Date.UTC(2026, 10, 27);
let tools: CheckTools;
beforeAll(async () => {
  tools = { catalog: await openCatalog(), now: NOW };
});

function outcomeOf({ check, kind, before, after, document, actions = [], resources = [] }: Case): GrantOutcome {
  const text = JSON.stringify(document);
  switch (check) {
    case 'comparePolicies':
      return finished(comparePolicies(tools, { kind, before: JSON.stringify(before), after: JSON.stringify(after) }));
    case 'checkAccessNotGranted':
      return finished(checkAccessNotGranted(tools, { kind, document: text, actions, resources }));
    case 'checkNoPublicAccess':
      return finished(checkNoPublicAccess(tools, { kind, document: text }));
    default:
      return check satisfies never;
  }
}

function isGranted(kind: PolicyKind, document: JsonObject, request: Parameters<typeof simulationOf>[2]): boolean {
  const [answer] = simulate(tools.catalog, simulationOf(kind, JSON.stringify(document), request), NOW);
  return answer?.decision.allowed === true;
}

const ANSWERS = { found: 'YES', none: 'NO', undecided: 'UNDECIDED', unreadable: 'UNREADABLE' } as const;

/** The outcome in the words of a case. A request that is shown is decided as the answer says. */
function toldOf(outcome: GrantOutcome, { kind, before, after, document, reason = '' }: Case): Partial<Case> {
  const answer = ANSWERS[outcome.kind];
  if (outcome.kind === 'undecided') {
    const text = outcome.reasons.join('\n');
    return { answer, reason: text.includes(reason) ? reason : text };
  }
  if (outcome.kind === 'unreadable') {
    const [first] = outcome.documents;
    return { answer, input: first?.input ?? '', path: first?.findings[0]?.path ?? '' };
  }
  if (outcome.kind === 'none') return { answer };
  const { witness } = outcome;
  const isShown =
    isGranted(kind, after ?? document ?? {}, witness) && (before === undefined || !isGranted(kind, before, witness));
  const statement = witness.statement ?? -1;
  return { answer: isShown ? answer : 'UNDECIDED', action: witness.action, statement };
}

describe('checks of policy documents', () => {
  it.each(cases.map((one) => [`${one.check}: ${one.name}`, one] as const))('%s', (_, one) => {
    const outcome = outcomeOf(one);
    const { answer, action, statement, reason, input, path } = one;
    const said = Object.entries({ answer, action, statement, reason, input, path }).filter(
      ([, value]) => value !== undefined,
    );
    expect(toldOf(outcome, one)).toMatchObject(Object.fromEntries(said));
  });
});

interface Recorded {
  readonly path: string;
  readonly policy_1: JsonObject;
  readonly policy_2: JsonObject;
  readonly recorded_comparison: string;
}

/**
 * What each of the two grants and the other does not, by the recorded verdict: of `more-permissive` the first, of `incomparable` both.
 */
const MORE: Readonly<Record<string, readonly [first: string, second: string]>> = {
  'more-permissive': ['YES', 'NO'],
  equivalent: ['NO', 'NO'],
  incomparable: ['YES', 'YES'],
};

describe('comparisons that another tool has recorded', () => {
  const recorded: readonly Recorded[] = JSON.parse(read('data/decision-truth/quacky-policy-comparisons.json'));
  it.each(recorded.map((one) => [one.recorded_comparison, one] as const))('%s', (verdict, { policy_1, policy_2 }) => {
    const kind = JSON.stringify(policy_1).includes('Principal"') ? 'resource' : 'identity';
    const grantsMore = (one: JsonObject, other: JsonObject): string =>
      ANSWERS[
        finished(comparePolicies(tools, { kind, before: JSON.stringify(other), after: JSON.stringify(one) })).kind
      ];
    expect([grantsMore(policy_1, policy_2), grantsMore(policy_2, policy_1)]).toEqual(MORE[verdict]);
  });
});
