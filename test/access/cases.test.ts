import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { parseRequestContext } from '../../src/evaluation/context.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { schemaFaults } from '../support/json-schema.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { NOON, refOf } from '../support/questions.ts';

interface Refused {
  readonly field: string;
  readonly message: string;
}

interface Case {
  readonly row: number;
  readonly name: string;
  readonly caller: { readonly principal: string; readonly federatedProvider?: string; readonly canonicalUser?: string };
  readonly identity?: readonly JsonObject[];
  readonly resource?: readonly JsonObject[];
  readonly requests: readonly {
    readonly action: string;
    readonly resource: string;
    readonly isPattern?: boolean;
    readonly owner?: string;
    readonly context?: Record<string, unknown>;
    readonly expect?: {
      readonly effect: string;
      readonly deniedBy?: string;
      readonly coverage?: string;
      readonly requires?: readonly string[];
      readonly gaps?: readonly string[];
    };
    readonly refused?: Refused;
  }[];
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../cases/${name}.json`, import.meta.url), 'utf8'));
const cases: readonly Case[] = read('questions');
const catalog = await openCatalog();
const access = createAccess(new MemoryDirectory({}, catalog), catalog);

function answersTo({ caller, identity, resource, requests }: Case) {
  const doc = (Statement: readonly JsonObject[]): JsonObject => ({ Version: '2012-10-17', Statement });
  const { principal, federatedProvider = null, canonicalUser = null } = caller;
  return access.simulateEach(
    {
      caller: { principal: refOf(principal), roleArn: null, tags: {}, federatedProvider, canonicalUser },
      identityPolicies: identity === undefined ? [] : [doc(identity)],
      permissionsBoundaries: [],
      sessionPolicies: [],
      resourcePolicy: resource === undefined ? null : doc(resource),
      vpcEndpointPolicy: null,
      serviceControlPolicies: null,
      resourceControlPolicies: null,
      requests: requests.map(({ action, resource: arn, isPattern = arn === '*', owner, context }) => ({
        action,
        resource: arn,
        resourceIsPattern: isPattern,
        resourceAccount: owner ?? null,
        context: parseRequestContext(context, 'context'),
      })),
      path: 'input',
    },
    NOON,
  );
}

/** What an answer says that a case can pin. */
function said(answer: Awaited<ReturnType<typeof answersTo>>[number]): Readonly<Record<string, unknown>> {
  if (answer instanceof RolegateError) return { refused: answer.field, message: answer.message };
  const { effect, deniedBy, requires } = answer.decision;
  return { effect, deniedBy, requires, coverage: answer.coverage, gaps: answer.gaps };
}

function wanted({ requests }: Case, index: number): Readonly<Record<string, unknown>> {
  const { expect: decided, refused } = requests[index] ?? {};
  if (refused === undefined) return { ...decided };
  return { refused: `input.requests[${index}].${refused.field}`, message: expect.stringMatching(refused.message) };
}

test('are of their schema, and each says what it expects', () => {
  expect(schemaFaults(read('question.schema'), cases)).toEqual([]);
  const both = cases
    .flatMap(({ requests }) => requests)
    .filter((one) => (one.expect === undefined) === (one.refused === undefined));
  expect(both).toEqual([]);
});

describe('questions', () => {
  test.each(cases.map((one): [string, Case] => [`${one.row}: ${one.name}`, one]))('%s', async (_name, given) => {
    const answers = await answersTo(given);
    expect(answers.map(said)).toEqual(answers.map((answer, index) => ({ ...said(answer), ...wanted(given, index) })));
  });
});
