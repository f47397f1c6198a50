import { type NameTable, NO_NAMES } from '../authzen/names.ts';
import { SigningKeys } from '../aws/signing/signing-keys.ts';
import { createContext, type GatewayContext, type RequestFacts } from '../graphql/context.ts';
import { useDocumentLimits } from '../graphql/limits.ts';
import { buildSchema } from '../graphql/schema.ts';
import { CallerLimiter } from '../guard/caller-limits.ts';
import { KeyGuard } from '../guard/key-guard.ts';
import { LiveLimits } from '../guard/live/live-limits.ts';
import { throttledSessions } from '../guard/throttled-sessions.ts';
import type { Watch } from '../guard/watch.ts';
import type { UnderstandFiles } from '../importing/given-files.ts';
import type { Sessions } from '../session/sessions.ts';
import { admitWith, callerAgainWith } from './admission.ts';
import { authenticateWith } from './authenticate.ts';
import type { AuthzenRoute } from './authzen-route.ts';
import type { AwsRoute } from './aws-route.ts';
import { answerCommonWith } from './common-request.ts';
import { allowedOrigins } from './cross-origin.ts';
import { type Demo, loadDemo, personOf } from './demo.ts';
import { PersistedDocuments } from './documents/persisted.ts';
import { type TrustedTexts, trustedIn } from './documents/trusted.ts';
import type { Reports } from './error-report.ts';
import { type AnswerEvents, answerEventsWith } from './event-stream.ts';
import { type GraphqlListener, setGraphqlHeaders } from './exchange.ts';
import { routerOf } from './gateway-router.ts';
import { demoTabs } from './graphiql/demo-tabs.ts';
import { WELCOME_TABS } from './graphiql/welcome-tab.ts';
import type { GraphqlRoute } from './graphql-route.ts';
import type { Phase } from './health.ts';
import { understandInWorkers } from './imports/in-worker.ts';
import { type FetchInProcess, fetchInProcess } from './in-process.ts';
import { innerDoor } from './inner-door.ts';
import { readLimits } from './limit-settings.ts';
import { listenAsSet } from './listening.ts';
import { LiveStreams } from './live-streams.ts';
import { createLog, type Log } from './log.ts';
import type { MaintenanceRoute } from './maintenance-route.ts';
import { readNamed } from './named-files.ts';
import { inNetworks } from './networks.ts';
import { beginObserving } from './observing.ts';
import { openWatched } from './open-watched.ts';
import { startPruning } from './pruning.ts';
import { addressOfWith } from './public-address.ts';
import { pingServices, type Services } from './services.ts';
import type { Settings } from './settings.ts';
import { steadyClock } from './steady-clock.ts';
import { uploadPlace } from './upload-place.ts';
import { UploadFolders } from './uploads/upload-folders.ts';
import { warmUp } from './warm-up.ts';
import type { Worker } from './workers/worker.ts';
import { createGraphqlServer } from './yoga.ts';
import { collectYoung } from './young-garbage.ts';

/** GraphQL on opened services: the answers of /graphql, for the router and without a socket. */
export interface Gateway {
  readonly route: GraphqlRoute;
  readonly aws: AwsRoute;
  readonly fetch: FetchInProcess;
  readonly jwks: Sessions['jwks'];
  readonly authzen: AuthzenRoute;
  readonly maintenance: MaintenanceRoute;
  /** Asks what the first question would wait for otherwise. */
  warmUp(): Promise<unknown>;
  /** Ends the open subscriptions, with a last event that says why. */
  endStreams(): void;
  dispose(): Promise<void>;
}

/** Who is told of what is answered. */
export interface Observed extends Pick<Reports, 'refused' | 'around'> {
  readonly watch?: Watch | undefined;
}

export interface GatewayOptions {
  /** Milliseconds since 1970, now; left out: the machine's clock, which is never let go back. */
  readonly clock?: () => number;
  /** How files of imports are read, and exports then in this thread; left out: both in a thread of their own. */
  readonly understandFiles?: UnderstandFiles;
  /** This process as one of several on its port; left out: it is alone. */
  readonly worker?: Worker;
  /** Short names for AuthZEN's enforcement points; left out: none. */
  readonly authzenNames?: NameTable;
  /** Documents that the operator trusts; left out: none. */
  readonly trusted?: TrustedTexts;
  /** Who is told of what is answered; left out: nobody. */
  readonly observed?: Observed;
}

