/** Longer texts are rarely met twice. */
const LONGEST = 256;
/** Entries of one memory before it starts anew: some hundred kilobytes. */
const MOST = 8192;

/**
 * `read`, but what it made of a short text is handed out again for an equal one. Policies repeat themselves: the same
 * actions and resources stand in thousands of documents, and are then compiled and kept once.
 */
export function remembering<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = read(text);
    if (text.length > LONGEST) return made;
    if (known.size >= MOST) known.clear();
    known.set(text, made);
    return made;
  };
}
