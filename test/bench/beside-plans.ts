/** The engine beside a small plain engine with plans, in both worlds, at random and ordered by principal: rates and memory. */
import type { DecisionEffect } from '../../src/evaluation/decision.ts';
import { type NaiveRequest, naiveAuthorize } from '../support/naive-evaluator.ts';
import { ask, effectOf, prepareEngine, type Question, questionsOf, statementsOf, textsOf } from './engine.ts';
import { atLeast, atMost, heldNow, over, type Ratio, rates, round } from './measure.ts';
import { PlansEngine, type PlansRequest } from './plans.ts';
import { type BenchRequest, plainRequest, type World } from './world.ts';

/** The plain loop gets so many of them: it is slow. */
const EACH = 50;
const PLAIN = 'plain loop, statements read';
const PLANS = 'plans, effect alone';
const EFFECT = 'engine, effect alone';
const NAMED = 'engine, layer and statements read';
const ORDERS = ['at random', 'by principal'] as const;

type Order = (typeof ORDERS)[number];

/** How many times the rate, and the memory, of the plans engine. */
interface BesidePlans {
  readonly times: (order: Order, name: typeof EFFECT | typeof NAMED) => number;
  readonly memory: number;
}

/** What is wanted in the wide world. */
export function wantedBesidePlans({ times, memory }: BesidePlans): readonly Ratio[] {
  return [
    atLeast('wide world at random / plans', times('at random', EFFECT), 1.5),
    atLeast('wide world by principal / plans', times('by principal', EFFECT), 1.2),
    atLeast('wide world at random, statements read / plans', times('at random', NAMED), 1),
    atLeast('wide world by principal, statements read / plans', times('by principal', NAMED), 1),
    atMost('memory in the wide world / plans', memory, 2),
  ];
}

/** Measures and prints. Throws where the plans engine or the plain loop answers otherwise than the engine. */
export function besidePlans(title: string, world: World): BesidePlans {
  const before = heldNow();
  const plans = new PlansEngine(world);
  const compiled = heldNow();
  const plansRequests = world.requests.map((one) => plans.request(one));
  const taken = heldNow();
  for (const one of plansRequests) plans.decide(one);
  const plansHold = heldNow() - taken + compiled - before;

  const texts = textsOf(world);
  const start = heldNow();
  const engine = prepareEngine(world, texts);
  const prepared = heldNow();
  const questions = questionsOf(engine, world.requests);
  const asked = heldNow();
  for (const one of questions) ask(one);
  const engineHolds = heldNow() - asked + prepared - start;
  checkAgreement(world, questions, (i) => plans.decide(plansRequests[i] as PlansRequest));

  const works = ORDERS.flatMap((order) => {
    const requests = order === 'at random' ? world.requests : byPrincipal(world.requests);
    const inOrder = order === 'at random' ? questions : questionsOf(engine, requests);
    const forPlans = order === 'at random' ? plansRequests : requests.map((one) => plans.request(one));
    const plain = requests.filter((_, i) => i % EACH === 0).map((one) => plainRequest(world, one));
    return [
      over(`${order}: ${PLAIN}`, plain, (one: NaiveRequest) => naiveAuthorize(one).statements.length),
      over(`${order}: ${PLANS}`, forPlans, (one) => (plans.decide(one) === 'ALLOWED' ? 1 : 0)),
      over(`${order}: ${EFFECT}`, inOrder, (one) => effectOf(ask(one))),
      over(`${order}: ${NAMED}`, inOrder, (one) => statementsOf(ask(one))),
    ];
  });
  const measured = rates(works);
  const rate = (order: string, name: string): number => measured.get(`${order}: ${name}`) ?? 0;
  console.log(title);
  console.table(
    [...measured].map(([name, one]) => ({
      name,
      'decisions/s': Math.round(one),
      'x plans': round(one / rate(name.slice(0, name.indexOf(':')), PLANS)),
    })),
  );
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  console.log(`MB held after all requests: engine ${megabytes(engineHolds)}, plans ${megabytes(plansHold)}`);
  return { times: (order, name) => rate(order, name) / rate(order, PLANS), memory: engineHolds / plansHold };
}

/** The same requests, one principal after the other. */
function byPrincipal(requests: readonly BenchRequest[]): readonly BenchRequest[] {
  return requests.toSorted((a, b) => a.principal - b.principal);
}

function checkAgreement(world: World, questions: readonly Question[], plans: (i: number) => DecisionEffect): void {
  const differ = questions.filter((question, i) => {
    const { effect } = ask(question);
    if (effect !== plans(i)) return true;
    return i % EACH === 0 && naiveAuthorize(plainRequest(world, world.requests[i] as BenchRequest)).effect !== effect;
  });
  if (differ.length > 0) throw new Error(`${differ.length} requests are answered otherwise than by the engine`);
}
