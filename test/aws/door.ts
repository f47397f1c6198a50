import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { DoorAnswer } from '../../src/aws/answer.ts';
import { answerAtDoor } from '../../src/aws/door.ts';
import type { SignedRequest } from '../../src/aws/signing/signed-request.ts';
import { SigningKeys } from '../../src/aws/signing/signing-keys.ts';
import { demoDirectory } from '../../src/directory/demo/demo.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { KeyGuard } from '../../src/guard/key-guard.ts';
import { throttledSessions } from '../../src/guard/throttled-sessions.ts';
import type { Sessions } from '../../src/session/sessions.ts';
import { OPENING, openServices, type TestServices } from '../graphql/services.ts';
import { form, type Key, sign, type ToSign, unsigned } from './signed.ts';

/** Noon of the day that the tests are about. */
export const NOW = Date.UTC(2026, 10, 26, 12);
export const ALICE = 'AKIADEMOALICEAAAAAAA';
export const BOB = 'AKIADEMOBOBAAAAAAAAA';
export const EC2 = 'AKIADEMOEC2AAAAAAAAA';
export const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';

/** AWS's door without a socket, over a directory that holds the demo organization. */
export class TestDoor {
  #services: TestServices | null = null;
  /** Milliseconds since 1970. */
  now = NOW;
  /** The client's. */
  address = '192.0.2.1';
  guard = new KeyGuard();
  signingKeys = new SigningKeys();
  /** What stands for some of the operations. */
  instead: Partial<Sessions> = {};

  get services(): TestServices {
    if (this.#services === null) throw new Error('the door is not open yet');
    return this.#services;
  }

  async open(document: DirectoryDocument): Promise<void> {
    this.#services = await openServices(document);
  }

  /** As a new process: no guesses and keys are remembered. */
  restart(): void {
    this.now = NOW;
    this.address = '192.0.2.1';
    this.guard = new KeyGuard();
    this.signingKeys = new SigningKeys();
    this.instead = {};
  }

  key(accessKeyId: string): Key {
    return { accessKeyId, secretAccessKey: this.services.secrets.secretFor(accessKeyId) };
  }

  async send(request: SignedRequest): Promise<TextAnswer> {
    const { access, directory, catalog } = this.services;
    const sessions = throttledSessions({ ...this.services.sessions, ...this.instead }, this.guard);
    const services = { access, directory, catalog, sessions, keyGuard: this.guard, signingKeys: this.signingKeys };
    const origin = {
      requestId: 'request-1',
      sourceIp: this.address,
      userAgent: request.headers.get('user-agent')?.[0] ?? null,
      secureTransport: false,
      context: new Map(),
    };
    const answer = await answerAtDoor(services, request, { requestId: 'request-1', now: this.now, origin });
    const { body } = answer;
    return { ...answer, body: typeof body === 'string' ? body : Buffer.concat(body).toString() };
  }

  /** Code and sentence of an error. */
  async told(request: SignedRequest): Promise<readonly [string, string | null]> {
    const answer = await this.send(request);
    return [outcome(answer), textOf(answer, 'Message')?.replaceAll('&apos;', "'") ?? null];
  }

  /** An operation of STS, signed. */
  ask(key: Key, action: string, parameters: Readonly<Record<string, string>> = {}, rest: Partial<ToSign> = {}) {
    return this.send(sign(key, { at: this.now, body: form(action, parameters), ...rest }));
  }

  /** An operation of STS without a signature. */
  askUnsigned(action: string, parameters: Readonly<Record<string, string>> = {}) {
    return this.send(unsigned(form(action, parameters)));
  }
}

/** Opens one for the tests of a file; it is there when they run, as a new process in each of them. */
export function openedDoor(document: () => DirectoryDocument = demoDirectory): TestDoor {
  const door = new TestDoor();
  beforeAll(() => door.open(document()), OPENING);
  beforeEach(() => door.restart());
  afterAll(() => door.services.remove());
  return door;
}

/** An answer with its whole text. */
export type TextAnswer = Omit<DoorAnswer, 'body'> & { readonly body: string };

/** The text of the first element with this name; null: there is none. */
export function textOf({ body }: Pick<TextAnswer, 'body'>, name: string): string | null {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? null;
}

/** Status and code of an error, or the status of an answer. */
export function outcome(answer: TextAnswer): string {
  const code = textOf(answer, 'Code');
  return code === null ? String(answer.status) : `${answer.status} ${code}`;
}

/** The credentials of an answer. */
export function credentialsIn(answer: TextAnswer): Key & { readonly sessionToken: string } {
  const [accessKeyId, secretAccessKey, sessionToken] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map((name) =>
    textOf(answer, name),
  );
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw new Error(answer.body);
  return { accessKeyId, secretAccessKey, sessionToken };
}
