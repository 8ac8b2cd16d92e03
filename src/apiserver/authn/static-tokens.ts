import type { User } from '../../api/call.ts';
import type { TokenAuthenticator } from './token.ts';

/** Tokens by their text. */
export function staticTokens(users: ReadonlyMap<string, User>): TokenAuthenticator {
  return {
    name: 'TokenFile',
    authenticate(token) {
      const user = users.get(token);
      return user && { user };
    },
  };
}

/** Reads `--token-auth-file`: CSV lines of token, user name, uid and (quoted, comma-separated) groups. `path` is for messages. */
export function parseTokenFile(path: string, content: string): Map<string, User> {
  const users = new Map<string, User>();
  for (const [token = '', name = '', uid = '', groups] of parseCsv(content).filter((record) => enoughColumns(path, record))) {
    if (token === '') continue;
    users.set(token, { name, ...(uid !== '' && { uid }), groups: groups ? groups.split(',') : [] });
  }
  return users;
}

function enoughColumns(path: string, record: readonly string[]): boolean {
  if (record.length >= 3) return true;
  throw new Error(`token file '${path}' must have at least 3 columns (token, user name, user uid), found ${record.length}`);
}

/** Records of fields; a quoted field may hold commas, line breaks and doubled quotes. Empty lines are skipped. */
function parseCsv(content: string): string[][] {
  const field = /(?:"((?:[^"]|"")*)"|([^",\n\r]*))(,|\r?\n|$)/gy;
  const records: string[][] = [];
  let record: string[] = [];
  while (field.lastIndex < content.length) {
    const at = field.lastIndex;
    const match = field.exec(content);
    if (!match) throw new Error(`record on line ${content.slice(0, at).split('\n').length}: extraneous or missing " in quoted-field`);
    record.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === ',') continue;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  // A comma at the very end begins a last, empty field.
  if (record.length > 0) records.push([...record, '']);
  return records;
}
