import { signal } from '@preact/signals';
import { keep, kept } from './kept.ts';

function isStep(value: unknown): value is number | null {
  return value === null || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
}

/** The step of the tour that is shown; null: nobody takes it. A number is all that the browser keeps of it. */
export const tourStep = signal<number | null>(kept<number | null>('tour', null, isStep));

export function goToStep(step: number | null): void {
  tourStep.value = step;
  keep('tour', step);
}
