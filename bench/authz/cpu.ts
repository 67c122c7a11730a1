/** Time of the processor. */

/** Nanoseconds of CPU, user and system, that the work takes in this process. */
export function cpuOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}
