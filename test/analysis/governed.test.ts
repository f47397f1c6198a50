import { describe, expect, it } from 'vitest';
import { governedBy } from '../../src/access/effective-permissions-governed.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { resourceText } from '../../src/policy/arn.ts';
import { readResourcePattern, resourceMatches } from '../../src/policy/resource-pattern.ts';

const catalog = await openCatalog();
const IN = 'us-east-1:111111111111';

/** Resources that bear policies, and some whose policy is another's. */
const ARNS = [
  'arn:aws:s3:::b',
  'arn:aws:s3:::b/x',
  'arn:aws:s3:::b/x/y:z',
  'arn:aws:s3:::bb/x',
  `arn:aws:s3:${IN}:accesspoint/ap`,
  `arn:aws:s3:${IN}:accesspoint/ap/object/x`,
  `arn:aws:sqs:${IN}:q`,
  `arn:aws:sns:${IN}:t`,
  `arn:aws:sns:${IN}:t:0a1b`,
  `arn:aws:dynamodb:${IN}:table/T`,
  `arn:aws:dynamodb:${IN}:table/T/index/i`,
  `arn:aws:dynamodb:${IN}:table/T/stream/2026`,
  `arn:aws:kinesis:${IN}:stream/s`,
  `arn:aws:kinesis:${IN}:stream/s/consumer/c:1`,
  `arn:aws:lambda:${IN}:function:f`,
  `arn:aws:lambda:${IN}:function:f:live`,
  `arn:aws:lambda:${IN}:layer:l:1`,
  `arn:aws:kms:${IN}:key/k`,
  `arn:aws:kms:${IN}:alias/k`,
  'arn:aws:iam::111111111111:role/team/App',
  'arn:aws:iam::111111111111:role/team',
  `arn:aws:execute-api:${IN}:api1/prod/GET/x`,
  'arn:aws:apigateway:us-east-1::/restapis/api1',
  'arn:aws:apigateway:us-east-1::/restapis/api1/stages/prod',
  `arn:aws:codebuild:${IN}:project/p`,
  `arn:aws:codebuild:${IN}:build/p:1`,
  `arn:aws:codebuild:${IN}:report/g:1`,
  `arn:aws:codebuild:${IN}:report-group/g`,
  `arn:aws:codeartifact:${IN}:repository/d/r`,
  `arn:aws:codeartifact:${IN}:package/d/r/npm/n/p`,
  `arn:aws:events:${IN}:event-bus/default`,
  `arn:aws:events:${IN}:event-bus/mine`,
  `arn:aws:events:${IN}:rule/r`,
  `arn:aws:events:${IN}:rule/mine/r`,
  `arn:aws:glue:${IN}:catalog`,
  `arn:aws:glue:${IN}:table/d/t`,
  `arn:aws:schemas:${IN}:registry/r`,
  `arn:aws:schemas:${IN}:schema/r/s`,
  `arn:aws:secretsmanager:${IN}:secret:s-AbCdEf`,
  `arn:aws:s3tables:${IN}:bucket/b`,
  `arn:aws:s3tables:${IN}:bucket/b/table/t`,
  `arn:aws:ecr:${IN}:repository/a/b`,
  `arn:aws:logs:${IN}:log-group:g`,
  `arn:aws:logs:${IN}:log-group:g:log-stream:s`,
];

function matches(pattern: string, arn: string): boolean {
  const read = readResourcePattern(pattern, 'identity', true);
  return read !== null && resourceMatches(read, resourceText(arn), { value: () => undefined }) === 'match';
}

describe('the resources that a policy governs', () => {
  const holders = [...new Set(ARNS.flatMap((arn) => catalog.policyHolders(arn)))];

  it.each(holders)('%s: those, and only those, whose holder it is', (holder) => {
    const governed = governedBy(holder, catalog, []);
    const found = ARNS.filter((arn) =>
      governed.some(
        ({ resources, notResources }) =>
          resources.some((pattern) => matches(pattern, arn)) && !notResources.some((pattern) => matches(pattern, arn)),
      ),
    );
    expect(found).toEqual(ARNS.filter((arn) => arn === holder || catalog.policyHolders(arn).includes(holder)));
  });

  it('leaves out what has a policy of its own', () => {
    const f = `arn:aws:lambda:${IN}:function:f`;
    const [governed] = governedBy(f, catalog, [`${f}:live`]);
    expect(governed?.resources).toEqual([f, `${f}:*`]);
    expect(governed?.notResources).toContain(`${f}:live`);
  });

  it('takes wildcards in a name as characters', () => {
    const [governed] = governedBy('arn:aws:s3:::b*', catalog, []);
    expect(governed?.resources).toEqual(['arn:aws:s3:::b${*}', 'arn:aws:s3:::b${*}/*']);
  });
});
