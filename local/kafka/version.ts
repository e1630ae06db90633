/** The pinned Apache Kafka release of each line that the launcher knows; a new release is added here and tried. */
const releaseOf = { '3.9': '3.9.2', '4.1': '4.1.2', '4.3': '4.3.1' } as const;

/** A release line, such as '4.1'. */
export type KafkaLine = keyof typeof releaseOf;
/** An exact release, such as '4.1.2'. */
export type KafkaRelease = (typeof releaseOf)[KafkaLine];
/** What a caller may ask for: a line means its pinned release. */
export type KafkaVersion = KafkaLine | KafkaRelease;

/** Every accepted version: the lines, then the exact releases. */
export const kafkaVersions: readonly KafkaVersion[] = [
  ...(Object.keys(releaseOf) as KafkaLine[]),
  ...Object.values(releaseOf),
];

/** The line and the exact release that a version stands for. */
export function resolveVersion(version: KafkaVersion): { line: KafkaLine; release: KafkaRelease } {
  for (const [line, release] of Object.entries(releaseOf) as [KafkaLine, KafkaRelease][])
    if (version === line || version === release) return { line, release };
  throw new RangeError(`unknown Kafka version '${version}': allowed are ${kafkaVersions.join(', ')}`);
}

/** Reads a version as typed by a user. Throws a `RangeError` that lists the allowed ones. */
export function parseKafkaVersion(text: string): KafkaVersion {
  const version = kafkaVersions.find((known) => known === text);
  if (version === undefined)
    throw new RangeError(`unknown Kafka version '${text}': allowed are ${kafkaVersions.join(', ')}`);
  return version;
}