/** The settings that the answers of /graphql depend on; left out: the usual ones. */
type GatewaySettings = Partial<
  Pick<
    Settings,
    'trustedProxies' | 'allowedOrigins' | 'publicUrl' | 'dataDir' | 'limits' | 'subscriptionSeconds' | 'workLimits'
  >
>;

function keyGuardOf({ directory }: Services, log: Log): KeyGuard {
  const onPause = (source: string, milliseconds: number): void =>
    log.warn({ source, milliseconds }, 'too many wrong credentials');
  return new KeyGuard(onPause, directory.guesses);
}

export function createGateway(
  services: Services,
  log: Log,
  {
    clock = steadyClock(),
    understandFiles: filesRead,
    authzenNames: table = NO_NAMES,
    worker,
    observed = {},
    trusted,
    trustedProxies = [],
    allowedOrigins: origins = [],
    publicUrl = null,
    dataDir,
    limits = readLimits(() => 0),
    subscriptionSeconds = 3600,
    workLimits,
  }: GatewayOptions & GatewaySettings = {},
): Gateway {
  const imports = filesRead === undefined ? understandInWorkers() : { understandFiles: filesRead };
  const guard = keyGuardOf(services, log);
  const sessions = throttledSessions(services.sessions, guard);
  const { watch } = observed;
  const ofSchema = { ...services, sessions, ...imports, watch };
  const contextOf = (facts: RequestFacts, request: object): GatewayContext => createContext(ofSchema, facts, request);
  const schema = buildSchema();
  const reports = { log, refused: observed.refused, around: observed.around };
  const documents = new PersistedDocuments(trusted && trustedIn(trusted, schema));
  const shared = { schema, contextOf, reports };
  const yoga = createGraphqlServer({ ...shared, plugins: [useDocumentLimits()] });
  const isTrustedProxy = inNetworks(trustedProxies);
  const limiter = new CallerLimiter(limits.callers, undefined, worker?.usage ?? null);
  const authenticate = authenticateWith(services.sessions, guard, allowedOrigins(origins));
  const admit = admitWith(authenticate, isTrustedProxy, limiter);
  const callerAgain = callerAgainWith(authenticate, isTrustedProxy);
  const liveLimits = new LiveLimits(limits.subscriptions, worker?.usage ?? null);
  const longest = subscriptionSeconds * 1000;
  const streams = new LiveStreams({ contextOf, callerAgain, limits: liveLimits, longest, workLimits, clock });
  const answer = listenerOf(answerCommonWith(shared), answerEventsWith({ schema, streams, reports }), yoga);
  return {
    route: { admit, answer, documents, uploads: dataDir === undefined ? null : uploadPlace(dataDir, contextOf) },
    aws: {
      services: { ...services, sessions, watch, keyGuard: guard, signingKeys: new SigningKeys(), limiter },
      isTrustedProxy,
      log,
    },
    fetch: fetchInProcess(admit, (url, init, facts) => yoga.fetch(url, init, facts), clock),
    jwks: (now) => services.sessions.jwks(now),
    authzen: {
      admit,
      doorOf: (facts, request) => ({ context: contextOf(facts, request), table }),
      addressOf: addressOfWith({ publicUrl, otherwise: table.base, isTrustedProxy }),
    },
    maintenance: { admit, directory: services.directory, masterKeys: services },
    warmUp: () => warmUp(innerDoor(schema, { ...ofSchema, watch: undefined }, clock), services.directory),
    endStreams: () => streams.stop(),
    dispose: async () => yoga.dispose(),
  };
}

