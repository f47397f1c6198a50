import type { CallerLimits } from '../guard/caller-limits.ts';

/** What clients may ask for. Infinity: no limit. */
export interface LimitSettings {
  readonly callers: CallerLimits;
  /** Open at the same time, of each caller. */
  readonly subscriptions: number;
  readonly connections: number;
  /** Of an address (IPv6: of a /64 network); those of trusted proxies have no limit of their own. */
  readonly connectionsPerAddress: number;
}

/** Defaults; 0 in a variable means no limit. */
const USUAL = {
  PRINCIPAL: { concurrent: 64, cost: 100_000 },
  CHECKER: { concurrent: 256, cost: 200_000 },
  ANONYMOUS: { concurrent: 64, cost: 50_000 },
  OPERATOR: { concurrent: 0, cost: 0 },
};

/** Reads them with `count`, which gives the whole number of a variable. */
export function readLimits(count: (name: string, otherwise: number) => number): LimitSettings {
  const limited = (name: string, usual: number): number => count(name, usual) || Infinity;
  const of = (kind: keyof typeof USUAL) => ({
    concurrent: limited(`ROLEGATE_${kind}_REQUESTS`, USUAL[kind].concurrent),
    costPerSecond: limited(`ROLEGATE_${kind}_COST`, USUAL[kind].cost),
  });
  return {
    callers: {
      principal: of('PRINCIPAL'),
      checker: of('CHECKER'),
      anonymous: of('ANONYMOUS'),
      operator: of('OPERATOR'),
    },
    subscriptions: limited('ROLEGATE_SUBSCRIPTIONS', 20),
    connections: limited('ROLEGATE_CONNECTIONS', 10_000),
    connectionsPerAddress: limited('ROLEGATE_CONNECTIONS_PER_ADDRESS', 1_000),
  };
}
