import { list } from '../names.ts';
import type { Decision, Statement } from '../sentence.ts';
import { meaningOf, wordsOf } from '../words.ts';
import { StatementView } from './statement.tsx';
import { Verdict } from './verdict.tsx';

type Layer = Decision['layers'][number];

/** Every layer that took part, as a list, in the order of weight: what it said, and by which statements. */
export function Layers({ decision }: { readonly decision: Decision }) {
  const decides = (layer: Layer): boolean =>
    layer.layer === decision.deniedBy ||
    (decision.deniedBy === null && decision.matchedStatements.some((each) => each.layer === layer.layer));
  const sorted = decision.layers.toSorted((a, b) => Number(decides(b)) - Number(decides(a)));
  return (
    <div class="layers">
      {sorted.map((layer) => (
        <LayerView key={layer.layer} layer={layer} decision={decision} open={decides(layer)} />
      ))}
    </div>
  );
}

function LayerView({
  layer: one,
  decision,
  open,
}: {
  readonly layer: Layer;
  readonly decision: Decision;
  readonly open: boolean;
}) {
  const { layer, effect, matchedStatements, deniedAt } = one;
  const withheld = decision.withheld.includes(layer);
  const meaning = meaningOf(effect);
  return (
    <details class={`layer is-${meaning}`} open={open}>
      <summary class="layer-head">
        <h3>{wordsOf(layer).short}</h3>
        {effect === 'IMPLICIT_DENY' ? <Verdict meaning={meaning} word="No Allow" /> : <Verdict meaning={meaning} />}
        <span class="muted">{wordsOf(layer).about}</span>
      </summary>
      <div class="layer-body">
        {deniedAt.length > 0 && (
          <p class="layer-note">
            At <bdi>{list(deniedAt.map(({ id, name }) => name ?? id))}</bdi>
          </p>
        )}
        {withheld && <p class="layer-note">A part is not shown: you may not read the policies that it comes from.</p>}
        {matchedStatements.length === 0 && !withheld && <p class="layer-note">No statement of it matches.</p>}
        {together(matchedStatements).map(({ statement, levels }) => (
          <StatementView
            key={`${statement.policy} ${statement.index}`}
            statement={statement}
            levels={levels}
            decision={decision}
          />
        ))}
      </div>
    </details>
  );
}

interface Together {
  readonly statement: Statement;
  /** Names of the levels that it is attached at. */
  readonly levels: readonly string[];
}

/** A policy that is attached at several levels is shown once. Denying statements come first. */
function together(statements: readonly Statement[]): readonly Together[] {
  const found = new Map<string, { statement: Statement; levels: string[] }>();
  for (const statement of statements) {
    const key = `${statement.policy} ${statement.index}`;
    const entry = found.get(key) ?? { statement, levels: [] };
    if (statement.level !== null) entry.levels.push(statement.level.name ?? statement.level.id);
    found.set(key, entry);
  }
  return [...found.values()].toSorted(
    (a, b) => Number(b.statement.effect === 'DENY') - Number(a.statement.effect === 'DENY'),
  );
}
