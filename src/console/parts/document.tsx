import { useEffect, useRef } from 'preact/hooks';
import { Code } from './code.tsx';

/** A policy document as text, with the statements that decided marked in it. */
export function DocumentView({
  document,
  highlight = [],
}: {
  readonly document: unknown;
  readonly highlight?: readonly number[];
}) {
  const marked = useRef<HTMLElement>(null);
  useEffect(() => marked.current?.scrollIntoView({ block: 'nearest' }), [document]);
  const parts = partsOf(document, highlight);
  return (
    <Code label="Policy document">
      {parts.map(({ text, isMarked }, index) =>
        isMarked ? (
          <mark key={index} ref={marked}>
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </Code>
  );
}

interface Part {
  readonly text: string;
  readonly isMarked: boolean;
}

/** The text in pieces: one for each statement, so that one can be marked. */
function partsOf(document: unknown, highlight: readonly number[]): readonly Part[] {
  const plain = (text: string): Part => ({ text, isMarked: false });
  if (typeof document !== 'object' || document === null || !('Statement' in document)) {
    return [plain(JSON.stringify(document, null, 2) ?? '')];
  }
  const { Statement: given, ...rest } = document;
  const statements: readonly unknown[] = Array.isArray(given) ? given : [given];
  const head = Object.entries(rest).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
  const last = statements.length - 1;
  return [
    plain(`{\n${head.join('')}  "Statement": [\n`),
    ...statements.map((statement, index) => ({
      text: `${indented(statement)}${index === last ? '' : ','}\n`,
      isMarked: highlight.includes(index),
    })),
    plain('  ]\n}'),
  ];
}

function indented(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(/^/gm, '    ');
}
