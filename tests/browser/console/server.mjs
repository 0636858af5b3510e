// The example bank at `dualtrack demo`, on a free port and in a folder of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Starts one, or looks at one that runs: DUALTRACK_DEMO is then `ADDRESS FOLDER`.
export async function start(program) {
  if (process.env.DUALTRACK_DEMO) {
    const [address, folder] = process.env.DUALTRACK_DEMO.split(' ');
    return { address, accounts: accountsOf(folder), stop: async () => {} };
  }
  const parent = mkdtempSync(join(tmpdir(), 'dualtrack-console-'));
  const folder = join(parent, 'data');
  const child = spawn(program, ['demo', '--data', folder, '--listen', '127.0.0.1:0'],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const address = await new Promise((resolve, reject) => {
    const hear = (text) => {
      said += text;
      const found = /serving at (http:\/\/127\.0\.0\.1:\d+)/.exec(said);
      if (found) resolve(found[1]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', (code) => reject(new Error(`the demo ended with ${code}:\n${said}`)));
    child.on('error', reject);
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(parent, { recursive: true, force: true });
  };
  return { address, accounts: accountsOf(folder), stop };
}

function accountsOf(folder) {
  const { accounts } = JSON.parse(readFileSync(join(folder, 'demo-accounts.json'), 'utf8'));
  return new Map(accounts.map((account) => [account.name, account]));
}
