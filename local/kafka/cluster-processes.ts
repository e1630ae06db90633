import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The Java option by which every process of a cluster carries the name of the cluster's data folder. */
export function clusterMark(folder: string): string {
  return `-Dlagwarden.kafka=${folder}`;
}

/** The pids of all living processes of the cluster with this data folder, whoever started them; zombies are left out. */
export function clusterProcesses(folder: string): number[] {
  const mark = clusterMark(folder);
  return existsSync('/proc/self/cmdline') ? markedInProc(mark) : markedInPs(mark);
}

function markedInProc(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(mark);
      } catch {
        return false; // it ended between the listing and the reading
      }
    })
    .map(Number);
}

function markedInPs(mark: string): number[] {
  const { stdout } = spawnSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => ` ${line} `.includes(` ${mark} `))
    .map((line) => Number.parseInt(line, 10));
}
