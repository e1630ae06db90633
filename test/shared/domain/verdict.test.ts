import { describe, expect, test, vi } from 'vitest';
import { toOffset } from '../../../shared/domain/offset.ts';
import type { Severity } from '../../../shared/domain/severity.ts';
import { judgeReading, rules } from '../../../shared/domain/verdict.ts';
import type { Verdict } from '../../../shared/domain/verdict-names.ts';
import { verdicts } from '../../../shared/domain/verdict-names.ts';
import { asJudged, ruleAnswers } from '../../support/rule-answers.ts';
import {
  outcome,
  partitionIn,
  type Scenario,
  type ScenarioOptions,
  scenarioStart,
} from '../../support/scenario.ts';

const minute = 60_000;
const hour = 60 * minute;

type Row = readonly [
  name: string,
  scenario: Scenario,
  answers: string,
  verdict: Verdict,
  severity: Severity,
  evidence: object,
  options?: ScenarioOptions,
  group?: string,
];

/** When so many polls after the first were due. */
const due = (polls: number, everyMs = minute) => scenarioStart + polls * everyMs;

/** A reader that commits at the first of so many polls. */
const every = (polls: number, by: number, times: number) =>
  Array.from({ length: times }, () => `+${by} +0*${polls - 1}`).join(' ');

const fourDaysOld = (at: number) => [
  {
    topic: 'orders',
    partition: 0,
    offset: toOffset(4n),
    notBefore: at - 97 * hour,
    notAfter: at - 96 * hour,
  },
];

/**
 * The table of rules. A row is a scenario, the answer of EVERY rule on orders-0 at its last poll in the order of their
 * numbers (`✓` holds, `·` does not), the verdict that comes of it, how much it matters, and the evidence. To add a rule,
 * add its column to every row. To change an answer in a row needs a reason in the commit: each row is a case from the
 * field or a boundary.
 *
 * Answers by fives: unknown recreated beyond-end data-lost uncommitted · caught-up blocked rebalancing stalled unowned ·
 * stopped abandoned rewound observing falling-behind · draining keeping-up.
 */
