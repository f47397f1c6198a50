import type { Decision } from '../sentence.ts';
import { type LayerWords, MEANING_WORDS, type Meaning, meaningOf, stationsOf } from '../words.ts';
import { Shape } from './verdict.tsx';

interface Station extends LayerWords {
  /** Null: it was not asked. */
  readonly meaning: Meaning | null;
  readonly word: string;
  readonly decides: boolean;
}

/** What a layer did, in a word. A layer that lacks an Allow denies only if it is the one that decides. */
function stationOf(decision: Decision, words: LayerWords): Station {
  const { layers, deniedBy, matchedStatements } = decision;
  const found = layers.find(({ layer }) => layer === words.layer);
  const decides =
    deniedBy === words.layer ||
    (deniedBy === null && matchedStatements.some(({ layer }) => layer === words.layer) && isGiving(words));
  if (found === undefined) return { ...words, meaning: null, word: 'not asked', decides: false };
  const meaning = meaningOf(found.effect);
  const silent = decides ? 'does not allow' : 'says nothing';
  const word =
    meaning === 'allowed' ? (isGiving(words) ? 'allows' : 'passes') : meaning === 'denied' ? 'denies' : silent;
  return { ...words, meaning, word, decides };
}

/** Layers that give; all others only limit. */
function isGiving({ layer }: LayerWords): boolean {
  return ['IDENTITY_POLICY', 'RESOURCE_POLICY', 'TRUST_POLICY', 'KMS_GRANT', 'UNDERLYING_BUCKET_POLICY'].includes(
    layer,
  );
}

/** The way of a request through the layers, as in AWS's chart: left to right, the deciding one large. */
export function Flow({ decision }: { readonly decision: Decision }) {
  const stations = stationsOf(decision.layers.map(({ layer }) => layer)).map((words) => stationOf(decision, words));
  const end = meaningOf(decision.effect);
  return (
    <ol class="flow" aria-label="The request’s way through the layers">
      <li class="flow-end">Request</li>
      {stations.map(({ layer, short, icon, meaning, word, decides, about }) => (
        <li
          key={layer}
          class={`station ${meaning === null ? 'station-off' : `is-${meaning}`} ${decides ? 'station-decides' : ''}`}
          title={about}
        >
          <svg class="station-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
            <path
              d={icon}
              fill="none"
              stroke="currentColor"
              stroke-width="1.75"
              stroke-linejoin="round"
              stroke-linecap="round"
            />
          </svg>
          <span class="station-name">{short}</span>
          <span class="station-word">
            {meaning !== null && <Shape meaning={meaning} />}
            {word}
          </span>
        </li>
      ))}
      <li class={`flow-end is-${end}`}>
        <Shape meaning={end} />
        {MEANING_WORDS[end]}
      </li>
    </ol>
  );
}
