/** A map that mostly has one entry: what costs memory is made for the second one. */
export class SmallMap<Key, Value> {
  declare private first: Key | undefined;
  declare private value: Value | undefined;
  declare private others: Map<Key, Value> | null;

  constructor() {
    this.first = undefined;
    this.value = undefined;
    this.others = null;
  }

  get size(): number {
    return (this.value === undefined ? 0 : 1) + (this.others?.size ?? 0);
  }

  get(key: Key): Value | undefined {
    return key === this.first ? this.value : this.others?.get(key);
  }

  set(key: Key, value: Value): void {
    if (this.value === undefined || key === this.first) {
      this.first = key;
      this.value = value;
    } else {
      this.others ??= new Map();
      this.others.set(key, value);
    }
  }

  clear(): void {
    this.first = undefined;
    this.value = undefined;
    this.others = null;
  }
}
