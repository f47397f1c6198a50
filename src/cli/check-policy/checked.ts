import {
  type CheckTools,
  checkAccessNotGranted,
  checkNoPublicAccess,
  comparePolicies,
} from '../../access/policy-checks/checks.ts';
import type { GrantOutcome, GrantWitness } from '../../access/policy-checks/outcome.ts';
import { Work } from '../../access/work.ts';
import { RolegateError } from '../../policy/errors.ts';
import { JsonFault, parseJsonText, placesIn } from '../../policy/json-text.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { principalIdOf } from '../../policy/principal-id.ts';
import { decoded } from '../../policy/refused-policy.ts';
import { statementsOf } from '../../policy/unreadable.ts';
import { type DocumentFinding, validatePolicy } from '../../validation/validate-policy.ts';
import { CommandFailed } from '../failure.ts';
import type { CheckPolicyCommand } from './arguments.ts';

/** The outcome of one check. */
export interface CheckedPart {
  readonly check: 'noNewAccess' | 'notGranted' | 'noPublicAccess';
  readonly passed: boolean;
  /** Whether it grants what it must not; `UNDECIDED` does not pass either. */
  readonly answer: 'YES' | 'NO' | 'UNDECIDED';
  /** One sentence each. */
  readonly messages: readonly string[];
  readonly witness: GrantWitness | null;
  /** Place of the statement at fault; null: there is none. */
  readonly line: number | null;
  readonly column: number | null;
}

export interface CheckedPolicy {
  readonly policyKind: PolicyKind;
  readonly findings: readonly DocumentFinding[];
  readonly checks: readonly CheckedPart[];
}

interface Given {
  readonly text: string;
  /** Null: it is not compared. */
  readonly against: string | null;
  readonly policyKind: PolicyKind;
}

/** All that is to be said of the document. Throws CommandFailed. */
export async function checked(tools: CheckTools, command: CheckPolicyCommand, given: Given): Promise<CheckedPolicy> {
  const { text, against, policyKind: kind } = given;
  const work = new Work();
  work.begin();
  try {
    const findings = await work.run(validatePolicy(tools.catalog, text, kind));
    const checks: CheckedPart[] = [];
    const add = (check: CheckedPart['check'], outcome: GrantOutcome): void =>
      void checks.push(partOf(check, outcome, text));
    if (against !== null) {
      add('noNewAccess', await work.run(comparePolicies(tools, { before: against, after: text, kind })));
    }
    const { notGranted: actions, on: resources } = command;
    if (actions.length + resources.length > 0) {
      add('notGranted', await work.run(checkAccessNotGranted(tools, { document: text, kind, actions, resources })));
    }
    if (command.noPublic) add('noPublicAccess', await work.run(checkNoPublicAccess(tools, { document: text, kind })));
    return { policyKind: kind, findings, checks };
  } catch (error) {
    if (!(error instanceof RolegateError)) throw error;
    const field = error.field === null ? '' : `${OPTIONS[error.field.replace(/\[.*/, '')] ?? error.field}: `;
    throw new CommandFailed(`${field}${error.message}`, { cause: error });
  }
}

/** The options that the inputs of checks come from. */
const OPTIONS: Readonly<Record<string, string>> = { actions: '--not-granted', resources: '--on', kind: '--kind' };

function partOf(check: CheckedPart['check'], outcome: GrantOutcome, text: string): CheckedPart {
  const nowhere = { line: null, column: null, witness: null };
  if (outcome.kind === 'none') return { check, passed: true, answer: 'NO', messages: [], ...nowhere };
  if (outcome.kind === 'undecided')
    return { check, passed: false, answer: 'UNDECIDED', messages: outcome.reasons, ...nowhere };
  if (outcome.kind === 'unreadable') {
    const messages = outcome.documents.flatMap(({ input, findings }) =>
      findings.map(
        ({ message, line, column }) =>
          `${input === 'before' ? 'in the document to compare with' : 'in the document'}, line ${line}, column ${column}: ${message}`,
      ),
    );
    return { check, passed: false, answer: 'UNDECIDED', messages, ...nowhere };
  }
  const { witness } = outcome;
  return {
    check,
    passed: false,
    answer: 'YES',
    messages: [sentenceOf(witness)],
    witness,
    ...placeOf(text, witness.statement),
  };
}

/** `Statement[0] allows arn:… to do s3:GetObject on arn:…, with aws:SourceIp 192.0.2.1` */
function sentenceOf({
  caller,
  action,
  resource,
  resourceAccount,
  context,
  statement,
  sid,
  place,
}: GrantWitness): string {
  const name =
    statement === null
      ? place === 'serviceControlPolicies'
        ? 'FullAWSAccess'
        : 'RCPFullAWSAccess'
      : `Statement[${statement}]${sid === null || sid === '' ? '' : ` (${sid})`}`;
  const provider = caller.federatedProvider ?? null;
  const who = `${principalIdOf(caller.principal)}${provider === null ? '' : ` with an identity of ${provider}`}`;
  const owner = resourceAccount === null ? '' : ` of account ${resourceAccount}`;
  const keys = [...context].map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(', ');
  return `${name} allows ${who} to do ${action} on ${resource}${owner}${keys === '' ? '' : `, with ${keys}`}`;
}

function placeOf(given: string, statement: number | null): Pick<CheckedPart, 'line' | 'column'> {
  const text = decoded(given);
  try {
    const node = statement === null ? undefined : statementsOf(parseJsonText(text))[statement]?.node;
    if (node !== undefined) return placesIn(text)(node.offset);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
  }
  return { line: null, column: null };
}
