import { type Data, isObject } from '../gateway-answer.ts';
import { gapLines, memberOf, named, tableOfNames } from './lines.ts';
import type { Question } from './question.ts';
import { contextOf, exactly } from './words.ts';

export const CAN_OPTIONS = {
  role: { type: 'string' },
  context: { type: 'string', multiple: true },
  'resource-account': { type: 'string' },
  explain: { type: 'boolean' },
} as const;

const DOCUMENT = `query Can($request: AccessRequestInput!) {
  decision(request: $request) {
    allowed effect reason deniedBy
    layers { layer effect matchedStatements { policy policyName index sid effect } }
    requires missingContextKeys assumedContextKeys gaps withheld revision
  }
}`;

interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
  readonly layers: readonly Layer[];
  readonly requires: readonly string[];
  readonly missingContextKeys: readonly string[];
  readonly gaps: readonly string[];
  readonly withheld: readonly string[];
}

interface Layer {
  readonly layer: string;
  readonly effect: string;
  readonly matchedStatements: readonly Statement[];
}

interface Statement {
  readonly policy: string;
  readonly policyName: string | null;
  readonly index: number;
  readonly sid: string | null;
}

/** `rolegate can PRINCIPAL ACTION RESOURCE`: AWS's sentence, and 1 for a denial. */
export function can(
  words: readonly string[],
  values: {
    readonly role?: string | undefined;
    readonly context?: string[] | undefined;
    readonly 'resource-account'?: string | undefined;
    readonly explain?: boolean | undefined;
  },
): Question {
  const [principal, action, resource] = exactly('can', ['PRINCIPAL', 'ACTION', 'RESOURCE'], words);
  const request = {
    principal,
    action,
    resource,
    assumedRole: values.role ?? null,
    context: contextOf(values.context),
    resourceAccount: values['resource-account'] ?? null,
  };
  return {
    document: DOCUMENT,
    variables: { request },
    pages: null,
    printer: () => (data) => printed(decisionIn(data), values.explain === true),
    code: (data) => (decisionIn(data).allowed ? 0 : 1),
  };
}

function decisionIn(data: Data): Decision {
  // as: the answer to the query above, by a gateway that knows all of its fields
  return memberOf(data, 'decision') as unknown as Decision;
}

function printed(decision: Decision, explain: boolean): string {
  const { allowed, reason, layers, requires, missingContextKeys, gaps, withheld } = decision;
  const keys =
    allowed || missingContextKeys.length === 0 ? [] : [`not given: ${missingContextKeys.map(named).join(', ')}`];
  const needs = requires.length === 0 ? [] : [`would need: ${requires.map(named).join(', ')}`];
  const hidden =
    withheld.length === 0 ? [] : [`withheld, because you may not read it: ${withheld.map(named).join(', ')}`];
  const notes = [...needs, ...keys, ...hidden].map((line) => `${line}\n`).join('');
  return `${named(reason)}\n${explain ? layerLines(layers) : ''}${notes}${gapLines(gaps)}`;
}

function layerLines(layers: readonly Layer[]): string {
  const rows = layers.flatMap(({ layer, effect, matchedStatements }) => {
    // Several levels can have one control policy.
    const [first = '', ...more] = new Set(matchedStatements.map(statementText));
    return [[layer, effect, first], ...more.map((each) => ['', '', each])];
  });
  return tableOfNames().lines(rows);
}

function statementText({ policy, policyName, index, sid }: Statement): string {
  const name = policyName === null || policyName === policy ? policy : `${policy} (${policyName})`;
  return `${name}, Statement[${index}]${sid === null || sid === '' ? '' : ` ${sid}`}`;
}

/** The name of a principal that was asked for as `{ principalId }`. */
export function principalIn(value: unknown): string {
  return isObject(value) ? String(value['principalId']) : '';
}
