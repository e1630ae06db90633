import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as users get it, built once, run as a process of its own in an empty folder. */
export class BuiltCommand {
  readonly #temporary = mkdtempSync(join(tmpdir(), 'lagwarden-cli-'));
  /** Where it runs; empty but for what a test puts there. */
  readonly folder = mkdtempSync(join(this.#temporary, 'here-'));
  readonly file = join(this.#temporary, 'dist', 'lagwarden.js');

  constructor() {
    const build = fileURLToPath(new URL('../../local/build.ts', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [build, join(this.#temporary, 'dist')], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the build failed: ${stderr}`);
  }

  /** Puts a file into the folder where the command runs. */
  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  remove(name: string): void {
    rmSync(join(this.folder, name));
  }

  /**
   * Runs it to its end.
   *
   * @param endWhen looked at whenever it has printed something: the command is then told to end
   * @param input what it is given on standard input
   */
  run(
    args: readonly string[],
    {
      endWhen,
      input,
    }: { endWhen?: (stderr: string, stdout: string) => boolean; input?: string | Uint8Array } = {},
  ): Promise<Ended> {
    const child = spawn(process.execPath, [this.file, ...args], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'] },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // It may end before it has read all.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    const [out, err] = [[] as Buffer[], [] as Buffer[]];
    const text = (parts: readonly Buffer[]) => Buffer.concat(parts).toString();
    for (const [stream, parts] of [
      [child.stdout, out],
      [child.stderr, err],
    ] as const) {
      stream.on('data', (data: Buffer) => {
        parts.push(data);
        // Once: a second signal would not be waited for politely.
        if (!child.killed && endWhen?.(text(err), text(out))) child.kill('SIGTERM');
      });
    }
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout: text(out), stderr: text(err) }));
    });
  }

  dispose(): void {
    rmSync(this.#temporary, { recursive: true });
  }
}
