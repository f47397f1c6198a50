import { lexicographicSortSchema, printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { buildSchema } from '../../src/graphql/schema.ts';

test('schema.graphql is what the code says: `npm run schema` writes it', async () => {
  await expect(`${printSchema(lexicographicSortSchema(buildSchema()))}\n`).toMatchFileSnapshot('../../schema.graphql');
});
