import { describe, expect, test } from 'vitest';
import { isShareable, SHAREABLE } from '../../src/access/shareable-resources.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';

const catalog = await openCatalog();

describe('types of resources that AWS RAM shares', () => {
  test('each is a form of ARN in the catalogue', () => {
    const forms = new Set(
      catalog
        .services()
        .flatMap((service) => catalog.actionsOf(service))
        .flatMap(({ resourceTypes }) => resourceTypes.flatMap(({ type }) => type.arns)),
    );
    const parts = [...forms].map((form) => form.split(':'));
    const unknown = Object.entries(SHAREABLE).flatMap(([service, beginnings]) =>
      beginnings
        .filter((one) => !parts.some((form) => form[2] === service && form.slice(5).join(':').startsWith(one)))
        .map((one) => `${service}:${one}`),
    );
    expect(unknown).toEqual([]);
  });

  test.each([
    ['arn:aws:ec2:us-east-1:111111111111:transit-gateway/tgw-1', true],
    ['arn:aws:ec2:us-east-1:111111111111:instance/i-1', false],
    ['arn:aws:sqs:us-east-1:111111111111:transit-gateway/tgw-1', false],
    ['*', false],
  ])('%s: %s', (arn, shareable) => {
    expect(isShareable(arn)).toBe(shareable);
  });
});
