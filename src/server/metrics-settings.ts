import { Problem, shown } from './setting-values.ts';

/** Where metrics are read. */
export interface MetricsSettings {
  /** `main`: at /metrics of the gateway itself, with a token. */
  readonly place: MetricsPlace;
  /** A bearer token that reads metrics at the gateway itself, beside the operator's; null: there is none. */
  readonly token: string | null;
}

export type MetricsPlace = 'off' | 'main' | MetricsAddress;

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
  /** Nobody has set it: another gateway of this machine may have it. */
  readonly isDefault: boolean;
}

export const DEFAULT_METRICS: MetricsAddress = { host: '127.0.0.1', port: 9464, isDefault: true };

const FORM = 'must be an address with a port, such as 127.0.0.1:9464 or [::1]:9464, or main or off';

export function parseMetricsPlace(text: string): MetricsPlace | Problem {
  if (text === 'off' || text === 'main') return text;
  const [, inBrackets, plain, digits = ''] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.\-_]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const host = inBrackets ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) return new Problem(`${FORM}; it is \`${shown(text)}\``);
  return { host, port, isDefault: false };
}
