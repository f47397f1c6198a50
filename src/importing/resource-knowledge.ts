import type { Facts } from './facts.ts';

/** Filled by the answers on resources. */
export function concludeResources(_facts: Facts): void {}
