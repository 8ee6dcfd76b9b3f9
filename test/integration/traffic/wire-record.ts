/** A request as the host that sent it tells it, by its own clock; one line of text each. */
export interface WireRecord {
  /** Index of the flow in the host's plan. */
  readonly flow: number;
  readonly dueMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly connectedMs: number | undefined;
  readonly instance: string;
  /** Empty for a good answer. */
  readonly cause: string;
}

const decimals = 1;
const maxText = 100;

/** Times but the first are told from when the request was due: short, and alike, so they pack. */
export function formatRecord(record: WireRecord): string {
  const since = (atMs: number | undefined): string =>
    atMs === undefined ? '' : (atMs - record.dueMs).toFixed(decimals);
  return [
    record.flow,
    record.dueMs.toFixed(decimals),
    since(record.startMs),
    since(record.endMs),
    since(record.connectedMs),
    cell(record.instance),
    cell(record.cause),
  ].join('\t');
}

/** Throws for what `formatRecord` does not write. */
export function parseRecord(line: string): WireRecord {
  const [flow, due, start, end, connected, instance, cause, ...more] = line.split('\t');
  const dueMs = Number(due);
  const record = {
    flow: Number(flow),
    dueMs,
    startMs: dueMs + Number(start),
    endMs: dueMs + Number(end),
    connectedMs: connected === '' ? undefined : dueMs + Number(connected),
  };
  const broken = Object.values(record).some((value) => Number.isNaN(value));
  if (broken || instance === undefined || cause === undefined || more.length > 0) {
    throw new Error(`not a record of a request: ${JSON.stringify(line)}`);
  }
  return { ...record, instance, cause };
}

// What servers say of themselves must not look like the end of a cell.
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, maxText);
}
