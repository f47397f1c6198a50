/** The meaning of null for a field that asks a question. */
export const NULL_ANSWER = 'Null: it could not be answered; the error is at this place';

/** The meaning of null for a mutation. */
export const NULL_RESULT = 'Null: it failed with an error that the result does not list; the error is at this place';
