import { Reader, type Writer } from '@platformatic/kafka';
import { expect } from 'vitest';
import type { Message } from '../../../../../shared/adapters/kafka/message.ts';
import { WireReader, WireWriter } from '../../../../../shared/adapters/kafka/wire.ts';
import { Fault } from '../../../../../shared/domain/fault.ts';

/** Bytes as written in a test: hexadecimal digits, `"text"` for its ASCII bytes, `#` for a remark up to the line's end. */
export function bytes(notation: string): Buffer {
  const parts = notation.replace(/#.*$/gm, '').match(/"[^"]*"|[0-9a-f]+|\S/g) ?? [];
  return Buffer.concat(
    parts.map((part) => {
      if (part.startsWith('"')) return Buffer.from(part.slice(1, -1), 'ascii');
      if (!/^([0-9a-f]{2})+$/.test(part)) throw new RangeError(`'${part}' is no hexadecimal`);
      return Buffer.from(part, 'hex');
    }),
  );
}

export function encoded(message: Message<unknown>, version: number): string {
  const out = new WireWriter();
  message.encode(out, version);
  return out.written.toString('hex');
}

export function decoded<Answer>(message: Message<Answer>, version: number, answer: Buffer): Answer {
  const from = new WireReader(answer);
  const value = message.decode(from, version);
  expect(from.remaining, 'bytes left over').toBe(0);
  return value;
}

/** What @platformatic/kafka would send. */
export function oracleBytes(request: Writer): string {
  return request.buffer.toString('hex');
}

type OracleParser = (correlationId: number, apiKey: number, version: number, from: Reader) => unknown;

/** What @platformatic/kafka makes of the bytes. It throws where any part holds an error, with the whole inside. */
export function oracleParsed(parse: OracleParser, version: number, answer: Buffer): unknown {
  const from = Reader.from(answer);
  try {
    return parse(0, 0, version, from);
  } catch (error) {
    if (error instanceof Error && 'response' in error) return error.response;
    throw error;
  } finally {
    expect(from.remaining, 'bytes that the oracle left over').toBe(0);
  }
}

/** What a damaged answer does: its fault's code, or `read` if it still made sense. Anything but a Fault goes through. */
export function outcome<Answer>(message: Message<Answer>, version: number, answer: Buffer): string {
  try {
    message.decode(new WireReader(answer), version);
    return 'read';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.code;
  }
}

/** Every answer that ends too early must say so; a valid answer of any message ends with its count of tagged fields. */
export function expectEveryCutGarbled<Answer>(
  message: Message<Answer>,
  version: number,
  answer: Buffer,
): void {
  for (let size = 0; size < answer.length; size++) {
    expect(outcome(message, version, answer.subarray(0, size)), `the first ${size} bytes`).toBe('garbled');
  }
}

/** Tagged fields that we do not know change nothing: one of three bytes at the end of the whole answer. */
export function withUnknownTag(answer: Buffer): Buffer {
  expect(answer.at(-1)).toBe(0);
  return Buffer.concat([answer.subarray(0, -1), bytes('01 63 03 aabbcc')]);
}
