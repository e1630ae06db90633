import { describe, expect, test } from 'vitest';
import type { Unread, UnreadCause } from '../../../shared/domain/unread.ts';
import { statusTable } from '../../../shared/views/table.ts';
import { judged } from '../../support/judged.ts';
import { type GroupNote, member, silence, snapshotOf } from '../../support/snapshot-notation.ts';
import { plain, tableOf } from '../../support/status-table.ts';

const app = (i: number, assigned: Record<string, number[]>) =>
  member(assigned, { id: `app-${i}-4f0a`, clientId: `app-${i}`, host: `/10.0.12.${i}` });
const refused: UnreadCause = {
  reason: 'unreachable',
  detail: 'leader 3: connect ECONNREFUSED 10.0.0.3:9092',
};
const inShipments = (partition: number): Unread => ({
  scope: 'partition',
  topic: 'shipments',
  partition,
  broker: 3,
  ...refused,
});

/** One of each kind: a night with a broker down. */
const night = snapshotOf(
  {
    orders: ['0..1500000', '0..1480000', '120000..1490000'],
    payments: ['0..88', '0..80..90'],
    shipments: ['?'],
  },
  {
    'click-archive': { commits: { payments: [88] } },
    'fraud-scoring': { commits: { payments: [88, 80] }, members: [app(1, { payments: [0, 1] })] },
    'new-service': { members: [app(1, { payments: [0] })] },
    'old-report-2023': { commits: { orders: [null, null, 119_999] } },
    'payments-settlement': {
      commits: { orders: [1_499_990, 1_480_000, 80_000] },
      members: [app(1, { orders: [0, 1] }), app(2, { orders: [2] }), app(3, {})],
    },
    mailer: { commits: { orders: [1_499_999] }, members: null, state: 'Stable' },
    shipping: { commits: { payments: [88], shipments: [10] }, members: [app(1, { shipments: [0] })] },
  },
  [
    {
      scope: 'group',
      group: 'mailer',
      reason: 'unauthorised',
      detail: 'its members are not known: no right',
    },
    ...[0, 1, 2, 3, 5, 6].map(inShipments),
    { scope: 'broker', broker: 3, reason: 'unreachable', detail: 'connect ECONNREFUSED 10.0.0.3:9092' },
  ],
);

test('a night with a broker down, as it is printed', () => {
  expect(`\n${tableOf(night)}`).toMatchInlineSnapshot(`
    "
    orders-prod · 3 brokers · 2026-03-01T03:00:00Z · read in 212 ms with 16 requests
    7 groups: 1 critical, 1 warning, 3 info, 1 observing, 1 ok
    8 parts could not be read: see the end

       VERDICT      GROUP                      LAG  UNKNOWN  MEMBERS  WORST PARTITION  OWNER
    ✗  data-lost    payments-settlement  1,410,010                 3  orders-2         app-2 @ 10.0.12.2
       ↳ orders-2: 40,000 records deleted before the group read them: offsets 80000 to 119999
    !  data-lost    old-report-2023      1,370,001                 0  orders-2         nobody
       ↳ orders-2: 1 record deleted before the group read it: offset 119999
    ·  unknown      mailer                       1                 ?
       ↳ not read (unauthorised): its members are not known: no right
    ·  unknown      shipping                     0        1        1  shipments-0      app-1 @ 10.0.12.1
       ↳ shipments-0: not read (timed-out): no answer within 3000 ms
    ·  uncommitted  new-service                  ?        1        1  payments-0       app-1 @ 10.0.12.1
       ↳ payments-0: owned by a member, no commit yet; the log holds 88 offsets
    ○  observing    fraud-scoring               10                 1  payments-1       app-1 @ 10.0.12.1
       ↳ payments-1: 10 offsets waiting; an open transaction holds the last stable offset 10 below the
         end
    ✓  caught-up    click-archive                0                 0

    observing: records wait; watching for some minutes tells whether the group moves

    could not be read: 8 parts
       unreachable: broker 3
         connect ECONNREFUSED 10.0.0.3:9092
       unauthorised: group mailer
         its members are not known: no right
       unreachable: 6 partitions: shipments (0–3, 5, 6)
         leader 3: connect ECONNREFUSED 10.0.0.3:9092
    "
  `);
});

