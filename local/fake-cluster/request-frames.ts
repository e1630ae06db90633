/** As socket.request.max.bytes of a real broker: what claims more is no request. */
const maxRequestBytes = 100 * 1024 * 1024;

/** Cuts a stream of bytes into requests, each behind its length. */
export class RequestFrames {
  #buffered = Buffer.alloc(0);

  *take(bytes: Buffer): Generator<Buffer> {
    this.#buffered = Buffer.concat([this.#buffered, bytes]);
    while (this.#buffered.length >= 4) {
      const size = this.#buffered.readInt32BE();
      if (size < 0 || size > maxRequestBytes) throw new RangeError(`a request of ${size} bytes`);
      if (this.#buffered.length < 4 + size) return;
      const frame = this.#buffered.subarray(4, 4 + size);
      this.#buffered = this.#buffered.subarray(4 + size);
      yield frame;
    }
  }
}
