import { parse, Source, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { maskError } from '../../src/graphql/mask-error.ts';
import { buildSchema } from '../../src/graphql/schema.ts';

// Errors on literals name their place as errors on variables do: `locations`, the path of the field, and the input's field.

const ALICE = 'arn:aws:iam::111111111111:user/alice';

function errorsOf(query: string) {
  const source = new Source(query);
  return validate(buildSchema(), parse(source)).map((error) => {
    const { message, path, locations, extensions } = maskError(error);
    return { message, path, locations, code: extensions['code'], field: extensions['field'] };
  });
}

describe('an error on a literal', () => {
  it.each<[what: string, query: string, path: readonly string[] | undefined, field: string]>([
    [
      'of a wrong kind, in an item of a list',
      `{ decisions(requests: [{ principal: "${ALICE}", action: "a:B", resource: "*" }, { principal: 7, action: "a:B", resource: "*" }]) { allowed } }`,
      ['decisions'],
      'requests[1].principal',
    ],
    [
      'with an input field missing',
      `{ mine: decision(request: { principal: "${ALICE}", resource: "*" }) { allowed } }`,
      ['mine'],
      'request.action',
    ],
    ['with an argument missing', '{ decision { allowed } }', ['decision'], 'request'],
    [
      'with an argument that there is none of',
      '{ viewer { principal(first: 1) { principalId } } }',
      ['viewer', 'principal'],
      'first',
    ],
    [
      'with an input field that there is none of',
      `{ decision(request: { principal: "${ALICE}", action: "a:B", resource: "*", who: 1 }) { allowed } }`,
      ['decision'],
      'request.who',
    ],
    [
      'of an unknown enum value',
      `{ validatePolicy(document: "{}", type: IDENTIY) { message } }`,
      ['validatePolicy'],
      'type',
    ],
    [
      'in a fragment, which has no single path',
      `{ ...Mine } fragment Mine on Query { decision(request: { principal: 7, action: "a:B", resource: "*" }) { allowed } }`,
      undefined,
      'request.principal',
    ],
  ])('%s', (_what, query, path, field) => {
    const errors = errorsOf(query);
    expect(errors).toContainEqual({
      message: expect.any(String),
      path,
      locations: [{ line: 1, column: expect.any(Number) }],
      code: 'BAD_USER_INPUT',
      field,
    });
  });

  it('that is about no argument has no field', () => {
    expect(errorsOf('{ viewr { id } }')).toMatchObject([{ path: undefined, field: undefined }]);
    expect(errorsOf('query ($a: Int = "x") { viewer { principal { principalId } } }')).toContainEqual(
      expect.objectContaining({ path: undefined, field: undefined }),
    );
  });
});
