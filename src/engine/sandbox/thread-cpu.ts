// The time that this thread has computed. Deadlines of scripts are measured with it: a machine that is busy with other things
// must not fail a workflow, and a script that computes cannot hide it.

/** Milliseconds of processor time of the calling thread since it began. */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
