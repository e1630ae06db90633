import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseSnapshotLine } from '../shared/contracts/parse-snapshot-line.ts';
import type { Snapshot } from '../shared/domain/snapshot.ts';
import { terminalSafe } from '../shared/views/escape.ts';
import { UsageError } from './exit-code.ts';

/** One line of a recording. */
export interface RecordedSnapshot {
  /** From 1. */
  readonly line: number;
  readonly snapshot: Snapshot;
}

/** A file of snapshots, one a line, read as a stream: it may be larger than memory. */
export class Recording {
  readonly #file: string | null;
  #spool: string | null = null;

  /** @param file `-` for standard input */
  constructor(file: string) {
    this.#file = file === '-' ? null : file;
  }

  /**
   * Reads it to its end before anything is made of it, so that a fault in its last line does not come after half of an
   * answer. Standard input is kept in a temporary file for that.
   *
   * @throws UsageError for the first line that is no snapshot
   */
  async check(): Promise<void> {
    if (this.#file === null) {
      this.#spool = mkdtempSync(path.join(tmpdir(), 'lagwarden-replay-'));
      await pipeline(
        process.stdin,
        createWriteStream(path.join(this.#spool, 'recording.jsonl'), { mode: 0o600 }),
      );
    }
    for await (const _ of this.snapshots());
  }

  /** @throws UsageError for a line that is no snapshot, or a file that cannot be read */
  async *snapshots(): AsyncGenerator<RecordedSnapshot> {
    let line = 0;
    try {
      for await (const text of linesOf(this.#open())) {
        line += 1;
        if (text.trim() === '') continue;
        const parsed = parseSnapshotLine(text, line);
        // It quotes what stands in the file.
        if (!parsed.ok) throw new UsageError(terminalSafe(`${this.#name}: ${parsed.fault}`));
        yield { line, snapshot: parsed.snapshot };
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new UsageError(`cannot read the recording ${this.#name}: ${error.message}`);
    }
  }

  close(): void {
    if (this.#spool !== null) rmSync(this.#spool, { recursive: true, force: true });
  }

  get #name(): string {
    return this.#file ?? 'standard input';
  }

  #open(): Readable {
    const file = this.#spool === null ? this.#file : path.join(this.#spool, 'recording.jsonl');
    return file === null ? process.stdin : createReadStream(file);
  }
}

/** Told by the operating system, such as that there is no such file. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** Split at line feeds alone: a name may hold what Unicode calls a line separator. */
async function* linesOf(stream: Readable): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  let parts: string[] = [];
  for await (const chunk of stream) {
    const pieces = (chunk as string).split('\n');
    for (const piece of pieces.slice(0, -1)) {
      yield [...parts, piece].join('');
      parts = [];
    }
    parts.push(pieces.at(-1) as string);
  }
  const last = parts.join('');
  if (last !== '') yield last;
}
