const dayMs = 86_400_000;

/**
 * For programs of Node that an `up` consists of: their time of day is that of so many days ago. They
 * make certificates of that age, while all other clocks, the machine's among them, stay right.
 */
export function clockBehind(days: number): NodeJS.ProcessEnv {
  const program = encodeURIComponent(`(${setBack})(${days * dayMs})`);
  const others = process.env.NODE_OPTIONS ?? '';
  return { NODE_OPTIONS: `${others} --import=data:text/javascript,${program}`.trim() };
}

/** Runs elsewhere, as text: it knows nothing of this file. */
function setBack(ms: number): void {
  globalThis.Date = new Proxy(Date, {
    construct: (date, given, target) =>
      Reflect.construct(date, given.length === 0 ? [date.now() - ms] : given, target),
    get: (date, key) => (key === 'now' ? () => date.now() - ms : Reflect.get(date, key)),
  });
}
