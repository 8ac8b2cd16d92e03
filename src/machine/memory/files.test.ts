import { filesContract } from '../files.contract.ts';
import { MemoryFiles } from './files.ts';

filesContract('MemoryFiles', async () => {
  const files = new MemoryFiles();
  await files.makeFolder('/work');
  return { files, folder: '/work' };
});
