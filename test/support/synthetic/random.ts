/** Random choices that a seed repeats. */
export interface Random {
  /** From 0 up to, but not including, `limit`. */
  below(limit: number): number;
  chance(probability: number): boolean;
  of<T>(values: readonly T[]): T;
  /** At least one of them, in their order. */
  some<T>(values: readonly T[]): T[];
}

/** Mulberry32, which is in the public domain. */
export function generator(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const of = <T>(values: readonly T[]): T => {
    const value = values[below(values.length)];
    if (value === undefined) throw new Error('nothing to choose from');
    return value;
  };
  return {
    below,
    chance: (probability) => next() < probability,
    of,
    some: (values) => {
      const chosen = values.filter(() => next() < 0.5);
      return chosen.length > 0 ? chosen : [of(values)];
    },
  };
}
