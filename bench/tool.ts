/** Tools of others, which are started, watch, and are ended. */

/** A tool and how to know that it watched. */
export interface Tool {
  name: string;
  command: string;
  /** Lines for its stdin. */
  orders?: readonly string[];
  /** Holds, in bash, once the tool has ended and if it saw what happened. */
  saw: string;
}

/** Where tools run: this machine, or one of the lab. */
export interface Place {
  spawn(command: string): Promise<{
    writeLine(line: string): Promise<void>;
    stop(signal: string): Promise<void>;
    errors(): Promise<string>;
  }>;
  run(command: string, options?: { timeout?: number }): Promise<{ code: number }>;
}

/** Until a tool watches. In the lab these are seconds of the emulated clock, longer than ours while it is busy. */
const SETTLE = 'sleep 10';
const PATIENCE = 600;

/** Does something while the tool watches, and as often before and after. Throws where the tool did not see it. */
export async function besideTool(
  place: Place,
  tool: Tool,
  act: () => Promise<number>,
  rounds: number,
): Promise<{ with: number[]; without: number[] }> {
  const without: number[] = [];
  const alone = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) without.push(await act());
  };
  await alone(Math.floor(rounds / 2));
  const process = await place.spawn(tool.command);
  for (const order of tool.orders ?? []) await process.writeLine(order);
  await place.run(SETTLE, { timeout: PATIENCE });
  const watched: number[] = [];
  for (let round = 0; round < rounds; round++) watched.push(await act());
  await process.stop('INT');
  await alone(Math.ceil(rounds / 2));
  const { code } = await place.run(tool.saw);
  if (code !== 0) throw new Error(`${tool.name} saw nothing: ${await process.errors()}`);
  return { with: watched, without };
}
