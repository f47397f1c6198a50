import { signal } from '@preact/signals';
import type { DecisionEffect } from '../generated/console/questions.ts';
import { keep, kept, recent } from './kept.ts';

/** A question that was asked in this browser. Its address holds no secret. */
export interface Asked {
  readonly address: string;
  readonly sentence: string;
  readonly effect: DecisionEffect;
}

function areAsked(value: unknown): value is readonly Asked[] {
  return (
    Array.isArray(value) &&
    value.every(
      (each: unknown) =>
        typeof each === 'object' &&
        each !== null &&
        'address' in each &&
        typeof each.address === 'string' &&
        each.address.startsWith('/ask?') &&
        'sentence' in each &&
        typeof each.sentence === 'string' &&
        'effect' in each &&
        ['ALLOWED', 'EXPLICIT_DENY', 'IMPLICIT_DENY'].includes(String(each.effect)),
    )
  );
}

const questions = signal<readonly Asked[]>(kept('asked', [], areAsked));

/** The last questions, the newest first. */
export const askedLast = {
  get list(): readonly Asked[] {
    return questions.value;
  },
  add(asked: Asked): void {
    questions.value = recent(questions.value, asked, (a, b) => a.address === b.address, 6);
    keep('asked', questions.value);
  },
  forget(): void {
    questions.value = [];
    keep('asked', []);
  },
};
