/** Why stored bytes are no state that can be used. */
export class StateFileError extends Error {
  override readonly name = 'StateFileError';
}