test('the same with partitions, on a narrow terminal', () => {
  expect(`\n${tableOf(night, { partitions: true, width: 80 })}`).toMatchInlineSnapshot(`
    "
    orders-prod · 3 brokers · 2026-03-01T03:00:00Z · read in 212 ms with 16 requests
    7 groups: 1 critical, 1 warning, 3 info, 1 observing, 1 ok
    8 parts could not be read: see the end

       VERDICT      GROUP                      LAG  UNKNOWN  MEMBERS
    ✗  data-lost    payments-settlement  1,410,010                 3
       ↳ orders-2: 40,000 records deleted before the group read them: offsets 80000
         to 119999
          VERDICT    PARTITION  COMMITTED      END        LAG  OWNER
       ✗  data-lost  orders-2       80000  1490000  1,410,000  app-2 @ 10.0.12.2
       ○  observing  orders-0     1499990  1500000         10  app-1 @ 10.0.12.1
       ✓  caught-up  orders-1     1480000  1480000          0  app-1 @ 10.0.12.1

    !  data-lost    old-report-2023      1,370,001                 0
       ↳ orders-2: 1 record deleted before the group read it: offset 119999
          VERDICT    PARTITION   START  COMMITTED      END        LAG  OWNER
       !  data-lost  orders-2   120000     119999  1490000  1,370,001  nobody

    ·  unknown      mailer                       1                 ?
       ↳ not read (unauthorised): its members are not known: no right
          VERDICT    PARTITION  START  COMMITTED   STABLE      END  LAG  OWNER
       ○  observing  orders-0       0    1499999  1500000  1500000    1  ?

    ·  unknown      shipping                     0        1        1
       ↳ shipments-0: not read (timed-out): no answer within 3000 ms
          VERDICT    PARTITION    START  COMMITTED  STABLE  END  LAG  OWNER
       ·  unknown    shipments-0      ?         10       ?    ?    ?  app-1 @…0.12.1
       ✓  caught-up  payments-0       0         88      88   88    0  nobody

    ·  uncommitted  new-service                  ?        1        1
       ↳ payments-0: owned by a member, no commit yet; the log holds 88 offsets
          VERDICT      PARTITION   START  COMMITTED  END  LAG  OWNER
       ·  uncommitted  payments-0      0       none   88    ?  app-1 @ 10.0.12.1

    ○  observing    fraud-scoring               10                 1
       ↳ payments-1: 10 offsets waiting; an open transaction holds the last stable
         offset 10 below the end
          VERDICT    PARTITION   START  COMMITTED  STABLE  END  LAG  OWNER
       ○  observing  payments-1      0         80      80   90   10  app-1 @….0.12.1
       ✓  caught-up  payments-0      0         88      88   88    0  app-1 @….0.12.1

    ✓  caught-up    click-archive                0                 0
          VERDICT    PARTITION   START  COMMITTED  STABLE  END  LAG  OWNER
       ✓  caught-up  payments-0      0         88      88   88    0  nobody

    could not be read: 8 parts
       unreachable: broker 3
         connect ECONNREFUSED 10.0.0.3:9092
       unauthorised: group mailer
         its members are not known: no right
       unreachable: 6 partitions: shipments (0–3, 5, 6)
         leader 3: connect ECONNREFUSED 10.0.0.3:9092
    "
  `);
});

const groupsIn = (table: string, names: readonly string[]) =>
  table
    .split('\n')
    .filter((line) => /^[✗!·○✓] /u.test(line))
    .map((line) => names.find((name) => line.includes(name)));

