/** A step of set-up that could not be done. `remedy` says in one sentence what a person can do about it. */
export class SetupError extends Error {
  constructor(message, remedy = '', options = {}) {
    super(message, options);
    this.name = 'SetupError';
    this.remedy = remedy;
  }
}
