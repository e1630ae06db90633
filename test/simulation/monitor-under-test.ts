import { defaultRules, evaluate, isNews, type MonitorState } from '../../shared/domain/evaluate.ts';
import type { MonitorFactory } from './monitor.ts';

/** The monitor whose alarms the simulation holds to account: the very one that every poll goes through. */
export const monitorUnderTest: MonitorFactory = () => {
  let state: MonitorState | null = null;
  return {
    poll(snapshot) {
      if (!isNews(state, snapshot)) return { findings: [], transitions: [] };
      const evaluation = evaluate(state, snapshot, defaultRules);
      state = evaluation.state;
      return evaluation;
    },
  };
};
