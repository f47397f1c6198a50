import { useMemo, useState } from 'preact/hooks';
import { GraphDocument, type GraphQuery } from '../../generated/console/questions.ts';
import { layoutOf } from '../graph-layout.ts';
import { principalAddress, resourceAddress } from '../links.ts';
import { count, list, shortName } from '../names.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { FailureNotice, Notice, Skeleton } from './notice.tsx';
import { Section } from './page.tsx';
import { VirtualList } from './virtual.tsx';

type Found = NonNullable<GraphQuery['accessGraph']>;
type Node = Found['nodes'][number];
type Edge = Found['edges'][number];

/** A picture of more nodes is none. */
const DRAWN = 200;
/** Of the picture, in pixels. */
const COLUMN = 272;
const ROW = 56;
const BOX = { width: 208, height: 40 };
const EDGE = 8;

const KINDS: Readonly<Record<Node['kind'], string>> = {
  USER: 'user',
  ROLE: 'role',
  SERVICE: 'service',
  ACCOUNT: 'account',
  FEDERATED: 'from outside',
  EVERYBODY: 'everybody',
  OTHER_PRINCIPAL: 'principal',
  RESOURCE: 'resource',
};

/** Which roles a principal can become, and how they become others: drawn, and as a list. */
export function RoleGraph({ principal }: { readonly principal: string }) {
  const [depth, setDepth] = useState(2);
  const [reaches, setReaches] = useState(false);
  const { data, failure, loading, again } = useAnswer(GraphDocument, { principal, depth });
  const found = data?.accessGraph ?? null;
  return (
    <Section
      title="Who becomes what"
      aside={
        <div class="actions graph-tools">
          <label>
            Steps{' '}
            <select value={depth} onChange={(event) => setDepth(Number(event.currentTarget.value))}>
              {[1, 2, 3].map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
          <label>
            <input type="checkbox" checked={reaches} onChange={() => setReaches(!reaches)} /> with resources
          </label>
        </div>
      }
    >
      {loading && <Skeleton lines={4} />}
      {failure !== null && found === null && <FailureNotice failure={failure} again={again} />}
      {found !== null && <Drawn found={found} center={principal} reaches={reaches} />}
      {found?.partial === true && <Notice kind="warning">There is more than is shown: it would be too much.</Notice>}
      {found?.withheld === true && (
        <Notice kind="warning">There is, or may be, more that you may not ask about.</Notice>
      )}
      {found !== null && found.gaps.length > 0 && <Notice>Not known, and left out: {found.gaps.join('; ')}.</Notice>}
    </Section>
  );
}

function Drawn({
  found,
  center,
  reaches,
}: {
  readonly found: Found;
  readonly center: string;
  readonly reaches: boolean;
}) {
  const edges = useMemo(() => found.edges.filter(({ kind }) => reaches || kind === 'MAY_ASSUME'), [found, reaches]);
  const layout = useMemo(() => layoutOf(center, edges, DRAWN), [center, edges]);
  if (edges.length === 0) return <p class="muted">It can become nobody else, and nobody becomes it.</p>;
  const nodes = new Map(found.nodes.map((node) => [node.name, node]));
  const isDrawn = layout.placed.size;
  return (
    <>
      <Picture layout={layout} edges={edges} nodes={nodes} center={center} />
      {isDrawn >= DRAWN && <p class="muted graph-note">The nearest {DRAWN} are drawn; the list has all.</p>}
      <Edges edges={edges} />
    </>
  );
}

function Picture({
  layout: { placed, columns, rows },
  edges,
  nodes,
  center,
}: {
  readonly layout: ReturnType<typeof layoutOf>;
  readonly edges: readonly Edge[];
  readonly nodes: ReadonlyMap<string, Node>;
  readonly center: string;
}) {
  const width = (columns - 1) * COLUMN + BOX.width + 2 * EDGE;
  const height = (rows - 1) * ROW + BOX.height + 2 * EDGE;
  const placeOf = (name: string) => {
    const node = placed.get(name);
    return node === undefined ? null : { x: EDGE + node.column * COLUMN, y: EDGE + node.row * ROW };
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section class="graph" tabIndex={0} aria-label="The picture; the list below says the same">
      <div class="graph-sheet" style={{ width: `${width}px`, height: `${height}px` }}>
        <svg width={width} height={height} aria-hidden="true">
          <defs>
            <marker id="graph-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
              <path d="M0 0 8 4 0 8z" />
            </marker>
          </defs>
          {edges.map((edge) => {
            const [from, to] = [placeOf(edge.source), placeOf(edge.target)];
            if (from === null || to === null) return null;
            const isLimited = edge.limited || edge.requires.length > 0;
            return (
              <path
                key={`${edge.kind} ${edge.source} ${edge.target}`}
                class={`graph-edge ${edge.kind === 'REACHES' ? 'graph-reaches' : ''} ${isLimited ? 'graph-limited' : ''}`}
                d={pathOf(from, to)}
                marker-end="url(#graph-arrow)"
              />
            );
          })}
        </svg>
        {[...placed.keys()].map((name) => {
          const place = placeOf(name);
          return place === null ? null : (
            <Box key={name} name={name} node={nodes.get(name)} place={place} isCenter={name === center} />
          );
        })}
      </div>
    </section>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** From the right side of a box to the left one of the next; out and back again where that is not to the right. */
function pathOf(from: Point, to: Point): string {
  const y1 = from.y + BOX.height / 2;
  const y2 = to.y + BOX.height / 2;
  const x1 = from.x + BOX.width;
  if (to.x > from.x) {
    const middle = (x1 + to.x) / 2;
    return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${to.x} ${y2}`;
  }
  const x2 = to.x === from.x ? x1 : to.x + BOX.width;
  return `M${x1} ${y1}C${x1 + 48} ${y1} ${x2 + 48} ${y2} ${x2} ${y2}`;
}

function Box({
  name,
  node,
  place,
  isCenter,
}: {
  readonly name: string;
  readonly node: Node | undefined;
  readonly place: Point;
  readonly isCenter: boolean;
}) {
  const address = addressOf(name, node?.kind);
  const look = {
    class: `graph-box ${isCenter ? 'graph-center' : ''} graph-${(node?.kind ?? 'OTHER_PRINCIPAL').toLowerCase()}`,
    title: name,
    style: { left: `${place.x}px`, top: `${place.y}px` },
  };
  const inside = (
    <>
      <bdi>{name === '*' ? 'everybody' : shortName(name)}</bdi>
      <small>
        {KINDS[node?.kind ?? 'OTHER_PRINCIPAL']}
        {node?.accountId != null && ` · ${node.accountId}`}
      </small>
    </>
  );
  if (address === null || isCenter) return <div {...look}>{inside}</div>;
  return (
    // The list below has the same links, for the keyboard.
    <a {...look} href={address} tabIndex={-1}>
      {inside}
    </a>
  );
}

/** Null: it has no page. */
function addressOf(name: string, kind: Node['kind'] | undefined): string | null {
  if (kind === 'RESOURCE') return name.includes('*') ? null : resourceAddress(name);
  if (kind === 'ACCOUNT') return /^\d{12}$/.test(name) ? `/account/${name}` : null;
  return kind === 'USER' || kind === 'ROLE' ? principalAddress(name) : null;
}

function Edges({ edges }: { readonly edges: readonly Edge[] }) {
  return (
    <>
      <p class="muted">{count(edges.length, 'way')}, each from one to the next</p>
      <VirtualList items={edges} label="Ways">
        {({ source, target, kind, limited, requires, actions }) => (
          <div class="graph-way">
            <End name={source} /> <span class="muted">{kind === 'MAY_ASSUME' ? 'may assume' : 'reaches'}</span>{' '}
            <End name={target} />{' '}
            <span class="muted one-line-rest" title={actions.join(', ')}>
              {requires.length > 0 && `needs ${list(requires)} `}
              {limited && 'under conditions or in part '}
              {kind === 'REACHES' && count(actions.length, 'action')}
            </span>
          </div>
        )}
      </VirtualList>
    </>
  );
}

function End({ name }: { readonly name: string }) {
  if (!/^arn:[^:]*:iam:.*:(user|role)\//.test(name))
    return <bdi title={name}>{name === '*' ? 'everybody' : shortName(name)}</bdi>;
  return (
    <a href={principalAddress(name)} title={name}>
      <bdi>{shortName(name)}</bdi>
    </a>
  );
}
