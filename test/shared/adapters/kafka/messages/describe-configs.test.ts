import { describeConfigsV4 } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { describeConfigs } from '../../../../../shared/adapters/kafka/messages/describe-configs.ts';
import {
  bytes,
  decoded,
  encoded,
  expectEveryCutGarbled,
  oracleBytes,
  oracleParsed,
  outcome,
  withUnknownTag,
} from './golden.ts';

const message = describeConfigs(['t1', 't2'], ['a', 'retention.ms']);

const answer = bytes(`
  00000000
  03
    0000 00 02 03"t1"
      03
        02"a" 03"-1" 00 05 00
          02 02"b" 03"-1" 05 00
          05 04"doc" 00
        02"z" 00 01 01 01 01 02 00 00
    00
    001d 03"no" 02 03"t2" 01 00
  00
`);
const told = [
  {
    topic: 't1',
    error: 0,
    values: new Map([
      ['a', '-1'],
      ['z', null],
    ]),
  },
  { topic: 't2', error: 29, values: new Map() },
];

describe('DescribeConfigs v4', () => {
  test('the request', () => {
    expect(encoded(message, 4)).toBe(
      bytes(`
        03
          02 03"t1" 03 02"a" 0d"retention.ms" 00
          02 03"t2" 03 02"a" 0d"retention.ms" 00
        00 00                      # neither synonyms nor documentation
        00
      `).toString('hex'),
    );
  });

  test('the request is what @platformatic/kafka sends', () => {
    const resources = ['t1', 't2'].map((resourceName) => ({
      resourceType: 2 as const,
      resourceName,
      configurationKeys: ['a', 'retention.ms'],
    }));
    expect(encoded(message, 4)).toBe(oracleBytes(describeConfigsV4.createRequest(resources, false, false)));
  });

  test('the answer is read to its last byte, an error is data', () => {
    expect(decoded(message, 4, answer)).toEqual(told);
  });

  test('the answer means the same to @platformatic/kafka', () => {
    expect(oracleParsed(describeConfigsV4.parseResponse, 4, answer)).toMatchObject({
      results: [
        {
          resourceName: 't1',
          errorCode: 0,
          configs: [
            { name: 'a', value: '-1' },
            { name: 'z', value: null },
          ],
        },
        { resourceName: 't2', errorCode: 29, configs: [] },
      ],
    });
  });

  test('the answer is garbled wherever it is cut', () => {
    expectEveryCutGarbled(message, 4, answer);
  });

  test('the answer may hold tagged fields that we do not know', () => {
    expect(decoded(message, 4, withUnknownTag(answer))).toEqual(told);
  });

  test.each([
    ['results', '00000000 ffffffff07'],
    ['settings', '00000000 02 0000 00 02 03"t1" ffffffff07'],
    ['synonyms', '00000000 02 0000 00 02 03"t1" 02 02"a" 03"-1" 00 05 00 ffffffff07'],
  ])('a length of %s that cannot be is refused before room is made for it', (_, claimed) => {
    expect(outcome(message, 4, bytes(claimed))).toBe('garbled');
  });
});