// biome-ignore format: a table is read by its columns
const table: readonly Row[] = [
  // Nothing to worry about.
  ['nothing waits', 'orders-0  end: 10  committed: 10  owner: a',
    '····· ✓···· ···✓· ·✓', 'caught-up', 'ok', { lag: 0n, marker: false }],
  ['an empty log that was never written', 'orders-0  end: 0  committed: 0  owner: a',
    '····· ✓···· ···✓· ·✓', 'caught-up', 'ok', { lag: 0n, marker: false }],
  ['retention emptied the log after all was read', 'orders-0  start: 10  end: 10  committed: 10  owner: a',
    '····· ✓···· ···✓· ·✓', 'caught-up', 'ok', { lag: 0n, marker: false }],
  ['at the largest offset there is', 'orders-0  end: 9223372036854775807  committed: 9223372036854775807  owner: a',
    '····· ✓···· ···✓· ·✓', 'caught-up', 'ok', { lag: 0n, marker: false }],
  ['the start was not read: loss cannot be told', 'orders-0  start: ?  end: 10  committed: 10  owner: a',
    '····· ✓···· ···✓· ·✓', 'caught-up', 'ok', { lag: 0n, marker: false }],
  ['within the lag that the policy allows', 'orders-0  end: 10  committed: 7  owner: a',
    '····· ✓···· ···✓· ·✓', 'caught-up', 'ok', { lag: 3n, marker: false }, { policy: { allowedLag: 3n } }],
  ['one more than the policy allows', 'orders-0  end: 10  committed: 6  owner: a',
    '····· ····· ···✓· ·✓', 'observing', 'ok', { lag: 4n, heldByTransaction: null, nobodyReads: false }, { policy: { allowedLag: 3n } }],
  ['a commit beyond the end is never allowed lag', 'orders-0  end: 10  committed: 12  owner: a',
    '····· ····· ···✓· ·✓', 'observing', 'ok', { lag: -2n, heldByTransaction: null, nobodyReads: false }, { policy: { allowedLag: 3n } }],
  ['it moves with the log', 'orders-0  end: 1000 +10*30  committed: 900 +10*30  owner: a',
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 100n }],
  ['it falls behind within the noise', 'orders-0  end: 1000 +100*30  committed: 1000 +98*30  owner: a',
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 60n }],
  ['it drains a backlog', 'orders-0  end: 5000 +10*30  committed: 1000 +100*30  owner: a',
    '····· ····· ····· ✓✓', 'draining', 'ok', { lag: 1300n, shrunkBy: 810n, overMs: 9 * minute }],
  ['a rolling restart: two polls without members', 'orders-0  end: 1000 +10*40  committed: 1000 +10*34 1340*2 +30 +10*3  owner: a*35 -*2 b',
    '····· ✓···· ····· ·✓', 'caught-up', 'ok', { lag: 0n, marker: false }],
  ['a rebalance steps back a little and reads on: duplicates, no reset', 'orders-0  end: 1000 +10*12  committed: 1000 +10*9 1050 +10  owner: a',
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 60n }],
  // The first look, and what only seems to be wrong at it.
  ['records wait', 'orders-0  end: 10  committed: 4  owner: a',
    '····· ····· ···✓· ·✓', 'observing', 'ok', { lag: 6n, heldByTransaction: null, nobodyReads: false }],
  ['lag that no double can hold', 'orders-0  end: 9223372036854775807  committed: 1  owner: a',
    '····· ····· ···✓· ·✓', 'observing', 'ok', { lag: 9223372036854775806n, heldByTransaction: null, nobodyReads: false }],
  ['nobody reads them', 'orders-0  end: 10  committed: 4',
    '····· ····· ···✓· ·✓', 'observing', 'ok', { lag: 6n, heldByTransaction: null, nobodyReads: true }],
  ['a transaction is open right at the commit', 'orders-0  end: 10  stable: 5  committed: 5  owner: a',
    '····· ····· ···✓· ·✓', 'observing', 'ok', { lag: 5n, heldByTransaction: 5n, nobodyReads: false }],
  ['a commit beyond the end may be a race with an election', 'orders-0  end: 500 400  committed: 500  owner: a',
    '····· ····· ···✓· ·✓', 'observing', 'ok', { lag: -100n, heldByTransaction: null, nobodyReads: false }],
  ['the topic was made anew while it was read: start and end are of two logs', 'orders-0  start: 1000  end: 5  committed: 3  owner: a',
    '····· ····· ···✓· ·✓', 'observing', 'ok', { lag: 2n, heldByTransaction: null, nobodyReads: false }],
  ['a group that died long before us, by the age of its oldest record', 'orders-0  end: 10  committed: 4',
    '····· ····· ·✓·✓· ·✓', 'abandoned', 'info', { instead: 'stopped', lag: 6n, lost: 0n, lastLifeAt: null, supersededBy: null }, { dated: fourDaysOld }],
  ['the same where retention took records from it', 'orders-0  start: 6  end: 10  committed: 4',
    '···✓· ····· ·✓·✓· ·✓', 'abandoned', 'info', { instead: 'data-lost', lag: 6n, lost: 2n, lastLifeAt: null, supersededBy: null }, { dated: fourDaysOld }],
  ['no members for a day: perhaps a daily batch', `
    polls: 30
    orders-0  end: 10  committed: 4`,
    '····· ····· ···✓· ·✓', 'observing', 'ok', { lag: 6n, heldByTransaction: null, nobodyReads: true }, { everyMs: hour }],
  ['no members for longer than a daily batch stays away', `
    polls: 31
    orders-0  end: 10  committed: 4`,
    '····· ····· ✓··✓· ·✓', 'stopped', 'warning', { lag: 6n, silentMs: 30 * hour, lastProgressAt: null, patienceMs: 30 * hour, lastMemberAt: null }, { everyMs: hour }],
  ['dead at first sight, and three days later', `
    polls: 73
    orders-0  end: 10  committed: 4`,
    '····· ····· ✓✓·✓· ·✓', 'abandoned', 'info', { instead: 'stopped', lag: 6n, lost: 0n, lastLifeAt: null, supersededBy: null }, { everyMs: hour }],
  // What was not read.
  ['the end was not read: leaderless, timed out, unauthorised', 'orders-0  end: ?  committed: 4  owner: a',
    '✓···· ····· ····· ··', 'unknown', 'info', { reason: 'timed-out', detail: 'no answer within 3000 ms', unreadMs: 0 }],
  ['the same behind the start', 'orders-0  start: 7  end: ?  committed: 4  owner: a',
    '✓··✓· ····· ····· ··', 'unknown', 'info', { reason: 'timed-out', detail: 'no answer within 3000 ms', unreadMs: 0 }],
  ['the same without a commit', 'orders-0  end: ?  committed: -  owner: a',
    '✓···· ····· ····· ··', 'unknown', 'info', { reason: 'timed-out', detail: 'no answer within 3000 ms', unreadMs: 0 }],
  ['the commit was not read', 'orders-0  end: 10  committed: ?  owner: a',
    '✓···· ····· ····· ··', 'unknown', 'info', { reason: 'timed-out', detail: 'no answer within 3000 ms', unreadMs: 0 }],
  ['not read for five minutes', 'orders-0  end: 10 ?*6  committed: 10  owner: a',
    '✓···· ····· ····· ··', 'unknown', 'warning', { reason: 'timed-out', detail: 'no answer within 3000 ms', unreadMs: 5 * minute }],
  ['offsets expired, or were deleted, under a member', 'orders-0  end: 10  committed: 10*2 -  owner: a',
    '✓···✓ ····· ····· ··', 'unknown', 'info', { reason: 'commit-gone', detail: 'the group had committed here, and the commit is gone: expired, or deleted', unreadMs: 0 }],
  ['the topic was deleted', 'orders-0  end: 10*2 -*9  committed: 10  owner: a',
    '✓···· ····· ····· ··', 'unknown', 'info', { reason: 'topic-missing', detail: 'the topic was not read: it does not exist, or the login lacks Describe on it', unreadMs: 8 * minute }],
  // Commits and logs that do not belong together.
  ['made anew: nobody is left but the commit on the old log', `
    orders    id: A*3 B
    orders-0  end: 500*3 0  committed: 500`,
    '·✓··· ····· ···✓· ·✓', 'recreated', 'warning', { committed: 500n, end: 0n, oldTopicId: 'A', newTopicId: 'B' }],
  ['made anew: the reader lives on and commits its old position', `
    orders    id: A*3 B
    orders-0  end: 500*3 4  committed: 500  owner: a`,
    '·✓··· ····· ···✓· ·✓', 'recreated', 'critical', { committed: 500n, end: 4n, oldTopicId: 'A', newTopicId: 'B' }],
  ['made anew, and the new log has grown past the old commit', `
    orders    id: A*3 B
    orders-0  end: 500*3 700  committed: 500  owner: a`,
    '·✓··· ····· ···✓· ·✓', 'recreated', 'critical', { committed: 500n, end: 700n, oldTopicId: 'A', newTopicId: 'B' }],
  ['made anew: the reader has found its way into the new log', `
    orders    id: A*3 B
    orders-0  end: 500*3 4  committed: 500*3 2  owner: a`,
    '····· ····· ···✓· ·✓', 'observing', 'ok', { lag: 2n, heldByTransaction: null, nobodyReads: false }],
  ['made anew: Kafka dropped the commit, and the reader starts again', `
    orders    id: A*3 B
    orders-0  end: 500*3 500  committed: 500*3 - 500  owner: a`,
    '····· ✓···· ···✓· ·✓', 'caught-up', 'ok', { lag: 0n, marker: false }],
  ['truncated: beyond the end in two polls running', 'orders-0  end: 500 400*2  committed: 500  owner: a',
    '··✓·· ····· ···✓· ·✓', 'beyond-end', 'critical', { committed: 500n, end: 400n, beyond: 100n }],
  ['beyond the end, not read, and beyond the end again', 'orders-0  end: 500 400 ? 400  committed: 500  owner: a',
    '··✓·· ····· ···✓· ·✓', 'beyond-end', 'critical', { committed: 500n, end: 400n, beyond: 100n }],
  // Loss.
  ['retention overtook the reader', 'orders-0  start: 7  end: 10  committed: 4  owner: a',
    '···✓· ····· ···✓· ·✓', 'data-lost', 'critical', { lost: 3n, from: 4n, to: 7n }],
  ['retention emptied the log before it was read', 'orders-0  start: 10  end: 10  committed: 4  owner: a',
    '···✓· ····· ···✓· ·✓', 'data-lost', 'critical', { lost: 6n, from: 4n, to: 10n }],
  ['within the lag that the policy allows it is loss all the same', 'orders-0  start: 10  end: 10  committed: 9  owner: a',
    '···✓· ✓···· ···✓· ·✓', 'data-lost', 'critical', { lost: 1n, from: 9n, to: 10n }, { policy: { allowedLag: 3n } }],
  ['the reader jumped over what is lost: long enough to be confirmed', 'orders-0  start: 0*5 50  end: 100 +10*20  committed: 20*6 150 +10*4  owner: a\npolls: 11',
    '···✓· ····· ····· ·✓', 'data-lost', 'critical', { lost: 30n, from: 20n, to: 50n }],
  ['auto.offset.reset jumps over what is lost: it reads on, and the counter tells', 'orders-0  start: 0*5 50  end: 100 +10*20  committed: 20*6 150 +10*5  owner: a',
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 100n }],
  // No commit.
  ['a member owns it and nothing was committed', 'orders-0  start: 3  end: 10  committed: -  owner: a',
    '····✓ ····· ····· ··', 'uncommitted', 'info', { inLog: 7n }],
  ['the same on an empty log', 'orders-0  end: 0  committed: -  owner: a',
    '····✓ ····· ····· ··', 'uncommitted', 'info', { inLog: 0n }],
  ['the same where the start was not read', 'orders-0  start: ?  end: 10  committed: -  owner: a',
    '····✓ ····· ····· ··', 'uncommitted', 'info', { inLog: null }],
  ['the same while the topic is made anew', 'orders-0  start: 1000  end: 5  committed: -  owner: a',
    '····✓ ····· ····· ··', 'uncommitted', 'info', { inLog: null }],
  ['records came and siblings commit, but here it never did', `
    orders-0  end: 1000*34 +10*7  committed: -  owner: a
    orders-1  end: 1000 +10*40  committed: 1000 +10*40  owner: a`,
    '····✓ ····· ····· ··', 'stalled', 'critical', { lag: 1070n, silentMs: 7 * minute, lastProgressAt: null, patienceMs: 5 * minute, at: 0n, scope: 'partition', neverCommitted: true, maybeNothing: false }],
  ['nothing came: whoever reads from the latest has nothing to commit', `
    orders-0  end: 1000  committed: -*41  owner: a
    orders-1  end: 1000 +10*40  committed: 1000 +10*40  owner: a`,
    '····✓ ····· ····· ··', 'uncommitted', 'info', { inLog: 1000n }],
  ['records came, but the siblings stand still as well', `
    orders-0  end: 1000*34 +10*7  committed: -  owner: a
    orders-1  end: 1000 +10*40  committed: 1000 +10*32 1320  owner: a`,
    '····✓ ····· ····· ··', 'uncommitted', 'info', { inLog: 1070n }],
  // Transactions.
  ['the marker behind the last record, where transactions were seen', 'orders-0  end: 10 20*3 30 31*2  stable: 10*3 20 30 31  committed: 10*3 20 30*3  owner: a',
    '····· ✓···· ····· ·✓', 'caught-up', 'ok', { lag: 1n, marker: true }],
  ['one record while stable is held below it', 'orders-0  end: 10 20*3 31*2  stable: 10*3 20 30  committed: 10*3 20 30*2  owner: a',
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 1n }],
  ['short transactions, never seen open: the group always rests one below the end', 'orders-0  end: 10 21*2 31*2 41*2  committed: 10 20*2 30*2 40*2  owner: a',
    '····· ✓···· ····· ·✓', 'caught-up', 'ok', { lag: 1n, marker: true }],
  ['one record is left where nothing tells of transactions', 'orders-0  end: 10 20 31*2  committed: 10 20 30*2  owner: a',
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 1n }],
  ['a hung transaction holds the reader at the stable offset', 'orders-0  end: 100 +10*36  stable: 100 +10*20 300  committed: 100 +10*20 300  owner: a',
    '····· ·✓··· ····· ·✓', 'blocked', 'critical', { lag: 160n, silentMs: 16 * minute, lastProgressAt: due(20), patienceMs: 15 * minute, stable: 300n, held: 160n, stillMs: 16 * minute }],
  ['one that is shorter than brokers let them be', 'orders-0  end: 100 +10*34  stable: 100 +10*20 300  committed: 100 +10*20 300  owner: a',
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 140n }],
  ['as long as a policy lets it be', 'orders-0  end: 100 +10*24  stable: 100 +10*20 300  committed: 100 +10*20 300  owner: a',
    '····· ·✓··· ····· ·✓', 'blocked', 'critical', { lag: 40n, silentMs: 4 * minute, lastProgressAt: due(20), patienceMs: 4 * minute, stable: 300n, held: 40n, stillMs: 4 * minute }, { policy: { hungTransactionMs: 4 * minute } }],
  ['a promise of patience holds for it as well', 'orders-0  end: 100 +10*24  stable: 100 +10*20 300  committed: 100 +10*20 300  owner: a',
    '····· ·✓·✓· ····· ·✓', 'blocked', 'critical', { lag: 40n, silentMs: 4 * minute, lastProgressAt: due(20), patienceMs: 4 * minute, stable: 300n, held: 40n, stillMs: 4 * minute }, { policy: { patienceMs: 4 * minute, patienceIsPromise: true } }],
  ['a reader of uncommitted records goes past it', 'orders-0  end: 100 +10*36  stable: 100 +10*20 300  committed: 100 +10*36  owner: a',
    '····· ✓···· ····· ·✓', 'caught-up', 'ok', { lag: 0n, marker: false }],
  ['such a reader beyond it stands still for a reason of its own', 'orders-0  end: 100 +10*60  stable: 100 +10*20 300  committed: 100 +10*35 450  owner: a',
    '····· ···✓· ····· ·✓', 'stalled', 'critical', { lag: 250n, silentMs: 25 * minute, lastProgressAt: due(35), patienceMs: 5 * minute, at: 450n, scope: 'group', neverCommitted: false, maybeNothing: false }],
  ['aborted records behind the commit, perhaps: the end has not moved since', 'orders-0  end: 1000 +10*36 1363*10  stable: 1000 +10*20 1200*2 1230 +10*13 1363  committed: 1000 +10*20 1200*2 1230 +10*13 1360  owner: a',
    '····· ···✓· ····· ·✓', 'stalled', 'info', { lag: 3n, silentMs: 10 * minute, lastProgressAt: due(36), patienceMs: 9 * minute, at: 1360n, scope: 'group', neverCommitted: false, maybeNothing: true }],
  ['more than may be left over from transactions', 'orders-0  end: 1000 +10*36 2361*10  stable: 1000 +10*20 1200*2 1230 +10*13 2361  committed: 1000 +10*20 1200*2 1230 +10*13 1360  owner: a',
    '····· ···✓· ····· ·✓', 'stalled', 'warning', { lag: 1001n, silentMs: 10 * minute, lastProgressAt: due(36), patienceMs: 9 * minute, at: 1360n, scope: 'group', neverCommitted: false, maybeNothing: true }],
  ['records in transactions that went on coming: a stall', 'orders-0  end: 1000 +10*50  stable: 1000 +10*20 1200*2 1230 +10*30  committed: 1000 +10*20 1200*2 1230 +10*12 1340  owner: a',
    '····· ···✓· ····· ·✓', 'stalled', 'critical', { lag: 160n, silentMs: 18 * minute, lastProgressAt: due(35), patienceMs: 9 * minute, at: 1340n, scope: 'group', neverCommitted: false, maybeNothing: false }],
  // Silence of groups that have members.
  ['a poison record: its owner moves elsewhere', `
    orders-0  end: 1000 +10*40  committed: 1000 +10*35 1350  owner: a
    orders-1  end: 1000 +10*40  committed: 1000 +10*40  owner: a`,
    '····· ···✓· ····· ·✓', 'stalled', 'critical', { lag: 50n, silentMs: 5 * minute, lastProgressAt: due(35), patienceMs: 5 * minute, at: 1350n, scope: 'partition', neverCommitted: false, maybeNothing: false }],
  ['a member that hangs: others move', `
    orders-0  end: 1000 +10*40  committed: 1000 +10*35 1350  owner: a
    orders-1  end: 1000 +10*40  committed: 1000 +10*40  owner: b`,
    '····· ···✓· ····· ·✓', 'stalled', 'critical', { lag: 50n, silentMs: 5 * minute, lastProgressAt: due(35), patienceMs: 5 * minute, at: 1350n, scope: 'member', neverCommitted: false, maybeNothing: false }],
  ['the whole group', 'orders-0  end: 1000 +10*40  committed: 1000 +10*35 1350  owner: a',
    '····· ···✓· ····· ·✓', 'stalled', 'critical', { lag: 50n, silentMs: 5 * minute, lastProgressAt: due(35), patienceMs: 5 * minute, at: 1350n, scope: 'group', neverCommitted: false, maybeNothing: false }],
  ['a minute less', 'orders-0  end: 1000 +10*39  committed: 1000 +10*35 1350  owner: a',
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 40n }],
  ['paged for, and the end rests at last', 'orders-0  end: 1000 +10*45 1450*20  committed: 1000 +10*35 1350  owner: a',
    '····· ···✓· ····· ·✓', 'stalled', 'critical', { lag: 100n, silentMs: 30 * minute, lastProgressAt: due(35), patienceMs: 5 * minute, at: 1350n, scope: 'group', neverCommitted: false, maybeNothing: false }],
  ['a life too short to page for', 'orders-0  end: 1000 +10*140  committed: 1000 +10*20 1200  owner: a',
    '····· ···✓· ····· ·✓', 'stalled', 'warning', { lag: 1200n, silentMs: 2 * hour, lastProgressAt: due(20), patienceMs: 2 * hour, at: 1200n, scope: 'group', neverCommitted: false, maybeNothing: false }],
  ['a promise is taken at its word', 'orders-0  end: 10 +1*2  committed: 4  owner: a',
    '····· ···✓· ···✓· ·✓', 'stalled', 'critical', { lag: 8n, silentMs: 2 * minute, lastProgressAt: null, patienceMs: 2 * minute, at: 4n, scope: 'group', neverCommitted: false, maybeNothing: false }, { policy: { patienceMs: 2 * minute, patienceIsPromise: true } }],
  ['an hourly batch, 54 minutes into its silence', `
    polls: 235
    orders-0  end: 0 +10*300  committed: 0*60 600*60 1200*60 1800  owner: a`,
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 540n }],
  ['the same batch three hours late', `
    polls: 361
    orders-0  end: 0 +10*400  committed: 0*60 600*60 1200*60 1800  owner: a`,
    '····· ···✓· ····· ·✓', 'stalled', 'critical', { lag: 1800n, silentMs: 3 * hour, lastProgressAt: due(180), patienceMs: 3 * hour, at: 1800n, scope: 'group', neverCommitted: false, maybeNothing: false }],
  ['it holds every record back for 20 minutes, and one came after a quiet hour', `
    orders-0  end: 1200 +10*60 1800*80 1801*16  committed: 1000 +10*80 1800  owner: a`,
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 1n }],
  ['the same three times as late', `
    orders-0  end: 1200 +10*60 1800*80 1801*57  committed: 1000 +10*80 1800  owner: a`,
    '····· ···✓· ····· ·✓', 'stalled', 'critical', { lag: 1n, silentMs: 57 * minute, lastProgressAt: due(80), patienceMs: 57 * minute, at: 1800n, scope: 'group', neverCommitted: false, maybeNothing: false }],
  ['polls five minutes apart: two without a step say nothing', `
    polls: 40
    orders-0  end: 1000 +10*90  committed: 1000 +10*37  owner: a`,
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 20n }, { everyMs: 5 * minute }],
  ['polls five minutes apart: three do', `
    polls: 41
    orders-0  end: 1000 +10*90  committed: 1000 +10*37  owner: a`,
    '····· ···✓· ····· ·✓', 'stalled', 'critical', { lag: 30n, silentMs: 15 * minute, lastProgressAt: due(37, 5 * minute), patienceMs: 15 * minute, at: 1370n, scope: 'group', neverCommitted: false, maybeNothing: false }, { everyMs: 5 * minute }],
  ['three minutes before a gap of two hours between polls, and one step after', `
    polls: 38 -120 1
    orders-0  end: 1000 +10*200  committed: 1000 +10*34 1340  owner: a`,
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 1240n }],
  ['its members were not read', `
    orders-0  end: 1000 +10*40  committed: 1000 +10*35 1350  owner: a
    group billing  members: a*36 ?`,
    '····· ···✓· ····· ·✓', 'stalled', 'critical', { lag: 50n, silentMs: 5 * minute, lastProgressAt: due(35), patienceMs: 5 * minute, at: 1350n, scope: 'group', neverCommitted: false, maybeNothing: false }],
  // Partitions that change hands.
  ['a rebalance under way', `
    orders-0  end: 1000 +10*40  committed: 1000 +10*36 1360  owner: a
    group billing  state: Stable*37 PreparingRebalance`,
    '····· ··✓·· ····· ·✓', 'rebalancing', 'ok', { lag: 40n, silentMs: 4 * minute, lastProgressAt: due(36), patienceMs: 5 * minute, rebalances: 1, withinMs: 15 * minute, phase: 'held' }],
  ['a KIP-848 group reconciles, and this partition moves on', `
    orders-0  end: 1000 +10*40  committed: 990 +10*40  owner: a
    group billing  state: Stable*37 Reconciling`,
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 10n }],
  ['a KIP-848 group reconciles, and this partition waits', `
    orders-0  end: 1000 +10*40  committed: 1000 +10*37 1370  owner: a
    group billing  state: Stable*37 Reconciling`,
    '····· ··✓·· ····· ·✓', 'rebalancing', 'ok', { lag: 30n, silentMs: 3 * minute, lastProgressAt: due(37), patienceMs: 5 * minute, rebalances: 1, withinMs: 15 * minute, phase: 'held' }],
  ['a rebalance that does not end', `
    orders-0  end: 1000 +10*40  committed: 1000 +10*35 1350  owner: a
    group billing  state: Stable*36 PreparingRebalance`,
    '····· ··✓✓· ····· ·✓', 'rebalancing', 'critical', { lag: 50n, silentMs: 5 * minute, lastProgressAt: due(35), patienceMs: 5 * minute, rebalances: 1, withinMs: 15 * minute, phase: 'stuck' }],
  ['members come and go, and lag grows', 'orders-0  end: 1000 +100*40  committed: 1000 +100*25 3500 +5*14  owner: a*26 b a b a b a b a b a b a b a b',
    '····· ··✓·· ····✓ ·✓', 'rebalancing', 'critical', { lag: 1430n, silentMs: 0, lastProgressAt: due(40), patienceMs: 6 * minute, rebalances: 15, withinMs: 15 * minute, phase: 'loop' }],
  ['members come and go, and the group keeps up', 'orders-0  end: 1000 +100*40  committed: 950 +100*40  owner: a*26 b a b a b a b a b a b a b a b',
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 50n }],
  ['nobody in the group was given it', `
    orders-0  end: 1000 +10*40  committed: 1000 +10*35 1350  owner: a*36 -
    orders-1  end: 1000  committed: 1000  owner: a`,
    '····· ····✓ ····· ·✓', 'unowned', 'critical', { lag: 50n, silentMs: 5 * minute, lastProgressAt: due(35), patienceMs: 5 * minute, subscribed: true }],
  ['nobody asks for the topic any more', `
    orders-0  end: 1000 +10*40  committed: 1000 +10*35 1350  owner: a*36 -
    payments-0  end: 1000  committed: 1000  owner: a
    group billing  subscribed: orders,payments*36 payments`,
    '····· ····✓ ····· ·✓', 'unowned', 'warning', { lag: 50n, silentMs: 5 * minute, lastProgressAt: due(35), patienceMs: 5 * minute, subscribed: false }],
  // Groups without members.
  ['stopped after a long life', `
    polls: 188
    orders-0  end: 1000 +10*200  committed: 1000 +10*182 2820  owner: a*183 -`,
    '····· ····· ✓···· ·✓', 'stopped', 'critical', { lag: 50n, silentMs: 5 * minute, lastProgressAt: due(182), patienceMs: 5 * minute, lastMemberAt: due(182) }],
  ['stalled, paged for, and then its members are gone', 'orders-0  end: 1000 +10*60  committed: 1000 +10*35 1350  owner: a*45 -',
    '····· ····· ✓···· ·✓', 'stopped', 'critical', { lag: 250n, silentMs: 25 * minute, lastProgressAt: due(35), patienceMs: 5 * minute, lastMemberAt: due(44) }],
  ['read what waited, and left: perhaps a daily batch', 'orders-0  end: 10000 +10*90  committed: 1000*5 +250*36 10000  owner: -*5 a*36 -',
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 900n }],
  ['stayed for half an hour after it had: a service', 'orders-0  end: 1000 +10*90  committed: -*5 1050 +10*35 1400  owner: -*5 a*36 -',
    '····· ····· ✓···· ·✓', 'stopped', 'critical', { lag: 500n, silentMs: 50 * minute, lastProgressAt: due(40), patienceMs: 5 * minute, lastMemberAt: due(40) }],
  ['checkpoints every 20 minutes by a reader that is no member', `
    polls: 219
    orders-0  end: 0 +10*300  committed: 0*20 200*20 400*20 600*20 800*20 1000*20 1200*20 1400*20 1600*20 1800*20 2000`,
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 180n }],
  ['no life for three days', `
    polls: 78
    orders-0  end: 1000 +10*90  committed: 1000 +10*5 1050  owner: a*6 -`,
    '····· ····· ✓✓··· ·✓', 'abandoned', 'info', { instead: 'stopped', lag: 720n, lost: 0n, lastLifeAt: due(5, 1 * hour), supersededBy: null }, { everyMs: hour }],
  ['blue has gone, green reads on', `
    polls: 188
    orders-0  end: 1000 +10*200
    group billing-v1
    orders-0  committed: 1000 +10*182 2820  owner: a*183 -
    group billing-v2
    orders-0  committed: -*170 2700 +10*100  owner: -*175 b`,
    '····· ····· ✓✓··· ·✓', 'abandoned', 'info', { instead: 'stopped', lag: 50n, lost: 0n, lastLifeAt: due(182), supersededBy: 'billing-v2' }, {}, 'billing-v1'],
  // Movement in the wrong direction.
  ['somebody reset it to an earlier offset', 'orders-0  end: 1000 +10*12  committed: 1000 +10*9 200 +10  owner: a',
    '····· ····· ··✓·✓ ·✓', 'rewound', 'warning', { from: 1090n, to: 200n, back: 890n, at: due(10), lag: 910n }],
  ['it has read again what the reset gave back', 'orders-0  end: 1000 +10*12  committed: 1000 +10*9 200 500 1120  owner: a',
    '····· ✓···· ····· ·✓', 'caught-up', 'ok', { lag: 0n, marker: false }],
  ['reset, and nobody moves it', 'orders-0  end: 1000 +10*52  committed: 1000 +10*40 200  owner: a',
    '····· ···✓· ··✓·· ·✓', 'stalled', 'critical', { lag: 1320n, silentMs: 12 * minute, lastProgressAt: due(40), patienceMs: 5 * minute, at: 200n, scope: 'group', neverCommitted: false, maybeNothing: false }],
  ['it reads half of what comes', 'orders-0  end: 1000 +100*30  committed: 1000 +50*30  owner: a',
    '····· ····· ····✓ ·✓', 'falling-behind', 'warning', { lag: 1500n, grownBy: 500n, overMs: 10 * minute }],
  ['it commits every four minutes, and what it leaves is the same each time', `orders-0  end: 4600 +600*60  committed: 1600 ${every(4, 2400, 15)}  owner: a`,
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 3000n }],
  ['it commits every four minutes, half of what comes', `orders-0  end: 1000 +600*60  committed: 1000 ${every(4, 1200, 15)}  owner: a`,
    '····· ····· ····✓ ·✓', 'falling-behind', 'warning', { lag: 18000n, grownBy: 6000n, overMs: 20 * minute }],
  ['a batch every 20 minutes leaves a little more each time: less than a quarter of what comes meanwhile', `orders-0  end: 5000 +100*240  committed: 1000 ${every(20, 1900, 12)}  owner: a`,
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 5200n }],
  ['a batch every 20 minutes takes half of what comes', `orders-0  end: 5000 +100*240  committed: 1000 ${every(20, 1000, 12)}  owner: a`,
    '····· ····· ····✓ ·✓', 'falling-behind', 'warning', { lag: 16000n, grownBy: 3000n, overMs: 100 * minute }],
  ['members are back after two hours without polls, and it reads what came meanwhile', `
    polls: 40 -120 3
    orders-0  end: 90000 +6000*170  committed: 90000 +6000*170  owner: a`,
    '····· ✓···· ····· ·✓', 'caught-up', 'ok', { lag: 0n, marker: false }],
  ['a busy log after two hours without polls: a minute of it is still nothing', `
    polls: 40 -120 1
    orders-0  end: 90000 +6000*170  committed: 84000 +6000*158 1032000  owner: a`,
    '····· ····· ····· ·✓', 'keeping-up', 'ok', { lag: 18000n }],
  // Limits raise the severity and keep the verdict.
  ['more lag than was promised', 'orders-0  end: 10  committed: 4  owner: a',
    '····· ····· ···✓· ·✓', 'observing', 'critical', { lag: 6n, heldByTransaction: null, nobodyReads: false }, { policy: { maxLag: 5n } }],
  ['later than was promised', 'orders-0  end: 1000 +10*30  committed: 1000*4 +10*27  owner: a',
    '····· ····· ····· ·✓', 'keeping-up', 'critical', { lag: 30n }, { policy: { maxTimeLagMs: minute } }],
  ['retention takes what waits within two hours', 'orders-0  end: 1000 +100*30  committed: 1000 +50*30  owner: a',
    '····· ····· ····✓ ·✓', 'falling-behind', 'critical', { lag: 1500n, grownBy: 500n, overMs: 10 * minute }, { config: { retentionMs: hour } }],
  ['the same where nobody was ever seen alive: no page on the first day', `
    polls: 31
    orders-0  end: 1000 +10*300  committed: 1000`,
    '····· ····· ✓··✓· ·✓', 'stopped', 'warning', { lag: 300n, silentMs: 30 * hour, lastProgressAt: null, patienceMs: 30 * hour, lastMemberAt: null }, { everyMs: hour, config: { retentionMs: 31 * hour } }],
];

