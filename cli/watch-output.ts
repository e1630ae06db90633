import { stringifyExactly } from '../shared/contracts/exact-json.ts';
import { toStatusDocument } from '../shared/contracts/status-document.ts';
import type { Evaluation } from '../shared/domain/evaluate.ts';
import { formatDuration, formatInstant } from '../shared/domain/reason.ts';
import type { Observation } from '../shared/usecases/observe-cluster.ts';
import { terminalSafe } from '../shared/views/escape.ts';
import { fitScreen } from '../shared/views/screen.ts';
import { transitionLine } from '../shared/views/transition-line.ts';
import { lookTable } from './commands/status.ts';
import { print } from './terminal.ts';

/** What `watch` shows its polls on. */
export interface WatchOutput {
  begin(): void;
  show(observation: Observation, evaluation: Evaluation): Promise<void>;
  /** Says something that is no finding: a poll that failed, a state that was set aside. */
  tell(text: string): void;
  end(): void;
}

export interface WatchOutputOptions {
  readonly group?: readonly string[];
  readonly all?: boolean;
}

/**
 * @param kind `live`: a table that is drawn in place; `lines`: transitions alone, one a line; `json`: a document a poll
 */
export function watchOutput(
  kind: 'live' | 'lines' | 'json',
  clusterName: string,
  everyMs: number,
  options: WatchOutputOptions,
): WatchOutput {
  if (kind === 'live') return liveOutput(clusterName, everyMs, options);
  const tell = (text: string) => void process.stderr.write(`lagwarden: ${terminalSafe(text)}\n`);
  return {
    begin: () => tell(`watching ${clusterName} every ${formatDuration(everyMs)}, until interrupted`),
    show: kind === 'json' ? showDocument : (_, { transitions }) => print(linesOf(clusterName, transitions)),
    tell,
    end: () => {},
  };
}

async function showDocument(observation: Observation, evaluation: Evaluation): Promise<void> {
  const { findings, transitions } = evaluation;
  const document = toStatusDocument(observation.snapshot, findings, observation, transitions);
  await print(`${stringifyExactly(document)}\n`);
}

function linesOf(clusterName: string, transitions: Evaluation['transitions']): string {
  const cluster = { name: clusterName, isOneOfMany: false };
  return transitions.map((transition) => `${transitionLine(transition, cluster)}\n`).join('');
}

/** Lines of what happened that are kept; the screen shows as many of the latest as there is room for. */
const mostLines = 1_000;

const otherScreen = '\u001b[?1049h';
const backFromOtherScreen = '\u001b[?1049l';
const toTopLeft = '\u001b[H';
const clearToEndOfLine = '\u001b[K';
const clearBelow = '\u001b[J';

/** Drawn on the terminal's other screen, so that what stood there before comes back; the last picture is left behind. */
function liveOutput(clusterName: string, everyMs: number, options: WatchOutputOptions): WatchOutput {
  let table = `${terminalSafe(clusterName)}: reading…\n`;
  let isOpen = false;
  let happened: string[] = [];
  const footer = `every ${formatDuration(everyMs)} · Ctrl-C ends`;
  const draw = () => {
    if (!isOpen) return;
    const lines = fitScreen(
      { table, happened, footer },
      process.stdout.rows || 24,
      process.stdout.columns || 80,
    );
    const text = lines.map((line) => `${line}${clearToEndOfLine}`).join('\n');
    process.stdout.write(`${toTopLeft}${text}${clearBelow}`);
  };
  const add = (lines: readonly string[]) => {
    happened = [...happened, ...lines].slice(-mostLines);
  };
  return {
    begin: () => {
      process.stdout.write(otherScreen);
      isOpen = true;
      process.stdout.on('resize', draw);
      draw();
    },
    show: async (observation, { findings, transitions }) => {
      table = lookTable({ observation, findings }, options);
      add(linesOf(clusterName, transitions).split('\n').slice(0, -1));
      draw();
    },
    tell: (text) => {
      add([`${formatInstant(Date.now())}  ${terminalSafe(text)}`]);
      draw();
    },
    end: () => {
      process.stdout.off('resize', draw);
      if (!isOpen) return;
      isOpen = false;
      process.stdout.write(
        `${backFromOtherScreen}${[table.trimEnd(), ...(happened.length === 0 ? [] : ['']), ...happened].join('\n')}\n`,
      );
    },
  };
}
