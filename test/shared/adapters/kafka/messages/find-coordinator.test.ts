import { findCoordinatorV4 } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { findCoordinator } from '../../../../../shared/adapters/kafka/messages/find-coordinator.ts';
import {
  bytes,
  decoded,
  encoded,
  expectEveryCutGarbled,
  oracleBytes,
  oracleParsed,
  withUnknownTag,
} from './golden.ts';

const answer = bytes(
  '00000000 03 03"g1"00000002 03"b2"00002384 0000 00 00 03"g2"ffffffff 01 ffffffff 000f 02"x"00 00',
);
const coordinators = [
  { group: 'g1', broker: 2, error: 0 },
  { group: 'g2', broker: -1, error: 15 },
];

test('the request names groups, and is what @platformatic/kafka sends', () => {
  const request = encoded(findCoordinator(['g1', 'g2']), 4);
  expect(request).toBe(bytes('00 03 03"g1"03"g2"00').toString('hex'));
  expect(request).toBe(oracleBytes(findCoordinatorV4.createRequest(0, ['g1', 'g2'])));
});

test('the answer is read to its last byte, an error of one group beside the broker of another', () => {
  expect(decoded(findCoordinator([]), 4, answer)).toEqual(coordinators);
});

test('the answer means the same to @platformatic/kafka', () => {
  const healthy = bytes('00000000 02 03"g1"00000002 03"b2"00002384 0000 00 00 00');
  expect(oracleParsed(findCoordinatorV4.parseResponse, 4, healthy)).toMatchObject({
    coordinators: [{ key: 'g1', nodeId: 2, host: 'b2', port: 9092, errorCode: 0 }],
  });
  expect(decoded(findCoordinator([]), 4, healthy)).toEqual([coordinators[0]]);
});

test('the answer is garbled wherever it is cut, and may hold tagged fields that we do not know', () => {
  expectEveryCutGarbled(findCoordinator([]), 4, answer);
  expect(decoded(findCoordinator([]), 4, withUnknownTag(answer))).toEqual(coordinators);
});
