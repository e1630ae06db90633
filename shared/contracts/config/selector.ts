import { everything } from '../../domain/selector.ts';
import { section } from './expectation.ts';
import { patterns } from './names.ts';

const clusters = patterns('orders-*')
  .default([...everything.clusters])
  .describe('Absent: every cluster.');
const anyGroup = patterns('payments-*')
  .default([...everything.groups])
  .describe('Absent: every group.');
const groups = patterns('payments-*').describe('Must be said: there is no default here.');
const topics = patterns('orders.*')
  .default([...everything.topics])
  .describe('Absent: every topic.');

/** Clusters, groups and topics as patterns; what is absent is not limited. */
export const selectorSchema = section({ clusters, groups: anyGroup, topics }, 'a match');

/** A selector that must name its groups, for what alters offsets. */
export const namedGroupsSchema = section({ clusters, groups, topics }, 'a match');

/** The same without topics: rights are given per group. */
export const allowSchema = section({ clusters, groups }, 'an entry of reset.allow');