/** Most requests are answered without Yoga, which answers all the others. */
function listenerOf(
  answerCommon: ReturnType<typeof answerCommonWith>,
  answerEvents: AnswerEvents,
  yoga: ReturnType<typeof createGraphqlServer>,
): GraphqlListener {
  return (exchange, facts, body) => {
    const events = answerEvents(exchange, facts, body);
    if (events !== false) return events;
    const answered = body !== null && answerCommon(exchange, facts, body);
    if (answered === true) return undefined;
    const byYoga = (): Promise<void> | void => {
      setGraphqlHeaders(exchange);
      const { request, response } = exchange;
      return yoga(body === null ? request : Object.assign(request, { body }), response, facts);
    };
    return answered === false ? byYoga() : answered.then((done) => (done ? undefined : byYoga()));
  };
}

/** A running gateway. */
export interface RunningGateway {
  /** http://host:port */
  readonly url: string;
  /** The operator token, if this start created it: it is shown once. */
  readonly newOperatorToken: string | null;
  /** Null: the demo organization is not loaded. */
  readonly demo: Demo | null;
  readonly services: Services;
  /** Where metrics are read; null: they are off. */
  readonly metrics: string | null;
  /** From now on /readyz says no, while requests are answered as before. */
  drain(): void;
  /** Refuses new requests, finishes running ones, and closes the directory. */
  close(): Promise<void>;
}

/** On opened services, with nothing left behind of uploads. */
async function assembled(
  settings: Settings,
  services: Services,
  log: Log,
  options: GatewayOptions & { readonly clock: () => number },
): Promise<Gateway> {
  await new UploadFolders(settings.dataDir).clean(settings.databaseUrl !== null, options.clock());
  return createGateway(services, log, { ...options, ...settings });
}

/** Where it cannot be listened, nothing is observed. */
async function orStop<T>(listening: Promise<T>, observing: { stop(): Promise<void> }): Promise<T> {
  return listening.catch(async (error: unknown) => {
    await observing.stop();
    throw error;
  });
}

/**
 * Listens first, so that a port in use is reported before anything is created in the data folder, then opens the
 * directory. Rejects with the failure, after closing everything again.
 */
export async function startGateway(settings: Settings, options: GatewayOptions = {}): Promise<RunningGateway> {
  const { clock = steadyClock(), worker } = options;
  const log = createLog(settings.logLevel);
  let phase: Phase = 'starting';
  let services: Services | null = null;
  let gateway: Gateway | null = null;
  let demo: Demo | null = null;
  let stopPruning = (): Promise<void> => Promise.resolve();
  const answering = (): Gateway | null => (phase === 'ready' || phase === 'draining' ? gateway : null);
  const observing = await beginObserving(settings, log, worker ?? null);
  const router = routerOf(settings, log, observing, {
    clock,
    // Of several processes on a port, none is ready before all are.
    phase: () => (phase === 'ready' && worker?.allReady() === false ? 'starting' : phase),
    gateway: answering,
    ping: () => pingServices(services),
    onRequest: () => services?.directory.expectQuestion(),
    tabs: () => (demo === null ? WELCOME_TABS : demoTabs),
    people: () => demo?.signIns.map(personOf) ?? [],
  });
  const listening = await orStop(listenAsSet(settings, router, log, worker?.usage ?? null), observing);
  const close = async (): Promise<void> => {
    phase = 'stopping';
    gateway?.endStreams();
    await listening.stop();
    await gateway?.dispose();
    await stopPruning();
    await services?.directory.close();
    await observing.stop();
    log.info('stopped');
  };
  try {
    // What can be refused without the directory comes first: a start that is refused leaves nothing new.
    const named = await readNamed(settings);
    services = await openWatched(settings, log, observing.onStatement);
    observing.watchDirectory(services, clock);
    demo = await loadDemo(services, settings);
    gateway = await assembled(settings, services, log, { ...options, clock, ...named, observed: observing.observed });
    await gateway.warmUp();
    await listening.announce();
    stopPruning = startPruning(services.directory, { retention: settings.retention, clock, log });
    // Who has waited for this asks at once.
    collectYoung();
    services.directory.expectQuestion();
    phase = 'ready';
    log.info({ url: listening.url }, 'ready');
    return {
      url: listening.url,
      newOperatorToken: services.secrets.newOperatorToken,
      demo,
      services,
      metrics: observing.told,
      drain: () => {
        phase = 'draining';
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
