import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import {
  type Context,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { doorOf } from '../door.ts';
import type { Exchange } from '../exchange.ts';
import { refusedAs } from '../graphql-error.ts';
import type { Log } from '../log.ts';
import type { TraceSettings } from '../trace-settings.ts';
import type { Around, Tracer } from '../tracer.ts';

/** Milliseconds between two sendings, and how long one may take. */
const SEND_EVERY = 2_000;
const SENDING = 5_000;

/** Traces by OpenTelemetry. Spans have no query, ARN, account or address: what they name is of closed sets, and SQL has no parameters. */
export class Traces implements Tracer {
  readonly #provider: BasicTracerProvider;
  readonly #tracer: OtelTracer;
  readonly #current = new AsyncLocalStorage<Span>();
  readonly #requests = new WeakMap<ServerResponse, Span>();
  readonly #log: Log;

  constructor({ serviceName, share }: TraceSettings, endpoint: string, log: Log) {
    this.#log = log;
    const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces`, timeoutMillis: SENDING });
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName }),
      sampler: new ParentBasedSampler({
        root: new TraceIdRatioBasedSampler(share),
        remoteParentSampled: drawn(share),
      }),
      spanProcessors: [
        new BatchSpanProcessor(exporter, { scheduledDelayMillis: SEND_EVERY, exportTimeoutMillis: SENDING }),
      ],
    });
    this.#tracer = this.#provider.getTracer('rolegate');
  }

  request(exchange: Exchange, run: () => void): void {
    const { request, response, requestId } = exchange;
    const door = doorOf(exchange);
    const method = request.method ?? '';
    const attributes = { 'http.request.method': method, 'rolegate.door': door, 'rolegate.request_id': requestId };
    const options = { kind: SpanKind.SERVER, attributes };
    const span = this.#tracer.startSpan(`${method} ${door}`, options, parentOf(request.headers['traceparent']));
    this.#requests.set(response, span);
    this.#current.run(span, run);
  }

  ended({ response, caller }: Exchange): void {
    const span = this.#requests.get(response);
    if (span === undefined) return;
    const { statusCode } = response;
    span.setAttributes({ 'http.response.status_code': statusCode, 'rolegate.caller': caller });
    const code = refusedAs(response);
    if (code !== null) span.setAttribute('error.type', code);
    if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  readonly around: Around = (part, attributes, run) => {
    const span = this.#begin(part, attributes);
    if (span === null) return run();
    let result: ReturnType<typeof run>;
    try {
      result = this.#current.run(span, run);
    } catch (error) {
      span.end();
      throw error;
    }
    if (result instanceof Promise) return result.finally(() => span.end());
    span.end();
    return result;
  };

  statement(sql: string): () => void {
    const span = this.#begin('sql', { 'db.system.name': 'postgresql', 'db.query.text': sql.slice(0, 2_000) });
    return span === null ? nothing : () => span.end();
  }

  async stop(): Promise<void> {
    try {
      await this.#provider.shutdown();
    } catch (error) {
      this.#log.warn({ err: error }, 'the last traces could not be sent');
    }
  }

  /** Null: it belongs to no request. */
  #begin(name: string, attributes: Readonly<Record<string, string | number>>): Span | null {
    const parent = this.#current.getStore();
    if (parent === undefined || !parent.isRecording()) return null;
    return this.#tracer.startSpan(name, { attributes: { ...attributes } }, trace.setSpan(ROOT_CONTEXT, parent));
  }
}

/** Anybody may send a `traceparent`, with an id of a trace that every share includes: what is drawn does not depend on it. */
function drawn(share: number): Sampler {
  return {
    shouldSample: () => ({
      decision: Math.random() < share ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
    }),
    toString: () => `Drawn{${share}}`,
  };
}

const nothing = (): void => undefined;

/** https://www.w3.org/TR/trace-context/#traceparent-header */
const PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The span of the client that sent the request; none: it begins a trace. */
function parentOf(header: string | readonly string[] | undefined): Context {
  const [, traceId, spanId, flags = '00'] = (typeof header === 'string' && PARENT.exec(header)) || [];
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
