import type { GrantOutcome } from '../../../src/access/policy-checks/outcome.ts';
import type { JsonObject, JsonValue } from '../../../src/policy/json.ts';

// Pairs of documents written by hand to deceive the checks, each with the answer that follows from AWS's rules:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html. UNDECIDED stands where the answer is NO, but
// follows from what keys mean and not from how they are compared; and where the catalogue or the simulation does not tell.

export type Answer = 'YES' | 'NO' | 'UNDECIDED';
export type Statements = readonly JsonObject[];
export type Pair = readonly [name: string, answer: Answer, before: Statements, after: Statements];

export const ACCOUNT = '111111111111';
export const iam = (name: string): string => `arn:aws:iam::${ACCOUNT}:${name}`;
export const ROOT = iam('root');
export const QUEUE = 'arn:aws:sqs:us-east-1:222222222222:q';
export const OBJECTS = 'arn:aws:s3:::b/*';

export const statement = (Effect: string, element: JsonObject, Condition?: JsonObject): JsonObject => ({
  Effect,
  ...element,
  ...(Condition === undefined ? {} : { Condition }),
});
export const allow = (Action: JsonValue, Resource: JsonValue, condition?: JsonObject): JsonObject =>
  statement('Allow', { Action, Resource }, condition);
export const deny = (Action: JsonValue, Resource: JsonValue, condition?: JsonObject): JsonObject =>
  statement('Deny', { Action, Resource }, condition);
/** Of an identity policy: reads objects. */
export const reads = (condition?: JsonObject, Resource: JsonValue = OBJECTS): JsonObject =>
  allow('s3:GetObject', Resource, condition);
export const readsBut = (condition: JsonObject): Statements => [reads(), deny('s3:GetObject', OBJECTS, condition)];
/** Of a queue's policy: lets somebody send. */
export const sends = (condition?: JsonObject, Principal: JsonValue = '*'): JsonObject =>
  statement('Allow', { Principal, Action: 'sqs:SendMessage', Resource: QUEUE }, condition);
export const sendsBut = (whom: JsonObject, condition?: JsonObject): Statements => [
  sends(),
  statement('Deny', { ...whom, Action: 'sqs:SendMessage', Resource: QUEUE }, condition),
];
export const except = (...AWS: string[]): JsonObject => ({ NotPrincipal: { AWS } });

const ANSWERS = { found: 'YES', none: 'NO', undecided: 'UNDECIDED', unreadable: 'UNREADABLE' } as const;
export const told = (outcome: GrantOutcome): string => ANSWERS[outcome.kind];
export const textOf = (Statement: Statements): string => JSON.stringify({ Version: '2012-10-17', Statement });
