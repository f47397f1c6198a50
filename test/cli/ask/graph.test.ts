import { describe, expect, test } from 'vitest';
import type { AnsweredEdge, AnsweredGraph } from '../../../src/cli/ask/graph/answered-graph.ts';
import { boxesOf } from '../../../src/cli/ask/graph/boxes.ts';
import { dotOf } from '../../../src/cli/ask/graph/dot.ts';
import { centerOf } from '../../../src/cli/ask/graph/graph.ts';
import { svgOf } from '../../../src/cli/ask/graph/svg.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  `quote" ]; evil [label="x"`,
  'back\\slash\\',
  'line\nend',
  'turned \u202etxet',
  'entity &lt;b&gt; &amp; "\'',
  '<b>html</b>',
];

function graphWith(names: readonly string[], edges: readonly Partial<AnsweredEdge>[] = []): AnsweredGraph {
  return {
    nodes: names.map((name) => ({ name, kind: 'ROLE', accountId: '111111111111' })),
    edges: edges.map((edge) => ({
      kind: 'MAY_ASSUME',
      source: '',
      target: '',
      actions: ['sts:AssumeRole'],
      policies: [],
      requires: [],
      limited: false,
      ...edge,
    })),
    partial: false,
    withheld: false,
    gaps: [],
    revision: 'r1',
  };
}

describe('the picture', () => {
  test('shows hostile names as they are, and they are nothing else in it', async () => {
    const roles = HOSTILE.map((name) => `arn:aws:iam::111111111111:role/${name}`);
    const edges = roles.map((target, i) => ({ source: roles[0] ?? '', target, requires: [`key${i}${HOSTILE[i]}`] }));
    const svg = await svgOf(dotOf(graphWith(roles, edges.slice(1)), HOSTILE.join(' '), roles[0] ?? null));
    // What can stand in it: elements that Graphviz makes, and text.
    const elements = new Set([...svg.matchAll(/<(\w+)/g)].map(([, name]) => name));
    expect(elements).toEqual(new Set(['a', 'g', 'path', 'polygon', 'svg', 'text', 'title']));
    expect(svg).not.toMatch(/[\u202e\u200b]|\son\w+=/);
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => unescaped(text));
    for (const name of HOSTILE) expect(texts.join('\n')).toContain(name.replace(/[\n\u202e]/, ' '));
  });

  test('has a cluster for each account, and one box for what has the same edges', () => {
    const roles = Array.from({ length: 30 }, (_, i) => `arn:aws:iam::111111111111:role/r${i}`);
    const graph = graphWith(
      [...roles, 'arn:aws:iam::111111111111:role/other', 'arn:aws:iam::111111111111:role/center'],
      roles.map((target) => ({ source: 'arn:aws:iam::111111111111:role/center', target, policies: [target] })),
    );
    const { boxes, edges } = boxesOf(graph, null);
    expect(boxes.map(({ nodes }) => nodes.length)).toEqual([24, 6, 1, 1]);
    expect(edges).toHaveLength(2);
    const dot = dotOf(graph, 'title', null);
    expect(dot.match(/subgraph cluster/g)).toHaveLength(1);
    expect(dot).toContain('account 111111111111');
  });

  test('of hundreds of nodes is drawn in seconds', async () => {
    const roles = Array.from({ length: 200 }, (_, i) => `arn:aws:iam::111111111111:role/r${i}`);
    const edges = roles.flatMap((source, i) => [
      { source, target: roles[(i * 7 + 1) % 200] ?? '', actions: [`a:A${i}`] },
      { source, target: roles[(i * 3 + 2) % 200] ?? '', actions: [`a:B${i}`] },
    ]);
    const began = performance.now();
    const svg = await svgOf(dotOf(graphWith(roles, edges), 'title', null));
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(svg.match(/class="node"/g)).toHaveLength(200);
  });
});

function unescaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&', nbsp: ' ' };
  return text.replaceAll(/&(?:#(\d+)|(\w+));/g, (_found, code?: string, name = '') =>
    code === undefined ? (entities[name] ?? '?') : String.fromCodePoint(Number(code)).replace('\u00a0', ' '),
  );
}

test.each([
  ['111111111111', { accountId: '111111111111' }],
  ['arn:aws:iam::111111111111:role/a/b', { principal: 'arn:aws:iam::111111111111:role/a/b' }],
  ['ec2.amazonaws.com', { principal: 'ec2.amazonaws.com' }],
  ['arn:aws:sts::111111111111:assumed-role/r/s', { principal: 'arn:aws:sts::111111111111:assumed-role/r/s' }],
  ['arn:aws:iam::111111111111:policy/p', { resource: 'arn:aws:iam::111111111111:policy/p' }],
  ['arn:aws:s3:::b', { resource: 'arn:aws:s3:::b' }],
])('around %s is %j', (around, center) => {
  expect(centerOf(around)).toEqual(center);
});