describe('what matters first', () => {
  test('groups stand worst first: severity, verdict, lag, name', () => {
    const alive = { members: [member({ a: [0] })] };
    const snapshot = snapshotOf(
      { a: ['7..10'], b: ['0..10'], c: ['?'] },
      {
        'ok-z': { commits: { b: [10] } },
        'ok-a': { commits: { b: [10] } },
        'small-lag': { commits: { b: [9] } },
        'large-lag': { commits: { b: [1] } },
        unread: { commits: { c: [1] } },
        'dead-and-lost': { commits: { a: [1] } },
        lost: { commits: { a: [5] }, ...alive },
        'more-lost': { commits: { a: [1] }, ...alive },
      },
    );
    const order = ['more-lost', 'dead-and-lost', 'unread', 'large-lag', 'small-lag', 'ok-a', 'ok-z', 'lost'];
    expect(groupsIn(tableOf(snapshot), order)).toEqual([
      'more-lost',
      'lost',
      'dead-and-lost',
      'unread',
      'large-lag',
      'small-lag',
      'ok-a',
      'ok-z',
    ]);
  });

  test('partitions stand worst first, the larger lag before the smaller', () => {
    const snapshot = snapshotOf(
      { a: ['0..10', '7..10', '0..10', '?', '0..10'] },
      { billing: { commits: { a: [10, 4, 8, 4, 2] } } },
    );
    const listed = tableOf(snapshot, { partitions: true }).match(/^ {3}[✗!·○✓].*?a-\d/gmu);
    expect(listed?.map((line) => line.slice(-1))).toEqual(['1', '3', '4', '2', '0']);
  });

  test('many partitions: the worst are listed, the others counted', () => {
    const snapshot = snapshotOf(
      { a: Array.from({ length: 61 }, (_, i) => (i === 60 ? '?' : '0..10')) },
      { billing: { commits: { a: Array.from({ length: 61 }, () => 10) } } },
    );
    const table = tableOf(snapshot, { partitions: true });
    expect(table).toContain('a-60 ');
    expect(table).toContain('… and 1 more partition; --json prints all');
    expect(table.match(/^ {3}[✗!·○✓]/gmu)).toHaveLength(60);
  });

  test('quiet groups beyond the first are summed up, groups that need somebody never', () => {
    const quiet = Object.fromEntries(
      Array.from({ length: 5 }, (_, i): [string, GroupNote] => [`quiet-${i}`, { commits: { a: [10 - i] } }]),
    );
    const snapshot = snapshotOf({ a: ['0..10'], b: ['?'] }, { ...quiet, loud: { commits: { b: [1] } } });
    const table = tableOf(snapshot, { quietGroups: 2 });
    expect(groupsIn(table, [...Object.keys(quiet), 'loud'])).toEqual(['loud', 'quiet-4', 'quiet-3']);
    // `observing` is no all-clear, listed or not.
    expect(table).toContain('… and 3 more groups, 2 of them observing, else ok, lag 3 together; --all lists');
    expect(tableOf(snapshot, { quietGroups: 0 })).toContain(
      '… and 5 more groups, 4 of them observing, else ok,',
    );
    expect(tableOf(snapshot, { quietGroups: 4 })).toContain('… and 1 more group, ok, lag 0; --all');
    expect(tableOf(snapshot, { quietGroups: 5 })).not.toContain('more group');
    expect(
      groupsIn(tableOf(snapshot, { quietGroups: 0, partitions: true }), Object.keys(quiet)),
    ).toHaveLength(6);
  });

  test('a lag whose parts are not all known is at least that', () => {
    const snapshot = snapshotOf(
      { a: ['0..10', '?'] },
      { a: { commits: { a: [1, 1] } }, b: { commits: { a: [1] } } },
    );
    const findings = judged(snapshot).map((finding) => ({ ...finding, severity: 'ok' as const }));
    const table = statusTable(
      { snapshot, findings, durationMs: 1, requests: 1 },
      { ...plain, quietGroups: 0 },
    );
    expect(table).toContain('… and 2 more groups, 1 of them observing, else ok, lag at least 18 together');
  });
});

describe('words', () => {
  test('one of each is one', () => {
    const snapshot = snapshotOf({ a: ['?'] }, { billing: { commits: { a: [1] } } }, [
      { scope: 'topic', topic: 'a', ...silence },
    ]);
    const table = statusTable(
      {
        snapshot: { ...snapshot, brokers: [1] },
        findings: judged(snapshot),
        durationMs: 0.4,
        requests: 1,
      },
      plain,
    );
    expect(table).toContain(
      'orders-prod · 1 broker · 2026-03-01T03:00:00Z · read in 0 ms with 1 request\n1 group: 1 info\n1 part could',
    );
    expect(table).toContain('could not be read: 1 part\n   timed-out: topic a\n');
  });

  test('no group at all is said, and no title stands without a row', () => {
    expect(tableOf(snapshotOf({}, {}))).toBe(
      'orders-prod · 3 brokers · 2026-03-01T03:00:00Z · read in 212 ms with 16 requests\n' +
        'no group found that has commits or members\nmay this login see any? lagwarden doctor\n',
    );
  });

  test('no group where a broker could not list its own is no empty cluster', () => {
    const unread: Unread[] = [{ scope: 'broker', broker: 3, ...refused }];
    const table = tableOf(snapshotOf({}, {}, unread));
    expect(table).toContain('no group seen; not every broker could list its groups');
    expect(table).not.toContain('no group found');
  });

  test('a group that needs nobody is one line; what holds it, and that nobody reads, is said', () => {
    const members = [app(7, {})];
    const snapshot = snapshotOf(
      { a: ['0..10'], b: ['0..5..10'] },
      {
        plain: { members, commits: { a: [1] } },
        held: { members, commits: { b: [5] } },
        beyond: { members, commits: { a: [12] } },
        left: { commits: { a: [4] } },
      },
    );
    const table = tableOf(snapshot);
    expect(table.match(/↳.*/g)).toEqual([
      '↳ a-0: committed 2 beyond the end; a second look tells a race from a truncated log',
      '↳ b-0: 5 offsets waiting; an open transaction holds the last stable offset 5 below the end',
      '↳ a-0: 6 offsets waiting and no member to read them; too little was seen to tell since when',
    ]);
    expect(table).toContain('\nobserving: records wait; watching for some minutes');
  });

  test('that nobody owns a partition is not said where the members are not known', () => {
    const owners = (note: GroupNote) =>
      tableOf(snapshotOf({ a: ['0..10'] }, { billing: { commits: { a: [1] }, ...note } })).match(
        /a-0 +(\S.*)/,
      )?.[1];
    expect(owners({ members: [] })).toBe('nobody');
    expect(owners({ members: null, state: 'Stable' })).toBe('?');
    expect(owners({ members: [app(7, { a: [0] })] })).toBe('app-7 @ 10.0.12.7');
    expect(owners({ members: [app(7, {})] })).toBe('nobody');
    expect(owners({ members: [app(7, {})], state: 'PreparingRebalance' })).toBe('? (PreparingRebalance)');
  });
});

