import type { SettingReader } from './setting-reader.ts';
import { Problem, shown } from './setting-values.ts';

/** Traces of OpenTelemetry. Their settings have its names. */
export interface TraceSettings {
  /** Of a collector, by OTLP over HTTP; null: nothing is traced. */
  readonly endpoint: string | null;
  readonly serviceName: string;
  /** Of the traces that begin here, and of those that clients have begun and want traced, from 0 to 1. */
  readonly share: number;
  /** Sentences about variables of the environment that are not for us. Where there are any, nothing is traced. */
  readonly unread: readonly string[];
}

export function readTraces(reader: SettingReader): TraceSettings {
  const unread: string[] = [];
  const endpoint = reader.readShared<string | null>(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    null,
    parseEndpoint,
    unread,
    () => '***',
  );
  const serviceName = reader.read('OTEL_SERVICE_NAME', 'rolegate', (text) => text);
  const share = reader.readShared('OTEL_TRACES_SAMPLER_ARG', 1, parseShare, unread);
  return { endpoint: unread.length === 0 ? endpoint : null, serviceName, share, unread };
}

function parseEndpoint(text: string): string | Problem {
  // What stands before an @ is not repeated: it may be a password.
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  return new Problem('must be the URL of a collector, such as http://127.0.0.1:4318');
}

export function parseShare(text: string): number | Problem {
  const share = /^[0-9]+(\.[0-9]+)?$/.test(text) && text.length <= 20 ? Number(text) : Number.NaN;
  if (share >= 0 && share <= 1) return share;
  return new Problem(`must be a share from 0 to 1, such as 0.01; it is \`${shown(text)}\``);
}
