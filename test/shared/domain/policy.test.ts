import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compilePolicies,
  defaultPolicy,
  type PolicyRule,
  type PolicySettings,
  resolvePolicy,
} from '../../../shared/domain/policy.ts';
import { compileSelector, everything, type Selector, type Subject } from '../../../shared/domain/selector.ts';

const subject: Subject = { cluster: 'orders-prod', group: 'payments-eu', topic: 'orders' };
const rule = (match: Partial<Selector>, settings: PolicySettings): PolicyRule => ({
  match: { ...everything, ...match },
  settings,
});

describe('selector', () => {
  test.each([
    [{}, true],
    [{ clusters: ['orders-*'], groups: ['payments-*'], topics: ['orders'] }, true],
    [{ clusters: ['other'] }, false],
    [{ groups: ['other', 'payments-??'] }, true],
    [{ groups: ['other'] }, false],
    [{ topics: ['other'] }, false],
    [{ groups: [] }, false],
  ])('%j means the subject: %j', (match, meant) => {
    expect(compileSelector({ ...everything, ...match })(subject)).toBe(meant);
  });

  test.each([
    [['*'], true],
    [['a', '**'], true],
    [['a*'], false],
    [['?*'], false],
  ])('limited to topics %j it means a group as a whole: %j', (topics, meant) => {
    expect(compileSelector({ ...everything, topics })({ ...subject, topic: null })).toBe(meant);
  });
});

describe('resolvePolicy', () => {
  test('without rules gives the documented defaults', () => {
    const minute = 60_000;
    expect(resolvePolicy([], subject)).toEqual({
      patienceMs: 5 * minute,
      patienceIsPromise: false,
      abandonAfterMs: 3 * 24 * 60 * minute,
      rebalanceGraceMs: 5 * minute,
      rebalanceLoopCount: 4,
      rebalanceLoopWithinMs: 15 * minute,
      growthWindowMs: 10 * minute,
      growthMinTimeLagMs: 5 * minute,
      hungTransactionMs: null,
      uncommittedAfterMs: null,
      unknownAfterMs: 5 * minute,
      rewindRecords: 100n,
      rewindTimeMs: minute,
      allowedLag: 0n,
      maxTimeLagMs: null,
      maxLag: null,
      lossCriticalMs: 120 * minute,
      lossWarningMs: 24 * 60 * minute,
      confirmFiringPolls: 2,
      confirmResolvedPolls: 2,
      remindEveryMs: 240 * minute,
      severity: {},
      metrics: 'rollup',
      notify: null,
      owner: null,
    });
  });

  test('for each key the first matching rule that sets it wins', () => {
    const policy = resolvePolicy(
      [
        rule({ groups: ['other'] }, { owner: 'nobody', maxLag: 1n }),
        rule({ groups: ['payments-*'] }, { owner: 'payments', severity: { stalled: 'info' } }),
        rule({}, { owner: 'platform', maxLag: 7n, severity: { stalled: 'ok', stopped: 'warning' } }),
      ],
      subject,
    );
    expect(policy).toEqual({
      ...defaultPolicy,
      owner: 'payments',
      maxLag: 7n,
      severity: { stalled: 'info', stopped: 'warning' },
    });
  });

  test('an empty list of channels is set, and so wins over a later one', () => {
    expect(
      resolvePolicy([rule({}, { notify: [] }), rule({}, { notify: ['oncall'] })], subject).notify,
    ).toEqual([]);
  });

  test('a patience that is set is a promise, even where it equals the default', () => {
    const promise = resolvePolicy([rule({}, { patienceMs: defaultPolicy.patienceMs })], subject);
    expect(promise).toEqual({ ...defaultPolicy, patienceIsPromise: true });
    expect(resolvePolicy([rule({ groups: ['x'] }, { patienceMs: 1 })], subject).patienceIsPromise).toBe(
      false,
    );
  });

  test('the same rules give the same object, other rules another', () => {
    const policyFor = compilePolicies([
      rule({ groups: ['a*'] }, { owner: 'a' }),
      rule({ groups: ['b*'] }, { owner: 'b' }),
    ]);
    expect(policyFor({ ...subject, group: 'a1' })).toBe(policyFor({ ...subject, group: 'a2' }));
    expect(policyFor({ ...subject, group: 'b1' }).owner).toBe('b');
    expect(policyFor({ ...subject, group: 'c1' })).toEqual(defaultPolicy);
  });

  test('neither rules nor defaults are altered, and rules that do not match change nothing', () => {
    const settings = fc.record(
      { patienceMs: fc.nat(), owner: fc.string(), maxLag: fc.bigInt() },
      { requiredKeys: [] },
    ) as fc.Arbitrary<PolicySettings>;
    const groups = fc.subarray(['payments-*', 'etl-*', '*']);
    const rules = fc.array(fc.record({ groups, settings }));
    fc.assert(
      fc.property(rules, (some) => {
        const given = some.map((one) => rule({ groups: one.groups }, Object.freeze({ ...one.settings })));
        const matching = given.filter(({ match }) => compileSelector(match)(subject));
        expect(resolvePolicy(given, subject)).toEqual(resolvePolicy(matching, subject));
        const owner = matching.find((one) => one.settings.owner !== undefined)?.settings.owner ?? null;
        expect(resolvePolicy(given, subject).owner).toBe(owner);
      }),
    );
  });
});