describe('the rules', () => {
  test.each(table.map((row) => [row[0], row] as const))('%s', (_, row) => {
    const [, scenario, answers, verdict, severity, evidence, options = {}, group = 'billing'] = row;
    const poll = outcome(scenario, options);
    expect(ruleAnswers(poll, 'orders-0', options.policy, group)).toBe(answers);
    expect(partitionIn(poll, 'orders-0', group)).toMatchObject({ verdict, severity });
    expect(partitionIn(poll, 'orders-0', group).evidence).toEqual(evidence);
  });

  test('every verdict is the decision in some row, and every rule but the last has a row where it does not hold', () => {
    expect(new Set(table.map(([, , , verdict]) => verdict))).toEqual(new Set(verdicts));
    const answers = table.map((row) => [...row[2].replaceAll(' ', '')]);
    for (const [i] of verdicts.entries()) {
      expect(new Set(answers.map((row) => row[i])), verdicts[i]).toEqual(new Set(['✓', '·']));
    }
  });

  test('are numbered by their place among all verdicts, and only the one that wraps others is not among them', () => {
    for (const { number, verdict } of rules) expect(verdicts[number - 1]).toBe(verdict);
    expect(rules.map(({ number }) => number)).toEqual(
      rules.map(({ number }) => number).toSorted((a, b) => a - b),
    );
    expect(verdicts.filter((verdict) => !rules.some((rule) => rule.verdict === verdict))).toEqual([
      'abandoned',
    ]);
  });

  test('call nobody late where no time is known', () => {
    const poll = outcome('orders-0  end: 1000 +100*30  committed: 1000 +50*30  owner: a');
    const { reading, past, context } = asJudged(poll);
    expect(judgeReading(reading, past, context).verdict).toBe('falling-behind');
    vi.spyOn(past, 'timeLagOf').mockReturnValue(null);
    expect(judgeReading(reading, past, context).verdict).toBe('keeping-up');
  });

  test('leave nothing over: a reading that no rule takes is an error, not silently ok', () => {
    const { reading, past, context } = asJudged(outcome('orders-0  end: 10  committed: 4  owner: a'));
    const impossible = { ...reading, lag: 'impossible' as 'no-commit' };
    expect(() => judgeReading(impossible, past, context)).toThrow(/no rule holds for orders-0/);
  });
});
