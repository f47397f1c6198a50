import { type Condition, compileCondition } from './condition.ts';
import { isList, isObject, type JsonObject, type JsonValue } from './json.ts';
import { readOperator } from './operator.ts';
import { isReadableValue, valueForm } from './readable-value.ts';
import { Memory } from './remember.ts';
import type { VariableReading } from './variable.ts';

/** A Condition element, compiled as far as it can be read. */
export interface ConditionBlock {
  /** The readable lines. */
  readonly conditions: readonly Condition[];
  /** Faults of the unreadable lines, each with its place relative to the element. */
  readonly faults: readonly ConditionFault[];
}

export interface ConditionFault {
  /** `.StringEqual`, `.IpAddress.aws:SourceIp` */
  readonly place: string;
  /** Completes a sentence that begins with the place. */
  readonly problem: string;
}

/** The same few condition blocks appear in very many statements: equal ones are compiled once. */
const known: Readonly<Record<VariableReading, Memory<ConditionBlock>>> = {
  plain: new Memory(),
  variables: new Memory(),
  unknown: new Memory(),
};

/** Compiles a Condition element. A line is one key under one operator; it is read as a whole or not at all. */
export function readConditionBlock(block: JsonValue, variables: VariableReading): ConditionBlock {
  if (!isObject(block)) return { conditions: [], faults: [{ place: '', problem: 'must be an object' }] };
  return known[variables].recall(JSON.stringify(block), () => compileBlock(block, variables));
}

function compileBlock(block: JsonObject, variables: VariableReading): ConditionBlock {
  const conditions: Condition[] = [];
  const faults: ConditionFault[] = [];
  for (const [operator, keys] of Object.entries(block)) {
    if (!isObject(keys)) {
      faults.push({ place: `.${operator}`, problem: 'must be an object' });
      continue;
    }
    for (const [key, value] of Object.entries(keys)) {
      const values = isList(value) ? value : [value];
      const problem = problemOf(operator, values, variables);
      if (problem === null) {
        conditions.push(compileCondition(operator, key, values.map(String), variables === 'variables'));
      } else {
        faults.push(
          problem.of === 'operator'
            ? { place: `.${operator}`, ...problem }
            : { place: `.${operator}.${key}`, ...problem },
        );
      }
    }
  }
  return { conditions, faults };
}

interface Problem {
  readonly of: 'operator' | 'value';
  readonly problem: string;
}

/** Booleans and numbers may be unquoted. */
function problemOf(operator: string, values: readonly JsonValue[], variables: VariableReading): Problem | null {
  const use = readOperator(operator);
  if (use === null) return { of: 'operator', problem: 'is not a condition operator' };
  const form = valueForm(use.operator?.name ?? 'Null');
  for (const value of values) {
    if (typeof value === 'object') {
      return { of: 'value', problem: 'must be a string, number or boolean, or a list of them' };
    }
    const text = String(value);
    if (variables === 'unknown' && text.includes('${')) return { of: 'value', problem: UNKNOWN_VARIABLES };
    if (form === null || isReadableValue(form, text, variables === 'variables')) continue;
    return { of: 'value', problem: `holds \`${shortened(text)}\`, which is not ${form.one}` };
  }
  return null;
}

/** The Version decides whether policy variables have a meaning. */
export const UNKNOWN_VARIABLES = 'holds a policy variable, and the Version does not say whether it is one';

const LONGEST = 100;

/** For messages. */
export function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
