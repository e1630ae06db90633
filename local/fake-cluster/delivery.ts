import type { Socket } from 'node:net';

/** How the bytes of one answer, length included, reach the client; anything but `wholly` is a fault. */
export type Delivery = (answer: Buffer, socket: Socket) => void;

export const wholly: Delivery = (answer, socket) => {
  socket.write(answer);
};

/** The connection stays open and nothing comes. */
export const never: Delivery = () => {};

export function later(ms: number, then: Delivery = wholly): Delivery {
  return (answer, socket) => {
    const timer = setTimeout(() => then(answer, socket), ms);
    socket.once('close', () => clearTimeout(timer));
  };
}

/** One TCP segment for every so many bytes, as far as the kernel lets us. */
export function inPieces(bytes: number, pauseMs = 0): Delivery {
  return (answer, socket) => {
    socket.setNoDelay(true);
    let at = 0;
    const next = () => {
      if (socket.destroyed || at >= answer.length) return;
      socket.write(answer.subarray(at, at + bytes));
      at += bytes;
      if (pauseMs > 0) setTimeout(next, pauseMs);
      else setImmediate(next);
    };
    next();
  };
}

export const twice: Delivery = (answer, socket) => {
  socket.write(Buffer.concat([answer, answer]));
};

/** The first bytes, then the end of the connection. */
export function cutAfter(bytes: number): Delivery {
  return (answer, socket) => {
    socket.end(answer.subarray(0, bytes));
  };
}

/** A reset in the middle, as when the broker's process dies. */
export const reset: Delivery = (_answer, socket) => {
  socket.resetAndDestroy();
};

/** These bytes and nothing of the answer. */
export function instead(bytes: Buffer | string): Delivery {
  return (_answer, socket) => {
    socket.write(bytes);
  };
}

export const httpAnswer = instead(
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n400 Bad Request',
);

/** The true answer behind a length that is not its own. */
export function withLength(length: number): Delivery {
  return (answer, socket) => {
    const claimed = Buffer.from(answer);
    claimed.writeInt32BE(length);
    socket.write(claimed);
  };
}

/** A well-framed answer that ends early. */
export function truncatedTo(bodyBytes: number): Delivery {
  return (answer, socket) => {
    const shorter = Buffer.from(answer.subarray(0, 4 + bodyBytes));
    shorter.writeInt32BE(bodyBytes);
    socket.write(shorter);
  };
}

export function withCorrelationId(shift: number): Delivery {
  return (answer, socket) => {
    const other = Buffer.from(answer);
    other.writeInt32BE(other.readInt32BE(4) + shift, 4);
    socket.write(other);
  };
}

/** A well-framed answer, correlation id included, with other bytes as its body. */
export function withBody(body: Buffer): Delivery {
  return (answer, socket) => {
    const head = Buffer.from(answer.subarray(0, 8));
    head.writeInt32BE(4 + body.length);
    socket.write(Buffer.concat([head, body]));
  };
}
