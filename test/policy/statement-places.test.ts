import { describe, expect, it } from 'vitest';
import { statementPlaces } from '../../src/policy/statement-places.ts';

/** Start and end as `line:column`. */
function placesOf(text: string): readonly string[] {
  return statementPlaces(text).map(({ start, end }) => `${start.line}:${start.column}-${end.line}:${end.column}`);
}

describe('the places of statements are those that AWS’s policy simulator was seen to tell', () => {
  it('of a single statement without a list (simulate-custom-policy.rst of the AWS CLI)', () => {
    const text =
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}';
    expect(placesOf(text)).toEqual(['1:38-1:167']);
  });

  it('of AdministratorAccess, which is written on several lines', () => {
    const text = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}`;
    expect(placesOf(text)).toEqual(['3:17-8:6']);
  });

  it('of a statement behind another: from where that one ends', () => {
    expect(placesOf('{"Statement":[{"Sid":"a"}, {"Sid":"b"}]}')).toEqual(['1:15-1:26', '1:26-1:39']);
    expect(placesOf('{"Statement":[\r\n{"Sid":"}]"},\r\n{"Sid":"\\""}\r\n]}')).toEqual(['1:15-2:13', '2:13-3:13']);
  });

  it('of no statement: none', () => {
    expect(placesOf('{"Statement":[]}')).toEqual([]);
    expect(placesOf('{}')).toEqual([]);
  });
});
