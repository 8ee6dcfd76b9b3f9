/** Just enough of HTTP/1.1 (RFC 9112) to know an answer's status and where it ends. */
export interface HttpAnswer {
  /** Bytes as they come in, one character each. Throws for what is no answer. */
  push(text: string): void;
  /** Of the final answer; `undefined` until its head is whole. */
  readonly status: number | undefined;
  /** False while more must come. */
  readonly isComplete: boolean;
  /** The end of the connection is the end of the answer. */
  readonly endsWithConnection: boolean;
}

const longestHead = 65_536;
const headEnd = '\r\n\r\n';
const lastChunk = /(?:^|\r\n)0+[ \t]*(?:;[^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*\r\n$/;
/** Of the end of a chunked body that is kept to recognise it. */
const tailLength = 1_024;

export function createHttpAnswer(method: string): HttpAnswer {
  let head = '';
  let status: number | undefined;
  let body: BodyEnd = { kind: 'none' };
  const takeHead = (text: string): void => {
    head += text;
    for (let end = head.indexOf(headEnd); end >= 0; end = head.indexOf(headEnd)) {
      const found = statusOf(head);
      const rest = head.slice(end + headEnd.length);
      // An interim answer; the final one follows.
      if (found >= 200) {
        status = found;
        body = bodyEnd(method, found, head.slice(0, end));
        body = advance(body, rest);
        return;
      }
      head = rest;
    }
    if (head.length >= 5) statusOf(head);
    if (head.length > longestHead) throw new Error('the head of the answer is too long');
  };
  return {
    push: (text) => {
      if (status === undefined) takeHead(text);
      else body = advance(body, text);
    },
    get status() {
      return status;
    },
    get isComplete() {
      return status !== undefined && isOver(body);
    },
    get endsWithConnection() {
      return status !== undefined && body.kind === 'close';
    },
  };
}

type BodyEnd =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly left: number }
  | { readonly kind: 'chunked'; readonly tail: string }
  | { readonly kind: 'close' };

function statusOf(head: string): number {
  if (!'HTTP/1.'.startsWith(head.slice(0, 7))) throw new Error('the answer is no HTTP/1.x');
  const [, code] = /^HTTP\/1\.\d (\d{3})(?:[ \r]|$)/.exec(head) ?? [];
  if (code === undefined && head.includes('\n')) throw new Error('the answer has no status');
  return Number(code ?? 0);
}

function bodyEnd(method: string, status: number, head: string): BodyEnd {
  if (method === 'HEAD' || status === 204 || status === 304) return { kind: 'none' };
  if (/\r\ntransfer-encoding:[^\r]*chunked/i.test(head)) return { kind: 'chunked', tail: '' };
  const [, length] = /\r\ncontent-length:[ \t]*(\d+)/i.exec(head) ?? [];
  return length === undefined ? { kind: 'close' } : { kind: 'length', left: Number(length) };
}

function advance(body: BodyEnd, text: string): BodyEnd {
  switch (body.kind) {
    case 'length':
      return { kind: 'length', left: body.left - text.length };
    case 'chunked':
      return { kind: 'chunked', tail: (body.tail + text).slice(-tailLength) };
    case 'none':
    case 'close':
      return body;
  }
}

function isOver(body: BodyEnd): boolean {
  switch (body.kind) {
    case 'none':
      return true;
    case 'length':
      return body.left <= 0;
    case 'chunked':
      return lastChunk.test(body.tail);
    case 'close':
      return false;
  }
}
