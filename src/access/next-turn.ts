/** Who waits for a turn, in their order. */
const waiting: (() => void)[] = [];
/** When the present turn began, as far as it is known: when the last one who waited went on, or a request came. Milliseconds. */
let since = 0;

/**
 * Lets other work on this thread continue, such as answering other requests. Long searches call it between their parts;
 * awaiting values in memory is not enough, because settled promises run before any other work. In one round of the event loop
 * one of those who wait goes on: however many they are, others wait for one part.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(goOn);
  });
}

function goOn(): void {
  // The first stays in the list while it goes on, so that another who comes meanwhile waits for the next round.
  since = performance.now();
  waiting[0]?.();
  setImmediate(afterwards);
}

function afterwards(): void {
  waiting.shift();
  if (waiting.length > 0) goOn();
}

/** Somebody's turn begins now: a request has come, which is work of its own. */
export function beginTurn(): void {
  since = performance.now();
}

/** How long work may go on in one turn. Milliseconds. */
const ONE_TURN = 2;
/** A turn that began before that is not the present one. Milliseconds. */
const FORGOTTEN = 20;

/**
 * Whether the present turn has taken long enough. Where it is not known when it began, as by a clock that went back, it has. The
 * clock counts, not the processor's time: whoever waits has waited, whatever this process did meanwhile.
 */
export function turnIsOver(): boolean {
  const passed = performance.now() - since;
  return passed > ONE_TURN || passed < 0;
}

/** When the present turn began; now, where that is not known. Milliseconds. */
export function turnBegan(): number {
  const now = performance.now();
  const passed = now - since;
  return passed > FORGOTTEN || passed < 0 ? now : since;
}
