import { askedLast } from './asked.ts';
import { forgetHats } from './hats.ts';
import { keep, kept } from './kept.ts';
import { goToStep } from './tour.ts';

function isName(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

/** Whose the questions and roles are that this browser keeps. Null: nobody's. */
let whose = kept<string | null>('whose', null, isName);

/**
 * Who signed in here, whatever role is worn; null: nobody. What was asked and worn by one person is not for the next one at
 * the same browser.
 */
export function belongsTo(person: string | null): void {
  if (person !== null && person === whose) return;
  askedLast.forget();
  forgetHats();
  goToStep(null);
  whose = person;
  keep('whose', person);
}
