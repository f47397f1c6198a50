import { GraphQLError, locatedError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { maskError } from '../../src/graphql/mask-error.ts';
import { InvalidInput, RolegateError } from '../../src/policy/errors.ts';
import { AccessDenied, AuthenticationError } from '../../src/session/errors.ts';

/** What a client is told when a resolver throws `error`. */
function told(error: unknown): unknown {
  const { message, path, extensions } = maskError(locatedError(error, [], ['decisions', 3]));
  return { message, path, extensions };
}

describe('errors of resolvers:', () => {
  test('ours keep their message, field and place', () => {
    expect(told(new InvalidInput('requests[3].action', 'no such action'))).toEqual({
      message: 'no such action',
      path: ['decisions', 3],
      extensions: { code: 'BAD_USER_INPUT', field: 'requests[3].action' },
    });
  });

  test('codes of AWS become those that GraphQL clients switch on', () => {
    const codes = [
      new AuthenticationError('ExpiredToken'),
      new AccessDenied('no'),
      new RolegateError('NoSuchEntity', 'no'),
      new RolegateError('ValidationError', 'no'),
      new RolegateError('MalformedPolicyDocument', 'no'),
      new RolegateError('LimitExceeded', 'no'),
      new RolegateError('DIRECTORY_UNAVAILABLE', 'no'),
      new RolegateError('CONFLICT', 'no'),
    ].map((error) => maskError(error).extensions['code']);
    expect(codes).toEqual([
      'UNAUTHENTICATED',
      'FORBIDDEN',
      'NOT_FOUND',
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'LIMIT_EXCEEDED',
      'DIRECTORY_UNAVAILABLE',
      'CONFLICT',
    ]);
  });

  test('everything else is unexpected: of us, of libraries, and ours with a code that the table lacks', () => {
    const secret = 'password=hunter2';
    for (const error of [new Error(secret), new GraphQLError(secret), new RolegateError('NewCode', secret), secret]) {
      expect(told(error)).toEqual({
        message: 'Unexpected error.',
        path: ['decisions', 3],
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      });
    }
  });

  test('the original stays behind it for the log', () => {
    const original = new Error('column "x" does not exist');
    expect(maskError(locatedError(original, [])).originalError).toBe(original);
  });

  test('a row that is gone since its name was read is not there', () => {
    const gone = Object.assign(new Error('no record was found'), { code: 'P2025' });
    expect(told(gone)).toMatchObject({
      message: 'it is no longer in the directory',
      extensions: { code: 'NOT_FOUND' },
    });
  });
});

test('errors about the document pass, with a code', () => {
  expect(maskError(new GraphQLError('Syntax Error: Unexpected <EOF>.'))).toMatchObject({
    message: 'Syntax Error: Unexpected <EOF>.',
    extensions: { code: 'BAD_USER_INPUT' },
  });
});
