import { Fault } from '../../../domain/fault.ts';
import { errorName } from '../kafka-errors.ts';
import type { BrokerVersions, Message, VersionRange } from '../message.ts';

/**
 * ApiVersions v3: which versions of each request this broker speaks. The first request on every connection. Its
 * response header is never flexible (KIP-511), which the transport knows.
 */
export function apiVersions(client: { name: string; version: string }): Message<BrokerVersions> {
  return {
    api: 'ApiVersions',
    versions: { min: 3, max: 3 },
    encode(out) {
      out.string(client.name);
      out.string(client.version);
      out.noTags();
    },
    decode(from) {
      const error = from.int16();
      if (error !== 0) {
        // A broker older than 2.4 answers in version 0, whose body stops making sense after the error.
        throw new Fault(
          'unsupported-version',
          `the broker answered ${errorName(error)} to ApiVersions; Kafka 2.8 or newer is needed`,
        );
      }
      const versions = new Map<number, VersionRange>();
      const count = from.arrayLength(7);
      for (let i = 0; i < count; i++) {
        const key = from.int16();
        versions.set(key, { min: from.int16(), max: from.int16() });
        from.skipTags();
      }
      from.throttleTime();
      from.skipTags();
      return versions;
    },
  };
}
