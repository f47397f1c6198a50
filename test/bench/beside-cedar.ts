/** The engine beside cedar-wasm, all layers included: both say effect, layer and statements. */
import { cedarWithAllLayers, loadCedar } from './cedar.ts';
import { ask, type Question, statementsOf } from './engine.ts';
import { atLeast, over, type Ratio, rates, round } from './measure.ts';
import type { BenchRequest, World } from './world.ts';

/** Cedar gets the first requests alone, again and again: it is slow. */
const SLOW = 1000;
const ENGINE = 'engine, one at a time';
const ENGINE_BATCH = 'engine, batches of 50';
const CEDAR = 'cedar-wasm, one at a time';
const CEDAR_BATCH = 'cedar-wasm, batches of 50';

/** Throws when cedar answers otherwise than the engine. */
export async function besideCedar(
  world: World,
  questions: readonly Question[],
  of50: readonly BenchRequest[],
  questions50: readonly Question[],
): Promise<readonly Ratio[]> {
  const first = world.requests.slice(0, SLOW);
  const first50 = of50.slice(0, SLOW);
  const decide = cedarWithAllLayers(await loadCedar(), world, [...first, ...first50]);
  const differ = (requests: readonly BenchRequest[], asked: readonly Question[]): number =>
    requests.filter((request, i) => {
      const { effect, deniedBy, matchedStatements } = ask(asked[i] as Question);
      const said = decide(request);
      // Documents are read from their texts: equal statements are different objects.
      const texts = (statements: readonly object[]): string =>
        JSON.stringify(statements.map((one) => JSON.stringify(one)).sort());
      const same = texts(said.statements) === texts(matchedStatements.map((one) => one.statement));
      return said.effect !== effect || said.deniedBy !== deniedBy || !same;
    }).length;
  const wrong = differ(first, questions) + differ(first50, questions50);
  if (wrong > 0) throw new Error(`cedar-wasm answers ${wrong} requests otherwise than the engine`);

  const read = (request: BenchRequest): number => {
    const { effect, deniedBy, statements } = decide(request);
    return statements.length + (deniedBy === null ? 1 : 0) + (effect === 'ALLOWED' ? 1 : 0);
  };
  const named = (question: Question): number => statementsOf(ask(question));
  const measured = rates([
    over(ENGINE, questions, named),
    over(ENGINE_BATCH, questions50, named),
    over(CEDAR, first, read),
    over(CEDAR_BATCH, first50, read),
  ]);
  const rate = (name: string): number => measured.get(name) ?? 0;
  console.log('all layers, layer and statements read');
  console.table(
    [...measured].map(([name, one]) => ({
      name,
      'decisions/s': Math.round(one),
      'x cedar-wasm': round(one / rate(CEDAR)),
    })),
  );
  return [
    atLeast('one at a time / cedar-wasm', rate(ENGINE) / rate(CEDAR), 350),
    atLeast('batches of 50 / cedar-wasm', rate(ENGINE_BATCH) / rate(CEDAR), 700),
  ];
}
