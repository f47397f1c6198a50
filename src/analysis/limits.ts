import { RolegateError } from '../policy/errors.ts';

/** Greatest number of terms for one action, and of those examined in one step of computing them. */
export const MAX_TERMS = 5000;
const MAX_PRODUCTS = 50_000;

/** Throws LIMIT_EXCEEDED: an answer is complete or it is not given. */
export function checkTermCount(count: number, action: string): void {
  if (count > MAX_TERMS) {
    throw new RolegateError(
      'LIMIT_EXCEEDED',
      `the permissions for \`${action}\` come to more than ${MAX_TERMS} terms, which is the limit`,
    );
  }
}

/** Like `checkTermCount`, for the combinations of two lists of terms. */
export function checkProduct(a: number, b: number, action: string): void {
  if (a * b > MAX_PRODUCTS) {
    throw new RolegateError(
      'LIMIT_EXCEEDED',
      `the policies about \`${action}\` come to ${a} times ${b} combinations of statements; the limit is ${MAX_PRODUCTS}`,
    );
  }
}
