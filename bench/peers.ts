import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { PollLine } from './peers/poll-line.ts';

const run = promisify(execFile);
const here = import.meta.dirname;

/**
 * For every Node program alike. V8 lets its young generation grow to 96 MB in a process that allocates steadily, however
 * little of it lives on; a service that is billed by memory is started with this.
 */
const nodeOptions = ['--max-semi-space-size=16'];

/** A program that reads a cluster's lag so many times and prints a `PollLine` for each. */
export interface Peer {
  readonly name: string;
  /** What it reads: peers are compared with Lagwarden doing the same, or more. */
  readonly reads: 'commits and ends' | 'starts, stable, members too' | 'starts and members too';
  readonly command: (bootstrap: string, polls: number) => readonly string[];
}

/**
 * Builds every peer that this machine can run. Node programs are bundled alike, ours as it is deployed, so that a cold
 * start compares clients and not the number of their files. Without Go, kadm is missing and the result says so.
 */
export async function buildPeers(): Promise<{
  peers: Peer[];
  missing: string[];
  remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lagwarden-bench-'));
  const bundle = async (name: string) => {
    const outfile = path.join(folder, `${name}.mjs`);
    await build({
      entryPoints: [path.join(here, 'peers', `${name}.ts`)],
      outfile,
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      logLevel: 'error',
      // @platformatic/kafka reads a .wasm file beside its own source, which a bundle no longer has.
      alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' },
      banner: {
        js: "import { createRequire as c } from 'node:module'; const require = c(import.meta.url);",
      },
    });
    return [process.execPath, ...nodeOptions, outfile];
  };
  const lagwarden = await bundle('lagwarden');
  const platformatic = await bundle('platformatic-admin');
  const kafkajs = await bundle('kafkajs-admin');
  const peers: Peer[] = [
    {
      name: 'Lagwarden',
      reads: 'commits and ends',
      command: (at, polls) => [...lagwarden, at, `${polls}`, 'lag'],
    },
    {
      name: 'Lagwarden, whole',
      reads: 'starts, stable, members too',
      command: (at, polls) => [...lagwarden, at, `${polls}`, 'whole'],
    },
    {
      name: '@platformatic/kafka',
      reads: 'commits and ends',
      command: (at, polls) => [...platformatic, at, `${polls}`],
    },
    {
      name: 'kafkajs Admin',
      reads: 'commits and ends',
      command: (at, polls) => [...kafkajs, at, `${polls}`],
    },
  ];
  const missing: string[] = [];
  const kadm = path.join(folder, 'kadm-poll');
  try {
    await run('go', ['build', '-o', kadm, '.'], { cwd: path.join(here, 'peers', 'kadm') });
    peers.push(
      {
        name: 'kadm, three calls (Go)',
        reads: 'commits and ends',
        command: (at, polls) => [kadm, at, `${polls}`, 'three-calls'],
      },
      {
        name: 'kadm Lag() (Go)',
        reads: 'starts and members too',
        command: (at, polls) => [kadm, at, `${polls}`, 'lag'],
      },
    );
  } catch (error) {
    missing.push(`kadm: ${(error as Error).message.split('\n')[0]}`);
  }
  return { peers, missing, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** One run of a peer in a process of its own. */
export async function runPeer(
  peer: Peer,
  bootstrap: string,
  polls: number,
): Promise<{ lines: PollLine[]; processWallMs: number }> {
  const startedAt = performance.now();
  const [program = '', ...args] = peer.command(bootstrap, polls);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const processWallMs = performance.now() - startedAt;
  if (code !== 0) throw new Error(`${peer.name} ended with code ${code}`);
  const lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PollLine);
  return { lines, processWallMs };
}
