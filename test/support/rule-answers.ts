import { Past } from '../../shared/domain/past.ts';
import { defaultPolicy, type Policy } from '../../shared/domain/policy.ts';
import type { GroupReading, Reading } from '../../shared/domain/reading.ts';
import { clusterContext, groupContext, topicContext } from '../../shared/domain/rule-context.ts';
import type { RuleContext } from '../../shared/domain/ruling.ts';
import { judgeReading, rules } from '../../shared/domain/verdict.ts';
import { verdicts } from '../../shared/domain/verdict-names.ts';
import type { ScenarioPoll } from './scenario.ts';

/** What the rules were given of one group on one partition. */
export function asJudged(
  { memory, snapshot, readings }: ScenarioPoll,
  place = 'orders-0',
  settings: Partial<Policy> = {},
  group = 'billing',
): { readonly reading: Reading; readonly past: Past; readonly context: RuleContext } {
  const policy = { ...defaultPolicy, ...settings };
  const whole = readings.find((one) => one.snapshot.group === group) as GroupReading;
  const index = whole.partitions.findIndex(({ topic, partition }) => `${topic}-${partition}` === place);
  const reading = whole.partitions[index] as Reading;
  const ofGroup = groupContext(
    clusterContext(memory, snapshot, () => policy),
    whole,
  );
  const { past, rules: context } = topicContext(ofGroup, reading.topic);
  return { reading, past: new Past(past, ofGroup.memory.base + index, reading.partition), context };
}

/**
 * The answer of every rule in the order of their numbers, by fives: `✓` holds, `·` does not. Rule 12 wraps others, so
 * its answer is whether the partition is given up in the end.
 */
export function ruleAnswers(
  poll: ScenarioPoll,
  place?: string,
  settings?: Partial<Policy>,
  group?: string,
): string {
  const { reading, past, context } = asJudged(poll, place, settings, group);
  const decided = judgeReading(reading, past, context).verdict;
  const answers = verdicts.map((verdict) => {
    const rule = rules.find((one) => one.verdict === verdict);
    const holds = rule === undefined ? decided === verdict : rule.judge(reading, past, context) !== null;
    return holds ? '✓' : '·';
  });
  return [0, 5, 10, 15].map((from) => answers.slice(from, from + 5).join('')).join(' ');
}
