import type { Socket } from 'node:net';

/** An error reply (`-ERR …`), as Redis worded it. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
  /** Its first word: `NOAUTH`, `WRONGPASS`, `LOADING`, `ERR`. */
  readonly code: string;
  constructor(reply: string) {
    super(reply);
    this.code = reply.split(' ', 1)[0] ?? '';
  }
}

/** The peer does not speak RESP. */
export class RedisProtocolError extends Error {
  override readonly name = 'RedisProtocolError';
}

type Reply = string | number | null | RedisError;
interface Parsed {
  readonly reply: Reply;
  readonly rest: Buffer;
}

interface Waiting {
  resolve(reply: string | number | null): void;
  reject(error: Error): void;
}

/**
 * A client of the part of RESP2 that looking at a server takes: single replies, no arrays. Commands may be sent without
 * waiting; replies come in their order. The socket's own errors are the caller's to handle.
 */
export function redisClient(socket: Socket) {
  const waiting: Waiting[] = [];
  let unread: Buffer = Buffer.alloc(0);
  // An error that came unasked, such as that of protected mode, is the answer to whatever is asked first.
  let unasked: Error | undefined;
  const fail = (error: Error) => {
    unasked = error;
    for (const one of waiting.splice(0)) one.reject(error);
  };
  socket.on('data', (chunk) => {
    unread = Buffer.concat([unread, Buffer.from(chunk)]);
    try {
      for (let parsed = parseReply(unread); parsed; parsed = parseReply(unread)) {
        unread = parsed.rest;
        const { reply } = parsed;
        const next = waiting.shift();
        if (!next) fail(reply instanceof Error ? reply : new RedisProtocolError('an answer came to no question'));
        else if (reply instanceof Error) next.reject(reply);
        else next.resolve(reply);
      }
    } catch (error) {
      fail(error instanceof Error ? error : new RedisProtocolError(String(error)));
    }
  });
  return {
    /** @throws RedisError for an error reply. */
    command(...words: readonly string[]): Promise<string | number | null> {
      if (unasked) return Promise.reject(unasked);
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
        socket.write(`*${words.length}\r\n${parts.join('')}`);
      });
    },
  };
}

/** The first reply of the bytes, and what comes after it; undefined while it is not complete. */
function parseReply(bytes: Buffer): Parsed | undefined {
  const end = bytes.indexOf('\r\n');
  if (end < 0) {
    if (bytes.length > 0 && !'+-:$'.includes(String.fromCharCode(bytes[0] ?? 0))) throw notRedis(bytes);
    return undefined;
  }
  const line = bytes.toString('utf8', 1, end);
  const rest = bytes.subarray(end + 2);
  switch (String.fromCharCode(bytes[0] ?? 0)) {
    case '+':
      return { reply: line, rest };
    case '-':
      return { reply: new RedisError(line), rest };
    case ':':
      return { reply: Number(line), rest };
    case '$': {
      const length = Number(line);
      if (length < 0) return { reply: null, rest };
      if (!Number.isInteger(length)) throw notRedis(bytes);
      if (rest.length < length + 2) return undefined;
      return { reply: rest.toString('utf8', 0, length), rest: rest.subarray(length + 2) };
    }
    default:
      throw notRedis(bytes);
  }
}

function notRedis(bytes: Buffer): RedisProtocolError {
  return new RedisProtocolError(`it answers ${JSON.stringify(bytes.toString('latin1', 0, 40))}`);
}
