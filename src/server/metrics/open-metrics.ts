import { RolegateError } from '../../policy/errors.ts';
import { listen, type StoppableServer } from '../http-server.ts';
import type { Log } from '../log.ts';
import type { MetricsAddress, MetricsSettings } from '../metrics-settings.ts';
import type { Worker } from '../workers/worker.ts';
import type { Measured, Metrics } from './metrics.ts';
import { answerScrape } from './scrape.ts';

/** The metrics of a gateway while it runs. */
export interface OpenMetrics {
  readonly metrics: Metrics;
  /** The text for Prometheus, of all processes of the port. */
  readonly text: () => Promise<string>;
  /** Where they are read, for people. */
  readonly told: string;
  stop(): Promise<void>;
}

/** Bytes of a head, and connections: those who scrape are few, and send little. */
const LIMITS = { maxHeaderSize: 16_384, maxConnections: 64, requestTimeout: 10_000, headersTimeout: 10_000 };

/**
 * Measures from now on, and lets metrics be read; null: they are off, and nothing of it is loaded. The address that nobody has set may
 * be taken by another gateway of this machine, which is no reason not to start. Throws RolegateError for one that was set.
 */
export async function openMetrics(
  { place, token: _token }: MetricsSettings,
  log: Log,
  worker: Worker | null,
): Promise<OpenMetrics | null> {
  if (place === 'off') return null;
  const { Metrics } = await import('./metrics.ts');
  const metrics = new Metrics();
  worker?.onMeasure(() => metrics.measured());
  const others = async (): Promise<readonly Measured[]> =>
    worker === null ? [] : ((await worker.measuredByOthers()) as readonly Measured[]); // as: what other processes of this program tell
  const text = async (): Promise<string> => metrics.text(await others());
  if (place === 'main') return { metrics, text, told: 'at /metrics, with a token', stop: () => Promise.resolve() };
  const server = await listenFor(place, metrics.contentType, text, log);
  if (server === null)
    return {
      metrics,
      text,
      told: `not served: ${shownAddress(place)} is taken (ROLEGATE_METRICS_ADDRESS)`,
      stop: () => Promise.resolve(),
    };
  return { metrics, text, told: `${server.url}/metrics`, stop: () => server.stop() };
}

/** Null: the address is taken, and nobody has set it. */
async function listenFor(
  { host, port, isDefault }: MetricsAddress,
  contentType: string,
  text: () => Promise<string>,
  log: Log,
): Promise<StoppableServer | null> {
  try {
    return await listen(
      host,
      port,
      (request, response) => answerScrape(request, response, contentType, text, log),
      LIMITS,
    );
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const sentence = `metrics cannot be served at ${shownAddress({ host, port })} (${code})`;
    if (!isDefault)
      throw new RolegateError('BAD_CONFIGURATION', `${sentence}: choose another ROLEGATE_METRICS_ADDRESS, or off`, {
        cause: error,
      });
    log.info(sentence);
    return null;
  }
}

function shownAddress({ host, port }: Pick<MetricsAddress, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
