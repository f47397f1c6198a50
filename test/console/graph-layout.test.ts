import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../src/console/graph-layout.ts';

const edge = (source: string, target: string) => ({ source, target });
const columnsOf = ({ placed }: ReturnType<typeof layoutOf>) =>
  Object.fromEntries([...placed.values()].map(({ name, column }) => [name, column]));

describe('the layout of a graph', () => {
  test('what the centre reaches stands to its right, what reaches it to its left, step by step', () => {
    const layout = layoutOf('c', [edge('c', 'a'), edge('a', 'b'), edge('x', 'c'), edge('y', 'x')], 200);
    expect(columnsOf(layout)).toEqual({ y: 0, x: 1, c: 2, a: 3, b: 4 });
    expect([layout.columns, layout.rows]).toEqual([5, 1]);
  });

  test('a circle ends, and what is not connected is left out', () => {
    const layout = layoutOf('c', [edge('c', 'a'), edge('a', 'c'), edge('far', 'away'), edge('c', 'c')], 200);
    expect(columnsOf(layout)).toEqual({ c: 0, a: 1 });
  });

  test('no two nodes stand at one place, and neighbours stand near each other', () => {
    const crossed = [edge('c', 'a'), edge('c', 'b'), edge('b', 'b1'), edge('a', 'a1'), edge('b', 'b2')];
    const { placed, rows } = layoutOf('c', crossed, 200);
    const places = [...placed.values()].map(({ column, row }) => `${column} ${row}`);
    expect([new Set(places).size, rows]).toEqual([6, 3]);
    const row = (name: string) => placed.get(name)?.row ?? Number.NaN;
    expect(Math.sign(row('a') - row('b'))).toBe(Math.sign(row('a1') - row('b1')));
  });

  test('of many, the nearest are drawn', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => edge(index === 0 ? 'c' : `n${index - 1}`, `n${index}`));
    const { placed } = layoutOf('c', many, 200);
    expect([placed.size, placed.has('n198'), placed.has('n199')]).toEqual([200, true, false]);
  });
});
