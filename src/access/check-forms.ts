import type { Catalog, CatalogAction } from '../catalog/catalog.ts';
import { RolegateError } from '../policy/errors.ts';
import { checkAction } from './check-action.ts';
import { checkQuestion, passedOver } from './check-question.ts';
import { fieldOf, type Question } from './question.ts';

/** A question whose inputs are well-formed, and the action that it names. */
export interface WellFormed {
  readonly question: Question;
  readonly action: CatalogAction;
  /** Gaps that follow from the question alone. */
  readonly gaps: readonly string[];
}

/** Each question checked, or its error. */
export function checkForms(catalog: Catalog, questions: readonly Question[]): readonly (WellFormed | RolegateError)[] {
  const actions = new Map<string, CatalogAction>();
  return questions.map((question) => {
    try {
      const action = actions.get(question.action) ?? checkAction(catalog, question.action, fieldOf(question, 'action'));
      actions.set(question.action, action);
      const gaps = checkQuestion(catalog, question, action);
      const passed = passedOver(question);
      return { question, action, gaps: passed.length === 0 ? gaps : [...gaps, ...passed] };
    } catch (error) {
      if (error instanceof RolegateError) return error;
      throw error;
    }
  });
}
