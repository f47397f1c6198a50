import { STATEMENT_ELEMENTS } from './elements.ts';
import type { Located } from './json-text.ts';

/** A statement's elements by name, with their places. */
export interface StatementNode {
  readonly path: string;
  readonly node: Located;
  readonly elements: ReadonlyMap<string, Located>;
  /** Names of elements that are left out, or in part, because of faults. Left out: none. */
  readonly unread?: ReadonlySet<string>;
}

export interface PolicyNode {
  readonly root: Located;
  readonly elements: ReadonlyMap<string, Located>;
  readonly statements: readonly StatementNode[];
}

/** The document without its parts at the places of `faulty`: what is left is read like a document without faults. */
export function readableParts(policy: PolicyNode, faulty: ReadonlySet<string>): PolicyNode {
  if (faulty.size === 0) return policy;
  const statements = policy.statements
    .filter(({ node }) => node.members !== null)
    .map((statement) => readableStatement(statement, faulty));
  return { root: policy.root, elements: readableElements(policy.elements, '', faulty), statements };
}

function readableStatement({ path, node, elements }: StatementNode, faulty: ReadonlySet<string>): StatementNode {
  const unread = new Set<string>();
  for (const place of faulty) {
    if (!place.startsWith(`${path}.`)) continue;
    const [name = ''] = place.slice(path.length + 1).split(/[.[]/, 1);
    unread.add(STATEMENT_ELEMENTS.has(name) ? name : ANY);
  }
  if (faulty.has(path)) unread.add('Effect');
  return { path, node, elements: readableElements(elements, `${path}.`, faulty), unread };
}

/** Stands for an element whose name cannot be read: it could be any. */
const ANY = '*';

/** Whether the statement says what its other elements ask for: neither of `names`, nor an unknown element, is unread. */
export function isRead({ unread }: StatementNode, ...names: readonly string[]): boolean {
  return (
    unread === undefined || !(unread.has(ANY) || names.some((name) => unread.has(name) || unread.has(`Not${name}`)))
  );
}

function readableElements(
  elements: ReadonlyMap<string, Located>,
  prefix: string,
  faulty: ReadonlySet<string>,
): ReadonlyMap<string, Located> {
  const read = new Map<string, Located>();
  for (const [name, node] of elements) {
    const readable = name === 'Statement' ? node : readableNode(node, prefix + name, faulty);
    if (readable !== null) read.set(name, readable);
  }
  return read;
}

/** Null: nothing of it can be read. Items keep their places in the list. */
function readableNode(node: Located, path: string, faulty: ReadonlySet<string>): Located | null {
  if (faulty.has(path)) return null;
  if (node.items !== null) {
    const items = node.items.map((item, i): Located => {
      return faulty.has(`${path}[${i}]`) ? { ...item, unreadable: true } : item;
    });
    return items.length > 0 && items.every(({ unreadable }) => unreadable === true) ? null : { ...node, items };
  }
  if (node.members === null) return node;
  const members = node.members.flatMap((member) => {
    const readable = readableNode(member.node, `${path}.${member.key}`, faulty);
    return readable === null ? [] : [{ ...member, node: readable }];
  });
  return node.members.length > 0 && members.length === 0 ? null : { ...node, members };
}
