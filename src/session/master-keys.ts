import { randomBytes } from 'node:crypto';
import { StoreUnavailable } from '../directory/store-unavailable.ts';
import type { IdentityStores } from '../directory/stores/identity-stores.ts';
import type { MasterKeyRecord } from '../directory/stores/master-key-store.ts';
import { readKeyFile, removeKeyFile } from './key-file.ts';
import { markOf } from './key-id.ts';
import { fingerprintOf, MASTER_KEY_FILE, type MasterKeyPlace, masterKeyPath, readMasterKeys } from './master-key.ts';

/** Milliseconds between two readings of the file for a key that it lacks. */
const BETWEEN_READINGS = 1_000;

type MasterKeyDirectory = Pick<IdentityStores, 'masterKeys'>;

/** The file of this gateway lacks a key that the directory uses: a gateway that has it can answer. */
export class MasterKeyMissing extends StoreUnavailable {}

/** The keys of the file, and which generation each of them is. A generation that begins elsewhere is learnt when it is met. */
export class MasterKeys {
  readonly #place: MasterKeyPlace;
  #keys: ReadonlyMap<string, Buffer>;
  #generations: readonly MasterKeyRecord[] = [];
  /** In place of a key that is not known: deriving takes as long, and nobody has what comes of it. */
  readonly #nobodys = randomBytes(32);
  #directory: MasterKeyDirectory | null = null;
  #readAt = 0;

  /** The text of the file, if this start has made it; null: it was there. */
  readonly #made: string | null;

  private constructor(place: MasterKeyPlace, keys: readonly Buffer[], made: string | null) {
    this.#place = place;
    this.#keys = byFingerprint(keys);
    this.#made = made;
  }

  /** Reads the file, or makes it in the data folder. Throws if it is not one of ours. */
  static async read(place: MasterKeyPlace): Promise<MasterKeys> {
    const { keys, made } = await readMasterKeys(place);
    return new MasterKeys(place, keys, made);
  }

  /** Of a start that was refused: removes the file if this start has made it. No directory knows its key. */
  async abandon(): Promise<void> {
    if (this.#made !== null) await removeKeyFile(this.#place.dataDir, MASTER_KEY_FILE, this.#made);
  }

  /** SHA-256 of the keys, in the order of the file. */
  get fingerprints(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /**
   * Takes the generations of a directory. Refuses one whose secrets were derived from a key that the file lacks: nobody
   * could sign in with what follows from it.
   */
  async open(directory: MasterKeyDirectory, now = Date.now()): Promise<void> {
    const generations = await directory.masterKeys.open(this.fingerprints, { markOf, at: now });
    const missing = generations.filter((each) => each.retiredAt === null && !this.#keys.has(each.fingerprint));
    if (missing.length > 0) throw new Error(refusal(generations, missing, masterKeyPath(this.#place)));
    this.#directory = directory;
    this.#generations = generations;
  }

  /** Whether the key of a generation is there. Before a directory is opened, the first key is that of the first generation. */
  has(generation: number): boolean {
    return this.#find(generation) !== undefined;
  }

  /** The key of a generation; of one that is not there, a key that nothing was derived from. */
  keyOf(generation: number): Buffer {
    return this.#find(generation) ?? this.#nobodys;
  }

  /**
   * Sees to it that the key of a generation is there, if the directory has that generation: another gateway may have begun it. Throws
   * MasterKeyMissing if the file lacks it. Nothing is asked for generations that are known.
   */
  async hold(generation: number): Promise<void> {
    if (this.has(generation) || this.#directory === null) return;
    this.#generations = await this.#directory.masterKeys.list();
    const known = this.#generations.find((each) => each.generation === generation);
    if (known === undefined || known.retiredAt !== null || this.has(generation)) return;
    const now = Date.now();
    if (now - this.#readAt >= BETWEEN_READINGS) {
      this.#readAt = now;
      await this.reread();
    }
    if (!this.has(generation)) {
      throw new MasterKeyMissing(
        'DIRECTORY_UNAVAILABLE',
        `this gateway lacks generation ${generation} of the master key: its ${MASTER_KEY_FILE} has to have that line`,
      );
    }
  }

  /** As `hold`, the generation that is used for what is made. */
  async holdNewest(): Promise<void> {
    const newest = (await this.#directory?.masterKeys.list())?.at(-1);
    if (newest !== undefined) await this.hold(newest.generation);
  }

  /** Reads the file again. Throws if it is not one of ours any more. */
  async reread(): Promise<void> {
    this.#keys = byFingerprint((await readMasterKeys(this.#place)).keys);
  }

  #find(generation: number): Buffer | undefined {
    if (this.#generations.length === 0) return generation === 1 ? [...this.#keys.values()][0] : undefined;
    const known = this.#generations.find((each) => each.generation === generation);
    return known === undefined ? undefined : this.#keys.get(known.fingerprint);
  }
}

/** Refuses a directory of another master key before a data folder without one gets a new one, with which nobody could sign in. */
export async function checkMayMakeMasterKey({ masterKeys }: MasterKeyDirectory, dataDir: string): Promise<void> {
  if ((await readKeyFile(dataDir, MASTER_KEY_FILE)) !== null) return;
  if ((await masterKeys.expected()) !== null) throw new Error(OF_ANOTHER);
}

const OF_ANOTHER = `this directory belongs to another master key: put the ${MASTER_KEY_FILE} of the gateway that made it into the data folder`;

function byFingerprint(keys: readonly Buffer[]): ReadonlyMap<string, Buffer> {
  return new Map(keys.map((key) => [fingerprintOf(key), key]));
}

function refusal(generations: readonly MasterKeyRecord[], missing: readonly MasterKeyRecord[], path: string): string {
  if (missing.length === generations.filter(({ retiredAt }) => retiredAt === null).length) {
    return OF_ANOTHER;
  }
  const numbers = missing.map(({ generation }) => generation).join(', ');
  return `${path} lacks generation ${numbers} of the master key: put the ${MASTER_KEY_FILE} there of a gateway that has it`;
}
