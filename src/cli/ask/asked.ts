import { setTimeout as delay } from 'node:timers/promises';
import { type Settings, withoutPassword } from '../../server/settings.ts';
import { answerOfGateway, type Gateway } from '../credentials/gateway.ts';
import { gatewayAddress } from '../credentials/gateway-address.ts';
import type { Environment } from '../credentials/key.ts';
import { CommandFailed } from '../failure.ts';
import type { AnswerText, Variables } from '../gateway-answer.ts';
import { gatewayInCharge, hereOrThere, orNullIfHeld, type RunningGateway } from '../running-gateway.ts';
import { authorizationFor, isElsewhere, type PlaceOptions } from './place.ts';

/** Who answers a command. */
export interface Asked {
  /** For people, as in `the gateway at http://…`. */
  readonly name: string;
  /** Where the directory is, for people; null: nobody here knows. */
  readonly directory: string | null;
  answer(query: string, variables: Variables): Promise<AnswerText>;
  close(): Promise<void>;
}

/** What a command is run in. */
export interface Surroundings {
  readonly env: Environment;
  /** Throws InvalidSettings. */
  readonly settings: () => Settings;
}

/** How long an answer may take, which the gateway bounds itself. Milliseconds. */
const PATIENCE = 600_000;
/** Characters of an answer. */
const LONGEST = 512 * 1024 * 1024;
/** How often a gateway that is asked for too much at once is asked again, and how long it may have one wait. Seconds. */
const AGAIN = { times: 20, seconds: 60 } as const;

/**
 * The gateway that is named, or that runs on the directory of the settings; where none runs, that directory itself, opened for this
 * command. Makes no directory. Throws CommandFailed or UsageError.
 */
export async function openAsked(place: PlaceOptions, { env, settings }: Surroundings): Promise<Asked> {
  if (isElsewhere(place, env)) {
    const url = await gatewayAddress(place.url, env, () => settings().dataDir);
    return elsewhere({ url, authorization: await authorizationFor(place, env) });
  }
  const known = settings();
  const gateway = await gatewayInCharge(known);
  if (gateway !== null) return through(gateway, known);
  return hereOrThere(
    known,
    () => here(known),
    async (running) => through(running, known),
  );
}

function elsewhere(gateway: Gateway): Asked {
  return {
    name: `the gateway at ${gateway.url}`,
    directory: null,
    answer: async (query, variables) => {
      for (let times = 1; ; times++) {
        const answer = await answerOfGateway(gateway, query, variables, { patience: PATIENCE, longest: LONGEST });
        const { status, retryAfter } = answer;
        const again = status === 429 && retryAfter !== null && retryAfter <= AGAIN.seconds && times < AGAIN.times;
        if (!again) return answer;
        await delay(retryAfter * 1000);
      }
    },
    close: () => Promise.resolve(),
  };
}

function through(gateway: RunningGateway, settings: Settings): Asked {
  return {
    name: `the gateway at ${gateway.url}`,
    directory: placeOfDirectory(settings),
    answer: gateway.answer,
    close: () => Promise.resolve(),
  };
}

/** Null: another process holds the data folder. */
async function here(settings: Settings): Promise<Asked | null> {
  const directory = placeOfDirectory(settings);
  // Who asks a gateway does not wait for them.
  const { openAsker } = await import('../../server/ask-here.ts');
  const { createLog } = await import('../../server/log.ts');
  const asker = await orNullIfHeld(openAsker(settings, createLog(settings.logLevel)).then((opened) => ({ opened })));
  if (asker === null) return null;
  const { opened } = asker;
  if (opened === null) {
    throw new CommandFailed(
      `there is no directory in ${directory}: name another one (ROLEGATE_DATA_DIR, DATABASE_URL) or a gateway (--url), or make one with \`rolegate import\` or \`rolegate start\``,
    );
  }
  return { name: `the directory in ${directory}`, directory, answer: opened.answer, close: opened.close };
}

function placeOfDirectory({ databaseUrl, dataDir }: Settings): string {
  return databaseUrl === null ? dataDir : withoutPassword(databaseUrl);
}
