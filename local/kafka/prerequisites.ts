import { allJarsAreCached } from './jars.ts';
import { cannotStart, type Environment, missingJava, missingMaven } from './java-and-maven.ts';

/**
 * Whether a Kafka can be started here: Java 17 or newer, and Maven unless the jars of every pinned release are
 * cached. `message` names what is missing, what was found and what to install; it fits the name of a skipped test.
 */
export function kafkaPrerequisites(
  environment: Environment = process.env,
): { readonly ok: true } | { readonly ok: false; readonly message: string } {
  const missing = [missingJava(environment), allJarsAreCached() ? null : missingMaven(environment)].filter(
    (fault) => fault !== null,
  );
  if (missing.length === 0) return { ok: true };
  return { ok: false, message: cannotStart(missing) };
}