describe('what could not be read', () => {
  test('a share group is no trouble: its own line says that it is not measured', () => {
    const notMeasurable: UnreadCause = { reason: 'not-measurable', detail: 'no committed offsets' };
    const snapshot = snapshotOf({}, { shared: { type: 'share', unread: notMeasurable } });
    const table = tableOf({ ...snapshot, unread: [{ scope: 'group', group: 'shared', ...notMeasurable }] });
    expect(table).toContain('not read (not-measurable): no committed offsets');
    expect(table).not.toContain('could not be read');
  });

  test('is gathered by cause, brokers first, each place named', () => {
    const unstable: UnreadCause = { reason: 'kafka-error', detail: 'UNSTABLE_OFFSET_COMMIT' };
    const unread: Unread[] = [
      { scope: 'partition', group: 'billing', topic: 'orders', partition: 4, ...unstable },
      { scope: 'partition', group: 'ledger', topic: 'orders', partition: 4, ...unstable },
      { scope: 'partition', group: 'billing', topic: 'orders', partition: 5, ...unstable },
      ...[9, 0, 1, 2, 6, 7].map(inShipments),
      { scope: 'partition', topic: 'invoices', partition: 4, ...refused },
      { scope: 'group', group: 'a', ...silence },
      { scope: 'group', group: 'b', ...silence },
      { scope: 'topic', topic: 'audit', ...silence },
      { scope: 'broker', broker: 3, ...refused },
    ];
    expect(
      tableOf(snapshotOf({}, {}, unread))
        .split('\n\n')
        .at(-1),
    ).toBe(
      `could not be read: 14 parts
   unreachable: broker 3
     leader 3: connect ECONNREFUSED 10.0.0.3:9092
   timed-out: groups a, b
     no answer within 3000 ms
   timed-out: topic audit
     no answer within 3000 ms
   kafka-error: 2 commits of billing: orders (4, 5)
     UNSTABLE_OFFSET_COMMIT
   kafka-error: 1 commit of ledger: orders (4)
     UNSTABLE_OFFSET_COMMIT
   unreachable: 7 partitions: shipments (0–2, 6, 7, 9), invoices (4)
     leader 3: connect ECONNREFUSED 10.0.0.3:9092
`,
    );
  });

  test('is not cut: names go on in the next line', () => {
    const unread = Array.from(
      { length: 30 },
      (_, i): Unread => ({ scope: 'topic', topic: `topic-${i}`, ...silence }),
    );
    const table = tableOf(snapshotOf({}, {}, unread), { width: 60 });
    for (let i = 0; i < 30; i++) expect(table).toMatch(new RegExp(`topic-${i}(,|\n)`));
  });

  test('a flood is counted, and where to see all of it is said', () => {
    const unread = Array.from(
      { length: 900 },
      (_, i): Unread => ({ scope: 'topic', topic: `topic-${i}`, ...silence }),
    );
    const table = tableOf(snapshotOf({}, {}, unread), { width: 60 });
    expect(table).toContain('could not be read: 900 parts');
    expect(table).toContain('     … and more; --json names them all');
    expect(table.split('\n').length).toBeLessThan(25);
  });
});
