/** A reason not to start that the person at the terminal can act on. */
export class LaunchFailure extends Error {
  /**
   * @param {string} message what is wrong, and what to do
   * @param {number} status the exit status: 2 wrong usage, 3 cannot reach what it needs
   */
  constructor(message, status = 3) {
    super(message);
    this.status = status;
  }
}
