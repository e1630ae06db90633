import type { ChildProcess } from 'node:child_process';
import type { KafkaCluster } from './cluster.ts';

/** One group on one partition, in the words of Kafka's own tool. `null` stands for its `-`. */
export interface DescribedPartition {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly committed: bigint | null;
  readonly end: bigint | null;
  readonly lag: bigint | null;
  readonly consumerId: string | null;
  /** As the tool prints it, `/127.0.0.1`. */
  readonly host: string | null;
  readonly clientId: string | null;
}

const mainClass = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand';
/** It asks group after group: an estate of 500 takes it a minute on a busy machine. */
const timeoutMs = 300_000;

const header =
  /GROUP +TOPIC +PARTITION +CURRENT-OFFSET +LOG-END-OFFSET +LAG +CONSUMER-ID +HOST +CLIENT-ID[^\S\n]*(?:\n|$)/y;
const remark = /\s*$|\n?Error: (?:The c|C)onsumer group '/y;
/** The tool makes no column narrower than this, PARTITION excepted. */
const narrowestColumn = 15;

/**
 * What Kafka's own ConsumerGroupCommand says of every classic and consumer group: the oracle for lag. Members without
 * a partition are left out. Throws if the tool fails or prints what is not understood.
 */
export async function describeAllGroups(cluster: KafkaCluster): Promise<DescribedPartition[]> {
  const { stdout, stderr, exitCode } = await cluster.tool(mainClass, describeAllGroupsArgs(cluster), {
    timeoutMs,
  });
  // The tool ends with 0 even when it has failed.
  if (exitCode !== 0 || /^Error: Executing/m.test(stdout))
    throw new Error(`ConsumerGroupCommand failed with exit code ${exitCode}:\n${stdout}${stderr}`);
  return parseDescribedGroups(stdout);
}

/** The tool as a process under way, for whoever wants to watch it; `parseDescribedGroups` reads what it prints. */
export function spawnDescribeAllGroups(cluster: KafkaCluster): ChildProcess {
  return cluster.spawnTool(mainClass, describeAllGroupsArgs(cluster));
}

function describeAllGroupsArgs({ bootstrap }: KafkaCluster): string[] {
  const what = ['--describe', '--all-groups', '--offsets'];
  return ['--bootstrap-server', bootstrap, ...what, '--timeout', '120000'];
}

/**
 * Reads the tables of ConsumerGroupCommand, one per group. Its columns are padded to a width counted in UTF-16 units,
 * as strings are here, so that ids may hold spaces, emoji and line ends. Of a group id shorter than the column,
 * spaces at its end cannot be told from padding and are dropped.
 */
export function parseDescribedGroups(output: string): DescribedPartition[] {
  const rows: DescribedPartition[] = [];
  const text = output.replaceAll('\r\n', '\n');
  let columns: Columns | null = null;
  for (let at = 0; at < text.length; ) {
    header.lastIndex = at;
    const found = header.exec(text);
    if (found !== null) {
      columns = columnsOf(found[0]);
      at = header.lastIndex;
    } else if (columns === null || isBetweenTables(text, at)) {
      // Before the first table and between two there are empty lines, and "Error: …" for a group that has just gone.
      at = endOfLine(text, at) + 1;
    } else {
      const row = readRow(text, at, columns);
      if (row.partition !== null) rows.push(row.partition);
      at = row.next;
    }
  }
  return rows;
}

interface Columns {
  readonly group: number;
  readonly topic: number;
  readonly consumerId: number;
  readonly host: number;
}

function columnsOf(line: string): Columns {
  const width = (name: string, next: string) => line.indexOf(next) - line.indexOf(name) - 1;
  return {
    group: width('GROUP', 'TOPIC'),
    topic: width('TOPIC', 'PARTITION'),
    consumerId: width('CONSUMER-ID', 'HOST'),
    host: width('HOST', 'CLIENT-ID'),
  };
}

/** An empty line, or a line of the tool's own, with another table or nothing behind it. */
function isBetweenTables(text: string, at: number): boolean {
  header.lastIndex = at + 1;
  if (text[at] === '\n' && header.test(text)) return true;
  remark.lastIndex = at;
  return remark.test(text);
}

function readRow(
  text: string,
  start: number,
  columns: Columns,
): { partition: DescribedPartition | null; next: number } {
  let at = start;
  const fixed = (width: number) => {
    const cell = text.slice(at, at + width);
    at += width + 1;
    return width > narrowestColumn ? cell : cell.trimEnd();
  };
  const word = (width: number) => {
    const cell = /^\S*/.exec(text.slice(at, at + 300))?.[0] ?? '';
    at += Math.max(width, cell.length) + 1;
    return cell;
  };
  const group = fixed(columns.group);
  const topic = word(columns.topic);
  const [partition, committed, end, lag] = [10, 15, 15, 15].map(word) as [string, string, string, string];
  const consumerId = fixed(columns.consumerId).trimEnd();
  const host = fixed(columns.host).trimEnd();
  const lineEnd = endOfLine(text, at);
  const clientId = text.slice(at, lineEnd).trimEnd();
  const next = lineEnd + 1;

  if (partition === '-') return { partition: null, next };
  if (!/^\d+$/.test(partition) || ![committed, end, lag].every((number) => /^(-|-?\d+)$/.test(number)))
    throw new Error(`not a row of ConsumerGroupCommand: '${text.slice(start, next)}'`);
  return {
    partition: {
      group,
      topic,
      partition: Number(partition),
      committed: offset(committed),
      end: offset(end),
      lag: offset(lag),
      consumerId: known(consumerId),
      host: known(host),
      clientId: known(clientId),
    },
    next,
  };
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function offset(cell: string): bigint | null {
  return cell === '-' ? null : BigInt(cell);
}

function known(cell: string): string | null {
  return cell === '-' ? null : cell;
}
