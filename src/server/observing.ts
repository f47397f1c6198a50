import type { Watch } from '../guard/watch.ts';
import type { Admit } from './admission.ts';
import { openDecisionLog } from './decision-log.ts';
import type { Log } from './log.ts';
import type { Meter } from './meter.ts';
import type { MetricsRoute } from './metrics/metrics-route.ts';
import { openMetrics } from './metrics/open-metrics.ts';
import { RefusalLog } from './refusal-log.ts';
import type { Services } from './services.ts';
import type { Settings } from './settings.ts';
import type { TraceSettings } from './trace-settings.ts';
import type { Around, Tracer } from './tracer.ts';
import { joined } from './watches.ts';
import type { Worker } from './workers/worker.ts';

/** What is told of a running gateway's work: metrics, traces, a log of refusals and one of decisions. What is off is null, and costs nothing. */
export interface Observing {
  readonly meter: Meter | null;
  readonly tracer: Tracer | null;
  readonly refusals: RefusalLog | null;
  /** For what answers. */
  readonly observed: {
    readonly watch: Watch | undefined;
    readonly refused: ((code: string) => void) | undefined;
    readonly around: Around | undefined;
  };
  /** Left out: nobody is told of statements. */
  readonly onStatement?: (sql: string) => (() => void) | undefined;
  /** Where metrics are read, for people; null: they are off. */
  readonly told: string | null;
  /** Whether metrics are read at the gateway itself. */
  readonly hasRoute: boolean;
  /** `admit`: null: the gateway is not ready. */
  route(admit: Admit | null): MetricsRoute | null;
  /** From now on the state of the directory is measured, too. */
  watchDirectory(services: Services, clock: () => number): void;
  /** Writes and sends what was not yet. */
  stop(): Promise<void>;
}

/** Rejects with a RolegateError for what the settings name and cannot be opened. */
export async function beginObserving(settings: Settings, log: Log, worker: Worker | null): Promise<Observing> {
  const decisions = await openDecisionLog(settings.decisionLog, log);
  const tracer = await openTracer(settings.traces, log);
  const open = await openMetrics(settings.metrics, log, worker).catch(async (error: unknown) => {
    await Promise.all([decisions?.stop(), tracer?.stop()]);
    throw error;
  });
  const meter = open?.metrics ?? null;
  const refusals = log.isLevelEnabled('warn') ? new RefusalLog(log) : null;
  const onStatement = (sql: string): (() => void) | undefined => {
    meter?.statement(sql);
    return tracer?.statement(sql);
  };
  const { place, token } = settings.metrics;
  return {
    meter,
    tracer,
    refusals,
    observed: {
      watch: joined([meter, decisions], tracer?.around),
      refused: meter === null ? undefined : (code) => meter.refused(code),
      around: tracer?.around,
    },
    ...(meter === null && tracer === null ? {} : { onStatement }),
    told: open?.told ?? null,
    hasRoute: open !== null && place === 'main',
    route: (admit) => {
      if (admit === null || open === null) return null;
      return { admit, token, contentType: open.metrics.contentType, text: open.text, log };
    },
    watchDirectory: ({ directory }, clock) =>
      open?.metrics.watch(
        () => directory.state,
        () => directory.sessionHistory.live(clock()),
      ),
    stop: async () => {
      refusals?.stop();
      await Promise.all([open?.stop(), decisions?.stop(), tracer?.stop()]);
    },
  };
}

/** Null: nobody collects traces, and nothing of it is loaded. */
async function openTracer(settings: TraceSettings, log: Log): Promise<Tracer | null> {
  for (const sentence of settings.unread) log.warn(`nothing is traced: ${sentence}`);
  if (settings.endpoint === null) return null;
  const { Traces } = await import('./traces/traces.ts');
  return new Traces(settings, settings.endpoint, log);
}
